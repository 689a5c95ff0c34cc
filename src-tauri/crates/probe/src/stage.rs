//! The clock of one test and what each stage found.

use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::cause::Cause;
use crate::report::{Stage, StageId, Status};

/// Beyond any patience, and far from where time arithmetic overflows.
const LONGEST_TEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Monotonic time since the test began, and when it has to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    began: Instant,
    ends: Instant,
}

impl Stopwatch {
    pub(crate) fn start(timeout: Duration) -> Self {
        let began = Instant::now();
        let ends = began + timeout.min(LONGEST_TEST);
        Self { began, ends }
    }

    pub(crate) fn elapsed_us(self) -> u64 {
        micros(self.began.elapsed())
    }

    /// When a stage that starts now has to end so that later ones, which tell why it failed,
    /// still get their turn: after `percent` of what is left.
    pub(crate) fn deadline(self, percent: u32) -> Instant {
        let now = Instant::now();
        now + self.ends.saturating_duration_since(now) * percent / 100
    }

    pub(crate) fn stage(self, id: StageId) -> Running {
        self.stage_from(id, Instant::now())
    }

    pub(crate) fn stage_from(self, id: StageId, started: Instant) -> Running {
        Running {
            id,
            began: self.began,
            started,
        }
    }
}

/// A stage on its way.
#[derive(Debug)]
pub(crate) struct Running {
    id: StageId,
    began: Instant,
    started: Instant,
}

impl Running {
    pub(crate) fn end(self, finding: Finding) -> Stage {
        let elapsed = self.started.elapsed();
        self.end_after(elapsed, finding)
    }

    pub(crate) fn end_after(self, elapsed: Duration, finding: Finding) -> Stage {
        Stage {
            id: self.id,
            status: finding.status,
            cause: finding.cause,
            facts: finding.facts,
            started_us: micros(self.started.saturating_duration_since(self.began)),
            elapsed_us: micros(elapsed),
        }
    }
}

impl Stage {
    /// Not reached.
    pub(crate) fn skipped(id: StageId, started_us: u64) -> Self {
        Self {
            id,
            status: Status::Skipped,
            cause: None,
            facts: Map::new(),
            started_us,
            elapsed_us: 0,
        }
    }
}

/// How a stage went, with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    pub(crate) status: Status,
    pub(crate) cause: Option<Cause>,
    pub(crate) facts: Map<String, Value>,
}

impl Finding {
    pub(crate) fn passed() -> Self {
        Self::new(Status::Passed, None)
    }

    pub(crate) fn warning(cause: Cause) -> Self {
        Self::new(Status::Warning, Some(cause))
    }

    pub(crate) fn failed(cause: Cause) -> Self {
        Self::new(Status::Failed, Some(cause))
    }

    fn new(status: Status, cause: Option<Cause>) -> Self {
        Self {
            status,
            cause,
            facts: Map::new(),
        }
    }

    pub(crate) fn with(mut self, fact: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(fact.to_owned(), value.into());
        self
    }

    /// Picks a more fitting entry of the catalogue: see [`Stage::text`].
    pub(crate) fn with_hint(self, hint: Option<&str>) -> Self {
        match hint {
            Some(hint) => self.with("hint", hint),
            None => self,
        }
    }

    /// Bytes that came from the peer, as far as they help a reader.
    pub(crate) fn with_bytes(self, bytes: &[u8]) -> Self {
        const SHOWN: usize = 96;
        let shown = bytes.get(..SHOWN).unwrap_or(bytes);
        if shown.is_empty() {
            return self.with("bytes", "");
        }
        self.with("bytes", hex(shown))
            .with("text", printable(shown))
    }
}

/// Printable ASCII, everything else as a dot.
pub(crate) fn printable(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&b| match b {
            b' '..=b'~' => char::from(b),
            _ => '.',
        })
        .collect::<String>()
        .trim_end_matches('.')
        .to_owned()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
