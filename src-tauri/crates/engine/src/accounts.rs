//! Accounts: what is known of them is in the data folder, their secrets only in a vault.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::hop_secrets::HopSecrets;
use crate::network::Network;
use crate::store::{Store, StoreError};
use crate::vault::{Secret, SessionVault, Vault, VaultError};
use crate::view::{Identity, Keep, Site, VaultState};

/// A keychain that does not say how it stands within this time must not hold the window up.
const VAULT_ANSWER: Duration = Duration::from_secs(2);

const ACTIVE: &str = "active_account";

/// The account of the built-in sandbox.
pub(crate) const SANDBOX: &str = "sandbox";

/// An account without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) site: Site,
    /// Masked.
    pub(crate) secret_id: String,
    pub(crate) keep: Keep,
    pub(crate) sandbox: bool,
    pub(crate) identity: Option<Identity>,
    /// The key is a temporary one.
    #[serde(default)]
    pub(crate) temporary: bool,
    /// When a temporary key ends, where that is known.
    #[serde(default)]
    pub(crate) expires: Option<Timestamp>,
    #[serde(default)]
    pub(crate) network: Network,
}

impl Account {
    /// The same for every key of the same user, so that a new key takes the old one's place and
    /// its jobs go on.
    pub(crate) fn id_for(site: &Site, identity: &Identity, secret_id: &str) -> String {
        let who = if identity.arn.is_empty() {
            secret_id
        } else {
            &identity.arn
        };
        let site = match site {
            Site::Mainland => "mainland",
            Site::International => "international",
            Site::Custom { url } => url,
        };
        let hash = aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            format!("{site}\n{who}").as_bytes(),
        );
        hex::encode(&hash.as_ref()[..8])
    }

    /// Whether what is known of it may be on disk: of an account of this session only its jobs,
    /// what it did and which certificates were seen are.
    pub(crate) fn is_kept(&self) -> bool {
        self.keep == Keep::Keychain
    }

    /// Who acts, for the audit log.
    pub(crate) fn who(&self) -> String {
        self.identity
            .as_ref()
            .map(|identity| identity.arn.clone())
            .unwrap_or_default()
    }
}

/// The known accounts.
pub(crate) struct Accounts {
    keychain: Arc<dyn Vault>,
    memory: Arc<dyn Vault>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    accounts: BTreeMap<String, Held>,
    active: Option<String>,
}

struct Held {
    account: Account,
    usable: bool,
}

impl Accounts {
    /// Reads the accounts and looks, without asking the user anything, which can be used.
    pub(crate) async fn open(store: &Store, keychain: Arc<dyn Vault>) -> Result<Self, StoreError> {
        let stored: Vec<Account> = store.accounts()?;
        let accounts = Self {
            keychain,
            memory: Arc::new(SessionVault::default()),
            known: Mutex::new(Known {
                active: store.document(ACTIVE)?,
                ..Known::default()
            }),
        };
        let open = !stored.is_empty() && accounts.vault_state().await == VaultState::Available;
        for account in stored {
            let usable = open && matches!(accounts.secret(&account).await, Ok(Some(_)));
            accounts
                .lock()
                .accounts
                .insert(account.id.clone(), Held { account, usable });
        }
        Ok(accounts)
    }

    pub(crate) async fn vault_state(&self) -> VaultState {
        let vault = Arc::clone(&self.keychain);
        match tokio::time::timeout(VAULT_ANSWER, blocking(move || Ok(vault.state()))).await {
            Ok(Ok(state)) => state,
            Ok(Err(_)) | Err(_) => VaultState::Unavailable,
        }
    }

    /// Every account, by name.
    pub(crate) fn all(&self) -> Vec<Account> {
        let known = self.lock();
        let mut all: Vec<_> = known
            .accounts
            .values()
            .map(|held| held.account.clone())
            .collect();
        all.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        all
    }

    pub(crate) fn active_id(&self) -> Option<String> {
        let known = self.lock();
        known
            .active
            .clone()
            .filter(|id| known.accounts.contains_key(id))
    }

    /// The account in use.
    pub(crate) fn active(&self) -> Result<Account, Error> {
        let id = self.active_id().ok_or(Error::NotSignedIn)?;
        self.find(&id)
    }

    pub(crate) fn find(&self, id: &str) -> Result<Account, Error> {
        self.lock()
            .accounts
            .get(id)
            .map(|held| held.account.clone())
            .ok_or(Error::NotSignedIn)
    }

    /// Keeps the secret, then the account, and makes it the one in use.
    pub(crate) async fn add(
        &self,
        store: &Store,
        account: Account,
        secret: &Secret,
    ) -> Result<(), Error> {
        self.put(store, account.clone(), secret).await?;
        self.select(store, &account.id)?;
        Ok(())
    }

    /// Keeps the secret, then the account.
    pub(crate) async fn put(
        &self,
        store: &Store,
        account: Account,
        secret: &Secret,
    ) -> Result<(), Error> {
        let vault = self.vault(account.keep);
        let (id, secret) = (account.id.clone(), secret.to_bytes()?);
        blocking(move || vault.put(&id, &secret)).await?;
        if account.is_kept()
            && let Err(error) = store.put_account(&account.id, &account)
        {
            // A secret that nothing refers to must not stay behind.
            if !self.lock().accounts.contains_key(&account.id) {
                let _ = self.forget(&account).await;
            }
            return Err(error.into());
        }
        self.hold(account, true);
        Ok(())
    }

    /// Keeps what is known of an account; its secret stays as it is.
    pub(crate) fn update(&self, store: &Store, account: Account) -> Result<(), Error> {
        if account.is_kept() {
            store.put_account(&account.id, &account)?;
        }
        let usable = self.is_usable(&account.id);
        self.hold(account, usable);
        Ok(())
    }

    fn hold(&self, account: Account, usable: bool) {
        let held = Held { account, usable };
        let mut known = self.lock();
        known.accounts.insert(held.account.id.clone(), held);
    }

    pub(crate) fn is_usable(&self, id: &str) -> bool {
        self.lock().accounts.get(id).is_some_and(|held| held.usable)
    }

    pub(crate) fn select(&self, store: &Store, id: &str) -> Result<Account, Error> {
        let account = self.find(id)?;
        if account.is_kept() {
            store.put_document(ACTIVE, &account.id)?;
        }
        self.lock().active = Some(account.id.clone());
        Ok(account)
    }

    /// Deletes the secret, then the account.
    pub(crate) async fn remove(&self, store: &Store, id: &str) -> Result<Account, Error> {
        let account = self.find(id)?;
        self.forget(&account).await?;
        store.remove_account(id)?;
        let mut known = self.lock();
        known.accounts.remove(id);
        if known.active.as_deref() == Some(id) {
            known.active = None;
        }
        Ok(account)
    }

    /// The secret of an account; may ask the user to unlock the keychain.
    pub(crate) async fn secret_of(&self, account: &Account) -> Result<Secret, Error> {
        let found = self.secret(account).await;
        if let Some(held) = self.lock().accounts.get_mut(&account.id) {
            held.usable = matches!(found, Ok(Some(_)));
        }
        found?.ok_or_else(|| Error::KeyLost {
            account: account.name.clone(),
        })
    }

    async fn secret(&self, account: &Account) -> Result<Option<Secret>, VaultError> {
        let vault = self.vault(account.keep);
        let id = account.id.clone();
        let found = blocking(move || vault.find(&id)).await?;
        found.map(|bytes| Secret::from_bytes(&bytes)).transpose()
    }

    async fn forget(&self, account: &Account) -> Result<(), VaultError> {
        let vault = self.vault(account.keep);
        let id = account.id.clone();
        blocking(move || vault.remove(&id)).await
    }

    /// The secrets of a hop, under its URL; `None` when there are none. May ask the user to unlock
    /// the keychain.
    pub(crate) async fn hop_secrets(
        &self,
        account: &Account,
        url: &str,
    ) -> Result<Option<HopSecrets>, VaultError> {
        let (vault, entry) = (Arc::clone(&self.keychain), hop_entry(account, url));
        let found = blocking(move || vault.find(&entry)).await?;
        found
            .map(|bytes| HopSecrets::from_bytes(&bytes))
            .transpose()
    }

    pub(crate) async fn put_hop_secrets(
        &self,
        account: &Account,
        url: &str,
        secrets: &HopSecrets,
    ) -> Result<(), VaultError> {
        let (vault, entry) = (Arc::clone(&self.keychain), hop_entry(account, url));
        let bytes = secrets.to_bytes()?;
        blocking(move || vault.put(&entry, &bytes)).await
    }

    pub(crate) async fn remove_hop_secrets(
        &self,
        account: &Account,
        url: &str,
    ) -> Result<(), VaultError> {
        let (vault, entry) = (Arc::clone(&self.keychain), hop_entry(account, url));
        blocking(move || vault.remove(&entry)).await
    }

    fn vault(&self, keep: Keep) -> Arc<dyn Vault> {
        match keep {
            Keep::Keychain => Arc::clone(&self.keychain),
            Keep::Session => Arc::clone(&self.memory),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By which users find it in their system's manager. The URL has no secret in it.
fn hop_entry(account: &Account, url: &str) -> String {
    format!("{url} ({})", account.id)
}

/// Vaults block, on the user even, so they get a thread of their own.
async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    tokio::task::spawn_blocking(run)
        .await
        .unwrap_or_else(|error| {
            Err(VaultError::Failed {
                reason: error.to_string(),
            })
        })
}
