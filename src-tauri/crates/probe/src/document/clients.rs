//! What each client library will say.

use maud::{Markup, html};

use crate::catalogue::Language;
use crate::clients::ClientVerdict;
use crate::report::Report;

use super::deep::sentence;
use super::text::plain;

pub(super) const fn title(language: Language) -> &'static str {
    language.of("What each client library will say", "各客户端库的结果")
}

pub(super) const fn heads(language: Language) -> [&'static str; 4] {
    let l = language;
    [
        l.of("Client", "客户端"),
        l.of("Result", "结果"),
        l.of("Why", "原因"),
        l.of("What it needs", "需要的设置"),
    ]
}

/// The library and its versions.
pub(super) fn client(client: &ClientVerdict) -> String {
    format!("{} {}", client.name, client.versions)
}

pub(super) fn clients(report: &Report, language: Language) -> Markup {
    html! {
        @if !report.clients.is_empty() {
            section {
                h2 { (title(language)) }
                table {
                    thead { tr { @for head in heads(language) { th { (head) } } } }
                    tbody {
                        @for each in &report.clients {
                            tr {
                                th scope="row" { (plain(&client(each))) }
                                td { (each.outcome.word(language)) }
                                td { (each.why(language).unwrap_or_default()) }
                                td.mono { (plain(each.needs().unwrap_or_default())) }
                            }
                        }
                    }
                }
                @if let Some(condition) = condition(report, language) {
                    p { (sentence(condition.to_owned(), language)) }
                }
            }
        }
    }
}

/// The first that a client has: all have the same.
pub(super) fn condition(report: &Report, language: Language) -> Option<&'static str> {
    let mut clients = report.clients.iter();
    clients.find_map(|client| client.condition(language))
}
