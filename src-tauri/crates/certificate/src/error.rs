//! What can be wrong with a certificate, a file of them, an archive, or a place to write to.

use std::path::{Path, PathBuf};

use crate::looks::Looks;

/// Carries data, not advice: the faces say what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "each message says it; the fields are its parts"
)]
pub enum Error {
    #[error("the file is empty")]
    Empty,
    #[error("neither PEM nor DER: it looks like {looks}")]
    NotACertificate { looks: Looks },
    #[error("PEM block {block} at line {line}: {problem}")]
    Pem {
        /// Counted from 1.
        block: usize,
        /// Line of `-----BEGIN`, counted from 1.
        line: usize,
        problem: PemProblem,
    },
    #[error("not a valid X.509 certificate: {reason}")]
    Malformed { reason: String },
    #[error("not a readable PKCS#7 bundle: {reason}")]
    Pkcs7 { reason: String },

    #[error("not a readable PKCS#12 file: {reason}")]
    Pkcs12 { reason: String },
    #[error("not a readable JKS keystore: {reason}")]
    Jks { reason: String },
    #[error("it opens with a password only")]
    PasswordNeeded,
    #[error("the password is wrong, or the file was changed after it was made")]
    PasswordWrong,
    #[error("a password has at least {least} characters")]
    PasswordTooShort { least: usize },
    #[error("the password has characters that programs do not agree on: use ASCII")]
    PasswordNotAscii,
    #[error("the operating system gives no random numbers")]
    NoRandomness,
    #[error("it is protected with {name}, which is not supported")]
    Scheme {
        /// Object identifier, dotted.
        name: String,
    },
    #[error("its password is hashed {rounds} times: more than an honest file asks for")]
    TooManyRounds {
        rounds: u64,
        /// Digests, all derivations of a file together.
        limit: u64,
    },
    #[error("more than {limit} certificates")]
    TooManyCertificates { limit: usize },
    #[error("no certificate in it{}", keys(*.private_keys))]
    NoneInside { private_keys: usize },

    #[error("not a zip archive: it looks like {looks}")]
    NotAnArchive { looks: Looks },
    #[error("the archive is cut off")]
    Truncated,
    #[error("the archive is damaged: {reason}")]
    Damaged { reason: String },
    #[error("larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("{count} files in the archive, {limit} are allowed")]
    TooManyFiles { count: usize, limit: usize },
    #[error("{name:?} unpacks to more than an honest archive holds: past {limit} bytes in all")]
    Bomb { name: String, limit: u64 },
    #[error("files in the archive share the same bytes")]
    Overlap,
    #[error("the archive holds two files of one name")]
    DuplicateName,
    #[error("the name {name:?} is not a plain path inside the archive")]
    Traversal { name: String },
    #[error("a name in the archive is {length} bytes long, {limit} are allowed")]
    NameTooLong { length: usize, limit: usize },
    #[error("{name:?} is a symbolic link")]
    Symlink { name: String },
    #[error("{name:?} is encrypted with a password")]
    Encrypted { name: String },
    #[error("{name:?} is compressed with a method that is not supported")]
    Compression { name: String },
    #[error("no certificate in the archive; it holds {}", list(.files))]
    NoCertificate { files: Vec<String> },
    #[error("{name:?} in the archive: {error}")]
    InFile { name: String, error: Box<Error> },

    #[error("{} exists", .path.display())]
    Exists { path: PathBuf },
    #[error("{} is a folder", .path.display())]
    IsFolder { path: PathBuf },
    #[error("the folder of {} does not exist", .path.display())]
    FolderMissing { path: PathBuf },
    #[error("{} may not be written: {reason}", .path.display())]
    NotWritable { path: PathBuf, reason: String },
    #[error("the disk of {} is full", .path.display())]
    DiskFull { path: PathBuf },
    #[error("writing {} failed: {reason}", .path.display())]
    Write { path: PathBuf, reason: String },
}

impl Error {
    /// A stable name for programs, and the key of its text in other languages.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotACertificate { .. } => "not_a_certificate",
            Self::Pem { .. } => "pem",
            Self::Malformed { .. } => "malformed",
            Self::Pkcs7 { .. } => "pkcs7",
            Self::Pkcs12 { .. } => "pkcs12",
            Self::Jks { .. } => "jks",
            Self::PasswordNeeded => "password_needed",
            Self::PasswordWrong => "password_wrong",
            Self::PasswordTooShort { .. } => "password_too_short",
            Self::PasswordNotAscii => "password_not_ascii",
            Self::NoRandomness => "no_randomness",
            Self::Scheme { .. } => "scheme",
            Self::TooManyRounds { .. } => "too_many_rounds",
            Self::TooManyCertificates { .. } => "too_many_certificates",
            Self::NoneInside { .. } => "none_inside",
            Self::NotAnArchive { .. } => "not_an_archive",
            Self::Truncated => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::TooManyFiles { .. } => "too_many_files",
            Self::Bomb { .. } => "bomb",
            Self::Overlap => "overlap",
            Self::DuplicateName => "duplicate_name",
            Self::Traversal { .. } => "traversal",
            Self::NameTooLong { .. } => "name_too_long",
            Self::Symlink { .. } => "symlink",
            Self::Encrypted { .. } => "encrypted",
            Self::Compression { .. } => "compression",
            Self::NoCertificate { .. } => "no_certificate",
            Self::InFile { error, .. } => error.code(),
            Self::Exists { .. } => "exists",
            Self::IsFolder { .. } => "is_folder",
            Self::FolderMissing { .. } => "folder_missing",
            Self::NotWritable { .. } => "not_writable",
            Self::DiskFull { .. } => "disk_full",
            Self::Write { .. } => "write",
        }
    }

    /// The place that could not be written to; none when the content is what is wrong.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Exists { path }
            | Self::IsFolder { path }
            | Self::FolderMissing { path }
            | Self::NotWritable { path, .. }
            | Self::DiskFull { path }
            | Self::Write { path, .. } => Some(path),
            _ => None,
        }
    }
}

/// What is wrong with one PEM block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each message says it")]
pub enum PemProblem {
    #[error("the line -----END {label}----- is missing")]
    NotEnded { label: String },
    #[error("it begins as {label:?} and ends as {ended:?}")]
    LabelsDiffer { label: String, ended: String },
    #[error("line {line} neither begins nor ends a block; each stands on its own line")]
    Boundary { line: usize },
    #[error("line {line} is not base64")]
    NotBase64 { line: usize },
    #[error("it is empty")]
    Empty,
    #[error("{0}")]
    Content(Box<Error>),
    #[error("it is a private key, which is not read here: keep only the certificates in the file")]
    PrivateKey,
    #[error(
        "it is OpenSSL's own form of a trusted certificate; \
         `openssl x509 -in FILE` writes the standard one"
    )]
    OpensslTrusted,
    #[error("it is {label:?}, not a certificate")]
    OtherLabel { label: String },
}

fn keys(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => ", but a private key".to_owned(),
        count => format!(", but {count} private keys"),
    }
}

fn list(files: &[String]) -> String {
    const SHOWN: usize = 8;
    if files.is_empty() {
        return "nothing".into();
    }
    let mut shown = files
        .iter()
        .take(SHOWN)
        .map(|name| format!("{name:?}"))
        .collect::<Vec<_>>()
        .join(", ");
    if files.len() > SHOWN {
        shown.push_str(", …");
    }
    shown
}
