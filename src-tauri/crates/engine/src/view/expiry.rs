//! When certificates end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CertificateRole, Source};

/// The certificates that the instances of an account were seen with last, the first to end first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Expiry {
    /// What the days are counted from.
    #[ts(type = "string")]
    pub now: Timestamp,
    #[expect(missing_docs, reason = "the type says it")]
    pub certificates: Vec<CertificateEnd>,
    /// Instances with SSL whose server never showed its certificate, as far as the fleet is known.
    pub unseen: Vec<String>,
}

/// The end of one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CertificateEnd {
    /// Lowercase hexadecimal.
    pub sha256: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub role: CertificateRole,
    /// The common name, or else the subject.
    pub name: String,
    #[expect(missing_docs, reason = "RFC 4514")]
    pub subject: String,
    #[expect(missing_docs, reason = "RFC 4514")]
    pub issuer: String,
    #[expect(missing_docs, reason = "lowercase hexadecimal")]
    pub serial: String,
    #[expect(missing_docs, reason = "RFC 5280 4.1.2.5")]
    #[ts(type = "string")]
    pub not_after: Timestamp,
    /// Whole days that are left; negative when it has ended.
    pub days: i64,
    /// The threshold of days that was passed last: 90, 30, 7, 1, or 0 when it has ended; none
    /// before the first.
    pub threshold: Option<i64>,
    /// By instance id.
    pub instances: Vec<EndingInstance>,
}

/// An instance that has the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EndingInstance {
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_id: String,
    #[expect(missing_docs, reason = "as the cloud named it last")]
    pub name: String,
    #[expect(missing_docs, reason = "as in the row")]
    pub region: String,
    /// Of the instance's chain it ends first: clients refuse the connection from then on.
    pub first: bool,
    #[expect(missing_docs, reason = "the type says it")]
    pub sources: Vec<Source>,
    /// When it was seen with the instance last.
    #[ts(type = "string")]
    pub last_seen: Timestamp,
}

/// A certificate that passed a threshold that nobody was told of yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExpiryWarning {
    /// The account whose instances have it, as the user named it.
    pub account: String,
    /// Its threshold is there.
    pub certificate: CertificateEnd,
}
