//! Following the remote task to its end, then the state to what was wanted.

use std::num::NonZeroU64;
use std::time::Instant;

use serde_json::json;

use super::observe::Seen;
use super::run::{Run, Stop, refusal};
use crate::cloud::Cloud;
use crate::code::Code;
use crate::error::Error;
use crate::readiness::facts;
use crate::view::{Action, EdgeError, EventCode, FactMap, Phase, When};

/// `Status` of an order: delivered, and those from which none is delivered any more.
const DELIVERED: i64 = 4;
const LOST_ORDERS: std::ops::RangeInclusive<i64> = 5..=11;

/// What is known while the key may not read the task.
#[derive(Default)]
struct Blind {
    told: bool,
    /// Since when nothing is under way on the instance.
    still_since: Option<Instant>,
}

impl Run {
    /// Waits for the end of the task, of the order, or, when the cloud gave neither, of the
    /// change that the instance shows.
    pub(super) async fn follow(&mut self) -> Result<(), Stop> {
        if self.waits_for_window() {
            return self.look_once().await;
        }
        if let Some(deal) = self.record.sending.deal.clone() {
            return self.follow_deal(&deal).await;
        }
        match self.task() {
            Some(task) => self.follow_task(task).await,
            None => self.follow_state().await,
        }
    }

    /// Days may pass until the maintenance window; nothing is gained by watching.
    async fn look_once(&mut self) -> Result<(), Stop> {
        loop {
            let cloud = self.cloud().await?;
            let look = match self.observe(&cloud).await {
                Ok(Seen::Done) => Ok(Some(true)),
                Ok(_) => self.has_not_failed(&cloud).await.map(|()| Some(false)),
                Err(stop) => Err(stop),
            };
            match self.pause(look).await? {
                Some(true) => return Ok(()),
                Some(false) => {
                    self.event(EventCode::ScheduledForWindow, FactMap::new());
                    return Err(Stop::Detached);
                }
                None => {}
            }
        }
    }

    async fn has_not_failed(&self, cloud: &Cloud) -> Result<(), Stop> {
        let look = match (&self.record.sending.deal, self.task()) {
            (Some(deal), _) => self.is_delivered(cloud, deal).await.map(drop),
            (None, Some(task)) => self.task_status(cloud, task).await.map(drop),
            (None, None) => Ok(()),
        };
        match look {
            Err(Stop::Failed(error)) if gone(error.code) || denied(error.code) => Ok(()),
            look => look,
        }
    }

    fn task(&self) -> Option<NonZeroU64> {
        let task = u64::try_from(self.record.job.task_id?).ok()?;
        NonZeroU64::new(task)
    }

    fn waits_for_window(&self) -> bool {
        matches!(
            self.record.job.action,
            Action::UpgradeProxy {
                when: When::MaintenanceWindow
            } | Action::UpgradeVersion {
                when: When::MaintenanceWindow,
                ..
            }
        )
    }

    async fn follow_task(&mut self, task: NonZeroU64) -> Result<(), Stop> {
        let watch = Instant::now();
        let mut last = String::new();
        let mut blind = Blind::default();
        loop {
            let cloud = self.cloud().await?;
            let look = match self.task_status(&cloud, task).await {
                Ok(Some(status)) => {
                    if status != last {
                        self.event(EventCode::TaskStatus, facts([("status", json!(status))]));
                        last = status;
                    }
                    self.overdue(watch)
                }
                Ok(None) => Ok(Some(())),
                // Some tasks can be started and not be read; the state tells then.
                Err(Stop::Failed(error)) if gone(error.code) => {
                    self.event(EventCode::TaskNotReadable, refusal(&error));
                    return self.follow_state().await;
                }
                // As long as the key may not read it: that may be granted meanwhile.
                Err(Stop::Failed(error)) if denied(error.code) => {
                    self.look_without_task(&cloud, &error, &mut blind, watch)
                        .await
                }
                Err(stop) => Err(stop),
            };
            if self.pause(look).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// The status of a task that has not ended; none when it succeeded.
    async fn task_status(&self, cloud: &Cloud, task: NonZeroU64) -> Result<Option<String>, Stop> {
        let region = &self.record.job.region;
        let answer = cloud.api.describe_task_info(region, task).await;
        let info = answer.map_err(Error::from)?;
        let status = info.status.unwrap_or_default().to_ascii_lowercase();
        match status.as_str() {
            "succeed" => Ok(None),
            "failed" | "error" => Err(Error::TaskFailed {
                task_id: i64::try_from(task.get()).ok(),
                message: info.task_message.unwrap_or_default(),
            }
            .into()),
            // A status added later is no end.
            _ => Ok(Some(status)),
        }
    }

    async fn follow_deal(&mut self, deal: &str) -> Result<(), Stop> {
        let watch = Instant::now();
        let mut blind = Blind::default();
        loop {
            let cloud = self.cloud().await?;
            let look = match self.is_delivered(&cloud, deal).await {
                Ok(true) => Ok(Some(())),
                Ok(false) => self.overdue(watch),
                Err(Stop::Failed(error)) if denied(error.code) => {
                    self.look_without_task(&cloud, &error, &mut blind, watch)
                        .await
                }
                Err(stop) => Err(stop),
            };
            if self.pause(look).await?.is_some() {
                return Ok(());
            }
        }
    }

    async fn is_delivered(&self, cloud: &Cloud, deal: &str) -> Result<bool, Stop> {
        let region = &self.record.job.region;
        let answer = cloud.api.describe_instance_deal_detail(region, deal).await;
        let details = answer.map_err(Error::from)?.deal_details;
        let detail = details.unwrap_or_default().into_iter().next();
        match detail.as_ref().and_then(|detail| detail.status) {
            Some(DELIVERED) => Ok(true),
            Some(status) if LOST_ORDERS.contains(&status) => Err(Error::TaskFailed {
                task_id: None,
                message: detail
                    .and_then(|detail| detail.description)
                    .unwrap_or_else(|| format!("order status {status}")),
            }
            .into()),
            _ => Ok(false),
        }
    }

    async fn follow_state(&mut self) -> Result<(), Stop> {
        let watch = Instant::now();
        let mut still_since = None;
        loop {
            let cloud = self.cloud().await?;
            let look = self.look_at_state(&cloud, &mut still_since, watch).await;
            if self.pause(look).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// Looks at the instance in the place of a task that the key may not read.
    async fn look_without_task(
        &mut self,
        cloud: &Cloud,
        error: &EdgeError,
        blind: &mut Blind,
        watch: Instant,
    ) -> Result<Option<()>, Stop> {
        if !blind.told {
            blind.told = true;
            self.event(EventCode::TaskNotReadable, refusal(error));
        }
        self.look_at_state(cloud, &mut blind.still_since, watch)
            .await
    }

    /// Whether the change that the instance shows is over: it is as wanted, or nothing was under
    /// way for long enough, which is counted in `still_since`.
    async fn look_at_state(
        &self,
        cloud: &Cloud,
        still_since: &mut Option<Instant>,
        watch: Instant,
    ) -> Result<Option<()>, Stop> {
        let settle = self.engine.inner.timings.settle;
        match self.observe(cloud).await? {
            Seen::Done => Ok(Some(())),
            Seen::Changing => {
                *still_since = None;
                self.overdue(watch)
            }
            Seen::Nothing | Seen::Hidden => {
                let since = *still_since.get_or_insert_with(Instant::now);
                Ok((since.elapsed() >= settle).then_some(()))
            }
        }
    }

    /// Waits until the instance is as wanted; the cloud may say so a little after the task.
    pub(super) async fn confirm(&mut self) -> Result<(), Stop> {
        let limit = self.engine.inner.timings.confirm;
        let watch = Instant::now();
        let mut since = Instant::now();
        let code = loop {
            let cloud = self.cloud().await?;
            let look = match self.observe(&cloud).await {
                Ok(Seen::Done) => Ok(Some(EventCode::Confirmed)),
                // The cloud accepted it and is done, which is all that there is to go by.
                Ok(Seen::Hidden) => Ok(Some(EventCode::EffectNotSeen)),
                Ok(Seen::Changing) => {
                    since = Instant::now();
                    self.overdue(watch)
                }
                Ok(Seen::Nothing) if since.elapsed() >= limit => Err(Stop::Overdue(limit)),
                Ok(Seen::Nothing) => Ok(None),
                Err(stop) => Err(stop),
            };
            if let Some(code) = self.pause(look).await? {
                break code;
            }
        };
        let next = match self.record.job.action {
            Action::DisableSsl { .. } => Phase::Testing,
            _ if self.is_ssl() => Phase::Certificate,
            _ => Phase::Confirming,
        };
        self.enter(next, code, FactMap::new());
        Ok(())
    }

    // The cloud cannot be made to stop, so this ends the watching only.
    fn overdue<T>(&self, watch: Instant) -> Result<Option<T>, Stop> {
        let limit = self.engine.inner.timings.task;
        if watch.elapsed() >= limit {
            return Err(Stop::Overdue(limit));
        }
        Ok(None)
    }
}

fn denied(code: Code) -> bool {
    code == Code::PermissionDenied
}

const fn gone(code: Code) -> bool {
    matches!(
        code,
        Code::InstanceNotFound
            | Code::PreconditionFailed
            | Code::Unsupported
            | Code::NotAvailableYet
    )
}
