//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// Between two looks.
pub(crate) const INTERVAL: Duration = Duration::from_millis(50);

/// Returns once the condition holds and fails when it does not in time.
pub(crate) async fn eventually(what: &str, limit: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(INTERVAL).await;
    }
}
