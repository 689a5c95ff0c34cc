//! The side-by-side benchmarks. Each prints one table, and fails when what it measured did not do
//! its whole work.

mod cloud;
mod cost;
mod probe;
mod python;
mod sandbox;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Subcommand;

/// What is measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// A sweep over a large account, beside the vendor's Python SDK and command line
    Cloud {
        /// How many instances the account has
        #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(50..=100_000))]
        instances: u32,
    },
    /// One test, the deep report and many targets, beside bare handshakes, openssl, sslscan,
    /// sslyze and testssl.sh
    Probe {
        /// How many servers there are for the test of many
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(50..=5_000))]
        targets: u32,
    },
}

pub(crate) fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Cloud { instances } => cloud::run(*instances as usize),
        Bench::Probe { targets } => probe::run(*targets as usize),
    }
}

/// Where cargo builds: this program is in `debug` there.
fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().and_then(Path::parent);
    Ok(folder.context("cargo builds nowhere")?.to_owned())
}

/// What is about to be measured.
fn progress(name: &str) {
    eprintln!("> {name}");
}
