//! The certificates, leaf first, and what holds them together.

use maud::{Markup, html};
use rediseal_certificate::Facts;

use crate::catalogue::Language;
use crate::report::{Link, Report};

use super::text::{MOST_SHOWN, cut, date, grouped, more, plain};
use super::verdict::Tone;

pub(super) fn chain(report: &Report, language: Language) -> Markup {
    html! {
        @if !report.chain.is_empty() {
            section {
                h2 { (language.of("Certificate chain", "证书链")) }
                ol.chain {
                    @for (at, link) in report.chain.iter().enumerate() {
                        li.certificate {
                            p.subject { span.tag { (link.role.word(language)) } " " b { (subject(link, language)) } }
                            @if let Some(facts) = &link.facts { (about(facts, language)) }
                        }
                        @if at + 1 < report.chain.len() {
                            @let tone = tone(link);
                            li.link.(tone.class()) { (tone.icon()) (signed(link, language)) }
                        }
                    }
                }
            }
        }
    }
}

fn tone(link: &Link) -> Tone {
    match link.signed_by_next {
        Some(true) => Tone::Good,
        Some(false) | None => Tone::Bad,
    }
}

/// Of a link that another follows.
pub(super) fn signed(link: &Link, language: Language) -> &'static str {
    match link.signed_by_next {
        Some(true) => language.of("signed by the next", "由下一张签发"),
        Some(false) => language.of("NOT signed by the next", "并非由下一张签发"),
        None => language.of("not checked", "未检查"),
    }
}

pub(super) fn subject(link: &Link, language: Language) -> String {
    match &link.facts {
        Some(facts) => cut(&plain(&facts.subject), language),
        None => language.of("cannot be read", "无法解析").to_owned(),
    }
}

/// Algorithm and strength, such as `RSA 2048`.
pub(super) fn key(facts: &Facts) -> String {
    let key = &facts.key;
    let algorithm = plain(&key.algorithm);
    match (&key.curve, key.bits) {
        (Some(curve), _) => format!("{algorithm} {}", plain(curve)),
        (None, 0) => algorithm,
        (None, bits) => format!("{algorithm} {bits}"),
    }
}

/// What to know of a certificate, as pairs of a label and a value.
pub(super) fn pairs(facts: &Facts, language: Language) -> Vec<(&'static str, String)> {
    let l = language;
    let names = facts.names.iter().take(MOST_SHOWN);
    let mut names: Vec<_> = names.map(|name| cut(&plain(&name.value), l)).collect();
    names.extend(more(facts.names.len(), l));
    let names = match names.is_empty() {
        true => l.of("none", "无").to_owned(),
        false => names.join(", "),
    };
    let mut pairs = vec![
        (l.of("Names (SAN)", "名称 (SAN)"), names),
        (l.of("Issuer", "签发者"), cut(&plain(&facts.issuer), l)),
        (
            l.of("Valid", "有效期"),
            format!("{} – {}", date(facts.not_before), date(facts.not_after)),
        ),
        (l.of("Key", "密钥"), key(facts)),
        (l.of("Signature", "签名"), plain(&facts.signature)),
        (l.of("Serial", "序列号"), plain(&facts.serial)),
        ("SHA-256", grouped(&facts.sha256)),
    ];
    if facts.is_ca && facts.names.is_empty() {
        pairs.remove(0);
    }
    pairs
}

fn about(facts: &Facts, language: Language) -> Markup {
    html! {
        dl {
            @for (label, value) in pairs(facts, language) { dt { (label) } dd { (value) } }
        }
    }
}
