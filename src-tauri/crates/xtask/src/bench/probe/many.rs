//! Many targets beside what a bare client reaches, and beside sslyze.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::super::cost::{Cost, measure, measure_into, succeeded};
use super::super::table;
use super::servers::{Kind, Servers};
use super::{Goal, Peers, Programs, median, progress, say};

const TURNS: usize = 5;
/// Of all.
const AT_ONCE: &str = "64";
/// Servers for sslyze; the rest is computed.
const SAMPLE: usize = 50;
/// How far a bare client goes, in the words of `crates/probe/examples/bench`, and what that is.
const CEILINGS: [(&str, &str); 3] = [
    ("handshake", "handshakes alone"),
    ("ping", "handshakes and PING"),
    ("questions", "the same questions"),
];
/// The most memory, MiB.
const MEMORY: f64 = 50.0;

const HEAD: [&str; 5] = ["", "median", "a second", "CPU", "peak memory"];

pub(super) fn compare(
    programs: &Programs,
    peers: &Peers,
    servers: &Servers,
    kind: Kind,
) -> Result<Vec<Goal>> {
    let count = servers.addresses.len();
    let file = servers.folder().join("targets.txt");
    std::fs::write(&file, servers.addresses.join("\n") + "\n")?;
    let mut bare = CEILINGS.map(|_| Vec::new());
    let mut ours = Vec::new();
    for _ in 0..TURNS {
        for ((depth, _), costs) in CEILINGS.iter().zip(&mut bare) {
            costs.push(ceiling(programs, servers, &file, depth)?);
        }
        ours.push(targets(programs, servers, &file)?);
    }
    let rate = |costs: &[Cost]| -> Result<f64> {
        let walls = costs.iter().map(|cost| cost.wall.as_secs_f64()).collect();
        Ok(count as f64 / median(walls).context("it never ran")?)
    };
    let reached = rate(&ours)?;
    let mut rows = Vec::new();
    let mut goals = Vec::new();
    for ((_, what), costs) in CEILINGS.iter().zip(&bare) {
        let ceiling = rate(costs)?;
        rows.push(row(&format!("bare rustls: {what}"), costs, count, ceiling));
        goals.push(Goal::at_least(
            format!(
                "{count} targets reach of the ceiling of {what}, {}",
                kind.name()
            ),
            100.0 * reached / ceiling,
            90.0,
            " %",
        ));
    }
    let name = "rediseal-cli test --targets --json";
    rows.push(row(name, &ours, count, reached));
    // Once: its certificates are all that it looks at, as a test does.
    if let Some(sslyze) = peers.sslyze.as_ref().filter(|_| kind == Kind::Rsa) {
        progress("sslyze");
        let sample = servers.addresses.get(..SAMPLE).context("too few servers")?;
        let cost = measure(&mut sslyze.certificates(sample, &servers.ca()))?;
        let said = cost
            .stdout
            .iter()
            .filter(|line| line.text.contains("SCAN RESULTS FOR"));
        ensure!(said.count() == SAMPLE, "sslyze did not see every server");
        let times = count as f64 / SAMPLE as f64;
        let wall = cost.wall.as_secs_f64() * times;
        rows.push(vec![
            format!("sslyze --certinfo, extrapolated from {SAMPLE}"),
            format!("{wall:.2} s"),
            format!("{:.0}", count as f64 / wall),
            format!("{:.1} s", cost.cpu * times),
            table::memory(cost.peak),
        ]);
    }
    say(&format!(
        "{count} servers ({}), {AT_ONCE} at once; each answered PING over a proven connection in every turn\n",
        kind.name()
    ));
    say(&table::markdown(&HEAD, &rows));
    let peak = ours.iter().map(|cost| cost.peak).max().unwrap_or(0);
    goals.push(Goal::at_most(
        format!("{count} targets take memory, {}", kind.name()),
        peak as f64 / 1024.0,
        MEMORY,
        " MiB",
    ));
    Ok(goals)
}

/// Fails unless every server is up.
fn ceiling(programs: &Programs, servers: &Servers, file: &Path, depth: &str) -> Result<Cost> {
    progress(&format!("bare rustls, {depth}"));
    let cost = measure(
        Command::new(&programs.bench)
            .arg("many")
            .arg(file)
            .arg(servers.ca())
            .args([AT_ONCE, depth]),
    )?;
    succeeded(&cost)?;
    let said = cost.stdout.last().context("nothing was measured")?;
    let said: Value = serde_json::from_str(&said.text)?;
    ensure!(said["done"] == servers.addresses.len(), "{said}");
    Ok(cost)
}

/// Fails unless there is a whole report of each, which is good.
fn targets(programs: &Programs, servers: &Servers, file: &Path) -> Result<Cost> {
    progress("rediseal-cli test --targets");
    let reports = servers.folder().join("reports.jsonl");
    let cost = measure_into(
        Command::new(&programs.cli)
            .args(["--json", "test", "--concurrency", AT_ONCE, "--targets"])
            .arg(file)
            .arg("--ca")
            .arg(servers.ca()),
        &reports,
    )?;
    succeeded(&cost)?;
    let mut good = 0;
    for line in std::fs::read_to_string(&reports)?.lines() {
        let report: Value = serde_json::from_str(line)?;
        let stages = report["stages"].as_array().map(Vec::len);
        ensure!(
            report["verdict"] == "secure" && stages == Some(6),
            "{report}"
        );
        good += 1;
    }
    ensure!(good == servers.addresses.len(), "{good} reports");
    Ok(cost)
}

fn row(name: &str, costs: &[Cost], count: usize, rate: f64) -> Vec<String> {
    let cpu = median(costs.iter().map(|cost| cost.cpu).collect()).unwrap_or(0.0);
    let peak = costs.iter().map(|cost| cost.peak).max().unwrap_or(0);
    vec![
        name.to_owned(),
        format!("{:.2} s", count as f64 / rate),
        format!("{rate:.0}"),
        format!("{cpu:.2} s"),
        table::memory(peak),
    ]
}
