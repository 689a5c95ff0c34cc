//! Whether a host is the one that is known under its name.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use russh::client::{Handler, Session};
use russh::keys::{Algorithm, PublicKey, PublicKeyOrCertificate};
use russh::{ChannelId, ChannelOpenFailure};
use serde_json::Value;
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::known_hosts::{self, Record};
use super::{Fingerprint, Ssh};
use crate::address::Address;
use crate::cause::Cause;
use crate::stage::Finding;

/// What is known of a host before it is asked.
#[derive(Debug)]
pub(super) struct Judge {
    name: String,
    records: Vec<Record>,
    /// Where an accepted key is kept.
    file: Option<PathBuf>,
    accept: Option<Fingerprint>,
}

/// What is to be thought of the key that a host showed.
#[derive(Debug, PartialEq, Eq)]
enum Opinion {
    Known,
    /// Accepted by its fingerprint; to be kept.
    New,
    Unknown,
    Changed,
    Revoked,
}

impl Judge {
    /// A file that cannot be read is not taken for one that knows nobody: the host could have
    /// another key in it.
    pub(super) async fn of(host: &Address, ssh: &Ssh) -> Result<Self, Finding> {
        let name = known_hosts::name(&host.host(), host.port());
        let (files, wanted) = (ssh.known_hosts.clone(), name.clone());
        let read = spawn_blocking(move || {
            let records = files.iter().map(|file| known_hosts::read(file, &wanted));
            records.collect::<Result<Vec<_>, _>>()
        });
        let records = match read.await {
            Ok(Ok(records)) => records.concat(),
            Ok(Err(error)) => return Err(unreadable(&error)),
            Err(error) => return Err(unreadable(&error)),
        };
        Ok(Self {
            name,
            records,
            file: ssh.known_hosts.first().cloned(),
            accept: ssh.accept,
        })
    }

    /// Those of the keys on record first: a host has several keys, and is to show one of these.
    pub(super) fn algorithms(&self, all: &[Algorithm]) -> Vec<Algorithm> {
        let recorded = |algorithm: &&Algorithm| {
            let mut records = self.records.iter().filter(|record| !record.revoked);
            records.any(|record| match (record.key.algorithm(), algorithm) {
                (Algorithm::Rsa { .. }, Algorithm::Rsa { .. }) => true,
                (of_record, algorithm) => of_record == **algorithm,
            })
        };
        let (first, then): (Vec<_>, Vec<_>) = all.iter().partition(recorded);
        first.into_iter().chain(then).cloned().collect()
    }

    fn opinion(&self, key: &PublicKey) -> Opinion {
        let same = |record: &&Record| record.key.key_data() == key.key_data();
        let found: Vec<&Record> = self.records.iter().filter(same).collect();
        let accepted = self.accept == Some(Fingerprint::of(key));
        if found.iter().any(|record| record.revoked) {
            Opinion::Revoked
        } else if !found.is_empty() {
            Opinion::Known
        } else if self.on_record().next().is_some() {
            Opinion::Changed
        } else if accepted {
            Opinion::New
        } else {
            Opinion::Unknown
        }
    }

    fn on_record(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| !record.revoked)
    }

    async fn judge(&self, key: &PublicKey) -> Result<Finding, Finding> {
        let shown = |finding: Finding| {
            finding
                .with("host_key", key.algorithm().to_string())
                .with("host_key_sha256", Fingerprint::of(key).to_string())
        };
        let failed = |cause: Cause| shown(Finding::failed(cause));
        match self.opinion(key) {
            Opinion::Known => Ok(shown(Finding::passed())),
            Opinion::New => match self.keep(key).await {
                Ok(()) => Ok(shown(Finding::passed()).with("host_key_added", true)),
                Err(error) => Err(failed(Cause::SshHostKeyUnknown).with("error", error)),
            },
            Opinion::Unknown => {
                let finding = failed(Cause::SshHostKeyUnknown);
                Err(match self.accept {
                    Some(accepted) => finding
                        .with_hint(Some("other"))
                        .with("accepted_sha256", accepted.to_string()),
                    None => finding,
                })
            }
            Opinion::Changed => {
                let known: Vec<_> = self
                    .on_record()
                    .map(|record| Fingerprint::of(&record.key).to_string())
                    .collect();
                let lines: Vec<_> = self.on_record().map(|record| record.line).collect();
                Err(failed(Cause::SshHostKeyChanged)
                    .with("known_sha256", known)
                    .with("known_hosts_line", lines))
            }
            Opinion::Revoked => Err(failed(Cause::SshHostKeyChanged).with_hint(Some("revoked"))),
        }
    }

    async fn keep(&self, key: &PublicKey) -> Result<(), String> {
        let Some(file) = self.file.clone() else {
            return Err("there is no file to keep it in".to_owned());
        };
        let (name, key) = (self.name.clone(), key.clone());
        let kept = spawn_blocking(move || known_hosts::add(&file, &name, &key));
        match kept.await {
            Ok(kept) => kept.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn unreadable(error: &impl ToString) -> Finding {
    Finding::failed(Cause::SshHostKeyUnknown).with("error", error.to_string())
}

/// What the host says when it opens no channel: a sentence. The session waits until it is heard.
pub(super) struct Refusal {
    said: String,
    heard: oneshot::Sender<()>,
}

impl Refusal {
    pub(super) fn hear(self) -> String {
        let _ = self.heard.send(());
        self.said
    }
}

/// This side of a session.
pub(super) struct Client {
    judge: Judge,
    verdict: Verdict,
    refusals: Sender<Refusal>,
}

/// Of the host, once it has shown its key.
#[derive(Clone, Default)]
pub(super) struct Verdict(Arc<OnceLock<Result<Finding, Finding>>>);

impl Verdict {
    pub(super) fn finding(&self) -> Option<Result<Finding, Finding>> {
        self.0.get().cloned()
    }
}

impl Client {
    pub(super) fn new(judge: Judge, refusals: Sender<Refusal>) -> (Self, Verdict) {
        let verdict = Verdict::default();
        let client = Self {
            judge,
            verdict: verdict.clone(),
            refusals,
        };
        (client, verdict)
    }
}

impl Handler for Client {
    type Error = russh::Error;

    /// Called again when keys are exchanged anew, with what must be the same key.
    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let found = match key {
            PublicKeyOrCertificate::PublicKey { key, .. } => self.judge.judge(key).await,
            // None is asked for.
            PublicKeyOrCertificate::Certificate(_) => {
                Err(Finding::failed(Cause::SshHostKeyUnknown).with("host_key", Value::Null))
            }
        };
        let trusted = found.is_ok();
        let _ = self.verdict.0.set(found);
        Ok(trusted)
    }

    async fn channel_open_failure(
        &mut self,
        _: ChannelId,
        _: ChannelOpenFailure,
        description: &str,
        _: &str,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        let (heard, hearing) = oneshot::channel();
        let said = description.to_owned();
        if self.refusals.send(Refusal { said, heard }).await.is_ok() {
            let _ = hearing.await;
        }
        Ok(())
    }
}
