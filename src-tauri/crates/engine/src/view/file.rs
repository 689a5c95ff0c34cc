//! Certificates and files.

use jiff::Timestamp;
use rediseal_certificate::Facts;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Proof;

/// The downloaded certificate archive, opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CertificateView {
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_id: String,
    /// Names in the archive.
    pub files: Vec<String>,
    /// Every certificate in it, once.
    pub certificates: Vec<Facts>,
    /// SHA-256 of the archive, lowercase hexadecimal.
    pub sha256: String,
    /// A size in bytes.
    pub size: u64,
    /// Whether it signed what the server showed last; none before the server was asked.
    pub proof: Option<Proof>,
    #[expect(missing_docs, reason = "plain words")]
    #[ts(type = "string")]
    pub downloaded: Timestamp,
}

/// What is written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFormat {
    /// The archive as it came.
    Zip,
    /// Every certificate of it in one PEM file.
    Pem,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedFile {
    /// For display.
    pub path: String,
    #[expect(missing_docs, reason = "a size in bytes")]
    pub size: u64,
    #[expect(missing_docs, reason = "lowercase hexadecimal")]
    pub sha256: String,
}

/// How the fleet is written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InventoryFormat {
    /// One line for each instance.
    Csv,
    /// The rows as they are.
    Json,
}

/// A file of trusted certificates that the user chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrustFile {
    /// For display.
    pub path: String,
    /// Every certificate in it.
    pub certificates: Vec<Facts>,
}
