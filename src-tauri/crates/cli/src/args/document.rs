//! The report as files for people.

use std::path::PathBuf;

use clap::Args;

/// Where a report goes beside the terminal.
#[derive(Args, Debug)]
pub(crate) struct Documents {
    /// Also write the report as a page for a browser: one file, in both languages, without network
    /// or script. `-` writes it to stdout in the place of the text.
    #[arg(long, value_name = "FILE", conflicts_with = "targets")]
    pub(crate) html: Option<PathBuf>,
    /// Also write the report as Markdown for a ticket; `-` as with --html.
    #[arg(long, value_name = "FILE", conflicts_with = "targets")]
    pub(crate) markdown: Option<PathBuf>,
    /// Replace files that are there.
    #[arg(long)]
    pub(crate) force: bool,
}
