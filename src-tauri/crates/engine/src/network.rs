//! How an account reaches the cloud: stored with it, but for the proxy's login, which is kept with
//! the key.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rediseal_certificate::{Certificate, parse_pem_or_der, pem_bundle};
use rediseal_tencent::http::{Options, Proxy, ProxyLogin, ProxyUrl, Variables};
use rediseal_tencent::{ProxyError, Root};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::accounts::Account;
use crate::audit::Note;
use crate::certificates::read_certificates;
use crate::cloud::Cloud;
use crate::engine::Engine;
use crate::error::Error;
use crate::readiness::facts;
use crate::sign_in::identity;
use crate::view::{AccountView, ApiCa, LoginChoice, NetworkForm, NetworkView, ProxyChoice};

/// A user name or password longer than this is none: RFC 1929 allows 255 bytes.
const LONGEST: usize = 255;

/// What is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Network {
    pub(crate) proxy: ProxyChoice,
    with_login: bool,
    api_ca: Option<StoredCa>,
    pub(crate) accepted: Vec<Root>,
}

/// The authorities that are trusted for the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StoredCa {
    id: String,
    pem: String,
}

/// The files of authorities that were chosen in this session, by id.
#[derive(Default)]
pub(crate) struct ChosenCas(Mutex<HashMap<String, StoredCa>>);

impl ChosenCas {
    fn find(&self, id: &str) -> Option<StoredCa> {
        self.lock().get(id).cloned()
    }

    fn put(&self, chosen: StoredCa) {
        self.lock().insert(chosen.id.clone(), chosen);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, StoredCa>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A form that was checked.
pub(crate) struct Chosen {
    pub(crate) network: Network,
    pub(crate) login: Option<ProxyLogin>,
    /// Keys of roots whose names come with the first connection.
    accept: Vec<String>,
}

impl Network {
    /// What the HTTP client is told.
    pub(crate) fn options(
        &self,
        login: Option<&ProxyLogin>,
        accept: &[String],
        variables: &Variables,
        user_agent: &str,
    ) -> Result<Options, Error> {
        let proxy = match &self.proxy {
            ProxyChoice::System => Proxy::System(variables.clone()),
            ProxyChoice::None => Proxy::None,
            ProxyChoice::Url { url } => {
                let (proxy, _) = ProxyUrl::parse(url).map_err(not_a_proxy)?;
                Proxy::Url(proxy.with_login(login))
            }
        };
        let accepted = self.accepted.iter().map(|root| root.key.clone());
        Ok(Options {
            proxy,
            extra_ca: self.api_ca.as_ref().map(|ca| ca.pem.clone().into_bytes()),
            accepted: accepted.chain(accept.iter().cloned()).collect(),
            user_agent: user_agent.to_owned(),
        })
    }

    /// Adds what was met and had been accepted by its key.
    fn learn(&mut self, cloud: &Cloud, accept: &[String]) {
        for root in cloud.http.peers().into_iter().filter_map(|peer| peer.root) {
            let known = self.accepted.iter().any(|known| known.key == root.key);
            if !root.public && !known && accept.contains(&root.key) {
                self.accepted.push(root);
            }
        }
    }

    pub(crate) fn view(&self, cloud: Option<&Cloud>) -> NetworkView {
        NetworkView {
            proxy: self.proxy.clone(),
            with_login: self.with_login,
            through: cloud.and_then(Cloud::through),
            api_ca: self.api_ca.as_ref().map(|stored| ApiCa {
                id: stored.id.clone(),
                certificates: parse_pem_or_der(stored.pem.as_bytes())
                    .unwrap_or_default()
                    .iter()
                    .map(|certificate| certificate.facts().clone())
                    .collect(),
            }),
            accepted: self.accepted.clone(),
            peers: cloud.map(|cloud| cloud.http.peers()).unwrap_or_default(),
        }
    }
}

impl Chosen {
    /// The same with the names of the roots that were accepted.
    pub(crate) fn met(mut self, cloud: &Cloud) -> Self {
        self.network.learn(cloud, &self.accept);
        self
    }

    pub(crate) fn accept(&self) -> &[String] {
        &self.accept
    }
}

impl Engine {
    /// Reads a file of authorities to trust for the API, of any kind that opens without a
    /// password. Its id can be used in a [`NetworkForm`] until the process ends. The path is one that the user chose.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or none of its certificates is an authority's.
    pub async fn api_ca(&self, path: &Path) -> Result<ApiCa, Error> {
        let certificates = read_certificates(path)?;
        if !certificates.iter().any(|c| c.facts().is_ca) {
            return Err(Error::InvalidInput {
                field: "api_ca",
                problem: "none of its certificates is a CA's".to_owned(),
            });
        }
        let pem = pem_bundle(certificates.iter());
        let id = hex::encode(aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            pem.as_bytes(),
        ));
        self.inner.chosen_cas.put(StoredCa {
            id: id.clone(),
            pem,
        });
        Ok(ApiCa {
            id,
            certificates: certificates
                .iter()
                .map(Certificate::facts)
                .cloned()
                .collect(),
        })
    }

    /// Changes how an account reaches the cloud; the key need not be given again. Sends nothing:
    /// [`Engine::check_account`] does.
    ///
    /// # Errors
    ///
    /// When the form is not complete, or cannot be stored.
    pub async fn change_network(
        &self,
        account_id: &str,
        form: NetworkForm,
    ) -> Result<AccountView, Error> {
        let accounts = &self.inner.accounts;
        let mut account = accounts.find(account_id)?;
        let mut secret = accounts.secret_of(&account).await?;
        let chosen = self.choose(form, Some((&account.network, secret.proxy.clone())))?;
        account.network = chosen.network;
        secret.proxy = chosen.login;
        accounts
            .put(&self.inner.store, account.clone(), &secret)
            .await?;
        self.inner.clouds.remove(account_id);
        self.note(Note {
            action: "change_network",
            target: account.secret_id.clone(),
            result: "done",
            facts: facts([("proxy", json!(account.network.proxy))]),
            ..self.by(&account)
        })?;
        self.key_is_back();
        self.inner.changes.app();
        Ok(self.account_view(&account))
    }

    /// Accepts a root that is not public and opens the connections of an account: see
    /// [`Code::ConnectionInspected`](crate::Code::ConnectionInspected).
    ///
    /// # Errors
    ///
    /// When it was not met in this session; when the choice cannot be stored.
    pub async fn accept_root(&self, account_id: &str, key: &str) -> Result<AccountView, Error> {
        let mut account = self.inner.accounts.find(account_id)?;
        let cloud = self.cloud(&account).await?;
        let root = cloud
            .http
            .refused()
            .into_iter()
            .filter_map(|peer| peer.root)
            .find(|root| root.key == key)
            .ok_or_else(|| Error::InvalidInput {
                field: "key",
                problem: "nobody with this key was met".to_owned(),
            })?;
        account.network.accepted.push(root.clone());
        self.roots_changed(account, "accept_root", &root)
    }

    /// Takes back what [`Engine::accept_root`] or a [`NetworkForm`] accepted: from now on the
    /// account's connections are refused where this root vouches for the cloud.
    ///
    /// # Errors
    ///
    /// When no such root was accepted; when the choice cannot be stored.
    pub async fn refuse_root(&self, account_id: &str, key: &str) -> Result<AccountView, Error> {
        let mut account = self.inner.accounts.find(account_id)?;
        let accepted = &mut account.network.accepted;
        let at = accepted.iter().position(|root| root.key == key);
        let root = accepted.remove(at.ok_or_else(|| Error::InvalidInput {
            field: "key",
            problem: "no root with this key was accepted".to_owned(),
        })?);
        self.roots_changed(account, "refuse_root", &root)
    }

    fn roots_changed(
        &self,
        account: Account,
        action: &'static str,
        root: &Root,
    ) -> Result<AccountView, Error> {
        self.inner
            .accounts
            .update(&self.inner.store, account.clone())?;
        // Connections that are open were judged by the old choice.
        self.inner.clouds.remove(&account.id);
        self.note(Note {
            action,
            target: account.secret_id.clone(),
            result: "done",
            facts: facts([("root", json!(root))]),
            ..self.by(&account)
        })?;
        self.key_is_back();
        self.inner.changes.app();
        Ok(self.account_view(&account))
    }

    /// Asks the cloud who the key belongs to; so it is known that the cloud is reached, and how.
    ///
    /// # Errors
    ///
    /// When it is not reached, or refuses the key.
    pub async fn check_account(&self, account_id: &str) -> Result<AccountView, Error> {
        let mut account = self.inner.accounts.find(account_id)?;
        let cloud = self.cloud(&account).await?;
        account.identity = Some(identity(cloud.api.caller_identity().await?));
        self.inner
            .accounts
            .update(&self.inner.store, account.clone())?;
        self.inner.changes.app();
        Ok(self.account_view(&account))
    }

    /// Checks a form. What it leaves as it was comes from `before`.
    pub(crate) fn choose(
        &self,
        form: NetworkForm,
        before: Option<(&Network, Option<ProxyLogin>)>,
    ) -> Result<Chosen, Error> {
        let (old, old_login) = before.unzip();
        let (proxy, typed) = match form.proxy {
            ProxyChoice::Url { url } => {
                let (proxy, login) = ProxyUrl::parse(&url).map_err(not_a_proxy)?;
                let url = proxy.address();
                (ProxyChoice::Url { url }, login)
            }
            other => (other, None),
        };
        let login = match form.login {
            _ if !matches!(proxy, ProxyChoice::Url { .. }) => None,
            LoginChoice::None => None,
            LoginChoice::Given { user, password } => Some(ProxyLogin { user, password }),
            // A login is for one proxy, not for whatever comes in its place.
            LoginChoice::Keep if old.is_some_and(|old| old.proxy == proxy) && typed.is_none() => {
                old_login.flatten()
            }
            LoginChoice::Keep => typed,
        };
        if let Some(login) = &login {
            check(login)?;
        }
        let api_ca = match form.api_ca {
            None => None,
            Some(id) => {
                let kept = old.and_then(|old| old.api_ca.clone());
                let known = kept.filter(|kept| kept.id == id);
                let found = known.or_else(|| self.inner.chosen_cas.find(&id));
                Some(found.ok_or_else(|| Error::InvalidInput {
                    field: "api_ca",
                    problem: "choose the file again".to_owned(),
                })?)
            }
        };
        Ok(Chosen {
            network: Network {
                with_login: login.is_some(),
                proxy,
                api_ca,
                accepted: old.map(|old| old.accepted.clone()).unwrap_or_default(),
            },
            login,
            accept: form.accept,
        })
    }
}

fn check(login: &ProxyLogin) -> Result<(), Error> {
    let invalid = |problem: &str| {
        Err(Error::InvalidInput {
            field: "proxy_login",
            problem: problem.to_owned(),
        })
    };
    let password = login.password.expose_secret();
    match (login.user.as_str(), password) {
        ("", _) => invalid("the user is missing"),
        (user, _) if user.contains(':') => invalid("a user has no colon"),
        (user, password) if user.len() > LONGEST || password.len() > LONGEST => {
            invalid("it is too long")
        }
        (user, password) if user.chars().chain(password.chars()).any(char::is_control) => {
            invalid("it has control characters")
        }
        _ => Ok(()),
    }
}

fn not_a_proxy(error: ProxyError) -> Error {
    Error::InvalidInput {
        field: "proxy",
        problem: error.to_string(),
    }
}
