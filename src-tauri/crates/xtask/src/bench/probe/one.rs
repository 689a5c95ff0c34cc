//! One test beside a bare handshake with the same server: in one process, and as processes.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::super::cost::{measure, succeeded};
use super::super::table;
use super::{Goal, Peers, Programs, Server, median, progress, say};

/// Of each kind, in one process.
const TIMES: &str = "600";
/// Of each process.
const STARTS: usize = 15;

const HEAD: [&str; 5] = ["", "median", "× the first", "CPU", "peak memory"];

pub(super) fn compare(
    programs: &Programs,
    peers: &Peers,
    server: &Server,
    name: &str,
) -> Result<Vec<Goal>> {
    progress(&format!("one test, {name}"));
    let said = measure(
        Command::new(&programs.bench)
            .args(["once", &server.address])
            .arg(server.ca())
            .arg(TIMES),
    )?;
    succeeded(&said)?;
    let said = said.stdout.last().context("nothing was measured")?;
    let said: Value = serde_json::from_str(&said.text)?;
    let of = |kind: &str, what: &str| said[kind][what].as_f64().unwrap_or(f64::NAN);
    let bare = of("handshake", "p50");
    let inside = |kind: &str, what: &str| {
        vec![
            what.to_owned(),
            milliseconds(of(kind, "p50") / 1e3),
            format!("{:.2}", of(kind, "p50") / bare),
            milliseconds(of(kind, "cpu") / 1e3),
            "–".to_owned(),
        ]
    };
    let mut rows = vec![
        inside("handshake", "bare rustls: TCP, TLS, chain and name"),
        inside("ping", "bare rustls: the same, then PING"),
        inside(
            "questions",
            "bare rustls: the same, beside it PING without TLS",
        ),
        inside("test", "RediSeal: one test"),
    ];
    rows.extend(processes(programs, peers, server, bare)?);
    say(&format!("One server ({name}); every program in turn\n"));
    say(&table::markdown(&HEAD, &rows));
    let beside = |what: &str, kind: &str| {
        Goal::at_most(
            format!("one test beside a bare {what}, {name}"),
            of("test", "p50") / of(kind, "p50"),
            1.1,
            " ×",
        )
    };
    Ok(vec![
        beside("handshake", "handshake"),
        beside("client that asks the same", "questions"),
    ])
}

/// A program that is started again and again.
struct Started<'a> {
    name: String,
    command: Box<dyn Fn() -> Command + 'a>,
    walls: Vec<Duration>,
}

impl<'a> Started<'a> {
    fn new(name: &str, command: impl Fn() -> Command + 'a) -> Self {
        Self {
            name: name.to_owned(),
            command: Box::new(command),
            walls: Vec::new(),
        }
    }
}

/// With everything that a process costs.
fn processes(
    programs: &Programs,
    peers: &Peers,
    server: &Server,
    bare: f64,
) -> Result<Vec<Vec<String>>> {
    let ours = || {
        let mut command = Command::new(&programs.cli);
        command
            .args(["--json", "test", &server.address, "--ca"])
            .arg(server.ca());
        command
    };
    let mut all = vec![Started::new("rediseal-cli test, a process", ours)];
    if let Some(openssl) = &peers.openssl {
        let name = format!("{}, a process, without PING", openssl.name);
        all.push(Started::new(&name, || openssl.handshake(server)));
    }
    for _ in 0..STARTS {
        for started in &mut all {
            started.walls.push(timed(&mut (started.command)())?);
        }
    }
    all.into_iter()
        .map(|started| {
            let wall = median(started.walls).context("it never ran")?.as_secs_f64() * 1e3;
            let cost = measure(&mut (started.command)())?;
            succeeded(&cost)?;
            Ok(vec![
                started.name,
                milliseconds(wall),
                format!("{:.1}", wall * 1e3 / bare),
                format!("{:.0} ms", cost.cpu * 1e3),
                table::memory(cost.peak),
            ])
        })
        .collect()
}

fn timed(command: &mut Command) -> Result<Duration> {
    let began = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(began.elapsed())
}

fn milliseconds(milliseconds: f64) -> String {
    format!("{milliseconds:.2} ms")
}
