//! The documented rate limits, counted in real time.

use std::{collections::HashMap, time::Instant};

/// A bucket for each action: full at the start, refilled at the action's rate.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: HashMap<&'static str, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Limits {
    /// Whether one more call of `action` stays within `per_second`.
    pub(crate) fn admit(&mut self, action: &'static str, per_second: u32) -> bool {
        let rate = f64::from(per_second);
        let now = Instant::now();
        let bucket = self.buckets.entry(action).or_insert(Bucket {
            tokens: rate,
            filled: now,
        });
        let gained = now.duration_since(bucket.filled).as_secs_f64() * rate;
        bucket.tokens = (bucket.tokens + gained).min(rate);
        bucket.filled = now;
        let admitted = bucket.tokens >= 1.0;
        if admitted {
            bucket.tokens -= 1.0;
        }
        admitted
    }
}
