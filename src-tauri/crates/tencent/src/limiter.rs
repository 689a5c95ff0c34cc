//! Keeps below the documented number of requests a second, and below that while the service says
//! that it is too much.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync,
    time::{Instant, sleep_until},
};

use crate::action::Action;

/// Requests leave three hundredths further apart than the limit allows, so that a window of one
/// second stays below it also when some are late by up to 30 ms.
const MARGIN: f64 = 1.03;
/// A request that leaves so much later than its slot does not move the slots behind it. The rest
/// of the margin is for the network.
const LATE: Duration = Duration::from_millis(20);
/// For how long nothing is sent after a refusal.
const HOLD: Duration = Duration::from_millis(500);
/// The longest that a server can ask for with `Retry-After`.
const LONGEST_HOLD: Duration = Duration::from_secs(60);
/// How long it takes from a standstill back to the documented rate.
const RECOVERY: Duration = Duration::from_secs(20);
/// The rate never falls below this part of the documented one.
const SLOWEST: f64 = 1.0 / 16.0;

/// The rate limit of one account, for all of its clients. Cheap to clone; clones are one limiter.
///
/// The vendor documents a limit for each action and not whether it holds for each region or for
/// the account, nor how a second is counted; evenly spaced requests of all regions together are
/// right in every case. A refusal (`RequestLimitExceeded…`, HTTP 429) holds the action for a
/// moment and halves its rate, which then grows evenly back to the documented one: somebody else
/// may be using the same account.
#[derive(Clone, Debug)]
pub struct Limiter {
    /// How many times faster than documented.
    times: f64,
    lanes: Arc<Mutex<HashMap<&'static str, Arc<Lane>>>>,
}

/// Who goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Priority {
    /// A person or a running job waits for the answer.
    #[default]
    Urgent,
    /// Nobody does: one at a time stands in line among the urgent ones, so that it holds up each
    /// of them by one slot at most, and still gets its turn.
    Background,
}

/// Leave for one request. Dropped unused, it is lost.
#[derive(Debug)]
pub struct Slot {
    at: Instant,
}

/// The calls of one action. Locks are fair, and whoever stops waiting leaves the line.
#[derive(Debug)]
struct Lane {
    /// Held by the call that is next.
    turn: sync::Mutex<()>,
    /// Held by the call in the background that stands in line for the turn.
    background: sync::Mutex<()>,
    pace: Mutex<Pace>,
}

#[derive(Debug)]
struct Pace {
    /// Requests a second when nothing is wrong.
    limit: f64,
    recovery: Duration,
    /// When the next slot is.
    next: Instant,
    slowed: Option<Slowed>,
}

#[derive(Clone, Copy, Debug)]
struct Slowed {
    at: Instant,
    /// When the rate begins to grow, from here.
    until: Instant,
    rate: f64,
}

impl Default for Limiter {
    fn default() -> Self {
        Self::faster(1.0)
    }
}

impl Limiter {
    /// For a service that takes `times` as many requests a second as documented; it is held after
    /// a refusal, and recovers, so much sooner. More than 0.
    #[must_use]
    pub fn faster(times: f64) -> Self {
        Self {
            times,
            lanes: Arc::default(),
        }
    }

    /// Waits for the next slot of `action`.
    pub(crate) async fn slot(&self, action: Action, priority: Priority) -> Slot {
        let lane = self.lane(action);
        let _line = match priority {
            Priority::Urgent => None,
            Priority::Background => Some(lane.background.lock().await),
        };
        let _turn = lane.turn.lock().await;
        loop {
            // In a statement of its own: the pace is not locked while waiting.
            let slot = lane.pace().take(Instant::now());
            match slot {
                Ok(slot) => return slot,
                Err(wait) => sleep_until(wait).await,
            }
        }
    }

    /// The request of `slot` was refused as one too many.
    pub(crate) fn refused(&self, action: Action, slot: &Slot, retry_after: Option<Duration>) {
        let hold = retry_after
            .unwrap_or_default()
            .clamp(HOLD.div_f64(self.times), LONGEST_HOLD);
        self.lane(action)
            .pace()
            .slow_down(slot, hold, Instant::now());
    }

    fn lane(&self, action: Action) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry(action.name).or_insert_with(|| {
            Arc::new(Lane {
                turn: sync::Mutex::default(),
                background: sync::Mutex::default(),
                pace: Mutex::new(Pace {
                    limit: f64::from(action.per_second) * self.times / MARGIN,
                    recovery: RECOVERY.div_f64(self.times),
                    next: Instant::now(),
                    slowed: None,
                }),
            })
        });
        Arc::clone(lane)
    }
}

impl Lane {
    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    /// The slot that is now, or when to ask again. Slots that nobody took are not saved up.
    fn take(&mut self, now: Instant) -> Result<Slot, Instant> {
        if now < self.next {
            return Err(self.next);
        }
        let due = match now - self.next {
            late if late <= LATE => self.next,
            _ => now,
        };
        self.next = due + Duration::from_secs_f64(1.0 / self.rate(now));
        Ok(Slot { at: now })
    }

    fn rate(&self, now: Instant) -> f64 {
        let Some(slowed) = self.slowed else {
            return self.limit;
        };
        let growing = now.saturating_duration_since(slowed.until).as_secs_f64();
        let grown = slowed.rate + self.limit * growing / self.recovery.as_secs_f64();
        grown.min(self.limit)
    }

    /// Requests that were under way together are refused together, which says one thing.
    fn slow_down(&mut self, slot: &Slot, hold: Duration, now: Instant) {
        let until = now + hold;
        self.next = self.next.max(until);
        if self.slowed.is_some_and(|slowed| slot.at <= slowed.at) {
            return;
        }
        self.slowed = Some(Slowed {
            at: now,
            until,
            rate: (self.rate(now) / 2.0).max(self.limit * SLOWEST),
        });
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::mpsc;

    use tokio::task::{JoinHandle, yield_now};

    use super::{Priority::*, *};

    const ACTION: Action = Action::DESCRIBE_SSL_STATUS;
    const LIMIT: usize = 20;

    /// Times of slots, in seconds since the start.
    async fn slots(limiter: &Limiter, count: usize, priority: Priority) -> Vec<f64> {
        let start = Instant::now();
        let mut slots = Vec::new();
        for _ in 0..count {
            let slot = limiter.slot(ACTION, priority).await;
            slots.push((slot.at - start).as_secs_f64());
        }
        slots
    }

    /// A call that says its name when it has its slot.
    async fn call(
        limiter: &Limiter,
        priority: Priority,
        name: usize,
        order: &mpsc::Sender<usize>,
    ) -> JoinHandle<()> {
        let (limiter, order) = (limiter.clone(), order.clone());
        let call = tokio::spawn(async move {
            limiter.slot(ACTION, priority).await;
            order.send(name).unwrap();
        });
        // It stands in line before the next one comes.
        yield_now().await;
        call
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_than_the_limit_and_little_is_left_unused() {
        for priority in [Urgent, Background] {
            let slots = slots(&Limiter::default(), 5_000, priority).await;
            assert_eq!(slots[0], 0.0, "the first does not wait");
            for window in slots.windows(LIMIT + 1) {
                assert!(window[LIMIT] - window[0] > 1.009, "{window:?}");
            }
            let floor = 5_000.0 / 20.0;
            assert!(slots[4_999] < floor * 1.035, "{}", slots[4_999]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_request_does_not_delay_the_rest_and_an_unused_slot_is_not_saved_up() {
        let limiter = Limiter::default();
        slots(&limiter, 1, Urgent).await;
        tokio::time::advance(Duration::from_millis(60)).await;
        let after = slots(&limiter, 2, Urgent).await;
        assert!(after[1] < 0.045, "{after:?}");
        tokio::time::advance(Duration::from_secs(60)).await;
        let after = slots(&limiter, 3, Urgent).await;
        assert!(after[1] > 0.051 && after[2] > 0.102, "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn actions_do_not_wait_for_each_other() {
        let limiter = Limiter::default();
        let start = Instant::now();
        for action in Action::ALL {
            limiter.slot(action, Urgent).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_waited_for_goes_first_and_the_background_ends_all_the_same() {
        let limiter = Limiter::default();
        let (sender, order) = mpsc::channel();
        slots(&limiter, 1, Urgent).await;
        let mut calls = Vec::new();
        for name in 0..50 {
            calls.push(call(&limiter, Background, name, &sender).await);
        }
        for name in 100..105 {
            calls.push(call(&limiter, Urgent, name, &sender).await);
        }
        for call in calls {
            call.await.unwrap();
        }
        let order: Vec<_> = order.try_iter().collect();
        assert_eq!(order[..8], [0, 100, 101, 102, 103, 104, 1, 2]);
        assert_eq!(order.len(), 55);

        // Without an end of urgent calls, the background still moves.
        let busy = tokio::spawn({
            let limiter = limiter.clone();
            async move {
                let forever = || async {
                    while limiter.slot(ACTION, Urgent).await.at.elapsed() >= Duration::ZERO {}
                };
                tokio::join!(forever(), forever(), forever())
            }
        });
        yield_now().await;
        let through = slots(&limiter, 100, Background).await;
        assert!(through[99] < 4.0 * 100.0 / 19.0, "{}", through[99]);
        busy.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_leaves_the_line() {
        let limiter = Limiter::default();
        let (sender, order) = mpsc::channel();
        slots(&limiter, 1, Urgent).await;
        let start = Instant::now();
        let mut gone = Vec::new();
        for name in 0..20 {
            let priority = if name % 2 == 0 { Urgent } else { Background };
            gone.push(call(&limiter, priority, name, &sender).await);
        }
        let stays = call(&limiter, Background, 100, &sender).await;
        for call in gone {
            call.abort();
        }
        stays.await.unwrap();
        assert_eq!(order.try_iter().collect::<Vec<_>>(), [100]);
        assert!(start.elapsed() < Duration::from_millis(60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_holds_and_halves_and_the_rate_comes_back() {
        let limiter = Limiter::default();
        let slot = limiter.slot(ACTION, Urgent).await;
        let also = limiter.slot(ACTION, Urgent).await;
        limiter.refused(ACTION, &slot, None);
        // It was under way already: the same refusal once more.
        limiter.refused(ACTION, &also, None);
        let after = slots(&limiter, 600, Urgent).await;
        assert!(after[0] >= 0.5, "held: {}", after[0]);
        assert!(after[1] - after[0] > 0.1, "halved: {after:?}");
        let spacing: Vec<_> = after.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(spacing.windows(2).all(|two| two[1] < two[0] + 0.002));
        let recovered = after.iter().position(|&at| at > 10.6).unwrap();
        for second in after[recovered..].windows(LIMIT) {
            assert!(
                second[LIMIT - 1] - second[0] < 1.0,
                "full speed again: {second:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_never_comes_to_a_standstill() {
        let limiter = Limiter::default();
        for _ in 0..50 {
            let slot = limiter.slot(ACTION, Background).await;
            limiter.refused(ACTION, &slot, None);
        }
        let after = slots(&limiter, 2, Background).await;
        assert!(after[1] - after[0] < 1.0, "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_when_is_heard_within_reason() {
        for (asked, held) in [(0, 0.5), (3, 3.0), (u64::MAX, 60.0)] {
            let limiter = Limiter::default();
            let slot = limiter.slot(ACTION, Urgent).await;
            limiter.refused(ACTION, &slot, Some(Duration::from_secs(asked)));
            let after = slots(&limiter, 1, Urgent).await[0];
            assert!((held..held + 0.01).contains(&after), "{asked}: {after}");
        }
    }
}
