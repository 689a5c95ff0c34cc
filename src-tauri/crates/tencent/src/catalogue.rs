//! The vendor's error codes and this crate's classes, explained. The texts stand in
//! `errors/en.json` and `errors/zh-CN.json`, keyed by code, category of codes or class.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::{class::Class, client::Language, error::category};

/// An explanation for people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Text {
    /// What happened, in a few words.
    pub title: String,
    /// Why.
    pub explanation: String,
    /// What to do.
    pub fix: String,
}

type Texts = BTreeMap<String, Text>;

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| parse(include_str!("../errors/en.json")));
static CHINESE: LazyLock<Texts> = LazyLock::new(|| parse(include_str!("../errors/zh-CN.json")));
static NOTHING: Text = Text {
    title: String::new(),
    explanation: String::new(),
    fix: String::new(),
};

/// The text of a code, else of its category, else of the class.
#[must_use]
pub fn text(language: Language, code: Option<&str>, class: Class) -> &'static Text {
    let texts = texts(language);
    code.and_then(|code| texts.get(code).or_else(|| texts.get(category(code))))
        .or_else(|| texts.get(class.id()))
        .unwrap_or(&NOTHING)
}

/// The codes that have a text of their own, categories among them, in their order.
pub fn codes(language: Language) -> impl Iterator<Item = (&'static str, &'static Text)> {
    // The other keys are the ids of classes.
    let is_code = |key: &str| key.starts_with(|first: char| first.is_ascii_uppercase());
    texts(language)
        .iter()
        .map(|(code, text)| (code.as_str(), text))
        .filter(move |(code, _)| is_code(code))
}

fn texts(language: Language) -> &'static Texts {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

fn parse(json: &str) -> Texts {
    serde_json::from_str(json).unwrap_or_default()
}
