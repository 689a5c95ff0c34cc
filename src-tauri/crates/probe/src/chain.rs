//! Why a chain does not hold, found out from the certificates themselves.

use jiff::{SignedDuration, Timestamp};
use rediseal_certificate::LEAST_RSA_BITS;
use rustls::pki_types::CertificateDer;
use serde_json::Value;

use crate::cause::Cause;
use crate::links::{Certificate, Links};
use crate::stage::Finding;
use crate::trust::{Authorities, Refused};

/// Within these a certificate that is still good gets a warning.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A clock that is further off is the first thing to look at when dates do not hold.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// No chain of trust is longer.
const LONGEST_PATH: usize = 8;

/// When this version was made: a clock that shows less is wrong. Raised with each release.
const MADE: Timestamp = Timestamp::constant(1_793_491_200, 0); // 2026-11-01

/// What is known about time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) now: Timestamp,
    pub(crate) cloud_offset: Option<SignedDuration>,
}

impl Clock {
    /// The cloud's time, when it differs too much from this machine's.
    fn disagreeing(self) -> Option<Timestamp> {
        let offset = self
            .cloud_offset
            .filter(|offset| offset.abs() > CLOCK_TOLERANCE)?;
        self.now.checked_add(offset).ok()
    }
}

/// The chain holds: whether it will for long.
pub(crate) fn hold(links: &Links<'_>, clock: Clock) -> Finding {
    let ends = links
        .certificates()
        // What is out of date already was sent in vain: the path does without it.
        .filter(|certificate| certificate.covers(clock.now))
        .map(|certificate| certificate.facts.not_after)
        .min();
    let Some(ends) = ends else {
        return Finding::passed();
    };
    let left = ends.duration_since(clock.now);
    let finding = match left < SOON {
        true => Finding::warning(Cause::PolicyExpiresSoon),
        false => Finding::passed(),
    };
    finding
        .with("not_after", ends.to_string())
        .with("days_left", left.as_hours() / 24)
}

/// The chain was refused: why, and the position of the authority that it would lead to.
pub(crate) fn diagnose(
    presented: &[CertificateDer<'_>],
    refused: &Refused,
    authorities: &Authorities,
    clock: Clock,
) -> (Finding, Option<usize>) {
    let trusted: Vec<_> = authorities
        .certificates()
        .iter()
        .enumerate()
        .filter_map(|(position, der)| Some((position, Certificate::read(der)?)))
        .collect();
    let (leaf, sent) = match presented.split_first() {
        Some((leaf, sent)) => (Certificate::read(leaf), sent),
        None => (None, presented),
    };
    let Some(leaf) = leaf else {
        return (malformed("the server's certificate is not X.509", 0), None);
    };
    let path = Path::find(&leaf, sent, &trusted);
    let finding = match refused {
        Refused::Leaf(error) => leaf_unusable(&leaf, error),
        _ if leaf.facts.version < 3 => version(&leaf),
        _ => match path.authority {
            Some(_) => judge(&path, refused, clock),
            None if authorities.of_system() => broken(&path, sent, &trusted),
            None => broken(&path, sent, &trusted).with("trusted", subjects(&trusted)),
        },
    };
    let finding = match trusted.iter().any(|(_, trusted)| *trusted == leaf) {
        true if path.authority.is_none() => finding.with_hint(Some("leaf_as_ca")),
        _ => match finding.cause {
            Some(Cause::CertificateCaAsLeaf) if signed_another(&leaf, sent) => {
                finding.with_hint(Some("order"))
            }
            // Trusting it would not help: a CA is refused as a server's own certificate.
            Some(Cause::CertificateSelfSigned) if leaf.facts.is_ca => finding.with_hint(Some("ca")),
            Some(Cause::CertificateWrongCa)
                if authorities.of_system() && path.authority.is_none() =>
            {
                finding.with_hint(Some("os"))
            }
            _ => finding,
        },
    };
    let authority = path.authority.map(|(position, _)| position);
    (about(finding, path.last()), authority)
}

/// The same of a server that was tested with the CA that its cloud gives out for it.
pub(crate) fn of_instance(finding: Finding) -> Finding {
    let hint = finding.facts.get("hint").and_then(Value::as_str);
    match (finding.cause, hint) {
        (Some(Cause::CertificateWrongCa), None | Some("open"))
        | (Some(Cause::CertificateCaReplaced | Cause::CertificateSelfSigned), _) => {
            finding.with_hint(Some("instance"))
        }
        _ => finding,
    }
}

/// From the leaf upwards, as far as names and signatures lead.
struct Path<'a> {
    /// Leaf first, then those that the server sent.
    steps: Vec<Certificate<'a>>,
    authority: Option<(usize, &'a Certificate<'a>)>,
}

impl<'a> Path<'a> {
    fn find(
        leaf: &Certificate<'a>,
        sent: &'a [CertificateDer<'a>],
        trusted: &'a [(usize, Certificate<'a>)],
    ) -> Self {
        let sent: Vec<_> = sent
            .iter()
            .filter_map(|der| Certificate::read(der))
            .collect();
        let mut steps = vec![leaf.clone()];
        loop {
            let last = steps.last().unwrap_or(leaf);
            let authority = trusted
                .iter()
                .find(|(_, candidate)| last.is_issued_by(candidate))
                .map(|(position, certificate)| (*position, certificate));
            let candidates = || {
                sent.iter()
                    .filter(|candidate| !steps.contains(candidate) && last.is_issued_by(candidate))
            };
            // Of two with the same name and key, the one that leads on.
            let next = candidates()
                .find(|candidate| trusted.iter().any(|(_, ca)| candidate.is_issued_by(ca)))
                .or_else(|| candidates().next());
            match next {
                Some(next) if authority.is_none() && steps.len() < LONGEST_PATH => {
                    steps.push(next.clone());
                }
                _ => return Self { steps, authority },
            }
        }
    }

    fn last(&self) -> Option<&Certificate<'a>> {
        self.steps.last()
    }
}

/// The path is whole, so something about one of its certificates is wrong.
fn judge(path: &Path<'_>, refused: &Refused, clock: Clock) -> Finding {
    let authority = path.authority.map(|(_, certificate)| certificate);
    let whole = || path.steps.iter().chain(authority).enumerate();
    if let Some(finding) = whole().find_map(|(depth, c)| dates(c, depth, clock)) {
        return finding;
    }
    // An authority's own signature is not looked at by anyone.
    let mut steps = path.steps.iter().enumerate();
    if let Some((depth, weak)) = steps.find(|(_, c)| c.is_weak_signature()) {
        return at(
            Finding::failed(Cause::CertificateWeakSignature),
            weak,
            depth,
        )
        .with("signature", weak.facts.signature.clone());
    }
    if let Some((depth, weak)) = whole().find(|(_, c)| c.is_weak_key()) {
        return at(Finding::failed(Cause::CertificateWeakKey), weak, depth)
            .with("bits", weak.weak_bits())
            .with("least_bits", LEAST_RSA_BITS);
    }
    match refused {
        Refused::Leaf(error) | Refused::Path(error) => refusal(error, path),
        Refused::WeakLeafKey => Finding::failed(Cause::CertificateWeakKey),
        Refused::LeafKeyUsage => Finding::failed(Cause::CertificateNotForServer)
            .with("reason", "its key usage allows no key exchange of TLS"),
    }
}

/// The server sends the certificate that this one signed, which would be its own, after it.
fn signed_another(leaf: &Certificate<'_>, sent: &[CertificateDer<'_>]) -> bool {
    let mut others = sent.iter().filter_map(|der| Certificate::read(der));
    others.any(|other| !other.facts.is_ca && other.is_issued_by(leaf))
}

fn refusal(error: &webpki::Error, path: &Path<'_>) -> Finding {
    use webpki::Error as E;
    let leaf = path.steps.first();
    let finding = match error {
        E::CaUsedAsEndEntity => Finding::failed(Cause::CertificateCaAsLeaf),
        E::EmptyEkuExtension | E::RequiredEkuNotFoundContext(_) => {
            Finding::failed(Cause::CertificateNotForServer).with(
                "extended_key_usage",
                leaf.map(|c| c.facts.extended_key_usage.clone()),
            )
        }
        E::UnsupportedCertVersion
        | E::UnsupportedCriticalExtension
        | E::UnsupportedNameType
        | E::UnsupportedSignatureAlgorithmContext(_)
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
        | E::SignatureAlgorithmMismatch => Finding::failed(Cause::CertificateUnsupported),
        E::BadDer
        | E::BadDerTime
        | E::ExtensionValueInvalid
        | E::InvalidCertValidity
        | E::InvalidSerialNumber
        | E::MalformedExtensions
        | E::MalformedDnsIdentifier
        | E::MalformedNameConstraint
        | E::TrailingData(_) => Finding::failed(Cause::CertificateMalformed),
        E::EndEntityUsedAsCa | E::NameConstraintViolation | E::PathLenConstraintViolated => {
            Finding::failed(Cause::CertificateWrongCa).with_hint(Some("not_allowed"))
        }
        _ => Finding::failed(Cause::CertificateWrongCa),
    };
    finding
        .with("reason", reason(error))
        .with("signature", leaf.map(|c| c.facts.signature.clone()))
}

fn leaf_unusable(leaf: &Certificate<'_>, error: &webpki::Error) -> Finding {
    match error {
        _ if leaf.facts.version < 3 => version(leaf),
        webpki::Error::UnsupportedCertVersion | webpki::Error::UnsupportedCriticalExtension => {
            at(Finding::failed(Cause::CertificateUnsupported), leaf, 0)
                .with("reason", reason(error))
        }
        _ => malformed(&reason(error), 0),
    }
}

/// Why path validation refused it, in words; what has none is rare enough for the library's.
fn reason(error: &webpki::Error) -> String {
    use webpki::Error as E;
    match error {
        E::UnsupportedCriticalExtension => UNKNOWN_CRITICAL_EXTENSION,
        E::UnsupportedCertVersion => "it is not X.509 version 3",
        E::UnsupportedNameType => "a CA limits names of a kind that is not known",
        E::UnsupportedSignatureAlgorithmContext(_)
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            "it is signed with an algorithm that is not known"
        }
        E::SignatureAlgorithmMismatch => "it names two signature algorithms",
        E::CaUsedAsEndEntity => "it is marked as a CA",
        E::EndEntityUsedAsCa => "a certificate that is no CA, or may not sign, signed another",
        E::EmptyEkuExtension => "its extended key usage is empty",
        E::RequiredEkuNotFoundContext(_) => "its extended key usage leaves out serverAuth",
        E::NameConstraintViolation => "a CA may not sign for these names",
        E::PathLenConstraintViolated => "more CAs than allowed stand below a CA",
        E::BadDer | E::TrailingData(_) | E::MalformedExtensions | E::ExtensionValueInvalid => {
            "its encoding breaks the rules of DER"
        }
        E::BadDerTime | E::InvalidCertValidity => "its dates cannot be read",
        E::InvalidSerialNumber => "its serial number is not valid",
        E::UnknownIssuer => "its issuer is not trusted",
        other => return other.to_string(),
    }
    .to_owned()
}

/// The reason that clients agree on.
pub(crate) const UNKNOWN_CRITICAL_EXTENSION: &str = "it has a critical extension that is not known";

/// The path ends before it reaches an authority.
fn broken(
    path: &Path<'_>,
    sent: &[CertificateDer<'_>],
    trusted: &[(usize, Certificate<'_>)],
) -> Finding {
    let depth = path.steps.len() - 1;
    let Some(last) = path.last() else {
        return Finding::failed(Cause::CertificateWrongCa);
    };
    let unreadable = sent.iter().position(|der| Certificate::read(der).is_none());
    let namesake = trusted.iter().find(|(_, c)| last.is_named_by(c));
    let finding = if last.is_weak_signature() && namesake.is_some() {
        Finding::failed(Cause::CertificateWeakSignature)
            .with("signature", last.facts.signature.clone())
    } else if let Some((_, namesake)) = namesake
        && last.names_key_of(namesake)
    {
        Finding::failed(Cause::CertificateMalformed)
            .with_hint(Some("altered"))
            .with("reason", "the signature does not hold")
    } else if let Some((_, namesake)) = namesake {
        Finding::failed(Cause::CertificateCaReplaced)
            .with("trusted_sha256", namesake.facts.sha256.clone())
    } else if last.is_self_signed() {
        match depth {
            0 => Finding::failed(Cause::CertificateSelfSigned),
            _ => Finding::failed(Cause::CertificateWrongCa),
        }
    } else if let Some(position) = unreadable {
        let reason = "a certificate that the server sent is not X.509";
        return malformed(reason, position + 1);
    } else {
        match intermediate_evidence(last, sent, trusted) {
            Some(evidence) => {
                Finding::failed(Cause::CertificateMissingIntermediate).with("evidence", evidence)
            }
            // The issuer was not seen: it may be an intermediate of the trusted CA.
            None => Finding::failed(Cause::CertificateWrongCa).with_hint(Some("open")),
        }
    };
    at(finding, last, depth)
}

fn subjects(trusted: &[(usize, Certificate<'_>)]) -> Vec<Value> {
    trusted
        .iter()
        .take(16)
        .map(|(_, c)| c.facts.subject.clone().into())
        .collect()
}

/// A name alone does not tell an intermediate authority that was not sent from a root that is
/// not trusted. These do; without them the far more frequent case is a wrong file.
fn intermediate_evidence(
    last: &Certificate<'_>,
    sent: &[CertificateDer<'_>],
    trusted: &[(usize, Certificate<'_>)],
) -> Option<&'static str> {
    let reaches_trust = |der: &CertificateDer<'_>| {
        Certificate::read(der)
            .is_some_and(|c| trusted.iter().any(|(_, t)| c == *t || c.is_issued_by(t)))
    };
    let issuer = last.facts.issuer.to_lowercase();
    if sent.iter().any(reaches_trust) {
        Some("sent_certificate_reaches_trusted_ca")
    } else if last.names_issuer_location() {
        Some("issuer_location")
    } else if ["intermediate", "issuing", "subordinate", "sub ca", "sub-ca"]
        .iter()
        .any(|word| issuer.contains(word))
    {
        Some("issuer_name")
    } else {
        None
    }
}

fn dates(certificate: &Certificate<'_>, depth: usize, clock: Clock) -> Option<Finding> {
    let cause = match () {
        () if clock.now < certificate.facts.not_before => Cause::CertificateNotYetValid,
        () if clock.now <= certificate.facts.not_after => return None,
        () if depth == 0 => Cause::CertificateExpired,
        () => Cause::CertificateCaExpired,
    };
    let finding = at(Finding::failed(cause), certificate, depth)
        .with("not_before", certificate.facts.not_before.to_string())
        .with("not_after", certificate.facts.not_after.to_string())
        .with("now", to_the_second(clock.now));
    Some(match (clock.disagreeing(), clock.cloud_offset) {
        (Some(cloud_now), Some(offset)) => finding
            .with_hint(Some("clock"))
            .with("clock_offset_s", offset.as_secs())
            .with("cloud_now", to_the_second(cloud_now))
            .with("valid_by_cloud_clock", certificate.covers(cloud_now)),
        _ if cause == Cause::CertificateNotYetValid && clock.now < MADE => finding
            .with_hint(Some("early"))
            .with("program_made", to_the_second(MADE)),
        _ => finding,
    })
}

/// Finer than that, a clock says nothing about a certificate.
fn to_the_second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn version(certificate: &Certificate<'_>) -> Finding {
    at(
        Finding::failed(Cause::CertificateUnsupported),
        certificate,
        0,
    )
    .with("version", certificate.facts.version)
}

fn malformed(reason: &str, depth: usize) -> Finding {
    Finding::failed(Cause::CertificateMalformed)
        .with("reason", reason)
        .with("depth", depth)
}

fn at(finding: Finding, certificate: &Certificate<'_>, depth: usize) -> Finding {
    finding
        .with("certificate", certificate.facts.subject.clone())
        .with("depth", depth)
}

fn about(finding: Finding, last: Option<&Certificate<'_>>) -> Finding {
    finding.with("issuer", last.map(|c| c.facts.issuer.clone()))
}
