//! A file with certificates in it, whatever kind it is; the name of the file does not matter.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::archive::ARCHIVE;
use crate::limits::{Count, FILE_LIMIT};
use crate::parse::{self, Others};
use crate::{Archive, Certificate, Error, Found, Limits, Unread, jks, pkcs12};

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    /// A zip file.
    Archive,
    Pem,
    Der,
    /// Also as PEM.
    Pkcs7,
    Pkcs12,
    Jks,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    #[expect(missing_docs, reason = "the type says it")]
    pub kind: Kind,
    /// Names of all files in an archive; empty for other kinds.
    pub files: Vec<String>,
    /// In the order of the file, never empty. In an archive each stands once; other kinds keep
    /// what they repeat.
    pub certificates: Vec<Found>,
    /// Files of an archive that could not be read, while others have certificates.
    pub unread: Vec<Unread>,
    /// How many there are beside the certificates. They are not read.
    pub private_keys: usize,
    /// What else there is, such as `CERTIFICATE REQUEST`, by its PEM label or in words.
    pub others: Vec<String>,
}

impl Contents {
    /// Reads zip archives, PEM with text and other blocks around the certificates, DER, PKCS#7 as
    /// PEM, DER or BER, PKCS#12, and JKS.
    ///
    /// # Errors
    /// [`Error::PasswordNeeded`] when there is no way in without one: call it again with what the
    /// user says. [`Error::PasswordWrong`] when that does not fit. Everything else says what is
    /// wrong with the file.
    pub fn read(bytes: &[u8], password: Option<&SecretString>) -> Result<Self, Error> {
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(Error::TooLarge { limit: FILE_LIMIT });
        }
        if bytes.starts_with(ARCHIVE) {
            let limits = Limits {
                archive_size: FILE_LIMIT,
                unpacked_size: FILE_LIMIT,
                ..Limits::default()
            };
            return Ok(Archive::open_with(bytes, limits, password)?.into());
        }
        Ok(file(bytes, password, &mut Count::new())?.into())
    }
}

impl From<Archive> for Contents {
    fn from(archive: Archive) -> Self {
        Self {
            kind: Kind::Archive,
            files: archive.files,
            certificates: archive.certificates,
            unread: archive.unread,
            private_keys: archive.private_keys,
            others: archive.others,
        }
    }
}

impl From<Read> for Contents {
    fn from(read: Read) -> Self {
        let found = read.certificates.into_iter();
        Self {
            kind: read.kind,
            files: Vec::new(),
            certificates: found
                .map(|(certificate, alias)| Found {
                    certificate,
                    files: Vec::new(),
                    alias,
                })
                .collect(),
            unread: Vec::new(),
            private_keys: read.private_keys,
            others: read.others,
        }
    }
}

/// One file that is not an archive.
pub(crate) struct Read {
    pub(crate) kind: Kind,
    /// With the name that the file gives it.
    pub(crate) certificates: Vec<(Certificate, Option<String>)>,
    pub(crate) private_keys: usize,
    pub(crate) others: Vec<String>,
}

impl Read {
    pub(crate) const fn new(kind: Kind) -> Self {
        Self {
            kind,
            certificates: Vec::new(),
            private_keys: 0,
            others: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, certificate: Certificate, alias: Option<String>) {
        self.certificates.push((certificate, alias));
    }

    pub(crate) fn not_empty(self) -> Result<Self, Error> {
        match self.certificates.is_empty() {
            true => Err(Error::NoneInside {
                private_keys: self.private_keys,
            }),
            false => Ok(self),
        }
    }
}

pub(crate) fn file(
    bytes: &[u8],
    password: Option<&SecretString>,
    count: &mut Count,
) -> Result<Read, Error> {
    if bytes.starts_with(&jks::MAGIC) {
        jks::read(bytes, password, count)
    } else if pkcs12::is_pfx(bytes) {
        pkcs12::read(bytes, password, count)
    } else {
        parse::read(bytes, Others::Noted, count)?.not_empty()
    }
}
