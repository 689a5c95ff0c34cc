//! Documents of a report in which every text that a server or a user chose is the worst one.
#![expect(clippy::unwrap_used, reason = "tests")]

use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value, json};

use super::Format;
use crate::catalogue::Language;
use crate::report::Report;

const LANGUAGES: [Language; 2] = [Language::En, Language::ZhCn];

/// Ends whatever it stands in, and then loads, runs, links, mentions and turns the text around.
const HOSTILE: &str = "EVIL\"'>--></title></style></pre></script><script>x()</script>\
    <img src=//x onerror=x()><svg/onload=x()>&lt;b&gt; {{x}} ${x}\n\n# EVIL\n\n|EVIL|\n|-|\n\
    ![EVIL](http://x) [EVIL](javascript:x) <http://x> https://x @EVIL ``` ` `` **EVIL** \\\
    \u{202e}\u{2028}\u{0}\u{7f}\u{200b}";

/// A report with everything in it; `text` stands wherever a text can come from outside.
pub(super) fn report(text: &str) -> Report {
    let facts = json!({
        "subject": text, "issuer": text, "common_name": text, "serial": text,
        "not_before": "2026-01-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z",
        "names": [{ "kind": "dns", "value": text }, { "kind": "other", "value": text }],
        "key": { "algorithm": text, "bits": 2048, "curve": text }, "signature": text,
        "sha256": text, "sha1": text, "is_ca": false, "self_issued": false,
        "extended_key_usage": [text], "version": 3,
    });
    let stage = |id: &str, status: &str, cause: Value, facts: Value| {
        json!({ "id": id, "status": status, "cause": cause, "facts": facts,
                "started_us": 10, "elapsed_us": 1000 })
    };
    let stages = json!([
        stage(
            "dns",
            "passed",
            Value::Null,
            json!({ "addresses": [text, text] })
        ),
        stage("tcp", "passed", Value::Null, json!({ "address": text })),
        stage(
            "tls",
            "passed",
            Value::Null,
            json!({ "plaintext_accepted": true, "alert": text })
        ),
        stage(
            "chain",
            "warning",
            json!("policy.expires_soon"),
            json!({ "issuer": text })
        ),
        stage(
            "name",
            "failed",
            json!("certificate.name_mismatch"),
            json!({ "expected": text, "presented": [text], "bytes": text, "hint": text })
        ),
        stage(
            "redis",
            "failed",
            json!("redis.not_redis"),
            json!({ "reply": text, "text": text })
        ),
    ]);
    let protocol = json!({
        "version": text, "accepted": true, "cause": "policy.old_protocol", "cipher_order": "server",
        "groups": [{ "id": text, "name": text, "post_quantum": true }], "group_order": "client",
        "signatures": [text], "resumption": true,
        "hello": { "extended_master_secret": false, "secure_renegotiation": false,
                   "compression": true, "session_tickets": false },
    });
    let cipher = json!({
        "protocol": text, "id": text, "name": text, "openssl_name": format!("{text}2"), "bits": 128,
        "forward_secrecy": false, "dh_bits": 1024, "weakness": "short_dh",
        "cause": "policy.weak_cipher",
    });
    let presented =
        json!({ "facts": facts, "cause": "certificate.expired", "protocol": text, "pem": [text] });
    let series = json!({ "count": 100, "p50_us": 1000, "p99_us": 2000 });
    serde_json::from_value(json!({
        "schema": 1,
        "target": { "address": text, "name": text, "sni": text, "trust": text },
        "route": text, "started": "2026-11-24T12:00:00Z", "elapsed_us": 6000,
        "verdict": "insecure", "cause": "certificate.name_mismatch", "stages": stages,
        "chain": [
            { "role": "leaf", "facts": facts, "signed_by_next": true, "pem": text },
            { "role": "sent", "facts": null, "signed_by_next": false, "pem": text },
            { "role": "trusted", "facts": facts, "signed_by_next": null, "pem": text },
        ],
        "protocol": text, "cipher": text, "group": text,
        "addresses": [
            { "address": text, "verdict": "secure", "cause": null, "stages": stages },
            { "address": text, "verdict": "insecure", "cause": "tls.alert", "stages": stages },
        ],
        "protocols": [protocol], "ciphers": [cipher],
        "survey": {
            "address": text, "connections": 100, "at_once": 4, "per_second": 100,
            "elapsed_us": 100, "certificates": [presented, presented],
            "warnings": [{ "cause": "policy.weak_cipher", "facts": { "ciphers": [text] } }],
            "gaps": [{ "protocol": text, "part": "groups", "reason": "silent" }],
        },
        "cost": {
            "address": text, "connections": 202, "connect": series, "handshake": series,
            "resumed": null, "ping_tls": series, "ping_plaintext": null,
        },
        "clients": [],
    }))
    .unwrap()
}

/// The tags of a page, with their attributes.
fn tags(page: &str) -> Vec<&str> {
    let tags = page.split('<').skip(1);
    tags.map(|tag| tag.split_once('>').unwrap().0).collect()
}

#[test]
fn no_text_makes_a_tag_of_a_page() {
    for language in LANGUAGES {
        let hostile = report(HOSTILE).document(Format::Html, language);
        let harmless = report("harmless").document(Format::Html, language);
        assert_eq!(tags(&hostile), tags(&harmless));
        assert!(hostile.contains("EVIL"));
        assert!(!hostile.contains(['\u{202e}', '\u{2028}', '\u{0}', '\u{200b}']));
    }
}

#[test]
fn a_page_needs_nothing_else() {
    let page = report("harmless").document(Format::Html, Language::En);
    for word in [
        "http:", "https:", "url(", "@import", " src=", " href=", " style=", "<script",
    ] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn a_page_has_both_languages_and_shows_the_one_asked_for() {
    for language in LANGUAGES {
        let report = report("harmless");
        let page = report.document(Format::Html, language);
        for each in LANGUAGES {
            let text = &report.cause.unwrap().text(each).title;
            assert!(page.contains(text.as_str()), "{text}");
        }
        let id = language.of("english", "chinese");
        assert!(page.contains(&format!("id=\"{id}\" autocomplete=\"off\" checked")));
        assert_eq!(page.matches(" checked").count(), 1);
    }
}

/// What the text becomes when it is shown, without the words.
fn structure(markdown: &str) -> Vec<String> {
    let events = Parser::new_ext(markdown, Options::all());
    let structure = events.filter_map(|event| match event {
        Event::Start(tag) => Some(format!("{tag:?}")),
        Event::End(tag) => Some(format!("/{tag:?}")),
        Event::Code(_) => Some("code".to_owned()),
        Event::Text(text) => {
            assert!(!text.contains("EVIL"), "outside a code span: {text}");
            None
        }
        Event::SoftBreak => None,
        other => Some(format!("{other:?}")),
    });
    structure.collect()
}

#[test]
fn no_text_means_anything_in_markdown() {
    for language in LANGUAGES {
        let hostile = report(HOSTILE).document(Format::Markdown, language);
        let harmless = report("harmless").document(Format::Markdown, language);
        assert_eq!(structure(&hostile), structure(&harmless));
        assert!(hostile.contains("EVIL"));
    }
    // What stands between bars, and what is all backticks, stays what it is.
    for text in ["`", "``", "a|b", " ", "\\", "\\|a", "|", "a` `` ```"] {
        let markdown = report(text).document(Format::Markdown, Language::En);
        let structure = structure(&markdown);
        let cells =
            |structure: &[String]| structure.iter().filter(|each| *each == "TableCell").count();
        let harmless = report("harmless").document(Format::Markdown, Language::En);
        assert_eq!(
            cells(&structure),
            cells(&self::structure(&harmless)),
            "{text}"
        );
    }
}

#[test]
fn json_is_the_report_and_steers_nothing() {
    let report = report(HOSTILE);
    let text = report.document(Format::Json, Language::En);
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    assert!(!text.contains(['\u{202e}', '\u{2028}', '\u{7f}', '\u{200b}']));
}
