//! Where secrets are kept.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rediseal_tencent::Credentials;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::Code;
use crate::view::VaultState;

/// A place for secrets, one for each account. Calls may block: on the user, too, when the
/// operating system asks for a password.
pub trait Vault: Send + Sync + 'static {
    /// Whether it can be used now; asks the user nothing.
    fn state(&self) -> VaultState;

    /// Keeps the secret, replacing the one before.
    ///
    /// # Errors
    ///
    /// When it is not kept.
    fn put(&self, account: &str, secret: &Credentials) -> Result<(), VaultError>;

    /// The secret; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the vault does not answer.
    fn find(&self, account: &str) -> Result<Option<Credentials>, VaultError>;

    /// Forgets the secret; forgetting none is no error.
    ///
    /// # Errors
    ///
    /// When it may still be there.
    fn remove(&self, account: &str) -> Result<(), VaultError>;
}

/// Why a vault failed. Carries no secret.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Nothing answers.
    #[error(
        "no keychain answers ({reason}); start a Secret Service such as gnome-keyring or KWallet, \
         or keep the key for this session only"
    )]
    Unavailable {
        #[expect(missing_docs, reason = "the operating system's words")]
        reason: String,
    },
    /// There is no default collection.
    #[error(
        "the keychain has no default collection; create one in the system's password manager, \
         or keep the key for this session only"
    )]
    NoCollection,
    /// It is locked, and the user did not unlock it.
    #[error("the keychain is locked; unlock it, or keep the key for this session only")]
    Locked,
    /// What was read back is not what was written.
    #[error("the keychain did not keep the key: what it returns is not what was written")]
    NotKept,
    /// What is in it was not written by this application.
    #[error("the keychain's entry cannot be read: sign in again")]
    Unreadable,
    /// Any other failure.
    #[error("the keychain failed: {reason}")]
    Failed {
        #[expect(missing_docs, reason = "the operating system's words")]
        reason: String,
    },
}

impl VaultError {
    /// What the user can do about it.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NoCollection => Code::KeychainNoCollection,
            Self::Locked => Code::KeychainLocked,
            Self::Unreadable => Code::CredentialsMissing,
            Self::Unavailable { .. } | Self::NotKept | Self::Failed { .. } => {
                Code::KeychainUnavailable
            }
        }
    }
}

/// Keeps secrets in memory until the process ends.
#[derive(Default)]
pub struct SessionVault(Mutex<HashMap<String, Credentials>>);

impl Vault for SessionVault {
    fn state(&self) -> VaultState {
        VaultState::Available
    }

    fn put(&self, account: &str, secret: &Credentials) -> Result<(), VaultError> {
        self.secrets().insert(account.to_owned(), secret.clone());
        Ok(())
    }

    fn find(&self, account: &str) -> Result<Option<Credentials>, VaultError> {
        Ok(self.secrets().get(account).cloned())
    }

    fn remove(&self, account: &str) -> Result<(), VaultError> {
        self.secrets().remove(account);
        Ok(())
    }
}

impl SessionVault {
    fn secrets(&self) -> std::sync::MutexGuard<'_, HashMap<String, Credentials>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A secret's form inside the keychain.
#[derive(Serialize, Deserialize)]
struct Entry {
    secret_id: String,
    secret_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.secret_key.zeroize();
        self.token.zeroize();
    }
}

/// The form that the keychain keeps.
pub(crate) fn to_bytes(secret: &Credentials) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let entry = Entry {
        secret_id: secret.secret_id.clone(),
        secret_key: secret.secret_key.expose_secret().to_owned(),
        token: secret.token.as_ref().map(|t| t.expose_secret().to_owned()),
    };
    serde_json::to_vec(&entry)
        .map(Zeroizing::new)
        .map_err(|_| VaultError::NotKept)
}

/// Reads what [`to_bytes`] wrote.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Credentials, VaultError> {
    let mut entry: Entry = serde_json::from_slice(bytes).map_err(|_| VaultError::Unreadable)?;
    Ok(Credentials {
        secret_id: std::mem::take(&mut entry.secret_id),
        secret_key: std::mem::take(&mut entry.secret_key).into(),
        token: entry.token.take().map(SecretString::from),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn round_trip_without_a_trace_in_debug() {
        let secret = Credentials {
            secret_id: "AKIDexample".into(),
            secret_key: "very-secret".into(),
            token: Some("token-secret".into()),
        };
        let read = from_bytes(&to_bytes(&secret).unwrap()).unwrap();
        assert_eq!(read.secret_id, "AKIDexample");
        assert_eq!(read.secret_key.expose_secret(), "very-secret");
        assert_eq!(read.token.as_ref().unwrap().expose_secret(), "token-secret");
        assert!(!format!("{read:?}").contains("secret\""));
        assert!(!format!("{read:?}").contains("very-"));
        let error = from_bytes(b"{\"secret_key\":\"very-secret\"}").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("very-"));
    }
}
