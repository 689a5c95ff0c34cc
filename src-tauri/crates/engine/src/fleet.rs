//! The instances of the account in use, as far as they are known: the state behind the table.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rediseal_probe::Report;
use rediseal_tencent::Listing;
use rediseal_tencent::redis::SslStatus;
use tokio::sync::watch;

use crate::expiry::{FirstEnd, all_first_ends};
use crate::inventory::Offered;
use crate::rows::row;
use crate::store::{Known, Store};
use crate::sweep::RegionName;
use crate::view::{
    EdgeError, InstanceRow, InventoryChange, InventorySnapshot, RegionProgress, RegionState,
};

/// More rows than these are not on a screen.
const MOST_SEEN: usize = 200;

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
    /// What is known to end first, of each instance that was seen.
    ends: HashMap<String, FirstEnd>,
    regions: Vec<RegionProgress>,
    updated: Option<Timestamp>,
    error: Option<EdgeError>,
    regions_error: Option<EdgeError>,
    /// How many changes were told.
    revision: u64,
    /// Answers that belong to another account than the one shown are dropped.
    shown: Sweep,
    /// How many sweeps run.
    running: usize,
    /// What somebody looks at, from top to bottom.
    seen: Vec<String>,
    /// What the cache does not have yet.
    unsaved: HashSet<String>,
}

/// The account that a sweep is for, as long as it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sweep(u64);

/// The instances of a region by the newest list, in the order of the table.
#[derive(Default)]
pub(crate) struct Listed {
    pub(crate) all: Vec<String>,
    /// Those whose row is another one now, and those that are gone.
    pub(crate) changed: Vec<String>,
}

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
                let ends = all_first_ends(store, account)?;
                Ok::<_, crate::StoreError>((instances, reports, updated, ends))
            };
            match cached() {
                Ok((instances, reports, updated, ends)) => {
                    shown.known = instances
                        .into_iter()
                        .map(|known| (known.id().to_owned(), known))
                        .collect();
                    shown.regions = regions_of(&shown.known);
                    shown.reports = reports.into_iter().collect();
                    shown.updated = updated;
                    shown.take_ends(ends);
                }
                // What is only remembered can be asked again.
                Err(error) => tracing::warn!(%error, "the cache cannot be read"),
            }
        }
        let mut state = self.lock();
        shown.shown = Sweep(state.shown.0 + 1);
        // Nobody can follow from what was told before.
        shown.revision = state.revision + 1;
        *state = shown;
        self.refreshing.send_replace(false);
    }

    /// `job_on` tells the job of an account on an instance.
    pub(crate) fn snapshot(
        &self,
        job_on: impl Fn(&str, &str) -> Option<String>,
    ) -> InventorySnapshot {
        let state = self.lock();
        let rows = state.known.values();
        self.view(
            &state,
            rows.map(|known| state.row(known, &job_on)).collect(),
        )
    }

    /// The next change to tell: the rows of `ids` as they are now.
    pub(crate) fn change(
        &self,
        ids: HashSet<String>,
        job_on: impl Fn(&str, &str) -> Option<String>,
    ) -> InventoryChange {
        let mut state = self.lock();
        let since = state.revision;
        state.revision += 1;
        let (there, gone): (Vec<_>, Vec<_>) =
            ids.into_iter().partition(|id| state.known.contains_key(id));
        let rows = there.iter().filter_map(|id| state.known.get(id));
        let rows = rows.map(|known| state.row(known, &job_on)).collect();
        InventoryChange {
            since,
            now: self.view(&state, rows),
            gone,
        }
    }

    fn view(&self, state: &State, mut rows: Vec<InstanceRow>) -> InventorySnapshot {
        rows.sort_by(|a, b| {
            (&a.region, &a.name, &a.instance_id).cmp(&(&b.region, &b.name, &b.instance_id))
        });
        InventorySnapshot {
            account_id: state.account.clone(),
            revision: state.revision,
            rows,
            regions: state.regions.clone(),
            refreshing: *self.refreshing.borrow(),
            updated: state.updated,
            error: state.error.clone(),
            regions_error: state.regions_error.clone(),
        }
    }

    /// What is looked at, from top to bottom.
    pub(crate) fn see(&self, ids: Vec<String>) {
        self.lock().seen = ids.into_iter().take(MOST_SEEN).collect();
    }

    /// The same; `None` when the sweep is of no use any more.
    pub(crate) fn seen(&self, sweep: Sweep) -> Option<Vec<String>> {
        self.during(sweep, |state| state.seen.clone())
    }

    pub(crate) fn known(&self, id: &str) -> Option<Known> {
        self.lock().known.get(id).cloned()
    }

    /// Every instance of an account; None when another one is shown.
    pub(crate) fn all_known(&self, account: &str) -> Option<Vec<Known>> {
        let state = self.lock();
        (state.account.as_deref() == Some(account)).then(|| state.known.values().cloned().collect())
    }

    pub(crate) fn end_of(&self, id: &str) -> Option<FirstEnd> {
        self.lock().ends.get(id).cloned()
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

    /// Begins a sweep over every region; `None` when one runs, or another account is shown by
    /// now.
    pub(crate) fn begin(&self, account: &str) -> Option<Sweep> {
        let mut state = self.lock();
        if state.running > 0 || state.account.as_deref() != Some(account) {
            return None;
        }
        state.error = None;
        Some(self.run(&mut state))
    }

    /// Begins a sweep over one region, beside others; `None` when it is being read, or another
    /// account is shown by now.
    pub(crate) fn begin_region(&self, account: &str, region: &str) -> Option<(Sweep, RegionName)> {
        let mut state = self.lock();
        if state.account.as_deref() != Some(account) {
            return None;
        }
        let progress = match state.regions.iter_mut().find(|p| p.region == region) {
            Some(progress) if progress.state == RegionState::Loading => return None,
            Some(progress) => progress,
            None => return None,
        };
        progress.state = RegionState::Loading;
        progress.listed = false;
        progress.error = None;
        let name = (region.to_owned(), progress.name.clone());
        Some((self.run(&mut state), name))
    }

    fn run(&self, state: &mut State) -> Sweep {
        state.running += 1;
        self.refreshing.send_replace(true);
        state.shown
    }

    /// The regions of a sweep over all of them; gives the instances of regions that are gone.
    pub(crate) fn regions(&self, sweep: Sweep, offered: &Offered) -> Vec<String> {
        let regions = &offered.regions;
        self.during(sweep, |state| {
            state.regions_error.clone_from(&offered.unsaid);
            state.regions = regions
                .iter()
                .map(|(region, name)| RegionProgress {
                    region: region.clone(),
                    name: name.clone(),
                    count: state.known.values().filter(|k| k.region == *region).count(),
                    pending: 0,
                    state: RegionState::Loading,
                    listed: false,
                    error: None,
                })
                .collect();
            let offered = |known: &Known| regions.iter().any(|(region, _)| *region == known.region);
            let gone = state.known.extract_if(.., |_, known| !offered(known));
            gone.map(|(id, _)| id).collect()
        })
        .unwrap_or_default()
    }

    /// Takes the instances of a region; what is not among them any more goes.
    pub(crate) fn listed(&self, sweep: Sweep, region: &str, listing: Listing) -> Listed {
        self.during(sweep, |state| {
            let mut listed = Listed::default();
            let mut names = Vec::new();
            for instance in listing.instances {
                let id = instance.instance_id.clone().unwrap_or_default();
                let known = state.known.entry(id.clone()).or_default();
                if known.region != region || known.instance != instance {
                    listed.changed.push(id.clone());
                }
                names.push((instance.instance_name.clone(), id));
                known.region = region.to_owned();
                known.instance = instance;
            }
            names.sort();
            listed.all = names.into_iter().map(|(_, id)| id).collect();
            if listing.complete {
                let there: HashSet<_> = listed.all.iter().collect();
                let gone = state.known.extract_if(.., |id, known| {
                    known.region == region && !there.contains(id)
                });
                listed.changed.extend(gone.map(|(id, _)| id));
            }
            let count = state.known.values().filter(|k| k.region == region).count();
            if let Some(progress) = state.region(region) {
                progress.count = count;
                progress.listed = listing.complete;
                progress.pending = listed.all.len();
                progress.settle();
            }
            listed
        })
        .unwrap_or_default()
    }

    pub(crate) fn ssl(
        &self,
        sweep: Sweep,
        id: &str,
        now: Timestamp,
        answer: Result<SslStatus, EdgeError>,
    ) {
        self.during(sweep, |state| {
            let Some(known) = state.known.get_mut(id) else {
                return;
            };
            known.take(answer);
            known.asked = Some(now);
            let region = known.region.clone();
            state.unsaved.insert(id.to_owned());
            if let Some(progress) = state.region(&region) {
                progress.pending = progress.pending.saturating_sub(1);
                progress.settle();
            }
        });
    }

    /// A region that could not be read, or not to the end: what was not known before has this for
    /// its reason. Gives the rows that changed.
    pub(crate) fn region_failed(
        &self,
        sweep: Sweep,
        region: &str,
        error: EdgeError,
    ) -> Vec<String> {
        self.during(sweep, |state| {
            let mut changed = Vec::new();
            for (id, known) in &mut state.known {
                if known.region == region && known.ssl.is_none() {
                    known.error.get_or_insert_with(|| error.clone());
                    changed.push(id.clone());
                }
            }
            if let Some(progress) = state.region(region) {
                progress.state = RegionState::Failed;
                progress.error = Some(error);
                progress.pending = 0;
            }
            changed
        })
        .unwrap_or_default()
    }

    /// Leaves out a region that does not have the product, with the instances that were known there;
    /// `None` when the cloud itself said that it has it.
    pub(crate) fn not_offered(&self, sweep: Sweep, region: &str) -> Option<Vec<String>> {
        self.during(sweep, |state| {
            state.regions_error.as_ref()?;
            state.regions.retain(|progress| progress.region != region);
            let gone = state
                .known
                .extract_if(.., |_, known| known.region == region);
            Some(gone.map(|(id, _)| id).collect())
        })
        .flatten()
    }

    /// What is known of a region.
    pub(crate) fn known_in(&self, sweep: Sweep, region: &str) -> Option<Vec<Known>> {
        self.during(sweep, |state| {
            let known = state.known.values().filter(|known| known.region == region);
            known.cloned().collect()
        })
    }

    /// What the cache does not have yet; it counts as saved.
    pub(crate) fn unsaved(&self, sweep: Sweep) -> Vec<Known> {
        self.during(sweep, |state| {
            let ids = std::mem::take(&mut state.unsaved);
            ids.iter()
                .filter_map(|id| state.known.get(id).cloned())
                .collect()
        })
        .unwrap_or_default()
    }

    /// Whether every region is read.
    pub(crate) fn is_complete(&self, sweep: Sweep) -> bool {
        let loaded = |p: &RegionProgress| p.state == RegionState::Loaded;
        self.during(sweep, |state| state.regions.iter().all(loaded))
            .unwrap_or(false)
    }

    /// Ends a sweep. `updated` is the time of one that is complete.
    pub(crate) fn end(&self, sweep: Sweep, updated: Option<Timestamp>, error: Option<EdgeError>) {
        self.during(sweep, |state| {
            state.updated = updated.or(state.updated);
            if error.is_some() {
                state.error = error;
            }
            state.running -= 1;
            self.refreshing.send_replace(state.running > 0);
        });
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

    /// Takes what ends first of these instances, when their account is still shown.
    pub(crate) fn put_ends(&self, account: &str, ends: HashMap<String, Option<FirstEnd>>) {
        let mut state = self.lock();
        if state.account.as_deref() == Some(account) {
            state.take_ends(ends);
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
        (state.shown == sweep).then(|| change(&mut state))
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
        row(
            known,
            self.reports.get(id),
            self.ends.get(id),
            job.as_deref(),
        )
    }

    fn take_ends(&mut self, ends: HashMap<String, Option<FirstEnd>>) {
        for (id, end) in ends {
            match end {
                Some(end) => self.ends.insert(id, end),
                None => self.ends.remove(&id),
            };
        }
    }

    fn region(&mut self, region: &str) -> Option<&mut RegionProgress> {
        self.regions.iter_mut().find(|p| p.region == region)
    }
}

/// The regions of a fleet that is remembered; their names come with the next sweep.
fn regions_of(known: &BTreeMap<String, Known>) -> Vec<RegionProgress> {
    let mut counts = BTreeMap::new();
    for known in known.values() {
        *counts.entry(known.region.clone()).or_default() += 1;
    }
    let regions = counts.into_iter().map(|(region, count)| RegionProgress {
        name: region.clone(),
        region,
        count,
        pending: 0,
        state: RegionState::Loaded,
        listed: true,
        error: None,
    });
    regions.collect()
}

impl RegionProgress {
    fn settle(&mut self) {
        if self.state == RegionState::Loading && self.pending == 0 {
            self.state = RegionState::Loaded;
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
