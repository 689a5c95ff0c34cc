//! What changes in the sandbox: instances, tasks, orders, links, counts.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    instance::{Instance, Versions, status},
    ledger::{Ledger, TaskRecord},
    limits::Limits,
    links::Links,
    task::{Outcome, Task},
};

const FIRST_TASK: u64 = 1000;

/// What changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) instances: Vec<Instance>,
    by_id: HashMap<String, usize>,
    pub(crate) tasks: BTreeMap<u64, Task>,
    /// Of each instance, the oldest first.
    tasks_of: Vec<Vec<u64>>,
    /// Tasks that are not settled.
    open: BTreeSet<u64>,
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) ledger: Ledger,
    pub(crate) limits: Limits,
    pub(crate) links: Links,
    pub(crate) next_task: u64,
}

/// An order, which is how the vendor tracks a version upgrade.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) task: u64,
    pub(crate) instance: usize,
    pub(crate) created: Timestamp,
}

impl State {
    pub(crate) fn new(instances: Vec<Instance>, links: Links, limits: Limits) -> Self {
        let by_id = instances
            .iter()
            .enumerate()
            .map(|(index, instance)| (instance.id().to_owned(), index))
            .collect();
        Self {
            tasks_of: vec![Vec::new(); instances.len()],
            open: BTreeSet::new(),
            instances,
            by_id,
            tasks: BTreeMap::new(),
            orders: BTreeMap::new(),
            ledger: Ledger::default(),
            limits,
            links,
            next_task: FIRST_TASK,
        }
    }

    pub(crate) fn index(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Takes a task whose id is the next one.
    pub(crate) fn begin(&mut self, task: Task) {
        if task.work.is_ssl() {
            // Only the newest change shows what was before it, and the keys of a certificate
            // take room.
            for earlier in &self.tasks_of[task.instance] {
                if let Some(earlier) = self.tasks.get_mut(earlier) {
                    earlier.before = None;
                }
            }
        }
        self.open.insert(task.id);
        self.tasks_of[task.instance].push(task.id);
        self.next_task = task.id + 1;
        self.tasks.insert(task.id, task);
    }

    /// A task is settled.
    pub(crate) fn close(&mut self, id: u64) {
        self.open.remove(&id);
    }

    /// The tasks of an instance, the newest first.
    pub(crate) fn tasks_of(&self, index: usize) -> impl Iterator<Item = &Task> {
        let tasks = self.tasks_of[index].iter().rev();
        tasks.filter_map(|id| self.tasks.get(id))
    }

    pub(crate) fn open(&self) -> impl Iterator<Item = &Task> {
        self.open.iter().filter_map(|id| self.tasks.get(id))
    }

    /// The instance that a request is about: the one that it names, or its task or order does.
    pub(crate) fn meant(&self, body: &[u8]) -> Option<String> {
        let body: Value = serde_json::from_slice(body).ok()?;
        if let Some(id) = body["InstanceId"].as_str() {
            return Some(id.to_owned());
        }
        let of_task = || Some(self.tasks.get(&body["TaskId"].as_u64()?)?.instance);
        let of_order = || Some(self.orders.get(body["DealName"].as_str()?)?.instance);
        let index = of_task().or_else(of_order)?;
        Some(self.instances[index].id().to_owned())
    }

    /// Status as the API shows it at `at`, tasks included.
    pub(crate) fn status(&self, index: usize, at: Duration) -> i64 {
        let status = self.instances[index].status;
        let mut tasks = self.tasks_of(index);
        if status == status::RUNNING && tasks.any(|task| task.held(at)) {
            status::BUSY
        } else {
            status
        }
    }

    /// Versions and status as they were at `at`, which has been.
    pub(crate) fn seen_at(&self, index: usize, at: Duration) -> (Versions, i64) {
        let instance = &self.instances[index];
        // The oldest that ended since then knows what was before it.
        let since = self.tasks_of(index).filter(|task| task.ends > at).last();
        let versions = since.map(|task| task.versions.clone());
        let versions = versions.unwrap_or_else(|| instance.versions());
        (versions, self.status(index, at))
    }

    /// The SSL task that `DescribeSSLStatus` reports as under way.
    pub(crate) fn ssl_task(&self, index: usize, now: Duration) -> Option<&Task> {
        self.tasks_of(index)
            .find(|task| task.work.is_ssl() && task.held(now))
    }

    /// The newest SSL task when it ended less than `lag` ago.
    pub(crate) fn ssl_task_before(
        &self,
        index: usize,
        now: Duration,
        lag: Duration,
    ) -> Option<&Task> {
        self.tasks_of(index)
            .find(|task| task.work.is_ssl())
            .filter(|task| task.ended_at.is_some() && now < task.ends + lag)
    }

    /// The ledger with the parts that are counted elsewhere.
    pub(crate) fn ledger(&self, now: Duration) -> Ledger {
        let mut ledger = self.ledger.clone();
        ledger.busiest = self.limits.busiest();
        ledger.tasks = self
            .tasks
            .values()
            .map(|task| TaskRecord {
                task_id: task.id,
                instance_id: self.instances[task.instance].id().to_owned(),
                task_type: task.work.code().to_owned(),
                status: task.phase(now).word().to_owned(),
            })
            .collect();
        for instance in &self.instances {
            if let Some(endpoint) = &instance.endpoint {
                let connections = endpoint.connections();
                if connections != Default::default() {
                    ledger
                        .connections
                        .insert(instance.id().to_owned(), connections);
                }
            }
        }
        ledger
    }

    pub(crate) fn next_due(&self, now: Duration) -> Option<Duration> {
        self.open()
            .filter(|task| task.outcome != Outcome::Stall)
            .map(|task| {
                if task.ended_at.is_some() {
                    task.settles
                } else {
                    task.ends
                }
            })
            .min()
            .map(|due| due.saturating_sub(now))
    }
}
