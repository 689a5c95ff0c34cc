//! Simulated time, in which tasks run and links end, beside the clock of the wall.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp, tz};

/// Time of the sandbox: it starts at zero, runs `speed` times as fast as real time and can be
/// moved on by hand.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: Instant,
    speed: f64,
    advanced_ms: AtomicU64,
    started: Timestamp,
}

impl Clock {
    pub(crate) fn new(speed: f64) -> Self {
        Self {
            origin: Instant::now(),
            speed,
            advanced_ms: AtomicU64::new(0),
            started: wall(),
        }
    }

    /// Simulated time since the start.
    pub(crate) fn now(&self) -> Duration {
        let advanced = Duration::from_millis(self.advanced_ms.load(Ordering::Acquire));
        self.origin.elapsed().mul_f64(self.speed) + advanced
    }

    /// The date and time that simulated time has come to; it runs away from the wall's.
    pub(crate) fn simulated_wall(&self) -> Timestamp {
        later(self.started, self.now())
    }

    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX / 2);
        let _ = self
            .advanced_ms
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
                Some(now.saturating_add(by).min(u64::MAX / 2))
            });
    }

    /// How long `simulated` takes in reality; `None` while time stands still.
    pub(crate) fn real(&self, simulated: Duration) -> Option<Duration> {
        if self.speed > 0.0 {
            Duration::try_from_secs_f64(simulated.as_secs_f64() / self.speed).ok()
        } else {
            None
        }
    }
}

/// What the wall's clock shows.
pub(crate) fn wall() -> Timestamp {
    Timestamp::now()
}

/// `at` plus `by`, staying at the end of time instead of leaving it.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| at.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

/// The vendor's form of a time, in UTC+8: `YYYY-MM-DD HH:MM:SS`.
pub(crate) fn stamp(at: Timestamp) -> String {
    tz::offset(8)
        .to_datetime(at)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}
