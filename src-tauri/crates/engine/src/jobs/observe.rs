//! Whether an instance is as a job wants it.

use super::run::{Run, Stop};
use crate::cloud::Cloud;
use crate::error::Error;
use crate::inventory;
use crate::readiness::{RUNNING, SSL_CHANGING, SSL_IDLE, TASK_RUNNING, at_least};
use crate::view::Action;

/// What is seen of a job's effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// As wanted.
    Done,
    /// Something is under way.
    Changing,
    /// As before.
    Nothing,
}

impl Run {
    /// Looks at the instance.
    pub(super) async fn observe(&self, cloud: &Cloud) -> Result<Seen, Stop> {
        let job = &self.record.job;
        if self.is_ssl() {
            let ssl = cloud
                .api
                .describe_ssl_status(&job.region, &job.instance_id)
                .await
                .map_err(Error::from)?;
            let wanted = job.action == Action::EnableSsl;
            return Ok(match (ssl.status, ssl.ssl_config) {
                (Some(SSL_CHANGING), _) => Seen::Changing,
                (Some(SSL_IDLE), Some(on)) if on == wanted => Seen::Done,
                _ => Seen::Nothing,
            });
        }
        let known = inventory::read(cloud, &job.region, &job.instance_id).await?;
        let instance = &known.instance;
        let done = match &job.action {
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
            Action::EnableSsl | Action::DisableSsl => false,
        };
        Ok(match instance.status {
            Some(TASK_RUNNING) => Seen::Changing,
            Some(RUNNING) | None if done => Seen::Done,
            _ => Seen::Nothing,
        })
    }
}
