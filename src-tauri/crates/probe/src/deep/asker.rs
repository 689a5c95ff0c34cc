//! Connections that ask one thing each: politely, and counted.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::answer::{self, Answer, LONGEST_ANSWER, Reading};
use super::report::Reason;
use crate::route::Peer;
use crate::wire::Version;

/// A Redis answers handshakes one after another, between commands: more at once would only make
/// its clients wait.
pub(super) const AT_ONCE: u32 = 4;

/// For a server that refuses as fast as it is asked; any other sets the pace itself.
pub(super) const PER_SECOND: u32 = 1000;

/// Of those, as many may follow one another without a pause: the runtime's timer counts in whole
/// milliseconds and would make more of each pause than it is.
const IN_A_ROW: u32 = 100;

/// For one answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// One server, and how often it was asked.
#[derive(Debug)]
pub(super) struct Asker<'a> {
    pub(super) peer: &'a Peer,
    pub(super) server_name: Option<&'a str>,
    deadline: Instant,
    slots: Semaphore,
    next: Mutex<Instant>,
    connections: AtomicU32,
    /// A hello that the server answered.
    answered: OnceLock<Vec<u8>>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Answer(Answer),
    /// None of what was offered, if that is what the server minds.
    Refused(Refusal),
    Unknown(Reason),
}

/// What a fatal alert in answer to a hello says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The version, or all the rest of the offer.
    OfOffer,
    /// It may be about the server name or the client: only a server that accepts another hello
    /// says by it that it was the offer.
    OfAnything,
}

impl Refusal {
    /// RFC 8446 6.2: `protocol_version` and `insufficient_security` have one meaning.
    const fn by(alert: u8) -> Self {
        match alert {
            70 | 71 => Self::OfOffer,
            _ => Self::OfAnything,
        }
    }
}

impl Reply {
    pub(super) fn speaks(&self, version: Version) -> bool {
        matches!(self, Self::Answer(answer) if answer.version == version)
    }
}

/// The right to one connection.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) until: Instant,
    /// What it means when that has come.
    pub(super) over: Reason,
    _slot: SemaphorePermit<'a>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(peer: &'a Peer, server_name: Option<&'a str>, deadline: Instant) -> Self {
        Self {
            peer,
            server_name,
            deadline,
            slots: Semaphore::new(usize::try_from(AT_ONCE).unwrap_or(1)),
            next: Mutex::new(Instant::now()),
            connections: AtomicU32::new(0),
            answered: OnceLock::new(),
        }
    }

    pub(super) fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }

    pub(super) async fn ask(&self, hello: Vec<u8>) -> Reply {
        match self.exchange(&hello).await {
            Reply::Answer(answer) => {
                let _ = self.answered.set(hello);
                Reply::Answer(answer)
            }
            Reply::Unknown(Reason::Closed) if self.still_answers().await => {
                Reply::Refused(Refusal::OfOffer)
            }
            other => other,
        }
    }

    /// Some servers close without a word instead of refusing, and so does one that has had
    /// enough: what it answered before tells which.
    pub(super) async fn still_answers(&self) -> bool {
        match self.answered.get() {
            Some(bytes) => matches!(self.exchange(bytes).await, Reply::Answer(_)),
            None => false,
        }
    }

    /// Waits until another connection may be made. None when that would be after the deadline.
    pub(super) async fn turn(&self) -> Option<Turn<'_>> {
        let slot = timeout_at(self.deadline, self.slots.acquire()).await;
        let slot = slot.ok()?.ok()?;
        let start = self.reserve();
        if start >= self.deadline {
            return None;
        }
        if start > Instant::now() {
            sleep_until(start).await;
        }
        self.connections.fetch_add(1, Ordering::Relaxed);
        let patient = Instant::now() + PATIENCE;
        let (until, over) = match patient < self.deadline {
            true => (patient, Reason::Silent),
            false => (self.deadline, Reason::Deadline),
        };
        Some(Turn {
            until,
            over,
            _slot: slot,
        })
    }

    /// When the next connection may begin; in any second no more than [`PER_SECOND`] do.
    fn reserve(&self) -> Instant {
        const PAUSE: Duration =
            Duration::from_nanos(1_000_000_000 / (PER_SECOND - IN_A_ROW) as u64);
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let due = now.max(*next);
        *next = due + PAUSE;
        let start = due.checked_sub(PAUSE * (IN_A_ROW - 1));
        start.unwrap_or(now).max(now)
    }

    async fn exchange(&self, hello: &[u8]) -> Reply {
        let Some(turn) = self.turn().await else {
            return Reply::Unknown(Reason::Deadline);
        };
        let mut bytes = Vec::new();
        let conversation = converse(self.peer, hello, &mut bytes);
        let end = match timeout_at(turn.until, conversation).await {
            Ok(Ok(reply)) => return reply,
            Ok(Err(error)) => reason(&error),
            Err(_) => turn.over,
        };
        // The choice stands in the first message, whatever became of the rest.
        match answer::read(&bytes) {
            Reading::Answer(answer) | Reading::Incomplete(Some(answer)) => Reply::Answer(answer),
            _ => Reply::Unknown(end),
        }
    }
}

async fn converse(peer: &Peer, hello: &[u8], bytes: &mut Vec<u8>) -> io::Result<Reply> {
    let Ok(mut socket) = peer.open().await else {
        return Ok(Reply::Unknown(Reason::Unreachable));
    };
    socket.write_all(hello).await?;
    let mut buffer = vec![0; 4096];
    loop {
        let n = socket.read(&mut buffer).await?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(buffer.get(..n).unwrap_or_default());
        match answer::read(bytes) {
            Reading::Answer(answer) => return Ok(Reply::Answer(answer)),
            Reading::Refused(alert) => return Ok(Reply::Refused(Refusal::by(alert))),
            Reading::Malformed => return Ok(Reply::Unknown(Reason::Malformed)),
            Reading::Incomplete(_) if bytes.len() >= LONGEST_ANSWER => {
                return Err(io::ErrorKind::InvalidData.into());
            }
            Reading::Incomplete(_) => {}
        }
    }
}

fn reason(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::InvalidData => Reason::Malformed,
        _ => Reason::Closed,
    }
}
