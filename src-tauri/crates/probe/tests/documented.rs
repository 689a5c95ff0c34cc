//! `docs/REPORT.md` names every field and every word of the report's JSON.

use std::any::TypeId;
use std::collections::{BTreeSet, HashSet};

use rediseal_probe::{Cause, Report};
use ts_rs::{Config, TS, TypeVisitor};

const PAGE: &str = include_str!("../../../docs/REPORT.md");

#[derive(Default)]
struct Words {
    seen: HashSet<TypeId>,
    found: BTreeSet<String>,
}

impl TypeVisitor for Words {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // The causes have a catalogue of their own, which the page names.
        if TypeId::of::<T>() == TypeId::of::<Cause>() || !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            self.found.extend(words(&T::decl(&Config::new())));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The fields of a TypeScript declaration, `name:` or `name?:`, and its words, `"word"`.
fn words(declaration: &str) -> Vec<String> {
    let without_comments = declaration
        .split("/*")
        .map(|part| part.split_once("*/").map_or(part, |(_, code)| code))
        .collect::<String>();
    let fields = without_comments
        .split([' ', ',', '{', '(', '\n'])
        .filter_map(|token| token.split_once(':'))
        .map(|(name, _)| name.trim_end_matches('?').to_owned())
        .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    let literals = without_comments.split('"').skip(1).step_by(2);
    fields.chain(literals.map(str::to_owned)).collect()
}

#[test]
fn every_field_and_word_is_documented() {
    let mut words = Words::default();
    words.visit::<Report>();
    assert!(words.found.len() > 100, "{:?}", words.found);
    let missing: Vec<_> = words
        .found
        .iter()
        .filter(|word| !PAGE.contains(&format!("`{word}`")))
        .collect();
    assert!(missing.is_empty(), "not in docs/REPORT.md: {missing:?}");
}
