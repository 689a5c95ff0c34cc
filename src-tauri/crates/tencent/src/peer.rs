//! What a host on the way to the cloud showed of itself.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, TrustAnchor};
use serde::{Deserialize, Serialize};
use x509_parser::{
    asn1_rs::{Sequence, ToDer},
    prelude::{FromDer, X509Certificate},
    x509::X509Name,
};

/// The certificate of a host, and who vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Peer {
    /// As it was asked for.
    pub host: String,
    /// Who the certificate is for, by its own words.
    pub subject: DistinguishedName,
    /// Who signed it.
    pub issuer: DistinguishedName,
    /// SHA-256 of the certificate, hex.
    pub sha256: String,
    /// The certificate is good until then.
    #[ts(type = "string | null")]
    pub not_after: Option<Timestamp>,
    /// The trusted root that it leads to; `None` when it leads to none.
    pub root: Option<Root>,
}

/// A trusted root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Root {
    #[expect(missing_docs, reason = "the type says it")]
    pub name: DistinguishedName,
    /// SHA-256 of its public key (SubjectPublicKeyInfo, DER), hex. A renewed root with the same
    /// key has the same.
    pub key: String,
    /// Whether the public CA programme of Mozilla has it. Another one was put on this computer by
    /// somebody: an administrator, a security product, the user.
    pub public: bool,
}

/// The parts of a distinguished name that tell people who it is. Empty where it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[expect(missing_docs, reason = "X.520's attributes")]
pub struct DistinguishedName {
    pub common_name: String,
    pub organization: String,
}

impl std::fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.common_name.as_str(), self.organization.as_str()) {
            ("", "") => f.write_str("an unnamed authority"),
            (name, "") | ("", name) => f.write_str(name),
            (name, organization) => write!(f, "{name} ({organization})"),
        }
    }
}

/// Whom a client met.
#[derive(Debug, Default)]
pub(crate) struct Met {
    pub(crate) peers: Peers,
    /// Met and refused: see [`ConnectionFailure::Inspected`](crate::ConnectionFailure::Inspected).
    pub(crate) refused: Peers,
}

/// The newest certificate of each host, by host.
#[derive(Debug, Default)]
pub(crate) struct Peers(Mutex<BTreeMap<String, Peer>>);

impl Peers {
    pub(crate) fn note(&self, peer: Peer) {
        self.lock().insert(peer.host.clone(), peer);
    }

    pub(crate) fn all(&self) -> Vec<Peer> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Peer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Peer {
    /// Reads a certificate as far as it can be read.
    pub(crate) fn read(host: String, certificate: &CertificateDer<'_>) -> Self {
        let parsed = X509Certificate::from_der(certificate).ok();
        let parsed = parsed.as_ref().map(|(_, certificate)| certificate);
        Self {
            host,
            subject: parsed.map(|c| name(c.subject())).unwrap_or_default(),
            issuer: parsed.map(|c| name(c.issuer())).unwrap_or_default(),
            sha256: sha256(certificate),
            not_after: parsed
                .map(|c| c.validity().not_after.timestamp())
                .and_then(|seconds| Timestamp::from_second(seconds).ok()),
            root: None,
        }
    }
}

impl Root {
    /// The end of a path.
    pub(crate) fn at(anchor: &TrustAnchor<'_>, public: bool) -> Self {
        let subject = sequence(&anchor.subject);
        let subject = X509Name::from_der(&subject).ok();
        Self {
            name: subject
                .map(|(_, subject)| name(&subject))
                .unwrap_or_default(),
            key: sha256(&sequence(&anchor.subject_public_key_info)),
            public,
        }
    }

    /// A certificate that stands for one that is not known here; never public.
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Self {
        let parsed = X509Certificate::from_der(certificate).ok();
        let parsed = parsed.as_ref().map(|(_, certificate)| certificate);
        Self {
            name: parsed.map(|c| name(c.subject())).unwrap_or_default(),
            key: sha256(parsed.map_or(&**certificate, |c| c.public_key().raw)),
            public: false,
        }
    }
}

/// Trust anchors hold the contents of a SEQUENCE only.
fn sequence(contents: &[u8]) -> Vec<u8> {
    Sequence::new(contents.into())
        .to_der_vec()
        .unwrap_or_default()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}

fn name(name: &X509Name<'_>) -> DistinguishedName {
    let first = |value: Option<&x509_parser::x509::AttributeTypeAndValue<'_>>| {
        value
            .and_then(|value| value.as_str().ok())
            .map(printable)
            .unwrap_or_default()
    };
    DistinguishedName {
        common_name: first(name.iter_common_name().next()),
        organization: first(name.iter_organization().next()),
    }
}

/// Names come from strangers: of a bounded length, and without control characters.
fn printable(text: &str) -> String {
    const LONGEST: usize = 100;
    text.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}
