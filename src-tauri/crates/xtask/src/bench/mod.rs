//! The side-by-side benchmarks. Each prints one table, and fails when what it measured did not do
//! its whole work.

mod cloud;
mod cost;
mod python;
mod sandbox;
mod table;

use anyhow::Result;
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
}

pub(crate) fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Cloud { instances } => cloud::run(*instances as usize),
    }
}
