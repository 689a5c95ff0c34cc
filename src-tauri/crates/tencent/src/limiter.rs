//! Keeps below the documented number of requests a second.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use crate::action::Action;

/// Requests leave a twentieth further apart than the limit allows, so that a window of one second
/// stays below it also when the network delays some of them by up to 50 ms.
const MARGIN: f64 = 1.05;

/// Gives each action its slots, first come, first served. The vendor does not say whether a
/// limit holds for each region; one slot for all of them is right in either case.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    next: Mutex<HashMap<&'static str, Instant>>,
}

impl Limiter {
    /// Waits for the next slot of `action`.
    pub(crate) async fn slot(&self, action: Action) {
        sleep_until(self.reserve(action, Instant::now())).await;
    }

    fn reserve(&self, action: Action, now: Instant) -> Instant {
        let spacing = Duration::from_secs_f64(MARGIN / f64::from(action.per_second));
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = next.get(action.name).map_or(now, |&slot| slot.max(now));
        next.insert(action.name, slot + spacing);
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_the_limit() {
        let limiter = Limiter::default();
        let start = Instant::now();
        for action in [Action::DESCRIBE_SSL_STATUS, Action::DESCRIBE_INSTANCES] {
            let limit = action.per_second as usize;
            let slots: Vec<Instant> = (0..10 * limit)
                .map(|_| limiter.reserve(action, start))
                .collect();
            assert_eq!(slots[0], start, "the first does not wait");
            for window in slots.windows(limit + 1) {
                assert!(window[limit] - window[0] > Duration::from_millis(1_049));
            }
            assert!(slots[10 * limit - 1] - start < Duration::from_secs(11));
        }
    }

    #[test]
    fn an_unused_slot_is_not_saved_up() {
        let limiter = Limiter::default();
        let start = Instant::now();
        limiter.reserve(Action::OPEN_SSL, start);
        let later = start + Duration::from_secs(60);
        assert_eq!(limiter.reserve(Action::OPEN_SSL, later), later);
        assert!(limiter.reserve(Action::OPEN_SSL, later) > later);
    }
}
