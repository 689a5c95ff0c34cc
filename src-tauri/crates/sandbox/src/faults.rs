//! The faults that are set right now.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::{
    Fault,
    fault::{Answer, Kind, ZipFault},
};

/// The faults that are set, and when they were last cleared.
#[derive(Debug)]
pub(crate) struct Faults {
    set: Mutex<Vec<Fault>>,
    cleared: watch::Sender<u64>,
}

impl Faults {
    pub(crate) fn new(set: Vec<Fault>) -> Self {
        Self {
            set: Mutex::new(set),
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

    /// Takes what `action` suffers of the kinds that `wanted` names.
    pub(crate) fn answer(&self, action: &str, wanted: impl Fn(Answer) -> bool) -> Option<Answer> {
        self.take(|kind| match kind {
            Kind::Answer(answer, only)
                if wanted(*answer) && only.as_deref().is_none_or(|only| only == action) =>
            {
                Some(*answer)
            }
            _ => None,
        })
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
