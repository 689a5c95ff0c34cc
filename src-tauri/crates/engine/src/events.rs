//! What changed, to whoever watches, at most four times a second.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::view::{
    AppSnapshot, ExpiryWarning, InventoryChange, JobSnapshot, PutRun, TestProgress, TestRun,
};

/// Who is told about changes: the window, the command line, a test.
pub trait EventSink: Send + Sync + 'static {
    /// Accounts, settings or the keychain changed.
    fn app_changed(&self, snapshot: AppSnapshot);
    /// Rows or the progress of a sweep changed.
    fn inventory_changed(&self, change: InventoryChange);
    /// A job changed.
    fn job_changed(&self, job: JobSnapshot);
    /// A stage of a running test ended.
    fn test_progress(&self, progress: TestProgress);
    /// The test of many instances went on, or ended.
    fn test_run_changed(&self, run: TestRun);
    /// Certificates passed a threshold before their end; each is told once for each.
    fn certificates_end(&self, warnings: Vec<ExpiryWarning>);
    /// Certificates are put on servers: it went on, or ended.
    fn put_changed(&self, run: PutRun);
}

/// The pause between two rounds of events.
pub(crate) const PAUSE: Duration = Duration::from_millis(250);

/// What changed since the last round. Changes of the same thing become one event.
#[derive(Default)]
pub(crate) struct Changes {
    pending: Mutex<Pending>,
    wake: Notify,
}

/// See [`Changes`].
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Pending {
    pub(crate) app: bool,
    pub(crate) inventory: bool,
    /// Ids of instances whose row is another one now.
    pub(crate) rows: HashSet<String>,
    pub(crate) jobs: HashSet<String>,
    /// Whole, because a test may be over by the time it is told.
    pub(crate) tests: HashMap<String, TestProgress>,
    pub(crate) test_run: bool,
    pub(crate) warnings: Vec<ExpiryWarning>,
    /// By the id of the plan.
    pub(crate) puts: HashMap<String, PutRun>,
}

impl Changes {
    pub(crate) fn app(&self) {
        self.mark(|pending| pending.app = true);
    }

    pub(crate) fn inventory(&self) {
        self.mark(|pending| pending.inventory = true);
    }

    pub(crate) fn rows(&self, ids: impl IntoIterator<Item = String>) {
        self.mark(|pending| {
            pending.inventory = true;
            pending.rows.extend(ids);
        });
    }

    pub(crate) fn job(&self, id: &str) {
        self.mark(|pending| {
            pending.jobs.insert(id.to_owned());
        });
    }

    pub(crate) fn test(&self, progress: TestProgress) {
        self.mark(|pending| {
            pending.tests.insert(progress.test_id.clone(), progress);
        });
    }

    pub(crate) fn test_run(&self) {
        self.mark(|pending| pending.test_run = true);
    }

    pub(crate) fn warn(&self, warnings: Vec<ExpiryWarning>) {
        self.mark(|pending| pending.warnings.extend(warnings));
    }

    pub(crate) fn put(&self, run: PutRun) {
        self.mark(|pending| {
            pending.puts.insert(run.plan_id.clone(), run);
        });
    }

    /// Waits until there is something, and takes it.
    pub(crate) async fn take(&self) -> Pending {
        loop {
            let pending = std::mem::take(&mut *self.lock());
            if pending != Pending::default() {
                return pending;
            }
            self.wake.notified().await;
        }
    }

    fn mark(&self, change: impl FnOnce(&mut Pending)) {
        change(&mut self.lock());
        self.wake.notify_one();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
