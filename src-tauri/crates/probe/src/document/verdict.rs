//! What the report comes to: the head of a document.

use maud::{Markup, html};

use crate::catalogue::{Language, Text};
use crate::cause::Cause;
use crate::evidence::fact_word;
use crate::report::{Report, Stage, Status, Verdict};

use super::text::{fact, milliseconds, moment, plain};

/// How something looks; the name of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Careful,
    Bad,
    Quiet,
}

impl Tone {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Careful => "careful",
            Self::Bad => "bad",
            Self::Quiet => "quiet",
        }
    }

    pub(super) const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Secure => Self::Good,
            Verdict::ChainOnly => Self::Careful,
            Verdict::Insecure | Verdict::Unreachable => Self::Bad,
        }
    }

    pub(super) fn of_stage(stage: &Stage) -> Self {
        match (stage.status, stage.cause) {
            // A server that wants a password is as it should be, and so is one that lets an account in
            // which may not PING.
            (_, Some(Cause::RedisAuthRequired | Cause::RedisNoPermission))
            | (Status::Passed, _) => Self::Good,
            (Status::Warning, _) => Self::Careful,
            (Status::Failed, _) => Self::Bad,
            (Status::Skipped, _) => Self::Quiet,
        }
    }

    /// The mark beside a word: state is never colour alone.
    pub(super) fn icon(self) -> Markup {
        let path = match self {
            Self::Good => "M8 12.3l2.8 2.8L16 9.5",
            Self::Careful => "M12 7.5v5.5M12 16.4v.1",
            Self::Bad => "M9 9l6 6M15 9l-6 6",
            Self::Quiet => "M8 12h8",
        };
        html! {
            svg.icon.(self.class()) viewBox="0 0 24 24" aria-hidden="true" {
                circle cx="12" cy="12" r="9" {}
                path d=(path) {}
            }
        }
    }
}

/// The stage that the report's cause comes from.
pub(super) fn decisive(report: &Report) -> Option<&Stage> {
    let mut stages = report.stages.iter();
    stages.find(|stage| stage.cause.is_some() && stage.cause == report.cause)
}

/// What was found says more than the class that it falls into.
pub(super) fn headline(report: &Report, language: Language) -> &'static str {
    let found = decisive(report).and_then(|stage| stage.text(language));
    &found.unwrap_or_else(|| report.verdict.text(language)).title
}

/// What was tested and how, as pairs of a label and a value.
pub(super) fn circumstances(report: &Report, language: Language) -> Vec<(&'static str, String)> {
    let l = language;
    let target = &report.target;
    let session = [&report.protocol, &report.cipher, &report.group];
    let session: Vec<_> = session.into_iter().flatten().map(|s| plain(s)).collect();
    let sni = target.sni.as_deref();
    let trust = match target.trust.as_str() {
        "ca" => l.of("only the CA given for it", "仅为其指定的 CA"),
        _ => l.of("the CAs of the operating system", "操作系统的 CA"),
    };
    let mut pairs = vec![
        (l.of("Address", "地址"), plain(&target.address)),
        (l.of("Checked name", "检查的名称"), plain(&target.name)),
        ("SNI", sni.map_or_else(|| l.of("none", "无").into(), plain)),
        (l.of("Trust", "信任"), trust.to_owned()),
        (l.of("Route", "路由"), route(&report.route, l)),
        (l.of("Tested", "测试时间"), moment(report.started)),
        (l.of("Took", "用时"), milliseconds(report.elapsed_us)),
    ];
    if !session.is_empty() {
        pairs.insert(5, (l.of("Session", "会话"), session.join(", ")));
    }
    pairs
}

fn route(route: &str, language: Language) -> String {
    match route {
        "direct" => language.of("direct", "直接连接").to_owned(),
        other => plain(other),
    }
}

pub(super) fn head(report: &Report, language: Language) -> Markup {
    let tone = Tone::of(report.verdict);
    html! {
        section.verdict.(tone.class()) {
            (tone.icon())
            div {
                p.over { (report.verdict.word(language)) }
                h1 { (headline(report, language)) }
                p { (report.verdict.text(language).explanation) }
            }
        }
        dl.facts {
            @for (label, value) in circumstances(report, language) {
                div { dt { (label) } dd { (value) } }
            }
        }
    }
}

/// The cause of the verdict with its evidence first, then what else was seen.
pub(super) fn causes(report: &Report, language: Language) -> Markup {
    let first = decisive(report);
    let others = report
        .stages
        .iter()
        .filter(|stage| stage.cause.is_some() && Some(*stage) != first);
    html! {
        @for stage in first.into_iter().chain(others) {
            @if let (Some(cause), Some(text)) = (stage.cause, stage.text(language)) {
                section {
                    (explanation(cause, text, Tone::of_stage(stage), language))
                    (evidence(stage, language))
                }
            }
        }
    }
}

pub(super) fn explanation(cause: Cause, text: &Text, tone: Tone, language: Language) -> Markup {
    html! {
        h2 { (tone.icon()) (text.title) " " code { (cause.id()) } }
        p { (text.explanation) }
        p.fix { b { (language.of("What to do: ", "处理方法：")) } (text.fix) }
    }
}

/// What a stage saw, as pairs of a label and a value.
pub(super) fn facts(stage: &Stage, language: Language) -> Vec<(String, String)> {
    let bytes_as_text = stage.facts.contains_key("text");
    let shown = stage.facts.iter().filter(|(key, _)| {
        // The hint has picked the text already.
        *key != "hint" && !(*key == "bytes" && bytes_as_text)
    });
    shown
        .filter_map(|(key, value)| {
            let label = plain(fact_word(key, language));
            Some((label, fact(key, value, language)?))
        })
        .collect()
}

fn evidence(stage: &Stage, language: Language) -> Markup {
    let facts = facts(stage, language);
    html! {
        @if !facts.is_empty() {
            dl.evidence {
                @for (label, value) in facts { dt { (label) } dd { (value) } }
            }
        }
    }
}
