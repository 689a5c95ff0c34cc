//! What files of certificates hold.

use rediseal_certificate::{Facts, Kind, Oddity};
use rediseal_probe::{Cause, Verdict};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A file that can be inspected: the user dropped it on the window, or chose it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfferedFile {
    /// Of this process.
    pub id: u32,
    /// For display.
    pub path: String,
}

/// What a file of certificates opens with.
#[derive(Clone, Deserialize, TS)]
pub struct Password(#[ts(type = "string")] pub secrecy::SecretString);

/// What came of opening such a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileLook {
    /// It is open.
    Open {
        /// With no more certificates than a page shows.
        inspection: Inspection,
        /// How many certificates there are.
        total: usize,
    },
    /// Nothing of it can be read without one.
    PasswordNeeded,
    /// It does not fit.
    PasswordWrong,
    /// It is not a file of certificates, is damaged, or cannot be read at all.
    Unreadable {
        /// Stable; `io` when the file itself cannot be read.
        problem: String,
        /// In the language that was asked for.
        error: String,
    },
}

/// Certificates of an open file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InspectedPage {
    /// No more than a page shows.
    pub certificates: Vec<Inspected>,
    /// How many fit what was looked for.
    pub found: usize,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Inspection {
    /// Its name, as it was given.
    pub file: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// All names in an archive; empty for other kinds.
    pub files: Vec<String>,
    #[expect(missing_docs, reason = "in the order of the file")]
    pub certificates: Vec<Inspected>,
    /// How many there are beside the certificates.
    pub private_keys: usize,
    /// What else there is, such as `CERTIFICATE REQUEST`.
    pub others: Vec<String>,
    /// Files of an archive that look like certificates and could not be read.
    pub unread: Vec<NotRead>,
}

/// A certificate of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Inspected {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "the type says it")]
    pub facts: Facts,
    /// The files of an archive that hold it.
    pub files: Vec<String>,
    /// The name that a keystore gives it.
    pub alias: Option<String>,
    /// What is odd about it, by itself and beside the others.
    pub odd: Vec<Oddity>,
}

/// A file of an archive that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NotRead {
    #[expect(missing_docs, reason = "its name")]
    pub file: String,
    /// Stable.
    pub problem: String,
    /// In the language that was asked for.
    pub error: String,
}

/// Whether the certificates of a file signed what a live server shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Signed {
    /// `host:port`.
    pub address: String,
    /// A certificate that the server sends was signed with the key of one of the file: the
    /// signature was checked, whatever else is wrong with either.
    pub signed: bool,
    /// The signers, SHA-256.
    pub by: Vec<String>,
    /// Certificates of the file that the server sends itself, SHA-256.
    pub sends: Vec<String>,
    /// Of a test that trusts the certificates of the file alone.
    pub verdict: Verdict,
    #[expect(missing_docs, reason = "of that test")]
    pub cause: Option<Cause>,
}
