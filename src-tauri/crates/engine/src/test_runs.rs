//! Tests of many instances: a bounded number at once, and one that is slow holds up nobody.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rediseal_probe::{Report, Trust, Verdict};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::accounts::Account;
use crate::engine::Engine;
use crate::error::Error;
use crate::remembered::Ways;
use crate::store::Look;
use crate::view::{RunState, TestRun, Untested};

/// How many instances are tested at once: a silent one takes its place for the whole time of a
/// test, and each takes two or three connections.
const AT_ONCE: usize = 64;

/// How many reasons are kept for instances that could not be tested: they are mostly the same.
const MOST_REASONS: usize = 100;

/// The run that goes on, or else the last one.
#[derive(Default)]
pub(crate) struct TestRuns(Mutex<Option<Run>>);

struct Run {
    cancel: CancellationToken,
    shown: TestRun,
}

/// What one instance came to.
type Tested = (String, Result<Report, Error>);

impl TestRuns {
    /// None while another runs.
    fn begin(&self, account: &Account, total: usize) -> Option<CancellationToken> {
        let mut runs = self.lock();
        if let Some(run) = &*runs
            && run.shown.state == RunState::Running
        {
            return None;
        }
        let cancel = CancellationToken::new();
        *runs = Some(Run {
            cancel: cancel.clone(),
            shown: TestRun {
                account_id: account.id.clone(),
                state: RunState::Running,
                total,
                done: 0,
                proven: 0,
                failed: 0,
                untested: 0,
                reasons: Vec::new(),
            },
        });
        Some(cancel)
    }

    fn change(&self, change: impl FnOnce(&mut TestRun)) {
        if let Some(run) = &mut *self.lock() {
            change(&mut run.shown);
        }
    }

    pub(crate) fn shown(&self) -> Option<TestRun> {
        self.lock().as_ref().map(|run| run.shown.clone())
    }

    pub(crate) fn cancel(&self) {
        if let Some(run) = &*self.lock() {
            run.cancel.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TestRun {
    fn take(&mut self, tested: &[Tested]) {
        for (instance_id, outcome) in tested {
            self.done += 1;
            match outcome {
                Ok(report) => match report.verdict {
                    Verdict::Secure | Verdict::ChainOnly => self.proven += 1,
                    Verdict::Insecure | Verdict::Unreachable => self.failed += 1,
                },
                Err(error) => {
                    self.untested += 1;
                    if self.reasons.len() < MOST_REASONS {
                        self.reasons.push(Untested {
                            instance_id: instance_id.clone(),
                            error: error.into(),
                        });
                    }
                }
            }
        }
    }
}

impl Engine {
    /// Begins to test instances of the account in use, each at its private address against its own
    /// CA, in this order. Their newest reports are kept as those of single tests are. While such a
    /// run goes on, no other begins: that one is told.
    ///
    /// # Errors
    ///
    /// When there is no account, or no instance is named.
    pub async fn test_instances(&self, instance_ids: &[String]) -> Result<TestRun, Error> {
        let account = self.inner.accounts.active()?;
        let mut seen = HashSet::new();
        let ids: Vec<_> = instance_ids
            .iter()
            .filter(|id| seen.insert(id.as_str()))
            .cloned()
            .collect();
        let runs = &self.inner.test_runs;
        if ids.is_empty() {
            return Err(Error::InvalidInput {
                field: "instance_ids",
                problem: "there is none".to_owned(),
            });
        }
        if let Some(cancel) = runs.begin(&account, ids.len()) {
            self.inner.changes.test_run();
            tokio::spawn(self.clone().test_all(account, ids, cancel));
        }
        runs.shown().ok_or(Error::Cancelled)
    }

    /// The test of many instances that goes on, or else the last one of this session.
    pub async fn test_run(&self) -> Option<TestRun> {
        self.inner.test_runs.shown()
    }

    /// Ends the test of many instances at once; what was found stays.
    pub async fn cancel_test_run(&self) {
        self.inner.test_runs.cancel();
    }

    async fn test_all(self, account: Account, ids: Vec<String>, cancel: CancellationToken) {
        let mut waiting = ids.into_iter();
        let mut running = JoinSet::new();
        let ways = Arc::new(Ways::default());
        let ended = loop {
            for id in waiting.by_ref().take(AT_ONCE - running.len()) {
                let ways = Arc::clone(&ways);
                running.spawn(self.clone().test_one(account.clone(), id, ways));
            }
            let first = tokio::select! {
                biased;
                () = cancel.cancelled() => break RunState::Cancelled,
                first = running.join_next() => first,
            };
            let Some(first) = first else {
                break RunState::Finished;
            };
            // What came meanwhile too: it is written together.
            let others = std::iter::from_fn(|| running.try_join_next());
            let tested: Vec<_> = std::iter::once(first)
                .chain(others)
                .filter_map(|joined| {
                    joined
                        .inspect_err(|error| tracing::error!(%error, "a test has failed"))
                        .ok()
                })
                .collect();
            self.take(&account, &tested);
        };
        self.inner.test_runs.change(|run| run.state = ended);
        self.inner.changes.test_run();
    }

    fn take(&self, account: &Account, tested: &[Tested]) {
        let reports: Vec<_> = tested
            .iter()
            .filter_map(|(id, outcome)| Some((id.clone(), outcome.as_ref().ok()?)))
            .collect();
        let looks = reports.iter().filter_map(|(id, report)| {
            let known = self.inner.fleet.known(id)?;
            Look::live(&known, report)
        });
        self.see(account, &looks.collect::<Vec<_>>());
        self.keep_reports(account, &reports);
        self.inner.test_runs.change(|run| run.take(tested));
        self.inner.changes.test_run();
    }

    async fn test_one(self, account: Account, id: String, ways: Arc<Ways>) -> Tested {
        let report = async {
            let archive = self.archive_in_background(&account, &id).await?;
            let known = match self.inner.fleet.known(&id) {
                Some(known) => known,
                None => self.read_instance(&account, &id).await?,
            };
            let trust = Trust::Authorities(archive.authorities());
            let route = ways.to(&self, &account, &id).await;
            self.look_at(&account, &known, trust, route).await
        };
        let report = report.await;
        (id, report)
    }
}
