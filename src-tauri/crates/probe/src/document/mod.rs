//! A report as a file for people and programs. Pure functions: the same report, the same text.
//!
//! Much of a report was chosen by the server: names, alerts, replies. HTML is made by `maud`, which
//! escapes everything, and the page's policy forbids whatever could run or load; in Markdown all of
//! it stands in code spans, where nothing has a meaning.

mod chain;
mod clients;
mod cost;
mod deep;
mod markdown;
mod page;
mod stages;
#[cfg(test)]
mod tests;
mod text;
mod verdict;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::catalogue::Language;
use crate::report::Report;

pub use text::{milliseconds, plain};

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ReportFormat")]
pub enum Format {
    /// One page in both languages that needs nothing else: no network, no script.
    Html,
    /// For a ticket, in one language.
    Markdown,
    /// See `docs/REPORT.md`.
    Json,
}

impl Format {
    /// What a file of it ends with, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }
}

impl Report {
    /// The whole report as a document, ending in a line feed. HTML shows `language` first; JSON has
    /// none.
    #[must_use]
    pub fn document(&self, format: Format, language: Language) -> String {
        match format {
            Format::Html => page::html(self, language),
            Format::Markdown => markdown::markdown(self, language),
            Format::Json => text::json(self) + "\n",
        }
    }
}
