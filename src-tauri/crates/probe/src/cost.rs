//! What TLS costs on this server: measured on demand, with few connections, one after another.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::{ClientConfig, HandshakeKind};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout_at};
use ts_rs::TS;

use crate::plan::Plan;
use crate::recorder::Recorder;
use crate::resp::{self, Reading};
use crate::route::{Peer, Stream};
use crate::session::{End, Session};
use crate::stage::micros;

/// Of each kind.
const HANDSHAKES: usize = 100;

/// With TLS and without.
const PINGS: usize = 1000;

/// No series goes on for longer, however slow the server is.
const LONGEST_SERIES: Duration = Duration::from_secs(3);

/// For the tickets of TLS 1.3, which come after the handshake.
const TICKET_PATIENCE: Duration = Duration::from_millis(500);

/// What TLS costs, as a client on this machine sees it. A series that could not be measured is
/// none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Cost {
    /// As in the report's `addresses`.
    pub address: String,
    /// TCP connections made for it.
    pub connections: u32,
    /// The connection, hop included, which comes before TLS and is needed without it too.
    pub connect: Option<Series>,
    /// A handshake with a key exchange and a certificate.
    pub handshake: Option<Series>,
    /// A handshake that goes on with an earlier session; none when the server resumes none.
    pub resumed: Option<Series>,
    /// PING and its answer over an open TLS session.
    pub ping_tls: Option<Series>,
    /// PING and its answer over an open plain connection; none when the port has no plaintext.
    pub ping_plaintext: Option<Series>,
}

/// Times of the same thing done again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Series {
    /// How often it was done.
    pub count: u32,
    /// The median, microseconds.
    pub p50_us: u64,
    /// Of a hundred, one takes longer: microseconds.
    pub p99_us: u64,
}

/// Of a server whose certificate was found good: nothing is sent to another.
pub(crate) async fn measure(plan: &Plan, peer: &Peer, plaintext: bool, deadline: Instant) -> Cost {
    let mut meter = Meter {
        plan,
        peer,
        deadline,
        connections: 0,
    };
    let mut connects = Vec::new();
    let handshake = meter.handshakes(&mut connects, false).await;
    let resumed = meter.handshakes(&mut Vec::new(), true).await;
    let ping_tls = meter.pings_with_tls().await;
    let ping_plaintext = match plaintext {
        true => meter.pings_without_tls().await,
        false => None,
    };
    Cost {
        address: peer.to_string(),
        connections: meter.connections,
        connect: Series::of(connects),
        handshake,
        resumed,
        ping_tls,
        ping_plaintext,
    }
}

struct Meter<'a> {
    plan: &'a Plan,
    peer: &'a Peer,
    deadline: Instant,
    connections: u32,
}

impl Meter<'_> {
    fn until(&self) -> Instant {
        self.deadline.min(Instant::now() + LONGEST_SERIES)
    }

    fn config(&self, resumption: Resumption) -> Option<Arc<ClientConfig>> {
        let recorder = Arc::new(Recorder::of(self.plan));
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let mut config = recorder.config(&versions).ok()?;
        config.resumption = resumption;
        Some(Arc::new(config))
    }

    /// Cold ones, or those that resume. Stops at the first that does not go through.
    async fn handshakes(&mut self, connects: &mut Vec<u64>, resumed: bool) -> Option<Series> {
        let config = self.config(match resumed {
            true => Resumption::in_memory_sessions(8),
            false => Resumption::disabled(),
        })?;
        let until = self.until();
        if resumed {
            let (_, mut session) = self.session(&config, until, &mut Vec::new()).await?;
            ticket(&mut session, until).await;
        }
        let mut times = Vec::new();
        while times.len() < HANDSHAKES {
            let Some((took, mut session)) = self.session(&config, until, connects).await else {
                break;
            };
            let is_resumed = session.connection().handshake_kind() == Some(HandshakeKind::Resumed);
            if is_resumed != resumed {
                break;
            }
            times.push(took);
            if resumed {
                ticket(&mut session, until).await;
            }
        }
        Series::of(times)
    }

    async fn session(
        &mut self,
        config: &Arc<ClientConfig>,
        until: Instant,
        connects: &mut Vec<u64>,
    ) -> Option<(u64, Session)> {
        self.connections += 1;
        let began = Instant::now();
        let socket = timeout_at(until, self.peer.open()).await.ok()?;
        let socket = socket.ok()?;
        let connected = Instant::now();
        let session = Session::new(socket, Arc::clone(config), self.plan.server_name());
        let mut session = session.ok()?;
        timeout_at(until, session.handshake()).await.ok()?.ok()?;
        connects.push(micros(connected.saturating_duration_since(began)));
        Some((micros(connected.elapsed()), session))
    }

    async fn pings_with_tls(&mut self) -> Option<Series> {
        let config = self.config(Resumption::disabled())?;
        let until = self.until();
        let (_, mut session) = self.session(&config, until, &mut Vec::new()).await?;
        let mut times = Vec::new();
        while times.len() < PINGS {
            let began = Instant::now();
            match timeout_at(until, ping_with_tls(&mut session)).await {
                Ok(Ok(())) => times.push(micros(began.elapsed())),
                _ => break,
            }
        }
        Series::of(times)
    }

    async fn pings_without_tls(&mut self) -> Option<Series> {
        self.connections += 1;
        let until = self.until();
        let socket = timeout_at(until, self.peer.open()).await;
        let mut socket = socket.ok()?.ok()?;
        let mut times = Vec::new();
        while times.len() < PINGS {
            let began = Instant::now();
            match timeout_at(until, ping_without_tls(&mut socket)).await {
                Ok(Some(())) => times.push(micros(began.elapsed())),
                _ => break,
            }
        }
        Series::of(times)
    }
}

/// Each is good for one connection. Without one, the next connection tells.
async fn ticket(session: &mut Session, until: Instant) {
    let until = until.min(Instant::now() + TICKET_PATIENCE);
    let _ = timeout_at(until, session.ticket()).await;
}

/// An error is an answer too: a Redis that wants a password takes as long to say so.
fn is_answer(bytes: &[u8]) -> Option<bool> {
    match resp::read(bytes) {
        Reading::Incomplete => None,
        Reading::NotResp => Some(false),
        _ => Some(true),
    }
}

async fn ping_with_tls(session: &mut Session) -> Result<(), End> {
    session.send(&resp::command(&[b"PING"])).await?;
    let mut bytes = Vec::new();
    loop {
        session.receive(&mut bytes).await?;
        match is_answer(&bytes) {
            Some(true) => return Ok(()),
            Some(false) => return Err(End::Closed),
            None => {}
        }
    }
}

async fn ping_without_tls(socket: &mut Stream) -> Option<()> {
    socket.write_all(&resp::command(&[b"PING"])).await.ok()?;
    let mut bytes = Vec::new();
    let mut buffer = [0; 512];
    loop {
        let n = socket.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(buffer.get(..n)?);
        if let Some(answered) = is_answer(&bytes) {
            return answered.then_some(());
        }
    }
}

impl Series {
    fn of(mut times: Vec<u64>) -> Option<Self> {
        times.sort_unstable();
        Some(Self {
            count: u32::try_from(times.len()).unwrap_or(u32::MAX),
            p50_us: percentile(&times, 50)?,
            p99_us: percentile(&times, 99)?,
        })
    }
}

/// By nearest rank.
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let times: Vec<u64> = (1..=100).rev().collect();
        let series = Series::of(times);
        assert_eq!(
            series,
            Some(Series {
                count: 100,
                p50_us: 50,
                p99_us: 99
            })
        );
        assert_eq!(Series::of(vec![7]).map(|series| series.p99_us), Some(7));
        assert_eq!(Series::of(Vec::new()), None);
    }
}
