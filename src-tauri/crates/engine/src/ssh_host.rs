//! An SSH host as people name it, and how it is reached from this computer.

use std::path::{Path, PathBuf};

use rediseal_probe::{Address, Fingerprint, Key, Scheme, Ssh, Via, ViaError};
use secrecy::SecretString;
use tokio::task::spawn_blocking;

use crate::detect::Environment;
use crate::error::Error;
use crate::route::ACCEPT_HOST_KEY;
use crate::ssh_config::{Found, Proxy, SshConfig, Tokens};

/// Where an agent says that it listens.
pub(crate) const AGENT: &str = "SSH_AUTH_SOCK";
/// Who uses this computer, by the system's name for it.
pub(crate) const LOCAL_USER: [&str; 3] = ["USER", "LOGNAME", "USERNAME"];

/// Keys that OpenSSH finds by itself.
const USUAL_KEYS: [&str; 3] = ["id_ed25519", "id_ecdsa", "id_rsa"];
/// Of all users of this computer.
const GLOBAL_KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";
/// SSH's own.
const PORT: u16 = 22;

/// `[user@]host[:port]`, where the host may be a name of `~/.ssh/config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    user: Option<String>,
    host: String,
    port: Option<u16>,
}

/// A host of which is known where it is.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) via: Via,
    /// Through these, one after the other.
    pub(crate) jumps: Vec<Named>,
    /// By a program, which is not run here.
    pub(crate) by_command: bool,
    keys: Option<Vec<PathBuf>>,
    known_hosts: Option<Vec<PathBuf>>,
}

impl Named {
    /// Also with `ssh://` before it.
    pub(crate) fn parse(text: &str) -> Result<Self, ViaError> {
        let text = text.trim();
        let text = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("ssh") => rest,
            Some(_) => return Err(ViaError::Scheme),
            None => text,
        };
        let text = text.strip_suffix('/').unwrap_or(text);
        let (user, rest) = match text.rsplit_once('@') {
            Some((user, _)) if user.contains(':') => return Err(ViaError::Password),
            Some((user, rest)) => (Some(user).filter(|user| !user.is_empty()), rest),
            None => (None, text),
        };
        let (host, port) = match rest.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or(ViaError::Host)?;
                let port = match port.strip_prefix(':') {
                    None if port.is_empty() => None,
                    None => return Err(ViaError::Host),
                    Some(port) => Some(port),
                };
                (host, port)
            }
            None => match rest.split_once(':') {
                // An IPv6 address without brackets.
                Some((_, port)) if port.contains(':') => (rest, None),
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        let port = port.map(|port| port.parse::<u16>().map_err(|_| ViaError::Host));
        let odd = |c: char| c.is_control() || c.is_whitespace();
        if host.is_empty() || text.contains(odd) || port == Some(Ok(0)) {
            return Err(ViaError::Host);
        }
        Ok(Self {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port: port.transpose()?,
        })
    }

    /// With what the user's configuration says of it.
    pub(crate) fn reached(
        &self,
        config: &SshConfig,
        environment: &Environment,
    ) -> Result<Reached, ViaError> {
        let found: Found = config.find(&self.host);
        let host = found.host(&self.host);
        let port = self.port.or(found.port).unwrap_or(PORT);
        let local_user = LOCAL_USER
            .iter()
            .find_map(|name| environment.variables.get(*name))
            .map(String::as_str)
            .unwrap_or_default();
        let user = self.user.as_deref().or(found.user.as_deref());
        let user = user.unwrap_or(local_user);
        if user.is_empty() {
            return Err(ViaError::User);
        }
        let tokens = Tokens {
            given: &self.host,
            host: &host,
            port,
            user,
            local_user,
            home: environment.home.as_deref(),
        };
        let jumps = match &found.proxy {
            Some(Proxy::Jump(hosts)) => hosts
                .iter()
                .map(|host| Self::parse(host))
                .collect::<Result<_, _>>()?,
            _ => Vec::new(),
        };
        Ok(Reached {
            via: Via {
                scheme: Scheme::Ssh,
                user: Some(user.to_owned()),
                address: Address::new(&host, port).map_err(|_| ViaError::Host)?,
            },
            jumps,
            by_command: found.proxy == Some(Proxy::Command),
            keys: found.keys(&tokens),
            known_hosts: found.known_hosts(&tokens),
        })
    }
}

impl Reached {
    /// How to be let in: with the key file that the user chose, or else the keys that the
    /// configuration names, or those in the usual places.
    ///
    /// # Errors
    ///
    /// When the chosen key file cannot be used, or `accept` is no fingerprint.
    pub(crate) async fn ssh(
        &self,
        key_file: Option<&Path>,
        passphrase: Option<SecretString>,
        accept: Option<&str>,
        environment: &Environment,
    ) -> Result<Ssh, Error> {
        let accept = accept.map(str::parse::<Fingerprint>).transpose();
        let folder = environment.home.as_ref().map(|home| home.join(".ssh"));
        let keys = match key_file {
            Some(file) => vec![key(file, passphrase).await?],
            None => {
                let usual = folder.iter().flat_map(|folder| {
                    let files = USUAL_KEYS.iter().map(|name| folder.join(name));
                    files.collect::<Vec<_>>()
                });
                let files = self.keys.clone().unwrap_or_else(|| usual.collect());
                usable(files, passphrase).await
            }
        };
        let own = folder.as_ref().map(|folder| folder.join("known_hosts"));
        let own = self
            .known_hosts
            .clone()
            .unwrap_or_else(|| own.into_iter().collect());
        Ok(Ssh {
            keys,
            agent: agent(environment),
            known_hosts: own.into_iter().chain([GLOBAL_KNOWN_HOSTS.into()]).collect(),
            accept: accept.map_err(|error| invalid(ACCEPT_HOST_KEY, &error))?,
        })
    }
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

/// Those that are there and that the passphrase opens, or that need none: the others are for the
/// agent.
async fn usable(files: Vec<PathBuf>, passphrase: Option<SecretString>) -> Vec<Key> {
    spawn_blocking(move || {
        let read = files
            .iter()
            .map(|file| Key::read(file, passphrase.as_ref()));
        read.filter_map(Result::ok).collect()
    })
    .await
    .unwrap_or_default()
}

pub(crate) fn invalid(field: &'static str, problem: &impl ToString) -> Error {
    Error::InvalidInput {
        field,
        problem: problem.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_host_is_read_as_people_write_it() {
        let named = |user: Option<&str>, host: &str, port| Named {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
        };
        for (text, expected) in [
            ("web-1", named(None, "web-1", None)),
            (" ops@web-1:2222 ", named(Some("ops"), "web-1", Some(2222))),
            ("ssh://ops@web-1/", named(Some("ops"), "web-1", None)),
            ("me@corp@web", named(Some("me@corp"), "web", None)),
            ("[::1]:22", named(None, "::1", Some(22))),
            ("fd00::7", named(None, "fd00::7", None)),
        ] {
            assert_eq!(Named::parse(text).unwrap(), expected, "{text}");
        }
        for (text, error) in [
            ("", ViaError::Host),
            ("ops@", ViaError::Host),
            ("web:0", ViaError::Host),
            ("web:x", ViaError::Host),
            ("[::1", ViaError::Host),
            ("a b", ViaError::Host),
            ("ops:secret@web", ViaError::Password),
            ("http://web", ViaError::Scheme),
        ] {
            assert_eq!(Named::parse(text), Err(error), "{text}");
        }
    }
}
