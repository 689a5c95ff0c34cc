//! The way of a test to its server: what the form says, and what this computer has for it.

use std::path::Path;

use rediseal_probe::{Hop, Route, Scheme, Ssh, ViaError};

use crate::detect::Environment;
use crate::error::Error;
use crate::ssh_config::SshConfig;
use crate::ssh_host::{Named, invalid};
use crate::view::ViaForm;

/// Where an agent says that it listens.
pub(crate) const AGENT: &str = "SSH_AUTH_SOCK";

/// The form's field with the fingerprint of a host's key.
pub const ACCEPT_HOST_KEY: &str = "accept_host_key";

/// Keys that OpenSSH finds by itself.
const USUAL_KEYS: [&str; 3] = ["id_ed25519", "id_ecdsa", "id_rsa"];

/// Of all users of this computer.
const GLOBAL_KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";

/// What the probe is told. Sends nothing; a key that is encrypted takes a moment to open.
///
/// # Errors
///
/// When the form is not complete, the key file cannot be used, or the SSH host is one that
/// `~/.ssh/config` reaches through something else.
pub async fn route(
    form: Option<&ViaForm>,
    key_file: Option<&Path>,
    environment: &Environment,
) -> Result<Route, Error> {
    let Some(form) = form else {
        return Ok(Route::Direct);
    };
    let via: rediseal_probe::Via = form.url.parse().map_err(|error| unusable(&error))?;
    let (via, ssh) = match via.scheme {
        Scheme::Ssh => {
            let named = Named::parse(&form.url).map_err(|error| unusable(&error))?;
            let config = SshConfig::read(environment).await;
            let reached = named
                .reached(&config, environment)
                .map_err(|error| unusable(&error))?;
            if reached.by_command || !reached.jumps.is_empty() {
                let problem = "~/.ssh/config reaches this host through another (ProxyJump or \
                               ProxyCommand); only one hop can stand between";
                return Err(invalid("via", &problem));
            }
            let key_file = match (form.key_file, key_file) {
                (true, None) => return Err(invalid("key_file", &"no file was chosen")),
                (true, file) => file,
                (false, _) => None,
            };
            let (passphrase, accept) = (form.passphrase.clone(), form.accept_host_key.as_deref());
            let ssh = reached.ssh(key_file, passphrase, accept, environment);
            let ssh = ssh.await?;
            (reached.via, ssh)
        }
        Scheme::Socks5 | Scheme::Http => (via, Ssh::default()),
    };
    Ok(Route::Through(Box::new(Hop {
        via,
        password: form.password.clone(),
        ssh,
    })))
}

async fn ssh(
    form: &ViaForm,
    key_file: Option<&Path>,
    environment: &Environment,
) -> Result<Ssh, Error> {
    let accept = form
        .accept_host_key
        .as_deref()
        .map(str::parse::<Fingerprint>);
    let folder = environment.home.as_ref().map(|home| home.join(".ssh"));
    let own = folder.as_ref().map(|folder| folder.join("known_hosts"));
    let keys = match (form.key_file, key_file) {
        (true, Some(file)) => vec![key(file, form.passphrase.clone()).await?],
        (true, None) => return Err(invalid("key_file", &"no file was chosen")),
        (false, _) => usual_keys(folder).await,
    };
    Ok(Ssh {
        keys,
        agent: agent(environment),
        known_hosts: own.into_iter().chain([GLOBAL_KNOWN_HOSTS.into()]).collect(),
        accept: accept
            .transpose()
            .map_err(|error| invalid(ACCEPT_HOST_KEY, &error))?,
    })
}

/// The agent of this session, or where Windows has the one of OpenSSH.
fn agent(environment: &Environment) -> Option<PathBuf> {
    let variable = environment.variables.get(AGENT);
    match variable.filter(|path| !path.is_empty()) {
        Some(path) => Some(path.into()),
        None => cfg!(windows).then(|| r"\\.\pipe\openssh-ssh-agent".into()),
    }
}

async fn key(file: &Path, passphrase: Option<SecretString>) -> Result<Key, Error> {
    let file = file.to_owned();
    let read = spawn_blocking(move || Key::read(&file, passphrase.as_ref())).await;
    match read {
        Ok(read) => read.map_err(|error| rediseal_probe::Error::Key(error).into()),
        Err(error) => Err(invalid("key_file", &error)),
    }
}

/// Those that are there and need no passphrase: the others are for the agent.
async fn usual_keys(folder: Option<PathBuf>) -> Vec<Key> {
    let Some(folder) = folder else {
        return Vec::new();
    };
    let files = USUAL_KEYS.map(|name| folder.join(name));
    spawn_blocking(move || {
        let read = files.iter().map(|file| Key::read(file, None));
        read.filter_map(Result::ok).collect()
    })
    .await
    .unwrap_or_default()
}

fn invalid(field: &'static str, problem: &impl ToString) -> Error {
    Error::InvalidInput {
        field,
        problem: problem.to_string(),
    }
fn unusable(error: &ViaError) -> Error {
    invalid("via", error)
}
