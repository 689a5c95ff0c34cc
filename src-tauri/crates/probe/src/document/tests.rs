//! Documents of a report in which every text that a server or a user chose is the worst one.
#![expect(clippy::unwrap_used, reason = "tests")]

use pulldown_cmark::{Event, Options, Parser};

#[path = "../../../../../tests/hostile/report.rs"]
mod hostile;

use rediseal_certificate::Name;

use super::Format;
use crate::catalogue::Language;
use crate::report::Report;

const LANGUAGES: [Language; 2] = [Language::En, Language::ZhCn];

/// Ends whatever it stands in, and then loads, runs, links, mentions and turns the text around.
const HOSTILE: &str = "EVIL\"'>--></title></style></pre></script><script>x()</script>\
    <img src=//x onerror=x()><svg/onload=x()>&lt;b&gt; {{x}} ${x}\n\n# EVIL\n\n|EVIL|\n|-|\n\
    ![EVIL](http://x) [EVIL](javascript:x) <http://x> https://x @EVIL ``` ` `` **EVIL** \\\
    \u{202e}\u{2028}\u{0}\u{7f}\u{200b}";

fn report(text: &str) -> Report {
    serde_json::from_value(hostile::report(text)).unwrap()
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
        assert_eq!(page.matches("\" checked").count(), 1);
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

#[test]
fn what_a_server_chose_does_not_fill_a_page() {
    let mut report = report("harmless");
    let facts = report.chain[0].facts.as_mut().unwrap();
    let name = &facts.names[0];
    let many = vec![
        Name {
            value: "x".repeat(5_000),
            ..name.clone()
        };
        800
    ];
    facts.names = many;
    for stage in &mut report.stages {
        let names: Vec<_> = (0..800).map(|n| format!("presented-{n}")).collect();
        stage.facts.insert("presented".to_owned(), names.into());
    }
    for format in [Format::Html, Format::Markdown] {
        let text = report.document(format, Language::En);
        // The report as JSON, which is all of it, is folded away.
        let text = text.split("<details>").next().unwrap();
        assert!(text.len() < 200_000, "{format:?}: {} bytes", text.len());
        assert!(text.contains("784 more") && text.contains("4700 more characters"));
        assert!(!text.contains("presented-16"), "{format:?}");
    }
}
