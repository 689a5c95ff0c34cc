//! Certificates written for the programs that trust them. The same certificates and the same
//! password give the same bytes, so that a file can be compared, kept in a repository and
//! distributed by tools that act on changes only.
//!
//! What makes other writers differ each time is a salt and a time. The time here is the beginning
//! of the certificate's validity. The salt is made from the certificates, so everybody who keeps
//! the same certificates has the same one. That gives nothing away about them, they are public,
//! and changes nothing about what the MAC proves; but guessing the passwords of many files of the
//! same certificates costs no more than guessing one. A generated password (120 bits) is out of
//! reach of that; one of the user's own should not be a password that opens anything else. That
//! holds for JKS in any case: it has no salt at all, by whomever it was written.

use std::collections::HashSet;

use aws_lc_rs::rand;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::alias::aliases;
use crate::{Certificate, Error, jks, pem_bundle, pkcs7, pkcs12};

/// What a truststore is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "TrustFormat")]
pub enum Format {
    /// One PEM file of all certificates.
    Pem,
    /// A PEM file for each certificate, for programs that read the first of a file only.
    PemEach,
    /// A DER file for each certificate: DER has no bundles.
    Der,
    /// PKCS#7 without signatures, DER (RFC 8551 calls it certs-only).
    P7b,
    /// PKCS#12 of trusted certificates, as Java reads them too.
    P12,
    /// For Java before 8u301, which reads no newer PKCS#12.
    Jks,
}

impl Format {
    /// All there are.
    pub const ALL: &[Self] = &[
        Self::Pem,
        Self::PemEach,
        Self::Der,
        Self::P7b,
        Self::P12,
        Self::Jks,
    ];

    /// The usual one, without a dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pem | Self::PemEach => "pem",
            Self::Der => "der",
            Self::P7b => "p7b",
            Self::P12 => "p12",
            Self::Jks => "jks",
        }
    }

    /// Whether the file is made with a password.
    #[must_use]
    pub const fn needs_password(self) -> bool {
        matches!(self, Self::P12 | Self::Jks)
    }

    /// Whether each certificate has a file of its own.
    #[must_use]
    pub const fn is_of_one(self) -> bool {
        matches!(self, Self::PemEach | Self::Der)
    }

    /// The contents of the files: one, or one for each certificate where [`Self::is_of_one`].
    /// Every certificate is written once, in order.
    ///
    /// # Errors
    /// [`Error::NoneInside`] without certificates; [`Error::PasswordNeeded`],
    /// [`Error::PasswordTooShort`] and [`Error::PasswordNotAscii`] where one is needed.
    pub fn write(
        self,
        certificates: &[Certificate],
        password: Option<&SecretString>,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let mut seen = HashSet::new();
        let all: Vec<&Certificate> = certificates
            .iter()
            .filter(|one| seen.insert(one.der()))
            .collect();
        if all.is_empty() {
            return Err(Error::NoneInside { private_keys: 0 });
        }
        let pem = |one: &&Certificate| one.to_pem().into_bytes();
        Ok(match self {
            Self::Pem => vec![pem_bundle(all).into_bytes()],
            Self::PemEach => all.iter().map(pem).collect(),
            Self::Der => all.iter().map(|one| one.der().to_vec()).collect(),
            Self::P7b => vec![pkcs7::write(&all)],
            Self::P12 => vec![pkcs12::write(&aliases(&all), usable(password)?)],
            Self::Jks => vec![jks::write(&aliases(&all), usable(password)?)],
        })
    }
}

/// The shortest that keytool takes, characters.
pub const SHORTEST_PASSWORD: usize = 6;

/// What keytool takes, and what all readers turn into the same bytes: they do not agree on
/// anything but ASCII.
fn usable(password: Option<&SecretString>) -> Result<&SecretString, Error> {
    let password = password.ok_or(Error::PasswordNeeded)?;
    let text = password.expose_secret();
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(Error::PasswordNotAscii);
    }
    if text.len() < SHORTEST_PASSWORD {
        return Err(Error::PasswordTooShort {
            least: SHORTEST_PASSWORD,
        });
    }
    Ok(password)
}

/// A password of 120 random bits, without characters that look alike.
///
/// # Errors
/// [`Error::NoRandomness`] when the system has none.
pub fn generate_password() -> Result<SecretString, Error> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = Zeroizing::new([0; 24]);
    rand::fill(random.as_mut_slice()).map_err(|_| Error::NoRandomness)?;
    let letters = random.iter().map(|byte| LETTERS[usize::from(byte % 32)]);
    Ok(SecretString::from(
        letters.map(char::from).collect::<String>(),
    ))
}
