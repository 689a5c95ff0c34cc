//! How long a call waits, and what is tried again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};
use tokio::time::Instant;

use crate::{
    action::{Action, Effect},
    class::Class,
    error::Error,
    limiter::Priority,
};

/// Between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long to wait, and how often to try. What is refused or breaks is tried again until `total` is
/// over, with pauses that double; where nobody is reached or nobody answers, so many times. A write
/// is tried again only when nothing of it was accepted for sure: it was refused for the rate limit,
/// or nothing was sent.
///
/// Tries are counted whatever happened for who has [other work](crate::Client::in_background) or
/// [asks again](crate::Client::asking_again) anyway; but in the background a refusal for the rate
/// limit is no try: nothing is wrong with the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one request, from its slot in the rate limit to the end of the body.
    pub request: Duration,
    /// Tries of a call, the first included.
    pub attempts: usize,
    /// The first pause between two tries; it doubles up to five seconds, with jitter.
    pub pause: Duration,
    /// No try begins later than this after the first.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(20),
            attempts: 4,
            pause: Duration::from_millis(300),
            total: Duration::from_secs(40),
        }
    }
}

/// Who waits for an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) priority: Priority,
    /// Does so again by himself, and says meanwhile what is in the way.
    pub(crate) asks_again: bool,
}

impl Caller {
    /// Whether a try that ended with `error` is one of [`Patience::attempts`].
    fn counts(self, action: Action, error: &Error) -> bool {
        match self.priority {
            Priority::Background => {
                action.effect == Effect::Write || error.class() != Class::Throttled
            }
            Priority::Urgent => self.asks_again || error.is_silence(),
        }
    }
}

impl Patience {
    /// Tries until it succeeds, or until no further try is right.
    pub(crate) async fn keep_trying<T, F>(
        self,
        caller: Caller,
        action: Action,
        region: Option<&str>,
        attempt: impl FnMut() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut tries = self.attempts;
        let started = Instant::now();
        attempt
            .retry(
                ExponentialBuilder::new()
                    .with_min_delay(self.pause)
                    .with_max_delay(LONGEST_PAUSE.max(self.pause))
                    .without_max_times()
                    .with_jitter()
                    .build(),
            )
            .when(|error| {
                tries = tries.saturating_sub(usize::from(caller.counts(action, error)));
                let harmless = action.effect == Effect::Read || error.provably_not_accepted();
                error.is_retryable() && harmless && tries > 0
            })
            .adjust(|error, pause| {
                let asked = error.retry_after().unwrap_or_default();
                let pause = match (error.class(), caller.priority) {
                    // The limiter holds it.
                    (Class::Throttled, Priority::Background) => asked,
                    _ => pause?.max(asked),
                };
                let begins = started.elapsed().checked_add(pause)?;
                (begins <= self.total).then_some(pause)
            })
            .notify(|error, pause| {
                tracing::debug!(action = action.name, region, %error, ?pause, "trying again");
            })
            .await
            .map_err(|error| error.after_all(started.elapsed()))
    }
}
