//! One test beside a bare handshake, the deep report beside the scanners, and many targets beside
//! what a bare client reaches. Every program that is measured, and every server that it is
//! measured on, is a process of its own; those that are compared take turns.

mod deep;
mod many;
mod one;
mod peers;
mod servers;

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{progress, table};
use crate::process::{cargo, run as must};
use peers::Peers;
use servers::{Kind, Servers};

/// The programs of this repository that are measured.
struct Programs {
    cli: PathBuf,
    /// `crates/probe/examples/bench`.
    bench: PathBuf,
}

/// A figure that the product promises.
struct Goal {
    what: String,
    wanted: String,
    measured: String,
    met: bool,
}

pub(crate) fn run(targets: usize) -> Result<()> {
    must(&mut cargo([
        "build",
        "--release",
        "--package",
        "rediseal-cli",
        "--package",
        "rediseal-probe",
        "--bins",
        "--example",
        "bench",
    ]))?;
    let release = super::target()?.join("release");
    let programs = Programs {
        cli: release.join("rediseal-cli"),
        bench: release.join("examples").join("bench"),
    };
    let peers = Peers::find();
    let mut goals = Vec::new();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    say(&format!("{cores} cores; {}\n", peers.versions()));
    for kind in [Kind::Rsa, Kind::Ecdsa] {
        let servers = Servers::start(&programs, kind, targets)?;
        let first = servers.first();
        goals.extend(one::compare(&programs, &peers, &first, kind.name())?);
        if let Some(redis) = servers.redis()? {
            let name = format!("redis-server, {}", kind.name());
            goals.extend(one::compare(&programs, &peers, redis.server(), &name)?);
            if kind == Kind::Rsa {
                goals.extend(deep::compare(&programs, &peers, redis.server())?);
            }
        }
        goals.extend(many::compare(&programs, &peers, &servers, kind)?);
    }
    let rows: Vec<_> = goals.into_iter().map(Goal::row).collect();
    say(&table::markdown(&["goal", "wanted", "measured", ""], &rows));
    for line in peers.skipped() {
        say(line);
    }
    Ok(())
}

impl Goal {
    /// Smaller is better.
    fn at_most(what: String, measured: f64, wanted: f64, unit: &str) -> Self {
        Self {
            what,
            wanted: format!("≤ {wanted}{unit}"),
            measured: format!("{measured:.2}{unit}"),
            met: measured <= wanted,
        }
    }

    fn at_least(what: String, measured: f64, wanted: f64, unit: &str) -> Self {
        Self {
            what,
            wanted: format!("≥ {wanted}{unit}"),
            measured: format!("{measured:.1}{unit}"),
            met: measured >= wanted,
        }
    }

    fn row(self) -> Vec<String> {
        let met = match self.met {
            true => "met",
            false => "missed",
        };
        vec![self.what, self.wanted, self.measured, met.to_owned()]
    }
}

/// A server, and the CA that it is to be proven by.
#[derive(Clone)]
struct Server {
    address: String,
    ca: PathBuf,
}

impl Server {
    fn ca(&self) -> &Path {
        &self.ca
    }
}

/// The middle one.
fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    values.get(values.len() / 2).copied()
}

#[expect(clippy::print_stdout, reason = "the tables are the result")]
fn say(text: &str) {
    println!("{text}");
}
