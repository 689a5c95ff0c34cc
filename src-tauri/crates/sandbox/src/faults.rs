//! The faults that are set right now.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use crate::{
    Fault,
    chaos::Chaos,
    fault::{Answer, Kind, Stage, TaskFault, ZipFault},
};

/// The faults that are set, and when they were last cleared.
#[derive(Debug)]
pub(crate) struct Faults {
    set: Mutex<Vec<Fault>>,
    chaos: Mutex<Chaos>,
    cleared: watch::Sender<u64>,
}

impl Faults {
    pub(crate) fn new(set: Vec<Fault>) -> Self {
        Self {
            set: Mutex::new(set),
            chaos: Mutex::default(),
            cleared: watch::Sender::new(0),
        }
    }

    pub(crate) fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// Removes all and lets held answers go.
    pub(crate) fn clear(&self) {
        self.lock().clear();
        self.cleared.send_modify(|times| *times += 1);
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Takes one use of the first fault that `choose` wants.
    pub(crate) fn take<T>(&self, choose: impl Fn(&Kind) -> Option<T>) -> Option<T> {
        let mut set = self.lock();
        let (index, chosen) = set
            .iter()
            .enumerate()
            .find_map(|(index, fault)| Some((index, choose(&fault.kind)?)))?;
        match &mut set[index].remaining {
            Some(1) => {
                set.remove(index);
            }
            Some(remaining) => *remaining -= 1,
            None => {}
        }
        Some(chosen)
    }

    /// Takes what `action` suffers at `stage`.
    pub(crate) fn answer(&self, action: &str, stage: Stage) -> Option<Answer> {
        self.take(|kind| match kind {
            Kind::Answer(answer, only) if answer.stage() == stage && is(only, action) => {
                Some(*answer)
            }
            _ => None,
        })
    }

    /// What chaos does to a call of `action` on the instance that is asked for when there is some.
    pub(crate) fn chaos(&self, action: &str, instance: impl FnOnce() -> String) -> Option<Answer> {
        let (seed, percent) = self.take(|kind| match kind {
            Kind::Chaos { seed, percent } => Some((*seed, *percent)),
            _ => None,
        })?;
        let instance = instance();
        let mut chaos = self.chaos.lock().unwrap_or_else(PoisonError::into_inner);
        chaos.draw((seed, percent), action, &instance)
    }

    /// Takes what a change of `instance` suffers of the kinds `wanted`.
    pub(crate) fn task(&self, instance: &str, wanted: &[TaskFault]) -> Option<TaskFault> {
        self.take(|kind| match kind {
            Kind::Task(fault, only) if wanted.contains(fault) && is(only, instance) => Some(*fault),
            _ => None,
        })
    }

    /// Whether `instance` shows a status that no document names.
    pub(crate) fn unknown_status(&self, instance: &str) -> bool {
        let unknown = |kind: &Kind| match kind {
            Kind::UnknownStatus(only) if is(only, instance) => Some(()),
            _ => None,
        };
        self.take(unknown).is_some()
    }

    pub(crate) fn region_down(&self, region: &str) -> bool {
        let down = |kind: &Kind| match kind {
            Kind::RegionDown(only) if is(only, region) => Some(()),
            _ => None,
        };
        self.take(down).is_some()
    }

    /// How much longer `DescribeSSLStatus` shows what was before.
    pub(crate) fn status_lag(&self) -> Duration {
        let lag = |kind: &Kind| match kind {
            Kind::StatusLag(lag) => Some(*lag),
            _ => None,
        };
        self.take(lag).unwrap_or_default()
    }

    /// How old `DescribeInstances` is.
    pub(crate) fn stale(&self) -> Duration {
        let stale = |kind: &Kind| match kind {
            Kind::Stale(stale) => Some(*stale),
            _ => None,
        };
        self.take(stale).unwrap_or_default()
    }

    pub(crate) fn zip(&self) -> Option<ZipFault> {
        self.take(|kind| match kind {
            Kind::Zip(zip) => Some(*zip),
            _ => None,
        })
    }

    /// How far the server's clock is ahead.
    pub(crate) fn clock_seconds(&self) -> i64 {
        let clock = |fault: &Fault| match fault.kind {
            Kind::Clock(seconds) => Some(seconds),
            _ => None,
        };
        self.lock().iter().find_map(clock).unwrap_or(0)
    }

    /// The API is the one of before the newest actions and parameters.
    pub(crate) fn older(&self) -> bool {
        self.lock().iter().any(|fault| fault.kind == Kind::Older)
    }

    /// Ends when faults are cleared after this call, whenever it is first polled.
    pub(crate) fn cleared(&self) -> impl Future<Output = ()> + use<> {
        let mut cleared = self.cleared.subscribe();
        async move {
            // An error means that the sandbox is gone, which clears its faults too.
            let _ = cleared.changed().await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a fault is for this one.
fn is(only: &Option<String>, name: &str) -> bool {
    only.as_deref().is_none_or(|only| only == name)
}
