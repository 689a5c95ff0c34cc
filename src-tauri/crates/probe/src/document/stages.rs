//! The stages on one time axis, and the addresses.

use maud::{Markup, html};

use crate::catalogue::Language;
use crate::report::{AddressReport, Report, Stage, StageId, Status};

use super::text::{fact, milliseconds, plain};
use super::verdict::Tone;

/// Narrower bars would not be seen, percent.
const LEAST_BAR: f64 = 0.6;

pub(super) fn waterfall(report: &Report, language: Language) -> Markup {
    let ends = report.stages.iter().map(|s| s.started_us + s.elapsed_us);
    let total = ends.max().unwrap_or(0).max(1) as f64;
    html! {
        section {
            h2 { (language.of("Stages", "阶段")) }
            table.waterfall {
                tbody {
                    @for stage in &report.stages {
                        @let tone = Tone::of_stage(stage);
                        tr.(tone.class()) {
                            th scope="row" { (tone.icon()) (stage.id.word(language)) }
                            td.bar { (bar(stage, total)) span { (summary(stage, report, language).text()) } }
                            td.number { (took(stage, language)) }
                        }
                    }
                }
            }
        }
    }
}

/// How long it took, or that it was not reached.
pub(super) fn took(stage: &Stage, language: Language) -> String {
    match stage.status {
        Status::Skipped => stage.status.word(language).to_owned(),
        _ => milliseconds(stage.elapsed_us),
    }
}

fn bar(stage: &Stage, total: f64) -> Markup {
    let percent = |microseconds: u64| 100.0 * microseconds as f64 / total;
    let width = percent(stage.elapsed_us).max(LEAST_BAR);
    let start = percent(stage.started_us).min(100.0 - width).max(0.0);
    html! {
        svg width="100%" height="8" aria-hidden="true" {
            rect.track width="100%" height="8" rx="2" {}
            @if stage.status != Status::Skipped {
                rect.fill x=(format!("{start:.2}%")) width=(format!("{width:.2}%")) height="8" rx="2" {}
            }
        }
    }
}

/// What a stage found, in a line.
pub(super) enum Found<'a> {
    /// A text of ours, or none.
    Ours(&'a str),
    /// Words that the server or the user chose.
    Theirs(String),
}

impl Found<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Ours(text) => text,
            Self::Theirs(text) => text,
        }
    }
}

pub(super) fn summary<'a>(stage: &Stage, report: &Report, language: Language) -> Found<'a> {
    let found = |key: &str| {
        let value = stage.facts.get(key);
        let text = value.and_then(|value| fact(key, value, language));
        Found::Theirs(text.unwrap_or_default())
    };
    match (stage.text(language), stage.status, stage.id) {
        (Some(text), ..) => Found::Ours(&text.title),
        (None, Status::Passed, StageId::Dns) => found("addresses"),
        (None, Status::Passed, StageId::Tcp) => {
            Found::Ours(language.of("the port took the connection", "端口已接受连接"))
        }
        (None, Status::Passed, StageId::Hop) => found("destination"),
        (None, Status::Passed, StageId::Tls) => {
            let session = [&report.protocol, &report.cipher, &report.group];
            let session: Vec<_> = session.into_iter().flatten().map(|s| plain(s)).collect();
            Found::Theirs(session.join(", "))
        }
        (None, Status::Passed, StageId::Chain) => Found::Ours(match report.target.trust.as_str() {
            "ca" => language.of(
                "signed by the given CA, not expired",
                "由指定的 CA 签发，未过期",
            ),
            _ => language.of(
                "trusted by the operating system, not expired",
                "操作系统信任，未过期",
            ),
        }),
        (None, Status::Passed, StageId::Name) => Found::Theirs(plain(&report.target.name)),
        (None, Status::Passed, StageId::Redis) => found("reply"),
        (None, ..) => Found::Ours(""),
    }
}

/// Only when a name has several.
pub(super) fn several(report: &Report) -> &[AddressReport] {
    match report.addresses.as_slice() {
        [_] => &[],
        addresses => addresses,
    }
}

pub(super) fn addresses(report: &Report, language: Language) -> Markup {
    let l = language;
    let addresses = several(report);
    html! {
        @if !addresses.is_empty() {
            section {
                h2 { (l.of("Every address was tested; the worst counts", "已测试所有地址，以最差结果为准")) }
                table {
                    thead { tr { th { (l.of("Address", "地址")) } th { (l.of("Result", "结果")) } th { (l.of("Cause", "原因")) } } }
                    tbody {
                        @for address in addresses {
                            @let tone = Tone::of(address.verdict);
                            tr {
                                td.mono { (plain(&address.address)) }
                                td { (tone.icon()) (address.verdict.word(l)) }
                                td { @if let Some(cause) = address.cause { (cause.text(l).title) " " code { (cause.id()) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
