//! What stood between at earlier tests. It is kept for each account; what was typed for a hop lasts
//! as long as the process, or is in the keychain when the user wants that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rediseal_probe::{Key, KeyError, Route, Via};
use serde::{Deserialize, Serialize};

use crate::accounts::Account;
use crate::engine::Engine;
use crate::error::Error;
use crate::hop_secrets::HopSecrets;
use crate::route::route;
use crate::store::{HOPS, ROUTES};
use crate::vault::VaultError;
use crate::view::{KeyFile, RouteView, TestForm, VaultState, ViaForm};

/// The way to one server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Remembered {
    /// None for the direct way.
    url: Option<String>,
    key_file: Option<PathBuf>,
}

/// By instance id; under the empty text, what the account used last.
type Routes = BTreeMap<String, Remembered>;

/// Of this process.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// By account id.
    routes: HashMap<String, Routes>,
    /// By account id and the hop's URL.
    secrets: HashMap<(String, String), HopSecrets>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn secrets(&self, account: &Account, url: &str) -> HopSecrets {
        let known = self.lock();
        let found = known.secrets.get(&(account.id.clone(), url.to_owned()));
        found.cloned().unwrap_or_default()
    }

    fn put(&self, account: &Account, url: &str, secrets: HopSecrets) {
        let mut known = self.lock();
        let hop = (account.id.clone(), url.to_owned());
        known.secrets.insert(hop, secrets);
    }

    fn forget(&self, account: &Account) {
        let mut known = self.lock();
        known.routes.remove(&account.id);
        known.secrets.retain(|(id, _), _| *id != account.id);
    }
}

/// The ways to many instances: those through the same SSH host share its session.
#[derive(Default)]
pub(crate) struct Ways(tokio::sync::Mutex<HashMap<Remembered, Route>>);

impl Ways {
    /// See [`Engine::usual_route`].
    pub(crate) async fn to(&self, engine: &Engine, account: &Account, instance_id: &str) -> Route {
        let usual = engine.usual(account, instance_id);
        let mut known = self.0.lock().await;
        match known.get(&usual) {
            Some(route) => route.clone(),
            None => {
                let route = engine.way(account, usual.clone()).await;
                known.insert(usual, route.clone());
                route
            }
        }
    }
}

impl Engine {
    /// Whether a file is a private key, and what it needs. The path is one that the user chose.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or has no key.
    pub async fn key_file(&self, path: &Path) -> Result<KeyFile, Error> {
        let file = path.to_owned();
        let read = tokio::task::spawn_blocking(move || Key::read(&file, None)).await;
        let encrypted = match read {
            Ok(Ok(_)) => false,
            Ok(Err(KeyError::Encrypted)) => true,
            Ok(Err(error)) => return Err(rediseal_probe::Error::Key(error).into()),
            Err(error) => {
                return Err(Error::InvalidInput {
                    field: "key_file",
                    problem: error.to_string(),
                });
            }
        };
        Ok(KeyFile {
            path: path.display().to_string(),
            encrypted,
        })
    }

    /// What stood between at the last test of an instance, or else at the last of the account.
    ///
    /// # Errors
    ///
    /// When the data folder cannot be read.
    pub async fn test_route(&self, instance_id: Option<&str>) -> Result<RouteView, Error> {
        let known = self.remembered(instance_id.unwrap_or_default());
        let key_file = match &known.key_file {
            // One that is gone is not offered.
            Some(path) => self.key_file(path).await.ok(),
            None => None,
        };
        let account = self.inner.accounts.active();
        let remembered = match (&account, &known.url) {
            (Ok(account), Some(url)) => self.in_keychain(account)?.contains(url),
            _ => false,
        };
        Ok(RouteView {
            url: known.url,
            key_file,
            remembered,
            may_remember: account.is_ok_and(|account| account.is_kept()),
        })
    }

    /// Remembers what stands between in a test that is about to begin, and completes the form with
    /// the secrets that were typed for the same hop before. Returns the key file to use: the
    /// chosen one, or that of the last test. May ask the user to unlock the keychain.
    ///
    /// # Errors
    ///
    /// When the keychain does not give, keep or forget what it should.
    pub async fn remember_route(
        &self,
        form: &mut TestForm,
        chosen: Option<&Path>,
    ) -> Result<Option<PathBuf>, Error> {
        let subject = form.instance_id.clone().unwrap_or_default();
        let before = self.remembered(&subject).key_file;
        let key_file = match &form.via {
            Some(via) if via.key_file => chosen.map(Path::to_owned).or(before),
            _ => None,
        };
        let Ok(account) = self.inner.accounts.active() else {
            return Ok(key_file);
        };
        if let Some(via) = &mut form.via {
            // The test says what is wrong with it; a password may stand in it.
            if via.url.parse::<Via>().is_err() {
                return Ok(key_file);
            }
            self.exchange(&account, via).await?;
        }
        let now = Remembered {
            url: form.via.as_ref().map(|via| via.url.clone()),
            key_file: key_file.clone(),
        };
        self.remember(&account, &subject, &now);
        Ok(key_file)
    }

    /// Takes and completes what was typed for a hop.
    async fn exchange(&self, account: &Account, via: &mut ViaForm) -> Result<(), Error> {
        let mut kept = self.in_keychain(account)?;
        let was_kept = kept.contains(&via.url);
        let mut secrets = self.hop_secrets(account, &via.url, was_kept).await?;
        let is_new = secrets.exchange(via);
        let url = via.url.as_str();
        let remember = via.remember && account.is_kept() && !secrets.is_empty();
        let (accounts, store) = (&self.inner.accounts, &self.inner.store);
        // The list is written first, and cleared last: nothing stays behind that it does not name.
        if remember && (is_new || !was_kept) {
            kept.insert(url.to_owned());
            store.put_document(&hops(account), &kept)?;
            if let Err(error) = accounts.put_hop_secrets(account, url, &secrets).await {
                if !was_kept {
                    kept.remove(url);
                    store.put_document(&hops(account), &kept)?;
                }
                return Err(error.into());
            }
        } else if was_kept && !remember {
            accounts.remove_hop_secrets(account, url).await?;
            kept.remove(url);
            store.put_document(&hops(account), &kept)?;
        }
        self.inner.memory.put(account, url, secrets);
        Ok(())
    }

    /// Of this session, or else from the keychain.
    async fn hop_secrets(
        &self,
        account: &Account,
        url: &str,
        in_keychain: bool,
    ) -> Result<HopSecrets, VaultError> {
        let secrets = self.inner.memory.secrets(account, url);
        if !in_keychain || !secrets.is_empty() {
            return Ok(secrets);
        }
        match self.inner.accounts.hop_secrets(account, url).await {
            Ok(found) => Ok(found.unwrap_or_default()),
            // What is typed next takes its place.
            Err(VaultError::Unreadable) => Ok(secrets),
            Err(error) => Err(error),
        }
    }

    /// The way that was chosen for an instance, for what is not a test of the user's.
    pub(crate) async fn usual_route(&self, account: &Account, instance_id: &str) -> Route {
        self.way(account, self.usual(account, instance_id)).await
    }

    async fn way(&self, account: &Account, known: Remembered) -> Route {
        let Some(url) = known.url else {
            return Route::Direct;
        };
        // Nobody is there to unlock it.
        let kept = self.in_keychain(account).unwrap_or_default();
        let in_keychain =
            kept.contains(&url) && self.inner.accounts.vault_state().await == VaultState::Available;
        let secrets = self.hop_secrets(account, &url, in_keychain).await;
        let mut secrets = secrets.unwrap_or_default();
        let mut via = ViaForm {
            url,
            password: None,
            key_file: known.key_file.is_some(),
            passphrase: None,
            remember: false,
            accept_host_key: None,
        };
        secrets.exchange(&mut via);
        if in_keychain {
            self.inner.memory.put(account, &via.url, secrets);
        }
        let key_file = known.key_file.as_deref();
        match route(Some(&via), key_file, self.environment()).await {
            Ok(route) => route,
            // A key that cannot be opened is not offered: the host then says what it wants.
            Err(_) => {
                via.key_file = false;
                let without = route(Some(&via), None, self.environment()).await;
                without.unwrap_or_default()
            }
        }
    }

    /// Forgets every way of an account and what was typed for it.
    ///
    /// # Errors
    ///
    /// When the keychain may still have some of it.
    pub(crate) async fn forget_routes(&self, account: &Account) -> Result<(), Error> {
        for url in self.in_keychain(account)? {
            self.inner
                .accounts
                .remove_hop_secrets(account, &url)
                .await?;
        }
        self.inner.memory.forget(account);
        Ok(())
    }

    /// The hops of which the keychain has the secrets.
    fn in_keychain(&self, account: &Account) -> Result<BTreeSet<String>, Error> {
        let kept = self.inner.store.document(&hops(account))?;
        Ok(kept.unwrap_or_default())
    }

    fn usual(&self, account: &Account, instance_id: &str) -> Remembered {
        let known = self.routes(account).get(instance_id).cloned();
        known.unwrap_or_default()
    }

    fn remembered(&self, subject: &str) -> Remembered {
        let Ok(account) = self.inner.accounts.active() else {
            return Remembered::default();
        };
        let routes = self.routes(&account);
        let own = routes.get(subject).or_else(|| routes.get(""));
        own.cloned().unwrap_or_default()
    }

    fn routes(&self, account: &Account) -> Routes {
        if let Some(known) = self.inner.memory.lock().routes.get(&account.id) {
            return known.clone();
        }
        let stored = self.inner.store.document(&document(account));
        stored.ok().flatten().unwrap_or_default()
    }

    fn remember(&self, account: &Account, subject: &str, now: &Remembered) {
        let mut routes = self.routes(account);
        for subject in [subject, ""] {
            routes.insert(subject.to_owned(), now.clone());
        }
        if account.is_kept()
            && let Err(error) = self.inner.store.put_document(&document(account), &routes)
        {
            tracing::warn!(%error, "a route is not kept");
        }
        let mut memory = self.inner.memory.lock();
        memory.routes.insert(account.id.clone(), routes);
    }
}

fn document(account: &Account) -> String {
    format!("{ROUTES}{}", account.id)
}

fn hops(account: &Account) -> String {
    format!("{HOPS}{}", account.id)
}
