//! A cause as people read it: the catalogue that the window shows too.

use std::collections::HashMap;
use std::sync::LazyLock;

use rediseal_probe::Cause;
use serde::Deserialize;

use crate::language::{Language, say};
use crate::output::{Output, Tone};

#[derive(Deserialize)]
struct Entry {
    title: String,
    explanation: String,
    fix: String,
}

type Catalogue = HashMap<String, Entry>;

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../probe/causes/en.json")));
static CHINESE: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../probe/causes/zh-CN.json")));

fn read(text: &str) -> Catalogue {
    serde_json::from_str(text).unwrap_or_default()
}

fn entry(cause: Cause, language: Language) -> Option<&'static Entry> {
    match language {
        Language::English => ENGLISH.get(cause.id()),
        Language::Chinese => CHINESE.get(cause.id()),
    }
}

/// Title and id, why, and what to do.
pub(crate) fn text(cause: Cause, output: &Output) -> String {
    let language = output.language;
    let id = cause.id();
    let Some(entry) = entry(cause, language) else {
        return format!("{id}\n");
    };
    let Entry {
        title,
        explanation,
        fix,
    } = entry;
    let title = output.paint(title, Tone::Careful);
    say!(
        language,
        "{title} [{id}]\n  {explanation}\n  What to do: {fix}\n",
        "{title}（{id}）\n  {explanation}\n  处理方法：{fix}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_explained_in_both_languages() {
        for cause in Cause::ALL {
            assert!(entry(*cause, Language::English).is_some(), "{}", cause.id());
            assert!(entry(*cause, Language::Chinese).is_some(), "{}", cause.id());
        }
    }
}
