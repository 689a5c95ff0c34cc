//! Jobs: what was sent to the cloud and how it goes, found again after any end of the process.

mod again;
mod apply;
mod follow;
mod look;
mod observe;
mod prove;
mod run;
mod submit;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::error::Error;
use crate::store::{JobRecord, Session, finished};
use crate::view::JobSnapshot;
use run::{Begin, Run};

/// The jobs of this process. Those that ended stay until the journal has their end.
pub(crate) struct Jobs {
    live: Mutex<HashMap<String, Live>>,
    changed: watch::Sender<()>,
    /// An account's key may be there again.
    keys: watch::Sender<()>,
    /// Calls with the same request id, one after another.
    applying: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

struct Live {
    record: JobRecord,
    /// The journal does not have the newest state yet.
    unwritten: bool,
    detach: CancellationToken,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            live: Mutex::default(),
            changed: watch::Sender::new(()),
            keys: watch::Sender::new(()),
            applying: Mutex::default(),
        }
    }
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no other call with this request id runs.
    async fn one_at_a_time(&self, request_id: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let request = {
            let mut applying = self.applying.lock().unwrap_or_else(PoisonError::into_inner);
            applying.retain(|_, request| Arc::strong_count(request) > 1);
            Arc::clone(applying.entry(request_id.to_owned()).or_default())
        };
        request.lock_owned().await
    }
}

impl Engine {
    /// Jobs, those that run first, then the newest.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub async fn job_snapshots(&self) -> Result<Vec<JobSnapshot>, Error> {
        let jobs = self.inner.store.jobs()?;
        Ok(jobs.into_iter().map(|record| self.newest(record)).collect())
    }

    /// One job.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] when there is no such job; when the journal cannot be read.
    pub async fn job(&self, job_id: &str) -> Result<JobSnapshot, Error> {
        if let Some(job) = self.live_job(job_id) {
            return Ok(job);
        }
        let record = self.inner.store.job(job_id)?.ok_or_else(no_such_job)?;
        Ok(record.job)
    }

    /// Stops watching a job. The remote task cannot be cancelled and goes on. A request whose
    /// answer is awaited is not given up.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] when no such job runs in this process.
    pub async fn detach(&self, job_id: &str) -> Result<(), Error> {
        let live = self.inner.jobs.lock();
        live.get(job_id)
            .filter(|live| !live.record.finished())
            .ok_or_else(no_such_job)?
            .detach
            .cancel();
        Ok(())
    }

    /// Waits until a job ended, was interrupted, or is watched no more.
    ///
    /// # Errors
    ///
    /// As [`Engine::job`].
    pub async fn wait_for(&self, job_id: &str) -> Result<JobSnapshot, Error> {
        let mut changed = self.inner.jobs.changed.subscribe();
        loop {
            changed.borrow_and_update();
            let job = self.job(job_id).await?;
            if finished(job.phase) {
                return Ok(job);
            }
            // The sender lives as long as the engine.
            let _ = changed.changed().await;
        }
    }

    /// Takes over the unfinished jobs of processes that are gone. Called once after opening;
    /// calling it again does no harm.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read or written.
    pub async fn resume(&self) -> Result<(), Error> {
        let store = &self.inner.store;
        let own = self.inner.session.id();
        for (session, record) in store.unfinished_jobs()? {
            let gone = session != own && !Session::is_alive(store.folder(), &session);
            if gone && store.take_job(&record.job.id, &session, own)? {
                tracing::info!(job = record.job.id, phase = ?record.job.phase, "resumed");
                self.start(record, None, Begin::Restart);
            }
        }
        Ok(())
    }

    /// The jobs that end to be watched when this process ends.
    #[must_use]
    pub fn watched_jobs(&self) -> Vec<JobSnapshot> {
        let live = self.inner.jobs.lock();
        let running = live.values().filter(|live| !live.record.finished());
        running.map(|live| live.record.job.clone()).collect()
    }

    /// The account's unfinished job of this process on an instance.
    pub(crate) fn job_on(&self, account_id: &str, instance_id: &str) -> Option<String> {
        let live = self.inner.jobs.lock();
        let mut jobs = live.values().filter(|live| !live.record.finished());
        jobs.find(|Live { record, .. }| {
            record.job.account_id == account_id && record.job.instance_id == instance_id
        })
        .map(|live| live.record.job.id.clone())
    }

    pub(crate) fn jobs_on(
        &self,
        account_id: &str,
        instance_id: &str,
    ) -> Result<Vec<JobSnapshot>, Error> {
        let jobs = self.inner.store.jobs_on(account_id, instance_id)?;
        Ok(jobs.into_iter().map(|record| self.newest(record)).collect())
    }

    /// A job of this process whose newest state the journal may not have.
    fn live_job(&self, job_id: &str) -> Option<JobSnapshot> {
        let live = self.inner.jobs.lock();
        live.get(job_id).map(|live| live.record.job.clone())
    }

    /// Jobs that wait for a key look whether it is there.
    pub(crate) fn key_is_back(&self) {
        self.inner.jobs.keys.send_replace(());
    }

    fn newest(&self, record: JobRecord) -> JobSnapshot {
        self.live_job(&record.job.id).unwrap_or(record.job)
    }

    fn start(&self, record: JobRecord, password: Option<secrecy::SecretString>, begin: Begin) {
        let detach = CancellationToken::new();
        self.inner.jobs.lock().insert(
            record.job.id.clone(),
            Live {
                record: record.clone(),
                unwritten: false,
                detach: detach.clone(),
            },
        );
        self.inner.changes.job(&record.job.id);
        self.inner.changes.rows([record.job.instance_id.clone()]);
        tokio::spawn(Run::new(self.clone(), record, password, detach).run(begin));
    }

    /// Shows a job's new state and writes it; a write that fails is made good later.
    fn keep_job(&self, record: &JobRecord, written: bool) {
        let jobs = &self.inner.jobs;
        {
            let mut live = jobs.lock();
            if written && record.finished() {
                live.remove(&record.job.id);
            } else if let Some(live) = live.get_mut(&record.job.id) {
                live.record = record.clone();
                live.unwritten = !written;
            }
        }
        self.inner.changes.job(&record.job.id);
        if record.finished() {
            let row = record.job.instance_id.clone();
            self.inner.changes.rows([row]);
        }
        jobs.changed.send_replace(());
    }

    /// Writes what could not be written before.
    fn write_unwritten(&self) -> Result<(), Error> {
        let mut live = self.inner.jobs.lock();
        for live in live.values_mut().filter(|live| live.unwritten) {
            self.inner.store.update_job(&live.record)?;
            live.unwritten = false;
        }
        live.retain(|_, live| !live.record.finished());
        Ok(())
    }
}

fn no_such_job() -> Error {
    Error::InvalidInput {
        field: "job_id",
        problem: "no such job runs".to_owned(),
    }
}
