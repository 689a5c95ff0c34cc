//! The operating system's keychain.

use keyring::{Entry, Error};
use zeroize::Zeroizing;

use crate::vault::{Vault, VaultError};
use crate::view::VaultState;

/// macOS Keychain Services, the Windows Credential Manager, the Secret Service elsewhere. All
/// entries are under one service name.
pub struct Keychain {
    service: String,
}

impl Keychain {
    /// `service` is the name under which users find the entries in their system's manager.
    #[must_use]
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
        }
    }

    // The first entry made decides for the life of the process whether there is a store at all,
    // so one is made only while a service answers: it may be started later.
    fn entry(&self, name: &str) -> Result<Entry, VaultError> {
        match system::state() {
            Ok(VaultState::NoCollection) => return Err(VaultError::NoCollection),
            Ok(VaultState::Available | VaultState::Locked | VaultState::Unavailable) => {}
            Err(reason) => return Err(VaultError::Unavailable { reason }),
        }
        Entry::new(&self.service, name).map_err(failure)
    }
}

impl Vault for Keychain {
    fn state(&self) -> VaultState {
        system::state().unwrap_or(VaultState::Unavailable)
    }

    fn put(&self, entry: &str, secret: &[u8]) -> Result<(), VaultError> {
        let entry = self.entry(entry)?;
        entry.set_secret(secret).map_err(failure)?;
        let read = Zeroizing::new(entry.get_secret().map_err(failure)?);
        if read.as_slice() == secret {
            Ok(())
        } else {
            Err(VaultError::NotKept)
        }
    }

    fn find(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match self.entry(entry)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    fn remove(&self, entry: &str) -> Result<(), VaultError> {
        match self.entry(entry)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }
}

// Some variants carry the bytes of the secret: those are never printed.
fn failure(error: Error) -> VaultError {
    match error {
        Error::NoStorageAccess(source) => system::no_access(source.as_ref()),
        Error::PlatformFailure(source) => system::platform_failure(source.as_ref()),
        Error::NoDefaultStore => VaultError::Unavailable {
            reason: Entry::store_status()
                .as_ref()
                .err()
                .map_or_else(|| "no store".to_owned(), ToString::to_string),
        },
        Error::BadEncoding(_) | Error::BadDataFormat(..) => VaultError::Unreadable,
        Error::Ambiguous(_) => VaultError::Failed {
            reason: "several entries have the same name".to_owned(),
        },
        other => VaultError::Failed {
            reason: other.to_string(),
        },
    }
}

#[cfg(all(unix, not(target_vendor = "apple")))]
mod system {
    use std::error::Error;

    use secret_service::blocking::SecretService;
    use secret_service::{EncryptionType, Error as Service};

    use crate::vault::VaultError;
    use crate::view::VaultState;

    /// Asks the Secret Service without unlocking anything; `Err` says why none answers.
    pub(super) fn state() -> Result<VaultState, String> {
        // No secret goes over this session, so it needs no encryption.
        let service =
            SecretService::connect(EncryptionType::Plain).map_err(|error| error.to_string())?;
        let collection = match service.get_default_collection() {
            Ok(collection) => collection,
            Err(Service::NoResult) => return Ok(VaultState::NoCollection),
            Err(error) => return Err(error.to_string()),
        };
        match collection.is_locked() {
            Ok(true) => Ok(VaultState::Locked),
            Ok(false) => Ok(VaultState::Available),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn no_access(source: &(dyn Error + Send + Sync + 'static)) -> VaultError {
        match source.downcast_ref::<Service>() {
            Some(Service::NoResult) => VaultError::NoCollection,
            _ => VaultError::Locked,
        }
    }

    pub(super) fn platform_failure(source: &(dyn Error + Send + Sync + 'static)) -> VaultError {
        let reason = source.to_string();
        match source.downcast_ref::<Service>() {
            Some(Service::Unavailable) => VaultError::Unavailable { reason },
            Some(Service::Locked | Service::Prompt | Service::PromptDisconnected) => {
                VaultError::Locked
            }
            // A creation refused because the collection is locked arrives as the bus's own error.
            _ if reason.contains("IsLocked") => VaultError::Locked,
            _ => VaultError::Failed { reason },
        }
    }
}

#[cfg(not(all(unix, not(target_vendor = "apple"))))]
mod system {
    use std::error::Error;

    use crate::vault::VaultError;
    use crate::view::VaultState;

    pub(super) fn state() -> Result<VaultState, String> {
        match keyring::Entry::store_status() {
            Ok(()) => Ok(VaultState::Available),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn no_access(_: &(dyn Error + Send + Sync + 'static)) -> VaultError {
        VaultError::Locked
    }

    pub(super) fn platform_failure(source: &(dyn Error + Send + Sync + 'static)) -> VaultError {
        VaultError::Failed {
            reason: source.to_string(),
        }
    }
}
