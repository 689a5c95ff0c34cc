//! JKS, Java's own keystore before PKCS#12 (`sun.security.provider.JavaKeyStore`). No document
//! describes it; OpenJDK's source does. Numbers are big endian; a digest over password and file
//! stands at the end. Certificates are not encrypted; private keys are counted and stay closed.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, Digest, SHA1_FOR_LEGACY_USE_ONLY};
use secrecy::{ExposeSecret as _, SecretString};

use crate::contents::{Kind, Read};
use crate::limits::Count;
use crate::{Certificate, Error};

pub(crate) const MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const PRIVATE_KEY: u32 = 1;
const TRUSTED_CERTIFICATE: u32 = 2;
const DIGEST_SIZE: usize = 20;
const X509: &str = "X.509";

/// The file is read before the password is needed, so that what is cut off is called that.
pub(crate) fn read(
    bytes: &[u8],
    password: Option<&SecretString>,
    count: &mut Count,
) -> Result<Read, Error> {
    let (body, expected) = bytes
        .len()
        .checked_sub(DIGEST_SIZE)
        .and_then(|end| bytes.split_at_checked(end))
        .ok_or_else(cut_off)?;
    let read = Body(body).read(count)?;
    let password = password.ok_or(Error::PasswordNeeded)?;
    verify_slices_are_equal(digest(body, password).as_ref(), expected)
        .map_err(|_| Error::PasswordWrong)?;
    read.not_empty()
}

/// Trusted certificates with their names. The time of each entry is the beginning of the
/// certificate's validity.
pub(crate) fn write(entries: &[(String, &Certificate)], password: &SecretString) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    let number = |bytes: &mut Vec<u8>, number: u32| bytes.extend(number.to_be_bytes());
    number(&mut bytes, 2);
    // The file has room for more than a certificate file may hold.
    number(&mut bytes, entries.len() as u32);
    for (alias, certificate) in entries {
        number(&mut bytes, TRUSTED_CERTIFICATE);
        text(&mut bytes, alias);
        let begins = certificate.facts().not_before.as_millisecond();
        bytes.extend(begins.to_be_bytes());
        text(&mut bytes, X509);
        number(&mut bytes, certificate.der().len() as u32);
        bytes.extend(certificate.der());
    }
    let digest = digest(&bytes, password);
    bytes.extend(digest.as_ref());
    bytes
}

/// ASCII of at most 65535 characters, which every name written here is.
fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u16).to_be_bytes());
    bytes.extend(text.as_bytes());
}

/// The check at the end of a file.
fn digest(body: &[u8], password: &SecretString) -> Digest {
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for unit in password.expose_secret().encode_utf16() {
        context.update(&unit.to_be_bytes());
    }
    context.update(b"Mighty Aphrodite");
    context.update(body);
    context.finish()
}

/// What of the body was not read yet.
struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    fn read(mut self, count: &mut Count) -> Result<Read, Error> {
        self.bytes(MAGIC.len())?;
        let version = self.number()?;
        if !matches!(version, 1 | 2) {
            return Err(damaged("it is of an unknown version"));
        }
        let mut read = Read::new(Kind::Jks);
        for _ in 0..self.number()? {
            let kind = self.number()?;
            let alias = self.text()?;
            // The time of the entry, in milliseconds.
            self.bytes(8)?;
            let certificates = match kind {
                TRUSTED_CERTIFICATE => 1,
                PRIVATE_KEY => {
                    read.private_keys += 1;
                    self.block()?;
                    self.number()?
                }
                _ => return Err(damaged("it has an entry of an unknown kind")),
            };
            for _ in 0..certificates {
                count.one()?;
                // The first version has nothing but X.509, and does not say so.
                if version == 2 && self.text()? != X509 {
                    return Err(damaged("it has a certificate that is not X.509"));
                }
                let certificate = Certificate::from_der(self.block()?)?;
                read.add(certificate, Some(alias.clone()));
            }
        }
        match self.0 {
            [] => Ok(read),
            _ => Err(damaged("something follows its last entry")),
        }
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u32, Error> {
        let bytes = self.bytes(4)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn block(&mut self) -> Result<&'a [u8], Error> {
        let length = self.number()?;
        self.bytes(usize::try_from(length).map_err(|_| cut_off())?)
    }

    /// Java's own variant of UTF-8; what differs from it is not worth a name's loss.
    fn text(&mut self) -> Result<String, Error> {
        let length = self.bytes(2)?;
        let length = usize::from(length[0]) << 8 | usize::from(length[1]);
        Ok(String::from_utf8_lossy(self.bytes(length)?).into_owned())
    }
}

fn cut_off() -> Error {
    damaged("it is cut off")
}

fn damaged(reason: &str) -> Error {
    Error::Jks {
        reason: reason.to_owned(),
    }
}
