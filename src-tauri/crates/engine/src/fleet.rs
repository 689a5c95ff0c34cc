//! The instances of the account in use, as far as they are known: the state behind the table.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rediseal_probe::Report;
use rediseal_tencent::Listing;
use rediseal_tencent::redis::SslStatus;
use tokio::sync::watch;

use crate::rows::row;
use crate::store::{Known, Store};
use crate::view::{EdgeError, InstanceRow, InventorySnapshot, RegionProgress, RegionState};

/// What is shown, and a way to wait for the end of a sweep.
pub(crate) struct Fleet {
    state: Mutex<State>,
    refreshing: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    account: Option<String>,
    known: BTreeMap<String, Known>,
    reports: HashMap<String, Report>,
    regions: Vec<RegionProgress>,
    updated: Option<Timestamp>,
    error: Option<EdgeError>,
    /// Answers that belong to an earlier sweep or another account are dropped.
    sweep: Sweep,
}

/// Names a sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sweep(u64);

impl Default for Fleet {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            refreshing: watch::Sender::new(false),
        }
    }
}

impl Fleet {
    /// Shows another account, from the cache.
    pub(crate) fn show(&self, store: &Store, account: Option<&str>) {
        let mut shown = State {
            account: account.map(str::to_owned),
            ..State::default()
        };
        if let Some(account) = account {
            let cached = || {
                let instances = store.instances(account)?;
                let reports = store.reports(account)?;
                let updated = store.document(&updated_key(account))?;
                Ok::<_, crate::StoreError>((instances, reports, updated))
            };
            match cached() {
                Ok((instances, reports, updated)) => {
                    shown.known = instances
                        .into_iter()
                        .map(|known| (known.id().to_owned(), known))
                        .collect();
                    shown.reports = reports.into_iter().collect();
                    shown.updated = updated;
                }
                // What is only remembered can be asked again.
                Err(error) => tracing::warn!(%error, "the cache cannot be read"),
            }
        }
        let mut state = self.lock();
        shown.sweep = Sweep(state.sweep.0 + 1);
        *state = shown;
        self.refreshing.send_replace(false);
    }

    /// `job_on` tells the job of an account on an instance.
    pub(crate) fn snapshot(
        &self,
        job_on: impl Fn(&str, &str) -> Option<String>,
    ) -> InventorySnapshot {
        let state = self.lock();
        let mut rows: Vec<_> = state
            .known
            .values()
            .map(|known| state.row(known, &job_on))
            .collect();
        rows.sort_by(|a, b| {
            (&a.region, &a.name, &a.instance_id).cmp(&(&b.region, &b.name, &b.instance_id))
        });
        InventorySnapshot {
            account_id: state.account.clone(),
            rows,
            regions: state.regions.clone(),
            refreshing: *self.refreshing.borrow(),
            updated: state.updated,
            error: state.error.clone(),
        }
    }

    pub(crate) fn known(&self, id: &str) -> Option<Known> {
        self.lock().known.get(id).cloned()
    }

    pub(crate) fn report(&self, id: &str) -> Option<Report> {
        self.lock().reports.get(id).cloned()
    }

    pub(crate) fn reports(&self) -> Vec<(String, Report)> {
        let state = self.lock();
        let mut reports: Vec<_> = state
            .reports
            .iter()
            .map(|(id, report)| (id.clone(), report.clone()))
            .collect();
        reports.sort_by(|(a, _), (b, _)| a.cmp(b));
        reports
    }

    /// Begins a sweep; `None` when one runs, or another account is shown by now.
    pub(crate) fn begin(&self, account: &str) -> Option<Sweep> {
        let mut state = self.lock();
        if *self.refreshing.borrow() || state.account.as_deref() != Some(account) {
            return None;
        }
        self.refreshing.send_replace(true);
        state.sweep.0 += 1;
        state.error = None;
        Some(state.sweep)
    }

    pub(crate) fn regions(&self, sweep: Sweep, regions: &[(String, String)]) {
        self.during(sweep, |state| {
            state.regions = regions
                .iter()
                .map(|(region, name)| RegionProgress {
                    region: region.clone(),
                    name: name.clone(),
                    count: state.known.values().filter(|k| k.region == *region).count(),
                    state: RegionState::Loading,
                    error: None,
                })
                .collect();
            let offered = |known: &Known| regions.iter().any(|(region, _)| *region == known.region);
            state.known.retain(|_, known| offered(known));
        });
    }

    /// Takes the instances of a region; what is not among them any more goes.
    pub(crate) fn listed(&self, sweep: Sweep, region: &str, listing: Listing) {
        self.during(sweep, |state| {
            let mut before = std::mem::take(&mut state.known);
            for instance in listing.instances {
                let id = instance.instance_id.clone().unwrap_or_default();
                let old = before.remove(&id).unwrap_or_default();
                let known = Known {
                    region: region.to_owned(),
                    instance,
                    ..old
                };
                state.known.insert(id, known);
            }
            before.retain(|_, known| known.region != region || !listing.complete);
            state.known.append(&mut before);
            state.count(region);
        });
    }

    pub(crate) fn ssl(&self, sweep: Sweep, id: &str, answer: Result<SslStatus, EdgeError>) {
        self.during(sweep, |state| {
            if let Some(known) = state.known.get_mut(id) {
                known.take(answer);
            }
        });
    }

    /// Ends a region's part; gives what is known there when it went well.
    pub(crate) fn region_ended(
        &self,
        sweep: Sweep,
        region: &str,
        error: Option<EdgeError>,
    ) -> Option<Vec<Known>> {
        self.during(sweep, |state| {
            state.count(region);
            let progress = state.regions.iter_mut().find(|p| p.region == region)?;
            progress.state = match error {
                None => RegionState::Loaded,
                Some(_) => RegionState::Failed,
            };
            progress.error = error;
            (progress.state == RegionState::Loaded).then(|| {
                state
                    .known
                    .values()
                    .filter(|known| known.region == region)
                    .cloned()
                    .collect()
            })
        })
        .flatten()
    }

    /// Ends a sweep; tells whether every region answered.
    pub(crate) fn end(&self, sweep: Sweep, now: Timestamp, error: Option<EdgeError>) -> bool {
        self.during(sweep, |state| {
            let failed = |p: &RegionProgress| p.state == RegionState::Failed;
            let complete = error.is_none() && !state.regions.iter().any(failed);
            if complete {
                state.updated = Some(now);
            }
            state.error = error;
            self.refreshing.send_replace(false);
            complete
        })
        .unwrap_or(false)
    }

    /// Takes what was read of one instance, when its account is still shown.
    pub(crate) fn put(&self, account: &str, known: &Known) {
        let mut state = self.lock();
        if state.account.as_deref() == Some(account) {
            state.known.insert(known.id().to_owned(), known.clone());
        }
    }

    pub(crate) fn put_report(&self, account: &str, id: &str, report: &Report) {
        let mut state = self.lock();
        if state.account.as_deref() == Some(account) {
            state.reports.insert(id.to_owned(), report.clone());
        }
    }

    /// Waits until no sweep runs.
    pub(crate) async fn idle(&self) {
        // The sender lives as long as the fleet.
        let _ = self
            .refreshing
            .subscribe()
            .wait_for(|running| !running)
            .await;
    }

    fn during<T>(&self, sweep: Sweep, change: impl FnOnce(&mut State) -> T) -> Option<T> {
        let mut state = self.lock();
        (state.sweep == sweep).then(|| change(&mut state))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn row(&self, known: &Known, job_on: impl Fn(&str, &str) -> Option<String>) -> InstanceRow {
        let id = known.id();
        let job = self
            .account
            .as_ref()
            .and_then(|account| job_on(account, id));
        row(known, self.reports.get(id), job.as_deref())
    }

    fn count(&mut self, region: &str) {
        let count = self.known.values().filter(|k| k.region == region).count();
        if let Some(progress) = self.regions.iter_mut().find(|p| p.region == region) {
            progress.count = count;
        }
    }
}

impl Known {
    /// An SSL status that could not be read is not known, whatever it was before.
    pub(crate) fn take(&mut self, answer: Result<SslStatus, EdgeError>) {
        (self.ssl, self.error) = match answer {
            Ok(ssl) => (Some(ssl), None),
            Err(error) => (None, Some(error)),
        };
    }
}

pub(crate) fn updated_key(account: &str) -> String {
    format!("updated/{account}")
}
