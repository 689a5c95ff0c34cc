//! The page: both languages in one file, a switch without a script, and a policy that allows
//! nothing but the page's own style.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::catalogue::Language;
use crate::report::Report;

use super::text::{json, plain};
use super::{chain, clients, cost, deep, stages, verdict};

const STYLE: &str = include_str!("page.css");

/// What the language calls itself, and the id of its switch.
const LANGUAGES: [(Language, &str, &str); 2] = [
    (Language::En, "English", "english"),
    (Language::ZhCn, "中文", "chinese"),
];

/// Whatever a hostile server gets into the page could neither run nor load nor send anything.
fn policy() -> String {
    let style = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'")
}

pub(super) fn html(report: &Report, language: Language) -> String {
    let address = plain(&report.target.address);
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="referrer" content="no-referrer";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "RediSeal " (env!("CARGO_PKG_VERSION")) };
                title { (address) " – " (verdict::headline(report, language)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                @for (each, _, id) in LANGUAGES {
                    input.choice type="radio" name="language" id=(id) autocomplete="off" checked[each == language];
                }
                header {
                    b { "RediSeal" }
                    span.mono { (address) }
                    nav {
                        @for (each, name, id) in LANGUAGES { label for=(id) lang=(each.tag()) { (name) } }
                    }
                }
                @for (each, _, id) in LANGUAGES {
                    main.(id) lang=(each.tag()) { (body(report, each)) }
                }
                (raw(report))
            }
        }
    };
    page.into_string() + "\n"
}

fn body(report: &Report, language: Language) -> Markup {
    html! {
        (verdict::head(report, language))
        (verdict::causes(report, language))
        (stages::waterfall(report, language))
        (stages::addresses(report, language))
        (chain::chain(report, language))
        (clients::clients(report, language))
        (deep::deep(report, language))
        (cost::cost(report, language))
    }
}

fn raw(report: &Report) -> Markup {
    html! {
        details {
            summary {
                @for (each, _, id) in LANGUAGES {
                    span.(id) lang=(each.tag()) {
                        (each.of("The report as JSON, with the certificates as PEM", "JSON 格式的报告，含 PEM 证书"))
                    }
                }
            }
            pre { (json(report)) }
        }
    }
}
