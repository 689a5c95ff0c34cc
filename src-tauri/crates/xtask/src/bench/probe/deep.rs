//! The deep report beside scanners that are asked for the same.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::super::cost::{Cost, measure, succeeded};
use super::super::table;
use super::peers::Peer;
use super::{Goal, Peers, Programs, Server, median, progress, say};

/// Of each but testssl.sh, which takes a minute.
const TURNS: usize = 5;

const HEAD: [&str; 5] = ["", "median", "× RediSeal", "CPU", "peak memory"];

pub(super) fn compare(programs: &Programs, peers: &Peers, server: &Server) -> Result<Vec<Goal>> {
    let fast: Vec<&Peer> = [&peers.sslscan, &peers.sslyze]
        .into_iter()
        .flatten()
        .collect();
    let mut ours = Vec::new();
    let mut theirs: Vec<Vec<Cost>> = fast.iter().map(|_| Vec::new()).collect();
    for _ in 0..TURNS {
        ours.push(deep(programs, server)?);
        for (peer, costs) in fast.iter().zip(&mut theirs) {
            costs.push(scan(peer, server)?);
        }
    }
    let ours = Middle::of(&ours)?;
    let mut rows = vec![ours.row("rediseal-cli test --deep", ours.wall)];
    let mut goals = Vec::new();
    for (peer, costs) in fast.iter().zip(&theirs) {
        let middle = Middle::of(costs)?;
        rows.push(middle.row(peer.name, ours.wall));
        let wanted = match peer.name {
            "sslscan" => 5.0,
            _ => 20.0,
        };
        goals.push(Goal::at_least(
            format!("the deep report is faster than {}", peer.name),
            middle.wall / ours.wall,
            wanted,
            " ×",
        ));
    }
    if let Some(testssl) = &peers.testssl {
        let once = Middle::of(&[scan(testssl, server)?])?;
        rows.push(once.row("testssl.sh, once", ours.wall));
    }
    say(
        "The deep report on redis-server; each scanner asked for versions, suites, groups, signatures, resumption and certificates\n",
    );
    say(&table::markdown(&HEAD, &rows));
    Ok(goals)
}

/// Fails unless it is whole.
fn deep(programs: &Programs, server: &Server) -> Result<Cost> {
    progress("rediseal-cli test --deep");
    let cost = measure(
        Command::new(&programs.cli)
            .args(["--json", "test", &server.address, "--deep", "--ca"])
            .arg(server.ca()),
    )?;
    succeeded(&cost)?;
    let report = cost.stdout.last().context("there is no report")?;
    let report: Value = serde_json::from_str(&report.text)?;
    let gaps = report["survey"]["gaps"].as_array();
    ensure!(gaps.is_some_and(Vec::is_empty), "gaps: {gaps:?}");
    Ok(cost)
}

fn scan(peer: &Peer, server: &Server) -> Result<Cost> {
    progress(peer.name);
    let cost = measure(&mut peer.scan(server))?;
    // testssl.sh ends with the number of what it found.
    ensure!(
        cost.status.code().is_some() && !cost.stdout.is_empty(),
        "{}: {}",
        peer.name,
        cost.status
    );
    Ok(cost)
}

/// Seconds, and KiB.
struct Middle {
    wall: f64,
    cpu: f64,
    peak: u64,
}

impl Middle {
    fn of(costs: &[Cost]) -> Result<Self> {
        let of = |what: fn(&Cost) -> f64| median(costs.iter().map(what).collect());
        Ok(Self {
            wall: of(|cost| cost.wall.as_secs_f64()).context("it never ran")?,
            cpu: of(|cost| cost.cpu).unwrap_or(0.0),
            peak: costs.iter().map(|cost| cost.peak).max().unwrap_or(0),
        })
    }

    fn row(&self, name: &str, ours: f64) -> Vec<String> {
        vec![
            name.to_owned(),
            format!("{:.3} s", self.wall),
            format!("{:.1}", self.wall / ours),
            format!("{:.2} s", self.cpu),
            table::memory(self.peak),
        ]
    }
}
