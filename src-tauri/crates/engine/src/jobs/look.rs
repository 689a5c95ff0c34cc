//! After a request without an answer: what became of it, told by the cloud.

use std::time::Instant;

use rediseal_tencent::Class;
use serde_json::json;

use super::apply::task_list;
use super::observe::Seen;
use super::run::{Run, Stop};
use crate::cloud::Cloud;
use crate::error::Error;
use crate::readiness::facts;
use crate::view::{Action, EdgeError, EventCode, FactMap, Phase};

/// Task codes that the vendor documents. None is for SSL, so a task of SSL has another one.
const DOCUMENTED: std::ops::RangeInclusive<u32> = 1..=70;

/// `Result` of a task in the list.
const FAILED: i64 = 4;

/// What is found of a request.
enum Found {
    /// Its effect is there.
    Done,
    /// It is being carried out.
    Running(Option<i64>),
    /// Its task failed.
    Failed(Option<i64>),
    /// No trace.
    Nothing,
    /// No trace, of something that need not leave one.
    Hidden,
    /// Another task is under way; whether ours comes after it cannot be told yet.
    Unclear,
}

impl Run {
    /// Goes on from what the cloud shows. `lost` is why there was no answer; none after a
    /// restart.
    pub(super) async fn find_in_cloud(&mut self, lost: Option<EdgeError>) -> Result<(), Stop> {
        let found = self.found().await?;
        match found {
            Found::Done => {
                self.enter(Phase::Confirming, EventCode::FoundDone, FactMap::new());
                Ok(())
            }
            Found::Running(task) => {
                self.record.job.task_id = task;
                let facts = facts([("task_id", json!(task))]);
                self.enter(Phase::Updating, EventCode::FoundRunning, facts);
                Ok(())
            }
            Found::Failed(task) => Err(Error::TaskFailed {
                task_id: task,
                message: String::new(),
            }
            .into()),
            Found::Hidden => {
                self.event(EventCode::NoTrace, FactMap::new());
                Err(match lost {
                    Some(error) => Stop::Failed(Box::new(error)),
                    None => Stop::Overdue(self.engine.inner.timings.settle),
                })
            }
            Found::Nothing | Found::Unclear => {
                self.event(EventCode::NothingInCloud, FactMap::new());
                Err(match lost {
                    Some(error) => Stop::Failed(Box::new(EdgeError {
                        retryable: true,
                        ..error
                    })),
                    None => Stop::Interrupted,
                })
            }
        }
    }

    /// Looks until there is a trace, or there was none for long enough.
    async fn found(&mut self) -> Result<Found, Stop> {
        let settle = self.engine.inner.timings.settle;
        let mut nothing_since: Option<Instant> = None;
        loop {
            let cloud = self.cloud().await?;
            let look = match self.look(&cloud).await {
                Ok(found @ (Found::Nothing | Found::Hidden)) => {
                    let since = *nothing_since.get_or_insert_with(Instant::now);
                    Ok((since.elapsed() >= settle).then_some(found))
                }
                Ok(Found::Unclear) => {
                    nothing_since = None;
                    Ok(None)
                }
                Ok(found) => Ok(Some(found)),
                Err(stop) => Err(stop),
            };
            if let Some(found) = self.pause(look).await? {
                return Ok(found);
            }
        }
    }

    async fn look(&self, cloud: &Cloud) -> Result<Found, Stop> {
        let seen = self.observe(cloud).await?;
        if seen == Seen::Done {
            return Ok(Found::Done);
        }
        let job = &self.record.job;
        // Without the list from before, a task in it now may be an old one.
        if let Some(earlier) = &self.record.sending.earlier_tasks {
            let request = task_list(&job.instance_id);
            let tasks = match cloud.api.describe_task_list(&job.region, &request).await {
                Ok(list) => list.tasks.unwrap_or_default(),
                // The instance tells, where the key may not read its tasks.
                Err(error) if error.class() == Class::Permission => Vec::new(),
                Err(error) => return Err(Error::from(error).into()),
            };
            let ours = tasks
                .into_iter()
                .filter(|task| task.task_id.is_some_and(|id| !earlier.contains(&id)))
                .find(|task| may_be_ours(&job.action, task.task_type.as_deref()));
            match ours {
                Some(task) if task.result == Some(FAILED) => {
                    return Ok(Found::Failed(task.task_id));
                }
                Some(task) => return Ok(Found::Running(task.task_id)),
                None => {}
            }
        }
        Ok(match seen {
            // Only a change of SSL shows as one.
            Seen::Changing if self.is_ssl() => Found::Running(None),
            Seen::Changing => Found::Unclear,
            Seen::Hidden => Found::Hidden,
            _ => Found::Nothing,
        })
    }
}

/// Whether a task of this type can be the action's: one of its own codes, or one that no
/// document names.
fn may_be_ours(action: &Action, task_type: Option<&str>) -> bool {
    let Some(code) = task_type.and_then(|code| code.trim().parse::<u32>().ok()) else {
        return true;
    };
    let own: &[u32] = match action {
        Action::EnableSsl { .. }
        | Action::DisableSsl { .. }
        | Action::SetEncryptionMode { .. }
        | Action::UpdateCertificate { .. } => &[],
        Action::UpgradeProxy { .. } => &[61, 67],
        Action::UpgradeVersion { .. } => &[43, 67],
        Action::RequirePassword => &[7, 35],
    };
    let undocumented = [64, 65, 68].contains(&code) || !DOCUMENTED.contains(&code);
    own.contains(&code) || undocumented
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::When;

    #[test]
    fn a_task_of_another_kind_is_not_ours() {
        let proxy = Action::UpgradeProxy { when: When::Now };
        for (action, code, expected) in [
            (&Action::ENABLE_SSL, "017", false),
            (&Action::ENABLE_SSL, "061", false),
            (&Action::ENABLE_SSL, "071", true),
            (&Action::ENABLE_SSL, "065", true),
            (&Action::ENABLE_SSL, "TASK_OPEN_SSL", true),
            (&proxy, "061", true),
            (&proxy, "060", false),
            (&Action::RequirePassword, "035", true),
        ] {
            assert_eq!(
                may_be_ours(action, Some(code)),
                expected,
                "{action:?} {code}"
            );
        }
        assert!(may_be_ours(&proxy, None));
    }
}
