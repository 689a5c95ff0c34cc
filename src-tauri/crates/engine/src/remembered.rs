//! What stood between at earlier tests. It is kept for each account without its secrets, which
//! last as long as the process.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rediseal_probe::{Key, KeyError, Route};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::accounts::Account;
use crate::engine::Engine;
use crate::error::Error;
use crate::route::route;
use crate::store::ROUTES;
use crate::view::{KeyFile, RouteView, TestForm, ViaForm};

/// The way to one server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    /// None for the direct way.
    url: Option<String>,
    key_file: Option<PathBuf>,
}

/// By instance id; under the empty text, what the account used last.
type Routes = BTreeMap<String, Remembered>;

/// What the user typed for a hop.
#[derive(Clone, Default)]
struct HopSecrets {
    password: Option<SecretString>,
    passphrase: Option<SecretString>,
}

/// Of this process.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// By account id.
    routes: HashMap<String, Routes>,
    /// By the hop's URL.
    secrets: HashMap<String, HopSecrets>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was typed, and puts in what was typed before.
    fn complete(&self, via: &mut ViaForm) {
        let mut known = self.lock();
        let secrets = known.secrets.entry(via.url.clone()).or_default();
        for (given, kept) in [
            (&mut via.password, &mut secrets.password),
            (&mut via.passphrase, &mut secrets.passphrase),
        ] {
            match given {
                Some(_) => kept.clone_from(given),
                None => given.clone_from(kept),
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
        Ok(RouteView {
            url: known.url,
            key_file,
        })
    }

    /// Remembers what stands between in a test that is about to begin, and completes the form with
    /// the secrets that were typed for the same hop before. Returns the key file to use: the
    /// chosen one, or that of the last test.
    pub fn remember_route(&self, form: &mut TestForm, chosen: Option<&Path>) -> Option<PathBuf> {
        let subject = form.instance_id.clone().unwrap_or_default();
        let before = self.remembered(&subject).key_file;
        let key_file = match &form.via {
            Some(via) if via.key_file => chosen.map(Path::to_owned).or(before),
            _ => None,
        };
        if let Some(via) = &mut form.via {
            self.inner.memory.complete(via);
        }
        let now = Remembered {
            url: form.via.as_ref().map(|via| via.url.clone()),
            key_file: key_file.clone(),
        };
        self.remember(&subject, &now);
        key_file
    }

    /// The way that was chosen for an instance, for what is not a test of the user's.
    pub(crate) async fn usual_route(&self, account: &Account, instance_id: &str) -> Route {
        let known = self.routes(account).get(instance_id).cloned();
        let known = known.unwrap_or_default();
        let Some(url) = known.url else {
            return Route::Direct;
        };
        let mut via = ViaForm {
            url,
            password: None,
            key_file: known.key_file.is_some(),
            passphrase: None,
            accept_host_key: None,
        };
        self.inner.memory.complete(&mut via);
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

    fn remember(&self, subject: &str, now: &Remembered) {
        let Ok(account) = self.inner.accounts.active() else {
            return;
        };
        let mut routes = self.routes(&account);
        for subject in [subject, ""] {
            routes.insert(subject.to_owned(), now.clone());
        }
        if account.is_kept()
            && let Err(error) = self.inner.store.put_document(&document(&account), &routes)
        {
            tracing::warn!(%error, "a route is not kept");
        }
        self.inner.memory.lock().routes.insert(account.id, routes);
    }
}

fn document(account: &Account) -> String {
    format!("{ROUTES}{}", account.id)
}
