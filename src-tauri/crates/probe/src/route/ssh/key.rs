//! Private keys as files have them.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use russh::keys::{Error, PrivateKey, decode_secret_key};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::Fingerprint;

/// An RSA key of 16,384 bits has less.
const LONGEST_FILE: u64 = 64 * 1024;

/// A private key that can be used.
#[derive(Clone)]
pub struct Key(Arc<PrivateKey>);

/// Why a file is no key that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// By the system.
    #[error("the key file cannot be read: {reason}")]
    #[expect(missing_docs, reason = "the name says it")]
    Unreadable { reason: String },
    /// In no form that is known, which are those of OpenSSH, PKCS#8, PKCS#1 and SEC1.
    #[error("the file has no private key that can be used here")]
    NoKey,
    /// No passphrase was given.
    #[error("the key needs its passphrase")]
    Encrypted,
    /// It does not open the key.
    #[error("the passphrase of the key is wrong")]
    WrongPassphrase,
}

impl Key {
    /// Reads a file, and opens it where it is encrypted, which takes its time on purpose.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn read(file: &Path, passphrase: Option<&SecretString>) -> Result<Self, KeyError> {
        let unreadable = |error: std::io::Error| KeyError::Unreadable {
            reason: error.to_string(),
        };
        let mut text = Zeroizing::new(String::new());
        let file = File::open(file).map_err(unreadable)?;
        file.take(LONGEST_FILE)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        match decode_secret_key(&text, None) {
            Ok(key) => return Ok(Self(Arc::new(key))),
            Err(Error::KeyIsEncrypted) => {}
            Err(_) if text.contains("ENCRYPTED") => {}
            Err(_) => return Err(KeyError::NoKey),
        }
        let passphrase = passphrase.ok_or(KeyError::Encrypted)?;
        let key = decode_secret_key(&text, Some(passphrase.expose_secret()))
            .map_err(|_| KeyError::WrongPassphrase)?;
        Ok(Self(Arc::new(key)))
    }

    pub(super) fn private(&self) -> Arc<PrivateKey> {
        Arc::clone(&self.0)
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.0.public_key())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.fingerprint())
    }
}
