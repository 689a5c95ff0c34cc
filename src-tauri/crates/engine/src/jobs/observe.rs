//! Whether an instance is as a job wants it.

use rediseal_probe::WithoutTls;
use rediseal_tencent::redis::Instance;

use super::run::{Run, Stop};
use crate::cloud::Cloud;
use crate::error::Error;
use crate::inventory;
use crate::plan::mode_word;
use crate::readiness::{RUNNING, SSL_CHANGING, SSL_IDLE, TASK_RUNNING, at_least, reported_mode};
use crate::store::Known;
use crate::view::{Action, EncryptionMode};

/// What is seen of a job's effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// As wanted.
    Done,
    /// Something is under way.
    Changing,
    /// As before.
    Nothing,
    /// Nothing is under way, and whether it is as wanted cannot be seen: the cloud does not say,
    /// and the server is out of reach.
    Hidden,
}

impl Run {
    /// Looks at the instance.
    pub(super) async fn observe(&self, cloud: &Cloud) -> Result<Seen, Stop> {
        let job = &self.record.job;
        match &job.action {
            Action::EnableSsl { .. } | Action::DisableSsl { .. } => {
                let ssl = cloud
                    .api
                    .describe_ssl_status(&job.region, &job.instance_id)
                    .await
                    .map_err(Error::from)?;
                let wanted = matches!(job.action, Action::EnableSsl { .. });
                Ok(match (ssl.status, ssl.ssl_config) {
                    (Some(SSL_CHANGING), _) => Seen::Changing,
                    (Some(SSL_IDLE), Some(on)) if on == wanted => Seen::Done,
                    _ => Seen::Nothing,
                })
            }
            Action::SetEncryptionMode { mode } => {
                let known = inventory::read(cloud, &job.region, &job.instance_id).await?;
                match while_ssl_is_on(&known) {
                    Some(seen) => Ok(seen),
                    None => Ok(self.mode(&known, *mode).await),
                }
            }
            Action::UpdateCertificate { .. } => {
                let known = inventory::read(cloud, &job.region, &job.instance_id).await?;
                match while_ssl_is_on(&known) {
                    Some(seen) => Ok(seen),
                    None => Ok(self.new_leaf(&known).await),
                }
            }
            _ => {
                let known = inventory::read(cloud, &job.region, &job.instance_id).await?;
                Ok(match known.instance.status {
                    Some(TASK_RUNNING) => Seen::Changing,
                    Some(RUNNING) | None if self.is_upgraded(&known.instance) => Seen::Done,
                    _ => Seen::Nothing,
                })
            }
        }
    }

    fn is_upgraded(&self, instance: &Instance) -> bool {
        match &self.record.job.action {
            Action::UpgradeProxy { .. } => {
                let target = self
                    .record
                    .sending
                    .proxy
                    .as_ref()
                    .map(|(_, to)| to.as_str());
                let current = instance.current_proxy_version.as_deref();
                match (current, target) {
                    (Some(current), Some(target)) => {
                        current == target || at_least(current, target) == Some(true)
                    }
                    _ => false,
                }
            }
            Action::UpgradeVersion { target_type, .. } => instance.kind == Some(*target_type),
            Action::RequirePassword => instance.no_auth == Some(false),
            _ => false,
        }
    }

    async fn try_without_tls(&self, known: &Known) -> WithoutTls {
        match self.account() {
            Ok(account) => self.engine.without_tls(&account, known).await,
            Err(_) => WithoutTls::NotSeen,
        }
    }

    /// By what the cloud says, else by what the server does with a connection without TLS.
    async fn mode(&self, known: &Known, wanted: EncryptionMode) -> Seen {
        let as_wanted = match known.ssl.as_ref().and_then(reported_mode) {
            Some(mode) => mode == mode_word(wanted),
            None => match self.try_without_tls(known).await {
                WithoutTls::Accepted => wanted == EncryptionMode::Flexible,
                WithoutTls::Refused => wanted == EncryptionMode::Required,
                WithoutTls::NotSeen => return Seen::Hidden,
            },
        };
        if as_wanted { Seen::Done } else { Seen::Nothing }
    }

    /// A certificate that was not there before is the new one; the same one may be all there is
    /// to a new rule for connections.
    async fn new_leaf(&self, known: &Known) -> Seen {
        let before = &self.record.sending.certificate;
        let Some(before) = before.as_ref().and_then(|before| before.leaf.as_ref()) else {
            return Seen::Hidden;
        };
        let Ok(account) = self.account() else {
            return Seen::Hidden;
        };
        match self.engine.leaf(&account, known).await {
            Some(leaf) if leaf != *before => Seen::Done,
            _ => Seen::Hidden,
        }
    }
}

/// What is seen where the answer does not depend on the server; none where SSL is on and nothing
/// is under way.
fn while_ssl_is_on(known: &Known) -> Option<Seen> {
    let ssl = known.ssl.as_ref().map(|ssl| (ssl.status, ssl.ssl_config));
    match (known.instance.status, ssl) {
        (Some(TASK_RUNNING), _) | (_, Some((Some(SSL_CHANGING), _))) => Some(Seen::Changing),
        (_, Some((_, Some(true)))) => None,
        _ => Some(Seen::Nothing),
    }
}
