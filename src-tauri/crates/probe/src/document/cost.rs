//! What TLS costs.

use maud::{Markup, html};

use crate::catalogue::Language;
use crate::cost::{Cost, Series};
use crate::report::Report;

use super::text::milliseconds;

/// What was measured, and the times where there are any.
pub(super) fn rows(cost: &Cost, language: Language) -> [(&'static str, Option<Series>); 5] {
    let l = language;
    [
        (l.of("TCP connection", "TCP 连接"), cost.connect),
        (l.of("Handshake, cold", "握手（首次）"), cost.handshake),
        (l.of("Handshake, resumed", "握手（恢复会话）"), cost.resumed),
        (l.of("PING with TLS", "PING（TLS）"), cost.ping_tls),
        (
            l.of("PING without TLS", "PING（明文）"),
            cost.ping_plaintext,
        ),
    ]
}

/// `p50`, `p99` and how often, as text.
pub(super) fn cells(series: Option<Series>, language: Language) -> [String; 3] {
    match series {
        Some(series) => [
            milliseconds(series.p50_us),
            milliseconds(series.p99_us),
            series.count.to_string(),
        ],
        None => [
            language.of("not possible", "无法测量").to_owned(),
            String::new(),
            String::new(),
        ],
    }
}

pub(super) const fn measured(language: Language) -> &'static str {
    language.of("measured", "次数")
}

pub(super) const fn title(language: Language) -> &'static str {
    language.of("What TLS costs from here", "从本机测得的 TLS 开销")
}

/// What it took.
pub(super) fn effort(cost: &Cost, language: Language) -> String {
    let connections = cost.connections;
    match language {
        Language::En => format!("{connections} connections, one after another."),
        Language::ZhCn => format!("依次建立 {connections} 个连接。"),
    }
}

pub(super) fn cost(report: &Report, language: Language) -> Markup {
    html! {
        @if let Some(cost) = &report.cost {
            section {
                h2 { (title(language)) }
                table {
                    thead { tr { th {} th.number { "p50" } th.number { "p99" } th.number { (measured(language)) } } }
                    tbody {
                        @for (what, series) in rows(cost, language) {
                            tr {
                                th scope="row" { (what) }
                                @for cell in cells(series, language) { td.number { (cell) } }
                            }
                        }
                    }
                }
                p.caption { (effort(cost, language)) }
            }
        }
    }
}
