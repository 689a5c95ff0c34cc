//! What is odd about a certificate, alone and beside the others of its file.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer as _;

use crate::signature::{LEAST_RSA_BITS, signature_holds};
use crate::{Certificate, Contents, Facts, Kind};

/// Something that a careful reader would stop at. None makes a certificate unusable by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "`oddities/en.json` explains each")]
pub enum Oddity {
    Expired,
    NotYetValid,
    EndsBeforeItBegins,
    NoNames,
    WeakKey,
    WeakSignature,
    NotACa,
    NoBasicConstraints,
    MayNotSign,
    OldVersion,
    SelfSignedLeaf,
    SignedByNamesake,
    SerialNegative,
    SerialZero,
    SerialTooLong,
    ValidTooLong,
    UnknownCriticalExtension,
    Duplicate,
    BeforeWhatItSigned,
    IssuerMissing,
}

/// What an oddity is called and means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OddityText {
    /// In a few words.
    pub title: String,
    /// Who minds, and what to do.
    pub explanation: String,
}

type Texts = HashMap<Oddity, OddityText>;

static EN: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../oddities/en.json")));
static ZH_CN: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../oddities/zh-CN.json")));
static NONE: OddityText = OddityText {
    title: String::new(),
    explanation: String::new(),
};

/// The files are part of the program: that they can be read is tested, not handled.
fn read(json: &str) -> Texts {
    serde_json::from_str(json).unwrap_or_default()
}

impl Oddity {
    /// All there are.
    pub const ALL: &[Self] = &[
        Self::Expired,
        Self::NotYetValid,
        Self::EndsBeforeItBegins,
        Self::NoNames,
        Self::WeakKey,
        Self::WeakSignature,
        Self::NotACa,
        Self::NoBasicConstraints,
        Self::MayNotSign,
        Self::OldVersion,
        Self::SelfSignedLeaf,
        Self::SignedByNamesake,
        Self::SerialNegative,
        Self::SerialZero,
        Self::SerialTooLong,
        Self::ValidTooLong,
        Self::UnknownCriticalExtension,
        Self::Duplicate,
        Self::BeforeWhatItSigned,
        Self::IssuerMissing,
    ];

    #[expect(missing_docs, reason = "the type says it")]
    #[must_use]
    pub fn english(self) -> &'static OddityText {
        EN.get(&self).unwrap_or(&NONE)
    }

    /// Simplified Chinese.
    #[must_use]
    pub fn chinese(self) -> &'static OddityText {
        ZH_CN.get(&self).unwrap_or(&NONE)
    }
}

impl Contents {
    /// What is odd about each certificate at this time, in the order of the certificates.
    #[must_use]
    pub fn oddities(&self, now: Timestamp) -> Vec<Vec<Oddity>> {
        let certificates: Vec<_> = self
            .certificates
            .iter()
            .map(|one| &one.certificate)
            .collect();
        let bundle = Bundle::new(&certificates);
        (0..certificates.len())
            .map(|at| {
                let mut odd = bundle.of_its_own(at, now);
                odd.extend(bundle.beside_others(at, self.kind));
                odd
            })
            .collect()
    }
}

/// Names are compared with this many certificates of the same name, so that a file of namesakes
/// does not cost a signature for each pair of them.
const NAMESAKES: usize = 8;

/// As long as Apple's systems accept from any CA (support.apple.com/103769).
const LONGEST_VALIDITY: SignedDuration = SignedDuration::from_hours(825 * 24);

/// The longest serial number, bytes (RFC 5280 4.1.2.2).
const LONGEST_SERIAL: usize = 20;

/// All certificates of a file, and who of them signed whom.
struct Bundle<'a> {
    all: Vec<Entry<'a>>,
    /// Positions of those that signed another one of the file.
    signers: HashSet<usize>,
    /// Of those, the ones that stand before what they signed.
    too_early: HashSet<usize>,
    has_leaf: bool,
}

struct Entry<'a> {
    facts: &'a Facts,
    /// None only for what [`Certificate`] does not hold.
    x509: Option<X509Certificate<'a>>,
    /// With its own key; none when that is not checked.
    self_signed: Option<bool>,
    /// The position of its issuer, when that is another one.
    issuer: Option<usize>,
    /// The same certificate stands before it.
    repeated: bool,
}

impl<'a> Bundle<'a> {
    fn new(certificates: &[&'a Certificate]) -> Self {
        let parsed: Vec<_> = certificates
            .iter()
            .map(|one| {
                X509Certificate::from_der(one.der())
                    .ok()
                    .map(|(_, x509)| x509)
            })
            .collect();
        let mut named: HashMap<&[u8], Vec<usize>> = HashMap::new();
        let mut seen = HashSet::new();
        let mut repeated = vec![false; parsed.len()];
        for (at, x509) in parsed.iter().enumerate() {
            repeated[at] = !seen.insert(certificates[at].facts().sha256.as_str());
            if let Some(x509) = x509.as_ref().filter(|_| !repeated[at]) {
                named.entry(x509.subject().as_raw()).or_default().push(at);
            }
        }
        let mut issuers = Vec::with_capacity(parsed.len());
        for (at, x509) in parsed.iter().enumerate() {
            let der = certificates[at].der();
            issuers.push(x509.as_ref().map_or((Some(false), None), |own| {
                let signed_by = |other: usize| signature_holds(der, own, parsed[other].as_ref()?);
                let self_signed = match certificates[at].facts().self_issued {
                    true => signature_holds(der, own, own),
                    false => Some(false),
                };
                let candidates = named.get(own.issuer().as_raw());
                let issuer = candidates
                    .filter(|_| self_signed == Some(false))
                    .and_then(|at| {
                        at.iter()
                            .take(NAMESAKES)
                            .find(|at| signed_by(**at) != Some(false))
                    })
                    .copied();
                (self_signed, issuer)
            }));
        }
        let signers: HashSet<usize> = issuers.iter().filter_map(|(_, issuer)| *issuer).collect();
        let too_early = issuers
            .iter()
            .enumerate()
            .filter_map(|(at, (_, issuer))| issuer.filter(|issuer| *issuer < at))
            .collect();
        let all: Vec<_> = parsed
            .into_iter()
            .zip(issuers)
            .enumerate()
            .map(|(at, (x509, (self_signed, issuer)))| Entry {
                facts: certificates[at].facts(),
                x509,
                self_signed,
                issuer,
                repeated: repeated[at],
            })
            .collect();
        let is_leaf =
            |(at, entry): (usize, &Entry<'_>)| !entry.facts.is_ca && !signers.contains(&at);
        let has_leaf = all.iter().enumerate().any(is_leaf);
        Self {
            all,
            signers,
            too_early,
            has_leaf,
        }
    }

    fn of_its_own(&self, at: usize, now: Timestamp) -> Vec<Oddity> {
        let Entry {
            facts,
            x509: Some(x509),
            self_signed,
            ..
        } = &self.all[at]
        else {
            return Vec::new();
        };
        let signs = self.signers.contains(&at);
        let is_leaf = !facts.is_ca && !signs;
        let serial = x509.raw_serial();
        let is_self_signed = *self_signed != Some(false);
        let constraints = x509.basic_constraints().ok().flatten().is_some();
        let usage = x509.key_usage().ok().flatten().map(|usage| usage.value);
        let odd = [
            (facts.not_after < now, Oddity::Expired),
            (facts.not_before > now, Oddity::NotYetValid),
            (
                facts.not_after < facts.not_before,
                Oddity::EndsBeforeItBegins,
            ),
            (
                is_leaf && facts.names.is_empty() && !is_self_signed,
                Oddity::NoNames,
            ),
            (is_weak_key(facts), Oddity::WeakKey),
            // Nobody relies on the signature that a root puts on itself.
            (
                !is_self_signed && is_weak_signature(facts),
                Oddity::WeakSignature,
            ),
            (signs && !facts.is_ca && facts.version == 3, Oddity::NotACa),
            (
                facts.version == 3 && !constraints && (signs || is_self_signed),
                Oddity::NoBasicConstraints,
            ),
            (
                facts.is_ca && usage.is_some_and(|usage| !usage.key_cert_sign()),
                Oddity::MayNotSign,
            ),
            (facts.version < 3, Oddity::OldVersion),
            (
                is_self_signed && is_leaf && facts.version == 3,
                Oddity::SelfSignedLeaf,
            ),
            (
                serial.first().is_some_and(|first| *first >= 0x80),
                Oddity::SerialNegative,
            ),
            (serial.iter().all(|byte| *byte == 0), Oddity::SerialZero),
            (serial.len() > LONGEST_SERIAL, Oddity::SerialTooLong),
            (
                is_leaf && facts.not_after.duration_since(facts.not_before) > LONGEST_VALIDITY,
                Oddity::ValidTooLong,
            ),
            (
                has_unknown_critical_extension(x509),
                Oddity::UnknownCriticalExtension,
            ),
        ];
        odd.into_iter()
            .filter_map(|(holds, oddity)| holds.then_some(oddity))
            .collect()
    }

    fn beside_others(&self, at: usize, kind: Kind) -> Vec<Oddity> {
        let entry = &self.all[at];
        let in_order = matches!(kind, Kind::Pem | Kind::Pkcs7);
        let alone = entry.self_signed == Some(false) && entry.issuer.is_none();
        let odd = [
            (entry.repeated, Oddity::Duplicate),
            (
                in_order && self.has_leaf && self.too_early.contains(&at),
                Oddity::BeforeWhatItSigned,
            ),
            (alone && entry.facts.self_issued, Oddity::SignedByNamesake),
            (
                alone && entry.facts.is_ca && !entry.facts.self_issued,
                Oddity::IssuerMissing,
            ),
        ];
        odd.into_iter()
            .filter_map(|(holds, oddity)| holds.then_some(oddity))
            .collect()
    }
}

fn is_weak_key(facts: &Facts) -> bool {
    let key = &facts.key;
    match key.algorithm.as_str() {
        "RSA" | "RSASSA-PSS" => key.bits < LEAST_RSA_BITS,
        "ECDSA" => (1..224).contains(&key.bits),
        // DSA, which no client takes any more.
        "1.2.840.10040.4.1" => true,
        _ => false,
    }
}

/// Over a digest for which collisions can be made.
fn is_weak_signature(facts: &Facts) -> bool {
    let name = facts.signature.to_ascii_lowercase();
    ["md2", "md5", "sha1"]
        .iter()
        .any(|digest| name.contains(digest))
}

fn has_unknown_critical_extension(x509: &X509Certificate<'_>) -> bool {
    x509.extensions().iter().any(|extension| {
        extension.critical
            && matches!(
                extension.parsed_extension(),
                ParsedExtension::UnsupportedExtension { .. }
            )
    })
}
