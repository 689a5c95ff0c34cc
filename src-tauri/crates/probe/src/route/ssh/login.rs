//! Logging in, RFC 4252: key file, agent, password, as far as the host takes them.

use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::{AgentClient, AgentStream};
use russh::keys::{HashAlg, PrivateKeyWithHashAlg, PublicKey};
use russh::{Error, MethodKind, MethodSet};
use secrecy::{ExposeSecret as _, SecretString};

use super::host_key::Client;
use super::key::Key;
use super::{Fingerprint, broken};
use crate::cause::Cause;
use crate::route::Hop;
use crate::stage::Finding;

/// OpenSSH hangs up when six attempts have failed; a password is to get its turn.
const MOST_KEYS: usize = 5;

/// Of questions that are answered without the user.
const MOST_ROUNDS: usize = 4;

type Agent = AgentClient<Box<dyn AgentStream + Send + Unpin>>;

/// Who asks, and what came of it so far.
struct Login<'a> {
    handle: &'a mut Handle<Client>,
    user: String,
    /// The host goes on with these.
    methods: MethodSet,
    tried: Vec<String>,
    /// What the agent said when it did not help.
    agent: Option<String>,
}

/// The method by which the host let the user in.
pub(super) async fn log_in(
    handle: &mut Handle<Client>,
    hop: &Hop,
) -> Result<&'static str, Finding> {
    let mut login = Login {
        handle,
        user: hop.via.user.clone().unwrap_or_default(),
        methods: MethodSet::empty(),
        tried: Vec::new(),
        agent: None,
    };
    match login.run(hop).await {
        Ok(Some(method)) => Ok(method),
        Ok(None) if login.tried.is_empty() && login.handle.is_closed() => Err(broken(&Error::HUP)),
        Ok(None) => Err(login.failed()),
        Err(error) if login.tried.is_empty() => Err(broken(&error)),
        Err(error) => Err(login.failed().with("error", error.to_string())),
    }
}

impl Login<'_> {
    async fn run(&mut self, hop: &Hop) -> Result<Option<&'static str>, Error> {
        let nobody = self.handle.authenticate_none(&self.user).await?;
        if self.took(nobody) {
            return Ok(Some("none"));
        }
        for key in &hop.ssh.keys {
            if self.key(key).await? {
                return Ok(Some("publickey"));
            }
        }
        if let Some(socket) = &hop.ssh.agent
            && self.may_try_keys()
        {
            match agent(socket).await {
                Ok(agent) => {
                    if self.identities(agent).await? {
                        return Ok(Some("agent"));
                    }
                }
                Err(error) => self.agent = Some(error.to_string()),
            }
        }
        match &hop.password {
            Some(password) => self.password(password).await,
            None => Ok(None),
        }
    }

    fn takes(&self, method: MethodKind) -> bool {
        self.methods.contains(&method)
    }

    fn may_try_keys(&self) -> bool {
        self.takes(MethodKind::PublicKey) && self.tried.len() < MOST_KEYS
    }

    fn took(&mut self, result: AuthResult) -> bool {
        match result {
            AuthResult::Success => true,
            AuthResult::Failure {
                remaining_methods, ..
            } => {
                self.methods = remaining_methods;
                false
            }
        }
    }

    async fn key(&mut self, key: &Key) -> Result<bool, Error> {
        if !self.may_try_keys() {
            return Ok(false);
        }
        self.tried.push(format!("publickey {}", key.fingerprint()));
        let private = key.private();
        let hash = self.hash(private.public_key()).await?;
        let key = PrivateKeyWithHashAlg::new(private, hash);
        let result = self.handle.authenticate_publickey(&self.user, key).await?;
        Ok(self.took(result))
    }

    async fn identities(&mut self, mut agent: Agent) -> Result<bool, Error> {
        // Keys that may be used for certain hosts only need to know the host.
        if let Some(binding) = self.handle.agent_session_binding() {
            let _ = agent.bind_session(binding, false).await;
        }
        let identities = match agent.request_identities().await {
            Ok(identities) => identities,
            Err(error) => {
                self.agent = Some(error.to_string());
                return Ok(false);
            }
        };
        for identity in identities {
            if !self.may_try_keys() {
                break;
            }
            let key = identity.public_key().into_owned();
            self.tried.push(format!("agent {}", Fingerprint::of(&key)));
            let hash = self.hash(&key).await?;
            let (user, agent) = (&self.user, &mut agent);
            let result = match identity {
                AgentIdentity::PublicKey { key, .. } => {
                    let signed = self
                        .handle
                        .authenticate_publickey_with(user, key, hash, agent);
                    signed.await
                }
                AgentIdentity::Certificate { certificate, .. } => {
                    let handle = &mut self.handle;
                    let signed =
                        handle.authenticate_certificate_with(user, certificate, hash, agent);
                    signed.await
                }
            };
            match result {
                Ok(result) => {
                    if self.took(result) {
                        return Ok(true);
                    }
                }
                // It does not want to sign with this one.
                Err(error) => self.agent = Some(error.to_string()),
            }
        }
        Ok(false)
    }

    async fn password(&mut self, password: &SecretString) -> Result<Option<&'static str>, Error> {
        if self.takes(MethodKind::Password) {
            self.tried.push("password".to_owned());
            let (user, password) = (&self.user, password.expose_secret());
            let result = self.handle.authenticate_password(user, password).await?;
            if self.took(result) {
                return Ok(Some("password"));
            }
        }
        if self.takes(MethodKind::KeyboardInteractive) {
            self.tried.push("keyboard-interactive".to_owned());
            if self.interactive(password).await? {
                return Ok(Some("keyboard-interactive"));
            }
        }
        Ok(None)
    }

    /// Answers one hidden question with the password, as PAM asks it, and no other.
    async fn interactive(&mut self, password: &SecretString) -> Result<bool, Error> {
        let (handle, user) = (&mut self.handle, &self.user);
        let mut asked = handle
            .authenticate_keyboard_interactive_start(user, None)
            .await?;
        let mut given = false;
        for _ in 0..MOST_ROUNDS {
            let answers = match &asked {
                KeyboardInteractiveAuthResponse::Success => return Ok(true),
                KeyboardInteractiveAuthResponse::Failure { .. } => return Ok(false),
                KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                    match &prompts[..] {
                        [] => Vec::new(),
                        [only] if !only.echo && !given => {
                            given = true;
                            vec![password.expose_secret().to_owned()]
                        }
                        _ => return Ok(false),
                    }
                }
            };
            asked = handle
                .authenticate_keyboard_interactive_respond(answers)
                .await?;
        }
        Ok(false)
    }

    /// Never SHA-1. RFC 8332 lets a host that does not say what it takes be tried with SHA-2.
    async fn hash(&self, key: &PublicKey) -> Result<Option<HashAlg>, Error> {
        if !matches!(key.algorithm(), russh::keys::Algorithm::Rsa { .. }) {
            return Ok(None);
        }
        let best = self.handle.best_supported_rsa_hash().await?;
        Ok(best.flatten().or(Some(HashAlg::Sha256)))
    }

    fn failed(&self) -> Finding {
        let methods: Vec<&str> = self.methods.iter().map(Into::into).collect();
        let hint = self.tried.is_empty().then_some("nothing");
        let finding = Finding::failed(Cause::SshAuthFailed)
            .with_hint(hint)
            .with("user", self.user.clone())
            .with("tried", self.tried.clone())
            .with("methods", methods);
        match &self.agent {
            Some(error) => finding.with("agent", error.clone()),
            None => finding,
        }
    }
}

#[cfg(unix)]
async fn agent(socket: &std::path::Path) -> Result<Agent, russh::keys::Error> {
    Ok(AgentClient::connect_uds(socket).await?.dynamic())
}

#[cfg(windows)]
async fn agent(pipe: &std::path::Path) -> Result<Agent, russh::keys::Error> {
    Ok(AgentClient::connect_named_pipe(pipe).await?.dynamic())
}
