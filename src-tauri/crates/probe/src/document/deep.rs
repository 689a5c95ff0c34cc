//! What the server accepts.

use maud::{Markup, html};
use serde_json::Value;

use crate::catalogue::Language;
use crate::cause::Cause;
use crate::deep::{CipherSuite, Group, Presentation, Protocol, Survey, Warning};
use crate::report::{Report, StageId};

use super::chain::key;
use super::text::{date, plain};
use super::verdict::{Tone, explanation};

/// The parts of the deep report, which are there together or not at all.
#[derive(Clone, Copy)]
pub(super) struct Deep<'a> {
    pub(super) protocols: &'a [Protocol],
    pub(super) ciphers: &'a [CipherSuite],
    pub(super) survey: &'a Survey,
}

impl<'a> Deep<'a> {
    pub(super) fn of(report: &'a Report) -> Option<Self> {
        Some(Self {
            protocols: report.protocols.as_deref()?,
            ciphers: report.ciphers.as_deref()?,
            survey: report.survey.as_ref()?,
        })
    }

    pub(super) fn suites(self, protocol: &'a Protocol) -> impl Iterator<Item = &'a CipherSuite> {
        let version = &protocol.version;
        self.ciphers.iter().filter(move |c| &c.protocol == version)
    }
}

pub(super) fn deep(report: &Report, language: Language) -> Markup {
    html! {
        @if let Some(deep) = Deep::of(report) {
            section {
                h2 { (title(language)) }
                (versions(deep.protocols, language))
                p.caption { (sentence(deep.survey.effort(language), language)) }
                @if let Some(plaintext) = plaintext(report, language) { p { (plaintext) } }
            }
            @for protocol in deep.protocols { (suites(protocol, deep, language)) }
            (key_exchange(deep.protocols, language))
            (certificates(deep.survey, language))
            (gaps(deep.survey, language))
            @for warning in &deep.survey.warnings {
                section {
                    (explanation(warning.cause, warning.cause.text(language), Tone::Careful, language))
                    p.mono { (about(warning)) }
                }
            }
        }
    }
}

pub(super) const fn title(language: Language) -> &'static str {
    language.of("What the server accepts", "服务器接受哪些协议与算法")
}

/// A text that begins with a small letter and has no full stop.
pub(super) fn sentence(text: String, language: Language) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase());
    let first = first.into_iter().flatten();
    let text: String = first.chain(letters).collect();
    text + language.of(".", "。")
}

/// What the port does without TLS, where that was tried.
pub(super) fn plaintext(report: &Report, language: Language) -> Option<&'static str> {
    let tls = report
        .stages
        .iter()
        .find(|stage| stage.id == StageId::Tls)?;
    match tls.facts.get("plaintext_accepted")? {
        Value::Bool(true) => Some(language.of(
            "The same port takes connections without TLS.",
            "同一端口也接受不加密的连接。",
        )),
        Value::Bool(false) => Some(language.of(
            "The port takes no connection without TLS.",
            "该端口不接受不加密的连接。",
        )),
        _ => None,
    }
}

/// An old version that is accepted stands out, and so does one that nothing is known of.
fn tone(protocol: &Protocol) -> Tone {
    match (protocol.accepted, protocol.cause) {
        (Some(true), Some(Cause::PolicyOldProtocol)) => Tone::Careful,
        (Some(true), _) => Tone::Good,
        (Some(false) | None, _) => Tone::Quiet,
    }
}

fn versions(protocols: &[Protocol], language: Language) -> Markup {
    html! {
        table {
            tbody {
                @for protocol in protocols {
                    tr {
                        th scope="row" { (plain(&protocol.version)) }
                        td { (tone(protocol).icon()) (protocol.word(language)) }
                        td.soft { (protocol.remarks(language).join(language.of(", ", "、"))) }
                    }
                }
            }
        }
    }
}

/// `TLSv1.2 cipher suites, in the server's order of preference`.
pub(super) fn suites_title(version: &str, protocol: &Protocol, language: Language) -> String {
    let order = protocol.cipher_order.map(|order| order.word(language));
    match (language, order) {
        (Language::En, Some(order)) => format!("{version} cipher suites: {order}"),
        (Language::En, None) => format!("{version} cipher suites"),
        (Language::ZhCn, Some(order)) => format!("{version} 加密套件：{order}"),
        (Language::ZhCn, None) => format!("{version} 加密套件"),
    }
}

/// OpenSSL's name, where it is another one: in TLS 1.3 both are the same.
pub(super) fn other_name(suite: &CipherSuite) -> Option<String> {
    let other = suite.openssl_name.as_deref();
    other.filter(|name| *name != suite.name).map(plain)
}

pub(super) fn bits(suite: &CipherSuite, language: Language) -> String {
    let bits = suite.bits;
    match language {
        Language::En => format!("{bits} bits"),
        Language::ZhCn => format!("{bits} 位"),
    }
}

fn suites(protocol: &Protocol, deep: Deep<'_>, language: Language) -> Markup {
    let suites: Vec<_> = deep.suites(protocol).collect();
    html! {
        @if !suites.is_empty() {
            section {
                h3 { (suites_title(&plain(&protocol.version), protocol, language)) }
                table.suites {
                    tbody {
                        @for suite in suites {
                            tr {
                                td.mono { (plain(&suite.name)) }
                                td.mono.soft { (other_name(suite).unwrap_or_default()) }
                                td.number { (bits(suite, language)) }
                                td {
                                    @if let Some(weakness) = suite.weakness {
                                        (Tone::Careful.icon()) b.careful { (language.of("weak: ", "弱：")) (weakness.word(language)) } " "
                                    }
                                    span.soft { (suite.remarks(language).join(language.of(", ", "、"))) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A group's name; one that a quantum computer does not open says so.
pub(super) fn group(group: &Group, language: Language) -> String {
    let name = plain(&group.name);
    match (group.post_quantum, language) {
        (false, _) => name,
        (true, Language::En) => format!("{name} (post-quantum)"),
        (true, Language::ZhCn) => format!("{name}（抗量子）"),
    }
}

fn key_exchange(protocols: &[Protocol], language: Language) -> Markup {
    let l = language;
    let asked = protocols
        .iter()
        .filter(|p| !p.groups.is_empty() || !p.signatures.is_empty());
    html! {
        @for protocol in asked {
            section {
                h3 { (plain(&protocol.version)) " " (l.of("key exchange", "密钥交换")) }
                dl {
                    @if !protocol.groups.is_empty() {
                        dt { (l.of("Groups", "密钥交换组")) }
                        dd.mono { @for (at, each) in protocol.groups.iter().enumerate() { @if at > 0 { ", " } (group(each, l)) } }
                    }
                    @if !protocol.signatures.is_empty() {
                        dt { (l.of("Signature schemes", "签名方案")) }
                        dd.mono { (plain(&protocol.signatures.join(", "))) }
                    }
                }
            }
        }
    }
}

pub(super) const fn certificates_title(language: Language) -> &'static str {
    language.of(
        "Certificates of the server; which one a client gets depends on what it offers",
        "服务器的证书；客户端收到哪一张取决于其支持的算法",
    )
}

/// Key, subject, end of validity.
pub(super) fn presented(presentation: &Presentation, language: Language) -> String {
    match &presentation.facts {
        None => language.of("cannot be read", "无法解析").to_owned(),
        Some(facts) => {
            let (key, subject, until) = (key(facts), plain(&facts.subject), date(facts.not_after));
            match language {
                Language::En => format!("{key}, {subject}, until {until}"),
                Language::ZhCn => format!("{key}，{subject}，至 {until}"),
            }
        }
    }
}

fn certificates(survey: &Survey, language: Language) -> Markup {
    html! {
        // One is in the chain already.
        @if survey.certificates.len() > 1 {
            section {
                h3 { (certificates_title(language)) }
                ul {
                    @for each in &survey.certificates {
                        li { (presented(each, language)) @if let Some(cause) = each.cause { " " code { (cause.id()) } } }
                    }
                }
            }
        }
    }
}

pub(super) const fn gaps_title(language: Language) -> &'static str {
    language.of("Not complete, and not guessed", "以下未能查清，未作推测")
}

fn gaps(survey: &Survey, language: Language) -> Markup {
    html! {
        @if !survey.gaps.is_empty() {
            section {
                h3 { (gaps_title(language)) }
                table {
                    tbody {
                        @for gap in &survey.gaps {
                            tr {
                                th scope="row" { (plain(&gap.protocol)) }
                                td { (gap.part.word(language)) }
                                td.soft { (gap.reason.word(language)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The versions or suites that a warning is about.
pub(super) fn about(warning: &Warning) -> String {
    let names = ["versions", "ciphers"].iter();
    let names = names.filter_map(|fact| warning.facts.get(*fact)?.as_array());
    let names = names.flatten().filter_map(Value::as_str).map(plain);
    names.collect::<Vec<_>>().join(", ")
}
