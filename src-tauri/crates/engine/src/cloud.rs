//! The connection to the cloud, one for each account.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rediseal_tencent::http::{ProxyLogin, Variables};
use rediseal_tencent::{Client, Credentials, Endpoint, Language, Limiter, Options, http};

use crate::accounts::Account;
use crate::engine::{Engine, Inner};
use crate::error::Error;
use crate::network::Network;
use crate::settings;
use crate::vault::Secret;
use crate::view::{AccountView, Site};

/// An account's way to the cloud. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Cloud {
    pub(crate) api: Client,
    /// For what is not the API: without signatures, and without redirects.
    pub(crate) http: http::Http,
}

impl Cloud {
    /// The same, whose calls let those go first that somebody waits for.
    pub(crate) fn in_background(&self) -> Self {
        Self {
            api: self.api.in_background(),
            ..self.clone()
        }
    }

    /// The same for who asks again by himself.
    pub(crate) fn asking_again(&self) -> Self {
        Self {
            api: self.api.asking_again(),
            http: self.http.clone(),
        }
    }

    /// `host:port` of the proxy on the way.
    pub(crate) fn through(&self) -> Option<String> {
        self.api.proxy()
    }
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

    fn limiter(&self, site: &Site, secret_id: &str, times: f64) -> Limiter {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        limiters
            .entry(format!("{site:?} {secret_id}"))
            .or_insert_with(|| Limiter::faster(times))
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
        let Secret { key, proxy } = secret?;
        let network = &account.network;
        let options = self.reach(network, proxy.as_ref(), &[])?;
        let cloud = self.connect(&account.site, &options, key)?;
        // What was read before a change is not used after it.
        let now = self.inner.accounts.find(&account.id);
        if now.is_ok_and(|now| now.network == account.network) {
            self.inner.clouds.put(&account.id, cloud.clone());
        }
        Ok(cloud)
    }

    /// What the HTTP client of an account is told; `accept` has keys of further roots.
    pub(crate) fn reach(
        &self,
        network: &Network,
        login: Option<&ProxyLogin>,
        accept: &[String],
    ) -> Result<http::Options, Error> {
        let variables = Variables::from_environment(&self.environment().variables);
        network.options(login, accept, &variables, &self.inner.user_agent)
    }

    /// An account as it is shown.
    pub(crate) fn account_view(&self, account: &Account) -> AccountView {
        let cloud = self.inner.clouds.find(&account.id);
        let account = account.clone();
        AccountView {
            usable: self.inner.accounts.is_usable(&account.id),
            network: account.network.view(cloud.as_ref()),
            clock_offset: cloud.and_then(|cloud| cloud.api.clock_offset()),
            id: account.id,
            name: account.name,
            site: account.site,
            secret_id: account.secret_id,
            keep: account.keep,
            sandbox: account.sandbox,
            identity: account.identity,
            temporary: account.temporary,
            expires: account.expires,
        }
    }

    /// Makes a connection. Sends nothing.
    pub(crate) fn connect(
        &self,
        site: &Site,
        options: &http::Options,
        credentials: Credentials,
    ) -> Result<Cloud, Error> {
        let endpoint = match site {
            Site::Mainland => Endpoint::Mainland,
            Site::International => Endpoint::International,
            Site::Custom { url } => Endpoint::custom(url).map_err(rediseal_tencent::Error::from)?,
        };
        let http = http::Http::new(&endpoint, options)?;
        let language = match settings::load(&self.inner.store)?.language.as_str() {
            "zh-CN" => Language::Chinese,
            _ => Language::English,
        };
        let Inner {
            clouds, timings, ..
        } = &*self.inner;
        let api = Client::new(Options {
            limiter: clouds.limiter(site, &credentials.secret_id, timings.rate),
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
