//! Everything CI runs, in order, with a line for each step at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::page::npm;
use crate::process::{answers, cargo, run};
use crate::system::Purpose;
use crate::{fuzz, page, system};

type Step = (&'static str, fn() -> Result<()>);

/// Runs every step and fails when one failed.
pub(crate) fn everything() -> Result<()> {
    let mut summary = Summary::default();
    // Nothing else can work without these.
    summary.step("system packages", || system::prepare(Purpose::Test))?;
    summary.step("page: install", page::install)?;
    summary.step("page: build", page::build)?;

    let steps: &[Step] = &[
        ("format", || run(&mut cargo(["fmt", "--all", "--check"]))),
        ("page: types", || npm(&["run", "check"])),
        ("page: tests", || npm(&["test"])),
        ("lints", lints),
        ("documentation", documentation),
        ("Rust tests", rust_tests),
        ("fuzzing", fuzz::short_run),
        ("window", window_tests),
    ];
    for (name, step) in steps {
        // A failure is in the summary; the steps after it still tell something.
        let _ = summary.step(name, step);
    }
    summary.print()
}

fn lints() -> Result<()> {
    run(&mut cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn documentation() -> Result<()> {
    run(cargo([
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
    ])
    .env("RUSTDOCFLAGS", "--deny warnings"))
}

/// Unit tests, the architecture, fresh bindings, contract and lab: all but the window.
fn rust_tests() -> Result<()> {
    if answers("cargo-nextest", &["nextest", "--version"]) {
        return run(&mut cargo([
            "nextest",
            "run",
            "--workspace",
            "--no-fail-fast",
            "--filterset",
            "not binary(window)",
        ]));
    }
    run(&mut cargo([
        "test",
        "--workspace",
        "--exclude",
        "rediseal",
        "--no-fail-fast",
    ]))?;
    run(&mut cargo([
        "test",
        "--package",
        "rediseal",
        "--lib",
        "--bins",
    ]))
}

fn window_tests() -> Result<()> {
    run(&mut cargo([
        "test",
        "--package",
        "rediseal",
        "--test",
        "window",
        "--",
        "--test-threads=1",
    ]))
}

#[derive(Default)]
struct Summary {
    steps: Vec<(String, Duration, Option<String>)>,
}

impl Summary {
    fn step(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        eprintln!("\n=== {name}");
        let begun = Instant::now();
        let result = step();
        let failure = result.as_ref().err().map(ToString::to_string);
        self.steps.push((name.to_owned(), begun.elapsed(), failure));
        result
    }

    fn print(self) -> Result<()> {
        eprintln!();
        for (name, time, failure) in &self.steps {
            let seconds = time.as_secs();
            match failure {
                None => eprintln!("passed  {seconds:>5} s  {name}"),
                Some(why) => eprintln!("FAILED  {seconds:>5} s  {name}: {why}"),
            }
        }
        let failed = self.steps.iter().filter(|step| step.2.is_some()).count();
        if failed > 0 {
            bail!("{failed} of {} steps failed", self.steps.len());
        }
        Ok(())
    }
}
