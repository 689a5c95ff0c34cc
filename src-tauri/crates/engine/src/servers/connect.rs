//! From the name of a host to a session with it.

use std::path::Path;
use std::time::Duration;

use rediseal_probe::{Cause, Dns, Hop, SharedSession, SshHost, Stage};
use serde_json::json;

use super::problem::{of_stage, problem};
use crate::detect::Environment;
use crate::ssh_config::SshConfig;
use crate::ssh_host::{Named, Reached};
use crate::view::{ConfiguredHost, HostForm, HostProblem, PutCode};

/// OpenSSH sets no limit; a circle has to end.
const MOST_JUMPS: usize = 8;

/// What this computer has for its connections.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub(super) config: &'a SshConfig,
    pub(super) environment: &'a Environment,
    pub(super) key_file: Option<&'a Path>,
    /// For each host on the way.
    pub(super) timeout: Duration,
}

/// The hosts on the way, the one that is meant last.
pub(super) struct Way(Vec<Reached>);

impl Way {
    pub(super) fn to(
        host: &str,
        config: &SshConfig,
        environment: &Environment,
    ) -> Result<Self, HostProblem> {
        let unusable =
            |error| problem(PutCode::HostUnusable, [("said", json!(format!("{error}")))]);
        let named = Named::parse(host).map_err(unusable)?;
        let mut hosts = vec![named.reached(config, environment).map_err(unusable)?];
        // As OpenSSH: of several jumps the first is reached as the configuration says of it.
        while let Some((first, others)) = hosts[0].jumps.split_first() {
            let (first, others) = (first.clone(), others.to_vec());
            let mut before = vec![first.reached(config, environment).map_err(unusable)?];
            for other in others {
                before.push(other.reached(config, environment).map_err(unusable)?);
            }
            before.append(&mut hosts);
            hosts = before;
            if hosts.len() > MOST_JUMPS + 1 {
                return Err(problem(PutCode::TooManyJumps, []));
            }
        }
        match hosts[0].by_command {
            true => Err(problem(PutCode::ProxyCommand, [])),
            false => Ok(Self(hosts)),
        }
    }

    /// `user@host:port` of the host itself.
    pub(super) fn address(&self) -> String {
        self.0.last().map(shown).unwrap_or_default()
    }

    pub(super) fn jumps(&self) -> Vec<String> {
        let before = self.0.len().saturating_sub(1);
        self.0.iter().take(before).map(shown).collect()
    }

    /// Logs in to one after the other. A password is told to the host that is meant and to no other
    /// on the way.
    pub(super) async fn log_in(
        &self,
        form: &HostForm,
        means: Means<'_>,
    ) -> Result<SshHost, HostProblem> {
        let mut session: Option<SshHost> = None;
        for (at, reached) in self.0.iter().enumerate() {
            let is_last = at + 1 == self.0.len();
            let password = form.password.clone().filter(|_| is_last);
            let key_file = means.key_file.filter(|_| form.key_file);
            let mut accept = None;
            session = Some(loop {
                let passphrase = form.passphrase.clone();
                let ssh = reached.ssh(key_file, passphrase, accept, means.environment);
                let ssh = ssh.await.map_err(|error| {
                    problem(PutCode::KeyUnusable, [("said", json!(error.to_string()))])
                })?;
                let hop = Hop {
                    via: reached.via.clone(),
                    password: password.clone(),
                    ssh,
                    shared: SharedSession::default(),
                };
                let tried = SshHost::log_in(hop, session.as_ref(), &Dns::System, means.timeout);
                match tried.await {
                    Ok(session) => break session,
                    Err(stage) => match accepted(&stage, &form.accept_host_keys) {
                        Some(key) if accept.is_none() => accept = Some(key),
                        _ => return Err(of_stage(stage)),
                    },
                }
            });
        }
        session.ok_or_else(|| problem(PutCode::HostUnusable, []))
    }
}

/// The key that a new host has shown, if the user has accepted it.
fn accepted<'a>(stage: &Stage, keys: &'a [String]) -> Option<&'a str> {
    if stage.cause != Some(Cause::SshHostKeyUnknown) {
        return None;
    }
    let shown = stage.facts.get("host_key_sha256")?.as_str()?;
    keys.iter().map(String::as_str).find(|key| *key == shown)
}

fn shown(reached: &Reached) -> String {
    let via = reached.via.to_string();
    via.trim_start_matches("ssh://").to_owned()
}

/// A host of the configuration, as far as it can be told without asking it.
pub(super) fn configured(
    name: String,
    config: &SshConfig,
    environment: &Environment,
) -> ConfiguredHost {
    match Way::to(&name, config, environment) {
        Ok(way) => ConfiguredHost {
            address: Some(way.address()),
            jumps: way.jumps(),
            problem: None,
            name,
        },
        Err(problem) => ConfiguredHost {
            name,
            address: None,
            jumps: Vec::new(),
            problem: Some(problem.code),
        },
    }
}
