//! Where secrets are kept.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rediseal_tencent::Credentials;
use rediseal_tencent::http::ProxyLogin;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::Code;
use crate::view::VaultState;

/// What is secret of an account. Its `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct Secret {
    #[expect(missing_docs, reason = "the type says it")]
    pub key: Credentials,
    /// For the proxy that the account goes through.
    pub proxy: Option<ProxyLogin>,
}

/// A place for secrets, each in an entry of its own. Calls may block: on the user, too, when the
/// operating system asks for a password.
pub trait Vault: Send + Sync + 'static {
    /// Whether it can be used now; asks the user nothing.
    fn state(&self) -> VaultState;

    /// Keeps the secret, replacing the one before. The entry's name is no secret.
    ///
    /// # Errors
    ///
    /// When it is not kept.
    fn put(&self, entry: &str, secret: &[u8]) -> Result<(), VaultError>;

    /// The secret; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the vault does not answer.
    fn find(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError>;

    /// Forgets the secret; forgetting none is no error.
    ///
    /// # Errors
    ///
    /// When it may still be there.
    fn remove(&self, entry: &str) -> Result<(), VaultError>;
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
pub struct SessionVault(Mutex<HashMap<String, Zeroizing<Vec<u8>>>>);

impl Vault for SessionVault {
    fn state(&self) -> VaultState {
        VaultState::Available
    }

    fn put(&self, entry: &str, secret: &[u8]) -> Result<(), VaultError> {
        let secret = Zeroizing::new(secret.to_vec());
        self.secrets().insert(entry.to_owned(), secret);
        Ok(())
    }

    fn find(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        Ok(self.secrets().get(entry).cloned())
    }

    fn remove(&self, entry: &str) -> Result<(), VaultError> {
        self.secrets().remove(entry);
        Ok(())
    }
}

impl SessionVault {
    fn secrets(&self) -> std::sync::MutexGuard<'_, HashMap<String, Zeroizing<Vec<u8>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Its form inside the keychain.
#[derive(Serialize, Deserialize)]
struct Entry {
    secret_id: String,
    secret_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_password: Option<String>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.secret_key.zeroize();
        self.token.zeroize();
        self.proxy_user.zeroize();
        self.proxy_password.zeroize();
    }
}

impl Secret {
    /// The form that a vault keeps.
    ///
    /// # Errors
    ///
    /// When it has no such form, which no secret is known for.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let Self { key, proxy } = self;
        let exposed = |secret: &SecretString| secret.expose_secret().to_owned();
        to_bytes(&Entry {
            secret_id: key.secret_id.clone(),
            secret_key: exposed(&key.secret_key),
            token: key.token.as_ref().map(exposed),
            proxy_user: proxy.as_ref().map(|login| login.user.clone()),
            proxy_password: proxy.as_ref().map(|login| exposed(&login.password)),
        })
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// When it was not.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let mut entry: Entry = from_bytes(bytes)?;
        let password = entry.proxy_password.take().map(SecretString::from);
        Ok(Self {
            key: Credentials {
                secret_id: std::mem::take(&mut entry.secret_id),
                secret_key: std::mem::take(&mut entry.secret_key).into(),
                token: entry.token.take().map(SecretString::from),
            },
            proxy: entry.proxy_user.take().map(|user| ProxyLogin {
                user,
                password: password.unwrap_or_default(),
            }),
        })
    }
}

/// A form of secrets as a vault keeps it.
pub(crate) fn to_bytes(entry: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    serde_json::to_vec(entry)
        .map(Zeroizing::new)
        .map_err(|_| VaultError::NotKept)
}

/// Reads what [`to_bytes`] wrote. The error says nothing of what was read.
pub(crate) fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, VaultError> {
    serde_json::from_slice(bytes).map_err(|_| VaultError::Unreadable)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn round_trip_without_a_trace_in_debug() {
        let secret = Secret {
            key: Credentials {
                secret_id: "AKIDexample".into(),
                secret_key: "very-secret".into(),
                token: Some("token-secret".into()),
            },
            proxy: Some(ProxyLogin {
                user: "me".into(),
                password: "proxy-secret".into(),
            }),
        };
        let read = Secret::from_bytes(&secret.to_bytes().unwrap()).unwrap();
        let proxy = read.proxy.as_ref().unwrap();
        assert_eq!(read.key.secret_id, "AKIDexample");
        assert_eq!(read.key.secret_key.expose_secret(), "very-secret");
        let token = read.key.token.as_ref().unwrap();
        assert_eq!(token.expose_secret(), "token-secret");
        assert_eq!(proxy.user, "me");
        assert_eq!(proxy.password.expose_secret(), "proxy-secret");
        assert!(!format!("{read:?}").contains("-secret"));
        assert!(!format!("{read:?}").contains("very-"));
        let old = br#"{"secret_id":"AKIDexample","secret_key":"k"}"#;
        assert!(
            Secret::from_bytes(old).unwrap().proxy.is_none(),
            "of an earlier version"
        );
        let error = Secret::from_bytes(b"{\"secret_key\":\"very-secret\"}").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("very-"));
    }
}
