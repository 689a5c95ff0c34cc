//! The connection to the cloud, one for each account.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rediseal_tencent::{Client, Credentials, Endpoint, Language, Limiter, Options, http};

use crate::accounts::Account;
use crate::engine::Engine;
use crate::error::Error;
use crate::settings;
use crate::view::Site;

/// An account's way to the cloud. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Cloud {
    pub(crate) api: Client,
    /// For what is not the API: without signatures, and without redirects.
    pub(crate) http: reqwest::Client,
}

/// Connections in use, by account.
#[derive(Default)]
pub(crate) struct Clouds {
    connections: Mutex<HashMap<String, Cloud>>,
    /// By site and SecretId, because a key is used before it is known whose it is. They outlive
    /// the connections: the cloud counts on when another is made.
    limiters: Mutex<HashMap<String, Limiter>>,
}

impl Clouds {
    fn find(&self, account: &str) -> Option<Cloud> {
        self.lock().get(account).cloned()
    }

    pub(crate) fn put(&self, account: &str, cloud: Cloud) {
        self.lock().insert(account.to_owned(), cloud);
    }

    pub(crate) fn remove(&self, account: &str) {
        self.lock().remove(account);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn limiter(&self, site: &Site, secret_id: &str) -> Limiter {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        limiters
            .entry(format!("{site:?} {secret_id}"))
            .or_default()
            .clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Cloud>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// The account's connection; may ask the user to unlock the keychain.
    pub(crate) async fn cloud(&self, account: &Account) -> Result<Cloud, Error> {
        if let Some(cloud) = self.inner.clouds.find(&account.id) {
            return Ok(cloud);
        }
        let secret = self.inner.accounts.secret_of(account).await;
        self.inner.changes.app();
        let cloud = self.connect(&account.site, secret?)?;
        self.inner.clouds.put(&account.id, cloud.clone());
        Ok(cloud)
    }

    /// Makes a connection. Sends nothing.
    pub(crate) fn connect(&self, site: &Site, credentials: Credentials) -> Result<Cloud, Error> {
        let endpoint = match site {
            Site::Mainland => Endpoint::Mainland,
            Site::International => Endpoint::International,
            Site::Custom { url } => Endpoint::custom(url).map_err(rediseal_tencent::Error::from)?,
        };
        let http = http::client(&endpoint, &self.inner.http)?;
        let language = match settings::load(&self.inner.store)?.language.as_str() {
            "zh-CN" => Language::Chinese,
            _ => Language::English,
        };
        let api = Client::new(Options {
            limiter: self.inner.clouds.limiter(site, &credentials.secret_id),
            endpoint,
            credentials,
            http: http.clone(),
            clock: self.inner.clock.clone(),
            language,
            patience: self.inner.patience,
        });
        Ok(Cloud { api, http })
    }
}
