//! Signing in and out.

use rediseal_tencent::Credentials;
use rediseal_tencent::sts::CallerIdentity;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::accounts::{Account, SANDBOX};
use crate::audit::{self, Note};
use crate::detect::{detect, masked};
use crate::engine::Engine;
use crate::error::Error;
use crate::network::Chosen;
use crate::readiness::facts;
use crate::vault::Secret;
use crate::view::{AccountView, Identity, Keep, NetworkForm, SignInForm, Site};

const LONGEST_NAME: usize = 100;

impl Engine {
    /// Checks a key with the cloud, keeps it, and makes its account the one in use. A new key of
    /// the same user takes the place of the old one.
    ///
    /// # Errors
    ///
    /// When the form is not complete, the cloud refuses the key or cannot be reached, or the
    /// keychain does not keep it. Nothing is kept then.
    pub async fn sign_in(&self, form: SignInForm) -> Result<AccountView, Error> {
        self.enter(form, None).await
    }

    /// Signs in with a key that was found on this computer; see
    /// [`AppSnapshot::detected`](crate::view::AppSnapshot::detected).
    ///
    /// # Errors
    ///
    /// As [`Engine::sign_in`]; [`Error::InvalidInput`] when the key is not there any more.
    pub async fn take_detected(
        &self,
        id: &str,
        name: String,
        site: Site,
        keep: Keep,
        network: NetworkForm,
    ) -> Result<AccountView, Error> {
        let found = detect(self.environment())
            .into_iter()
            .find(|found| found.view.id == id);
        let Some((view, secret)) = found.and_then(|found| Some((found.view, found.secret?))) else {
            return Err(Error::InvalidInput {
                field: "id",
                problem: format!("no usable key is found as {id:?}"),
            });
        };
        let Credentials {
            secret_id,
            secret_key,
            token,
        } = secret;
        let form = SignInForm {
            name,
            site,
            secret_id,
            secret_key,
            token,
            expires: view.expires,
            keep,
            network,
            replaces: None,
        };
        self.enter(form, None).await
    }

    /// Enters the built-in sandbox: as [`Engine::sign_in`], for this session only.
    ///
    /// # Errors
    ///
    /// As [`Engine::sign_in`].
    pub async fn enter_sandbox(&self, form: SignInForm) -> Result<AccountView, Error> {
        let form = SignInForm {
            keep: Keep::Session,
            ..form
        };
        self.enter(form, Some(SANDBOX)).await
    }

    /// Makes an account the one in use.
    ///
    /// # Errors
    ///
    /// [`Error::NotSignedIn`] when it is not known; when the choice cannot be stored.
    pub async fn use_account(&self, account_id: &str) -> Result<(), Error> {
        self.inner.accounts.select(&self.inner.store, account_id)?;
        self.show_account().await
    }

    /// Deletes an account's secret, then all that is known of it. Its jobs and audit entries
    /// stay.
    ///
    /// # Errors
    ///
    /// When the keychain may still have the secret: the account stays then.
    pub async fn remove_account(&self, account_id: &str) -> Result<(), Error> {
        let inner = &self.inner;
        self.forget_routes(&inner.accounts.find(account_id)?)
            .await?;
        let account = inner.accounts.remove(&inner.store, account_id).await?;
        inner.clouds.remove(account_id);
        self.note(Note {
            action: "sign_out",
            target: account.secret_id.clone(),
            result: "done",
            ..self.by(&account)
        })?;
        self.show_account().await
    }

    async fn enter(&self, form: SignInForm, id: Option<&str>) -> Result<AccountView, Error> {
        check(&form)?;
        let credentials = Credentials {
            secret_id: form.secret_id.trim().to_owned(),
            secret_key: form.secret_key.expose_secret().trim().into(),
            token: form
                .token
                .filter(|token| !token.expose_secret().trim().is_empty())
                .map(|token| token.expose_secret().trim().into()),
        };
        let replaced = match &form.replaces {
            Some(id) => Some(self.inner.accounts.find(id)?),
            None => None,
        };
        let before = match &replaced {
            Some(account) => {
                let login = self.inner.accounts.secret_of(account).await;
                Some((&account.network, login.ok().and_then(|secret| secret.proxy)))
            }
            None => None,
        };
        let chosen = self.choose(form.network, before)?;
        let reach = self.reach(&chosen.network, chosen.login.as_ref(), chosen.accept())?;
        let cloud = self.connect(&form.site, &reach, credentials.clone())?;
        let identity = identity(cloud.api.caller_identity().await?);
        let Chosen { network, login, .. } = chosen.met(&cloud);
        let name = match form.name.trim() {
            "" if identity.account_id.is_empty() => masked(&credentials.secret_id),
            "" => identity.account_id.clone(),
            name => name.to_owned(),
        };
        let account = Account {
            id: id.map_or_else(
                || Account::id_for(&form.site, &identity, &credentials.secret_id),
                str::to_owned,
            ),
            name,
            site: form.site,
            secret_id: masked(&credentials.secret_id),
            keep: form.keep,
            sandbox: id.is_some(),
            identity: Some(identity),
            temporary: credentials.token.is_some(),
            expires: form.expires.filter(|_| credentials.token.is_some()),
            network,
        };
        if replaced.is_some_and(|replaced| replaced.id != account.id) {
            return Err(Error::InvalidInput {
                field: "replaces",
                problem: "the key belongs to another user".to_owned(),
            });
        }
        let inner = &self.inner;
        let secret = Secret {
            key: credentials,
            proxy: login,
        };
        let same = |known: &Account| known.site == account.site;
        if account.sandbox
            && !inner
                .accounts
                .find(&account.id)
                .is_ok_and(|known| same(&known))
        {
            // Each start of the sandbox is another cloud, whose certificates are no changes.
            inner.store.forget_sightings(&account.id)?;
        }
        inner
            .accounts
            .add(&inner.store, account.clone(), &secret)
            .await?;
        inner.clouds.put(&account.id, cloud);
        self.note(Note {
            action: "sign_in",
            target: account.secret_id.clone(),
            result: "done",
            facts: facts([("keep", json!(account.keep)), ("site", json!(account.site))]),
            ..self.by(&account)
        })?;
        self.show_account().await?;
        Ok(self.account_view(&account))
    }

    /// The account part of an audit entry.
    pub(crate) fn by(&self, account: &Account) -> Note {
        Note {
            account: account.name.clone(),
            identity: account.who(),
            ..Note::default()
        }
    }

    pub(crate) fn note(&self, note: Note) -> Result<(), Error> {
        let now = self.now();
        Ok(self
            .inner
            .store
            .write(|transaction| audit::append(transaction, now, note))?)
    }
}

fn check(form: &SignInForm) -> Result<(), Error> {
    let invalid = |field, problem: &str| {
        Err(Error::InvalidInput {
            field,
            problem: problem.to_owned(),
        })
    };
    let printable = |text: &str| text.trim().chars().all(|c| c.is_ascii_graphic());
    if form.name.chars().count() > LONGEST_NAME {
        return invalid("name", "it is too long");
    }
    let secret_id = form.secret_id.trim();
    if secret_id.is_empty() {
        return invalid("secret_id", "it is empty");
    }
    if !printable(secret_id) {
        return invalid("secret_id", "it has characters that a SecretId cannot have");
    }
    let secret_key = form.secret_key.expose_secret();
    if secret_key.trim().is_empty() {
        return invalid("secret_key", "it is empty");
    }
    if !printable(secret_key) {
        return invalid(
            "secret_key",
            "it has characters that a SecretKey cannot have",
        );
    }
    if let Some(token) = &form.token
        && !printable(token.expose_secret())
    {
        return invalid("token", "it has characters that a token cannot have");
    }
    Ok(())
}

pub(crate) fn identity(caller: CallerIdentity) -> Identity {
    Identity {
        arn: caller.arn.unwrap_or_default(),
        account_id: caller.account_id.unwrap_or_default(),
        user_id: caller.user_id.unwrap_or_default(),
        kind: caller.kind.unwrap_or_default(),
    }
}
