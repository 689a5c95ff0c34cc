//! The documented rate limits, counted in real time.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Duration, Instant},
};

const SECOND: Duration = Duration::from_secs(1);

/// A bucket for each action: full at the start, refilled at the action's rate.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Times the documented rate.
    rate: f64,
    buckets: HashMap<&'static str, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
    /// Calls of the last second, those over the limit too.
    recent: VecDeque<Instant>,
    busiest: usize,
}

impl Limits {
    pub(crate) fn new(rate: f64) -> Self {
        Self {
            rate,
            buckets: HashMap::new(),
        }
    }

    /// Whether one more call of `action` stays within `per_second`. `now` never goes back.
    pub(crate) fn admit(&mut self, action: &'static str, per_second: u32, now: Instant) -> bool {
        let rate = f64::from(per_second) * self.rate;
        let bucket = self.buckets.entry(action).or_insert(Bucket {
            tokens: rate,
            filled: now,
            recent: VecDeque::new(),
            busiest: 0,
        });
        bucket.recent.push_back(now);
        while bucket.recent.front().is_some_and(|&at| now - at >= SECOND) {
            bucket.recent.pop_front();
        }
        bucket.busiest = bucket.busiest.max(bucket.recent.len());
        let gained = now.duration_since(bucket.filled).as_secs_f64() * rate;
        bucket.tokens = (bucket.tokens + gained).min(rate);
        bucket.filled = now;
        let admitted = bucket.tokens >= 1.0;
        if admitted {
            bucket.tokens -= 1.0;
        }
        admitted
    }

    /// The most calls within any one second, by action.
    pub(crate) fn busiest(&self) -> BTreeMap<String, usize> {
        let buckets = self.buckets.iter();
        buckets
            .map(|(&action, bucket)| (action.to_owned(), bucket.busiest))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Limits;

    #[test]
    fn a_second_refills_a_bucket_and_no_more() {
        let mut limits = Limits::new(1.0);
        let start = Instant::now();
        let mut admitted = |at: Duration| {
            (0..100)
                .filter(|_| limits.admit("OpenSSL", 20, start + at))
                .count()
        };
        assert_eq!(admitted(Duration::ZERO), 20);
        assert_eq!(admitted(Duration::from_millis(250)), 5);
        assert_eq!(admitted(Duration::from_secs(60)), 20);
        assert!(limits.admit("CloseSSL", 20, start));
    }

    #[test]
    fn the_busiest_second_is_any_second() {
        let mut limits = Limits::new(1.0);
        let start = Instant::now();
        for at in [0, 900, 950, 1_100, 1_850, 1_899, 3_000] {
            limits.admit("OpenSSL", 20, start + Duration::from_millis(at));
        }
        assert_eq!(limits.busiest()["OpenSSL"], 5);
    }
}
