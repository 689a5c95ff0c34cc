//! What `expiry` and `certificate-history` take.

use std::path::PathBuf;

use clap::Args;

/// Say when certificates end: of every instance the leaf and the CA that were seen last.
///
/// Without --look the cloud and the servers are not asked: what counts is what tests and downloads
/// have seen before. Exits with 1 when a certificate ends within --within.
#[derive(Args, Debug)]
pub(crate) struct Expiry {
    /// Download the CA of every instance with SSL and ask its server first.
    #[arg(long)]
    pub(crate) look: bool,
    /// Show only what ends within so many days. Without it everything is shown, and 30 days decide
    /// the exit code.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub(crate) within: Option<u32>,
    /// Write a calendar (RFC 5545) with an event for each certificate and alarms 90, 30, 7 and 1
    /// days before; `-` writes it to stdout in the place of the text.
    #[arg(long, value_name = "FILE", conflicts_with = "prometheus")]
    pub(crate) ics: Option<PathBuf>,
    /// Replace the calendar if it is there.
    #[arg(long, requires = "ics")]
    pub(crate) force: bool,
    /// Print metrics in Prometheus' text format in the place of the text.
    #[arg(long)]
    pub(crate) prometheus: bool,
    /// Write the metrics to this file, whole or not at all, as node_exporter's textfile collector
    /// wants it. A file that is there is replaced.
    #[arg(long, value_name = "FILE", requires = "prometheus")]
    pub(crate) out: Option<PathBuf>,
}
