//! One test beside a bare handshake, in turns, so that both see the same machine.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rediseal_probe::{Address, Request, Trust, Verdict};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use crate::Failure;
use crate::bare::{self, Depth};

/// Of each kind before the other has its turn.
const TURN: usize = 10;

pub(crate) fn run(address: SocketAddr, ca: &Path, times: usize) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(address, ca, times))
}

async fn measure(address: SocketAddr, ca: &Path, times: usize) -> Result<Value, Failure> {
    let connector = bare::connector(ca)?;
    let request = Request::new(
        Address::new(&address.ip().to_string(), address.port())?,
        Trust::Authorities(vec![CertificateDer::from_pem_file(ca)?.to_vec()]),
        Timestamp::now(),
    );
    let mut bare = Depth::ALL.map(|depth| (depth, Series::default()));
    let mut test = Series::default();
    // The first turn is for caches, and for what is made once.
    for turn in 0..=times.div_ceil(TURN) {
        for (depth, series) in &mut bare {
            series
                .turn(turn, || bare::connect(&connector, address, *depth))
                .await?;
        }
        test.turn(turn, || whole(request.clone())).await?;
    }
    let bare = bare.map(|(depth, series)| (depth.word().to_owned(), series.json()));
    let test = ("test".to_owned(), test.json());
    Ok(Value::Object(bare.into_iter().chain([test]).collect()))
}

async fn whole(request: Request) -> Result<(), Failure> {
    let report = rediseal_probe::test(request, |_| {}).await?;
    match report.verdict {
        Verdict::Secure => Ok(()),
        _ => Err(format!("{:?}", report.cause).into()),
    }
}

/// The same thing done again and again.
#[derive(Default)]
struct Series {
    walls: Vec<Duration>,
    cpu: Duration,
}

impl Series {
    async fn turn<F: Future<Output = Result<(), Failure>>>(
        &mut self,
        turn: usize,
        what: impl Fn() -> F,
    ) -> Result<(), Failure> {
        for _ in 0..TURN {
            let (cpu, began) = (on_cpu(), Instant::now());
            what().await?;
            if turn > 0 {
                self.walls.push(began.elapsed());
                self.cpu += on_cpu().saturating_sub(cpu);
            }
        }
        Ok(())
    }

    /// Microseconds.
    fn json(mut self) -> Value {
        self.walls.sort_unstable();
        let at = |percent: usize| {
            let wall = self.walls.get(self.walls.len() * percent / 100);
            wall.map(|wall| wall.as_secs_f64() * 1e6)
        };
        let cpu = self.cpu.as_secs_f64() * 1e6 / self.walls.len() as f64;
        json!({ "count": self.walls.len(), "p10": at(10), "p50": at(50), "cpu": cpu })
    }
}

/// How long this thread, which does everything, has run; zero where there is no `/proc`.
fn on_cpu() -> Duration {
    let schedstat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = schedstat.split_whitespace().next();
    Duration::from_nanos(nanoseconds.and_then(|n| n.parse().ok()).unwrap_or(0))
}
