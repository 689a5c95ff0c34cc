//! The certificates that an instance was seen with, and what changed.

use jiff::Timestamp;
use rediseal_certificate::{Difference, Facts};
use rediseal_probe::{Cause, Verdict};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::CertificateView;

/// By whom a certificate was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// In the archive that the cloud gives out.
    Download,
    /// The server itself showed it in a handshake.
    Live,
}

/// What a certificate is to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CertificateRole {
    /// The server's own.
    Leaf,
    /// Of an authority: in the archive, or sent by the server after its own.
    Ca,
}

/// Every certificate that an instance was seen with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CertificateHistory {
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_id: String,
    /// Whether the archive signed what the server showed; none before both were seen.
    pub proof: Option<Proof>,
    /// Newest first.
    pub sightings: Vec<Sighting>,
}

/// The archive downloaded last beside what the server showed last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Proof {
    /// A certificate that the server sends was signed with the key of one of the archive: the
    /// signature was checked, whatever else is wrong with either.
    pub signed: bool,
    /// The signers, SHA-256.
    pub signers: Vec<String>,
    /// When the archive was downloaded last.
    #[ts(type = "string")]
    pub downloaded: Timestamp,
    /// When the server was asked last.
    #[ts(type = "string")]
    pub shown: Timestamp,
}

/// A period in which a source showed the same certificates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sighting {
    #[expect(missing_docs, reason = "the type says it")]
    pub source: Source,
    #[expect(missing_docs, reason = "plain words")]
    #[ts(type = "string")]
    pub first_seen: Timestamp,
    #[expect(missing_docs, reason = "plain words")]
    #[ts(type = "string")]
    pub last_seen: Timestamp,
    /// Empty when the server had turned to speaking no TLS.
    pub certificates: Vec<SeenCertificate>,
    /// Against the period before of the same source; none where there is none.
    pub changes: Option<Vec<CertificateChange>>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the types say it")]
pub struct SeenCertificate {
    pub role: CertificateRole,
    pub facts: Facts,
}

/// A certificate that took another's place, came, or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CertificateChange {
    #[expect(missing_docs, reason = "the type says it")]
    pub role: CertificateRole,
    /// None for one that came.
    pub before: Option<Facts>,
    /// None for one that went.
    pub after: Option<Facts>,
    /// Between the two; empty when one is missing.
    pub differences: Vec<Difference>,
}

/// A change that was seen, for a list over all instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CertificateEvent {
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_id: String,
    /// As the cloud named the instance then.
    pub name: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub source: Source,
    /// When the change was seen: it happened since `seen_before`.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// When what was there before was seen last.
    #[ts(type = "string")]
    pub seen_before: Timestamp,
    #[expect(missing_docs, reason = "the type says it")]
    pub changes: Vec<CertificateChange>,
}

/// The archive downloaded again and the server asked again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Comparison {
    #[expect(missing_docs, reason = "the type says it")]
    pub certificate: CertificateView,
    /// Since the time before; empty when nothing changed, or nothing was seen before.
    pub changed: Vec<Sighting>,
    /// An archive had been downloaded before, so that there was something to compare with.
    pub compared: bool,
    /// Of the test that asked the server, with the archive as the only trust.
    pub verdict: Verdict,
    #[expect(missing_docs, reason = "as in the report")]
    pub cause: Option<Cause>,
}

impl Source {
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Live => "live",
        }
    }

    pub(crate) fn of(id: &str) -> Self {
        match id {
            "download" => Self::Download,
            _ => Self::Live,
        }
    }
}
