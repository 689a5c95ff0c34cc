//! Development tasks, the same on a laptop and in CI.
#![expect(clippy::print_stderr, reason = "a terminal tool")]

mod bench;
mod bundle;
mod check;
mod diagnoses;
mod fuzz;
mod icons;
mod page;
mod process;
mod system;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use process::cargo;
use system::Purpose;

/// Development tasks of RediSeal.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set up what is missing, build, open the window; without a display run the tour
    Run,
    /// Click through the sandbox in a virtual display; pictures under target/tour
    Tour,
    /// Everything CI runs
    Test,
    /// The side-by-side benchmarks
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Build the .deb and .rpm packages
    Bundle,
    /// Rewrite ui/src/host/generated.ts and the access list
    Bindings,
    /// Rewrite src-tauri/docs/DIAGNOSES.md; takes a quarter of an hour
    Diagnoses,
    /// Give every fuzz target a short run
    Fuzz,
    /// Redraw every icon from icons/icon.svg
    Icons,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<()> {
    match task {
        Task::Run => run(),
        Task::Tour => tour(),
        Task::Test => check::everything(),
        Task::Bench(bench) => bench::run(&bench),
        Task::Bundle => bundle::packages(),
        Task::Bindings => process::run(
            cargo([
                "test",
                "--quiet",
                "--package",
                "rediseal",
                "--lib",
                "bindings",
            ])
            .env("REDISEAL_WRITE_BINDINGS", "1"),
        ),
        Task::Diagnoses => diagnoses::write(),
        Task::Fuzz => fuzz::short_run(),
        Task::Icons => icons::redraw(),
    }
}

fn run() -> Result<()> {
    if !system::has_display() {
        eprintln!("There is no display: running the tour instead.");
        return tour();
    }
    system::prepare(Purpose::Build)?;
    page::build()?;
    process::run(&mut cargo([
        "run",
        "--package",
        "rediseal",
        "--bin",
        "rediseal",
    ]))
}

fn tour() -> Result<()> {
    system::prepare(Purpose::Test)?;
    page::build()?;
    process::run(&mut cargo([
        "test",
        "--package",
        "rediseal",
        "--test",
        "window",
        "--",
        "journey::",
        "--test-threads=1",
    ]))?;
    eprintln!("The pictures and the saved certificates are under target/tour.");
    Ok(())
}

/// The root of the repository.
fn root() -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for _ in 0..3 {
        path.pop();
    }
    path
}

/// Where cargo builds.
fn target() -> PathBuf {
    let chosen = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    root().join(chosen)
}
