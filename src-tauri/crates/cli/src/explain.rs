//! `rediseal-cli explain`: what a code means, or which codes a word leads to.

use rediseal_probe::Cause;
use rediseal_tencent::{Class, catalogue};
use serde::Serialize;

use crate::args;
use crate::failure::Exit;
use crate::language::{Language, say};
use crate::output::{Output, plain};

/// A code with its text; an element of the JSON result.
#[derive(Serialize)]
struct Explained {
    code: String,
    /// Of the vendor's codes: what kind of trouble it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    /// Whether the code itself is known, not only its category.
    known: bool,
    title: &'static str,
    explanation: &'static str,
    fix: &'static str,
}

/// Yes when something is found.
pub(crate) fn run(arguments: &args::Explain, output: &Output) -> Exit {
    let found = explained(arguments.what.trim(), output.language);
    output.result(&found, || text(&found, &arguments.what, output.language));
    match found.is_empty() {
        true => Exit::No,
        false => Exit::Yes,
    }
}

/// The code itself, else every one in which the word is, or whose class has it; else what its
/// category says, or what is said of every code that is not known.
fn explained(what: &str, language: Language) -> Vec<Explained> {
    let word = what.to_lowercase();
    let all: Vec<_> = known(language).collect();
    let exact = |code: &Explained| code.code.to_lowercase() == word;
    if all.iter().any(exact) {
        return all.into_iter().filter(exact).collect();
    }
    let found: Vec<_> = all
        .into_iter()
        .filter(|code| {
            let class = code
                .class
                .map_or(["", ""], |class| [class.id(), title(class, language)]);
            let texts = [code.code.as_str(), code.title, code.explanation, code.fix];
            let mut texts = texts.into_iter().chain(class);
            texts.any(|text| text.to_lowercase().contains(&word))
        })
        .collect();
    let class = Class::of_code(what);
    if !found.is_empty() || class == Class::Unknown && !is_code(what) {
        return found;
    }
    let text = catalogue::text(cloud(language), Some(what), class);
    vec![Explained {
        code: what.to_owned(),
        class: Some(class),
        known: false,
        title: &text.title,
        explanation: &text.explanation,
        fix: &text.fix,
    }]
}

/// Whether it has the form of the vendor's codes: `Category.Detail`.
fn is_code(what: &str) -> bool {
    what.contains('.')
        && what.split('.').all(|part| {
            part.starts_with(|first: char| first.is_ascii_uppercase())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
}

fn title(class: Class, language: Language) -> &'static str {
    &catalogue::text(cloud(language), None, class).title
}

/// The vendor's codes, then the causes of a test.
fn known(language: Language) -> impl Iterator<Item = Explained> {
    let cloud = catalogue::codes(cloud(language)).map(|(code, text)| Explained {
        code: code.to_owned(),
        class: Some(Class::of_code(code)),
        known: true,
        title: &text.title,
        explanation: &text.explanation,
        fix: &text.fix,
    });
    let causes = Cause::ALL.iter().map(move |cause| {
        let text = cause.text(language.catalogue());
        Explained {
            code: cause.id().to_owned(),
            class: None,
            known: true,
            title: &text.title,
            explanation: &text.explanation,
            fix: &text.fix,
        }
    });
    cloud.chain(causes)
}

const fn cloud(language: Language) -> rediseal_tencent::Language {
    match language {
        Language::English => rediseal_tencent::Language::English,
        Language::Chinese => rediseal_tencent::Language::Chinese,
    }
}

fn text(found: &[Explained], what: &str, language: Language) -> String {
    let what = plain(what);
    if found.is_empty() {
        return say!(
            language,
            "no code has `{what}` in it\n",
            "没有包含“{what}”的错误码\n"
        );
    }
    let mut lines = Vec::new();
    for code in found {
        let note = match code.known {
            true => "",
            false if code.class == Some(Class::Unknown) => language.of(
                " (neither it nor its category is in the list)",
                "（该错误码及其类别均不在列表中）",
            ),
            false => language.of(
                " (not in the list; by its category)",
                "（不在列表中，按类别说明）",
            ),
        };
        let Explained {
            title,
            explanation,
            fix,
            ..
        } = code;
        lines.push(format!("{}{note}", plain(&code.code)));
        lines.push(format!("  {title}"));
        if let Some(class) = code.class {
            let (id, words) = (class.id(), self::title(class, language));
            lines.push(say!(
                language,
                "  Class: {id} ({words})",
                "  类别：{id}（{words}）"
            ));
        }
        lines.push(format!("  {explanation}"));
        lines.push(say!(
            language,
            "  What to do: {fix}\n",
            "  处理方法：{fix}\n"
        ));
    }
    lines.join("\n")
}
