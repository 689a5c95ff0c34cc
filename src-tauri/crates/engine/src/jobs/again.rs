//! Watching again what was watched no more. The request was sent before; it is not sent again.

use jiff::Timestamp;

use super::run::Begin;
use crate::accounts::SANDBOX;
use crate::engine::{Engine, Inner};
use crate::error::Error;
use crate::store::{JobRecord, find_job, finished, is_busy, own_job};
use crate::view::{Action, EventCode, FactMap, JobEvent, JobSnapshot, Phase};

impl Engine {
    /// The jobs that [`Engine::reattach`] takes, newest first: those watched no more of whose
    /// instance no later job changed the same thing.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub async fn detached(&self) -> Result<Vec<JobSnapshot>, Error> {
        let jobs = self.job_snapshots().await?;
        let mut detached = Vec::new();
        for (place, job) in jobs.iter().enumerate() {
            let replaced = jobs.iter().take(place).any(|later| {
                (&later.account_id, &later.instance_id) == (&job.account_id, &job.instance_id)
                    && same_effect(&later.action, &job.action)
            });
            if job.phase == Phase::Detached && !replaced && self.has_its_cloud(job)? {
                detached.push(job.clone());
            }
        }
        Ok(detached)
    }

    /// Watches a job again that is watched no more, from where that ended. Nothing is sent that
    /// changes anything. One that waits for the maintenance window is looked at once: it is
    /// [`Phase::Detached`] again when its effect is not there. A job that is not finished stays
    /// as it is, whichever process it belongs to.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] when there is no such job among [`Engine::detached`],
    /// [`Error::InstanceBusy`] when another job runs on its instance; when the journal cannot be
    /// read or written.
    pub async fn reattach(&self, job_id: &str) -> Result<JobSnapshot, Error> {
        self.write_unwritten()?;
        let job = self.job(job_id).await?;
        if !finished(job.phase) {
            return Ok(job);
        }
        if !self.detached().await?.iter().any(|job| job.id == job_id) {
            return Err(not_detached());
        }
        let now = self.now();
        let session = self.inner.session.id();
        let taken = self.inner.store.write(|transaction| {
            let record = find_job(transaction, job_id)?;
            let Some(mut record) = record.filter(|record| record.job.phase == Phase::Detached)
            else {
                return Ok(Err(not_detached()));
            };
            if is_busy(transaction, &record.job)? {
                return Ok(Err(Error::InstanceBusy {
                    instance_id: record.job.instance_id,
                }));
            }
            watch_again(&mut record, now);
            own_job(transaction, &record, session)?;
            Ok(Ok(record))
        })?;
        let record = taken?;
        let job = record.job.clone();
        self.start(record, None, Begin::Again);
        Ok(job)
    }

    // A built-in sandbox ends with its process, and its tasks with it.
    fn has_its_cloud(&self, job: &JobSnapshot) -> Result<bool, Error> {
        let Inner { store, session, .. } = &*self.inner;
        Ok(job.account_id != SANDBOX || store.is_job_of(&job.id, session.id())?)
    }
}

/// Puts a job back into the phase in which the watching ended.
fn watch_again(JobRecord { job, .. }: &mut JobRecord, now: Timestamp) {
    let phases = job.events.iter().rev().map(|event| event.phase);
    job.phase = phases
        .into_iter()
        .find(|&phase| !finished(phase))
        .unwrap_or(Phase::Submitting);
    job.finished = None;
    job.error = None;
    job.events.push(JobEvent {
        at: now,
        phase: job.phase,
        code: EventCode::WatchedAgain,
        facts: FactMap::new(),
    });
}

fn same_effect(one: &Action, other: &Action) -> bool {
    let is_ssl =
        |action: &Action| matches!(action, Action::EnableSsl { .. } | Action::DisableSsl { .. });
    is_ssl(one) && is_ssl(other) || std::mem::discriminant(one) == std::mem::discriminant(other)
}

fn not_detached() -> Error {
    Error::InvalidInput {
        field: "job_id",
        problem: "it is no job that can be watched again".to_owned(),
    }
}
