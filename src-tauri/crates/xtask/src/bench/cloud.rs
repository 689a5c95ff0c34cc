//! One sweep over a large account: the list of every region and the SSL state of every instance,
//! with the documented limit enforced by the sandbox.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::cost::{Cost, measure, succeeded};
use super::table::{self, memory};
use super::{progress, python, sandbox::Sandbox};
use crate::process::{cargo, run as must};

/// The documented limit of `DescribeSSLStatus`, calls a second.
const LIMIT: f64 = 20.0;
/// What fits on a screen.
const SCREEN: usize = 30;
/// Calls of the vendor's command line; the rest is computed from them.
const SAMPLE: usize = 20;

const HEAD: [&str; 9] = [
    "",
    "whole sweep",
    "× floor",
    "list there",
    "first 30 states",
    "refused",
    "busiest second",
    "CPU",
    "peak memory",
];

pub(crate) fn run(instances: usize) -> Result<()> {
    must(&mut cargo([
        "build",
        "--release",
        "--package",
        "rediseal-cli",
    ]))?;
    let target = super::target()?;
    let cli = target.join("release").join("rediseal-cli");
    let folder = target.join("bench");
    let mut rows = vec![rediseal(&cli, instances)?];
    let mut skipped = Vec::new();
    match python::interpreter(&folder) {
        Ok(python) => {
            rows.push(sdk(&cli, &python, instances, 1)?);
            rows.push(sdk(&cli, &python, instances, 20)?);
            rows.push(tccli(&cli, &python, instances)?);
        }
        Err(why) => skipped.push(format!(
            "Python SDK and tccli are not installed and skipped: {why:#}"
        )),
    }
    report(instances, &rows, &skipped);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn report(instances: usize, rows: &[Vec<String>], skipped: &[String]) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "{instances} instances, {cores} cores; floor {:.1} s: {instances} calls of DescribeSSLStatus at {LIMIT} a second\n",
        floor(instances)
    );
    println!("{}", table::markdown(&HEAD, rows));
    for line in skipped {
        println!("{line}");
    }
}

fn rediseal(cli: &Path, instances: usize) -> Result<Vec<String>> {
    progress("RediSeal");
    let sandbox = Sandbox::start(cli, instances)?;
    let data = sandbox_folder(&sandbox)?;
    let mut command = Command::new(cli);
    command
        .args(["--endpoint", sandbox.text("endpoint"), "--data-dir"])
        .arg(&data)
        .args(["instances", "--stream"])
        .env("REDISEAL_LOG", "info");
    let cost = measure(sandbox.sign_in(&mut command))?;
    std::fs::remove_dir_all(&data)?;
    succeeded(&cost)?;

    let rows: Vec<Value> = cost
        .stdout
        .iter()
        .map(|line| serde_json::from_str(&line.text))
        .collect::<Result<_, _>>()?;
    ensure!(rows.len() == instances, "{} rows", rows.len());
    let unread = rows.iter().find(|row| !is_read(row));
    if let Some(row) = unread {
        bail!("a row has no SSL state: {row}");
    }
    let list = cost
        .stderr
        .iter()
        .find(|line| line.text.contains("every region is listed"))
        .context("the list was never complete")?;
    let first = cost.stdout.get(SCREEN - 1).context("no screen of rows")?;
    let shown = Shown {
        list: list.at,
        first: first.at,
    };
    row(
        "RediSeal (`rediseal-cli instances --stream`)",
        instances,
        &sandbox,
        &cost,
        &shown,
    )
}

/// Of an instance in a state that nobody documented, no SSL state is told though it was read.
fn is_read(row: &Value) -> bool {
    let documented = row["status"]
        .as_i64()
        .is_some_and(|status| (-3..=2).contains(&status));
    let told = row["ssl"] != "unknown" || !documented;
    told && row["asked"].is_string() && row["error"].is_null()
}

fn sdk(cli: &Path, python: &Path, instances: usize, threads: usize) -> Result<Vec<String>> {
    let name = match threads {
        1 => "Python SDK, one thread".to_owned(),
        _ => format!("Python SDK, {threads} threads"),
    };
    progress(&name);
    let sandbox = Sandbox::start(cli, instances)?;
    let mut command = Command::new(python);
    command
        .args(["-c", include_str!("sweep.py")])
        .arg(threads.to_string())
        .env("SANDBOX", sandbox.ready().to_string());
    let cost = measure(&mut command)?;
    succeeded(&cost)?;
    let said = cost.stdout.last().context("it said nothing")?;
    let said: Value = serde_json::from_str(&said.text)?;
    ensure!(
        said["instances"] == instances && said["states"] == instances,
        "{said}"
    );
    let seconds = |name: &str| Duration::from_secs_f64(said[name].as_f64().unwrap_or_default());
    let shown = Shown {
        list: seconds("list"),
        first: seconds("first"),
    };
    row(&name, instances, &sandbox, &cost, &shown)
}

/// A process for each call: lists a region, asks some of its instances, and computes the rest.
fn tccli(cli: &Path, python: &Path, instances: usize) -> Result<Vec<String>> {
    progress("tccli");
    let sandbox = Sandbox::start(cli, instances)?;
    let regions: Vec<&str> = sandbox.ready()["regions"]
        .as_array()
        .context("regions")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let region = *regions.first().context("no region")?;
    let call = |action: &str, parameters: &[&str]| {
        let mut command = Command::new(python.with_file_name("tccli"));
        command
            .args(["redis", action, "--region", region, "--endpoint"])
            .arg(
                sandbox
                    .text("https_endpoint")
                    .trim_start_matches("https://"),
            )
            .args(parameters)
            .env("HOME", python.parent().unwrap_or(python))
            .env("REQUESTS_CA_BUNDLE", sandbox.text("ca_file"))
            .env("PYTHONPATH", crate::root().join("tests/contract/trust"));
        let cost = measure(sandbox.sign_in(&mut command))?;
        succeeded(&cost)?;
        Ok::<_, anyhow::Error>(cost)
    };
    let list = call("DescribeInstances", &["--Limit", "1000"])?;
    let text: String = list.stdout.iter().map(|line| line.text.as_str()).collect();
    let found: Value = serde_json::from_str(&text)?;
    let running = found["InstanceSet"]
        .as_array()
        .context("no instances")?
        .iter()
        .filter(|instance| {
            instance["Status"] == 2
                && instance["InstanceName"]
                    .as_str()
                    .is_some_and(|name| name.ends_with(|c: char| c.is_ascii_digit()))
        });
    let (mut wall, mut cpu, mut peak) = (Duration::ZERO, 0.0, list.peak);
    let mut calls = 0;
    for instance in running.take(SAMPLE) {
        let id = instance["InstanceId"].as_str().context("no id")?;
        let cost = call("DescribeSSLStatus", &["--InstanceId", id])?;
        wall += cost.wall;
        cpu += cost.cpu;
        peak = peak.max(cost.peak);
        calls += 1;
    }
    ensure!(calls > 0, "no instance to ask");
    let times = instances as f64 / f64::from(calls);
    let lists = regions.len() as f64;
    let listed = list.wall.mul_f64(lists);
    let whole = listed + wall.mul_f64(times);
    let first = listed + wall.mul_f64(SCREEN as f64 / f64::from(calls));
    Ok(vec![
        format!("tccli, extrapolated from {calls} calls"),
        seconds(whole),
        format!("{:.2}", whole.as_secs_f64() / floor(instances)),
        seconds(listed),
        seconds(first),
        "–".to_owned(),
        "–".to_owned(),
        format!("{:.0} s", list.cpu * lists + cpu * times),
        memory(peak),
    ])
}

/// When something was there, after the start of the process.
struct Shown {
    list: Duration,
    first: Duration,
}

fn row(
    name: &str,
    instances: usize,
    sandbox: &Sandbox,
    cost: &Cost,
    shown: &Shown,
) -> Result<Vec<String>> {
    let ledger = sandbox.ledger()?;
    let asked = ledger["actions"]["DescribeSSLStatus"].as_u64().unwrap_or(0);
    ensure!(asked == instances as u64, "{asked} states were asked for");
    Ok(vec![
        name.to_owned(),
        seconds(cost.wall),
        format!("{:.3}", cost.wall.as_secs_f64() / floor(instances)),
        seconds(shown.list),
        seconds(shown.first),
        ledger["throttled"].to_string(),
        ledger["busiest"]["DescribeSSLStatus"].to_string(),
        format!("{:.1} s", cost.cpu),
        memory(cost.peak),
    ])
}

fn floor(instances: usize) -> f64 {
    instances as f64 / LIMIT
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn sandbox_folder(sandbox: &Sandbox) -> Result<PathBuf> {
    let port = sandbox.text("endpoint").rsplit(':').next().unwrap_or("0");
    let folder = std::env::temp_dir().join(format!("rediseal-bench-{port}"));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
