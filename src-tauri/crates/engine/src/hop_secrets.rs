//! What the user typed for a hop: the password of its user, the passphrase of a key.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::vault::{self, VaultError};
use crate::view::ViaForm;

/// Of one hop. Its `Debug` shows nothing of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct HopSecrets {
    password: Option<SecretString>,
    passphrase: Option<SecretString>,
}

/// Their form inside the keychain.
#[derive(Default, Serialize, Deserialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passphrase: Option<String>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.password.zeroize();
        self.passphrase.zeroize();
    }
}

impl HopSecrets {
    pub(crate) fn is_empty(&self) -> bool {
        self.password.is_none() && self.passphrase.is_none()
    }

    /// Takes what was typed, and puts in what was typed before. Whether anything is new.
    pub(crate) fn exchange(&mut self, via: &mut ViaForm) -> bool {
        let mut is_new = false;
        for (given, kept) in [
            (&mut via.password, &mut self.password),
            (&mut via.passphrase, &mut self.passphrase),
        ] {
            match (&given, &kept) {
                (Some(now), Some(before)) if now.expose_secret() == before.expose_secret() => {}
                (Some(_), _) => {
                    kept.clone_from(given);
                    is_new = true;
                }
                (None, _) => given.clone_from(kept),
            }
        }
        is_new
    }

    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let exposed = |secret: &SecretString| secret.expose_secret().to_owned();
        vault::to_bytes(&Entry {
            password: self.password.as_ref().map(exposed),
            passphrase: self.passphrase.as_ref().map(exposed),
        })
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let mut entry: Entry = vault::from_bytes(bytes)?;
        Ok(Self {
            password: entry.password.take().map(SecretString::from),
            passphrase: entry.passphrase.take().map(SecretString::from),
        })
    }
}
