//! What the causes and verdicts mean, in the user's language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::cause::Cause;
use crate::report::{Stage, Verdict};

/// The languages of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    #[serde(rename = "en")]
    En,
    #[serde(rename = "zh-CN")]
    ZhCn,
}

/// An entry of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, TS)]
pub struct Text {
    /// What is the matter, in plain words.
    pub title: String,
    /// Why.
    pub explanation: String,
    /// What to do.
    pub fix: String,
}

impl Cause {
    /// What it means when nothing more is known.
    #[must_use]
    pub fn text(self, language: Language) -> &'static Text {
        entry(language, self.id()).unwrap_or(&EMPTY)
    }
}

impl Verdict {
    #[expect(missing_docs, reason = "the type says it")]
    #[must_use]
    pub fn text(self, language: Language) -> &'static Text {
        let id = match self {
            Self::Secure => "verdict.secure",
            Self::ChainOnly => "verdict.chain_only",
            Self::Insecure => "verdict.insecure",
            Self::Unreachable => "verdict.unreachable",
        };
        entry(language, id).unwrap_or(&EMPTY)
    }
}

impl Stage {
    /// What its cause means here: the fact `hint`, where there is one, picks the entry
    /// `<cause>.<hint>`, such as `tcp.timeout.private`.
    #[must_use]
    pub fn text(&self, language: Language) -> Option<&'static Text> {
        let cause = self.cause?;
        let hint = self.facts.get("hint").and_then(|hint| hint.as_str());
        let hinted = hint.and_then(|hint| entry(language, &format!("{}.{hint}", cause.id())));
        Some(hinted.unwrap_or_else(|| cause.text(language)))
    }
}

type Catalogue = BTreeMap<String, Text>;

static EN: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../causes/en.json")));
static ZH_CN: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../causes/zh-CN.json")));
static EMPTY: Text = Text {
    title: String::new(),
    explanation: String::new(),
    fix: String::new(),
};

/// The files are part of the program: that they can be read is tested, not handled.
fn read(json: &str) -> Catalogue {
    serde_json::from_str(json).unwrap_or_default()
}

fn entry(language: Language, id: &str) -> Option<&'static Text> {
    match language {
        Language::En => EN.get(id),
        Language::ZhCn => ZH_CN.get(id),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;

    use serde_json::{Map, json};

    use super::*;
    use crate::report::{StageId, Status};

    const HINTED: &[&str] = &[
        "tcp.timeout.private",
        "tcp.timeout.hop",
        "tcp.refused.hop",
        "tcp.unreachable.hop",
        "proxy.unreachable.silent",
        "proxy.unreachable.protocol",
        "ssh.unreachable.silent",
        "ssh.unreachable.protocol",
        "ssh.unreachable.algorithms",
        "ssh.host_key_unknown.other",
        "ssh.host_key_changed.revoked",
        "ssh.auth_failed.nothing",
        "certificate.wrong_ca.leaf_as_ca",
        "certificate.wrong_ca.os",
        "certificate.wrong_ca.open",
        "certificate.wrong_ca.instance",
        "certificate.ca_replaced.instance",
        "certificate.self_signed.instance",
        "certificate.name_mismatch.untrusted",
        "certificate.name_not_checkable.untrusted",
        "certificate.not_yet_valid.early",
        "tls.no_common_cipher.groups",
        "tls.no_common_cipher.key",
        "tls.alert.refused",
        "tls.alert.no_name",
        "tls.closed.unasked",
        "tls.broken.signature",
        "certificate.wrong_ca.not_allowed",
        "certificate.self_signed.ca",
        "certificate.ca_as_leaf.order",
        "certificate.malformed.altered",
        "certificate.expired.clock",
        "certificate.not_yet_valid.clock",
        "certificate.ca_expired.clock",
    ];

    #[test]
    fn both_languages_explain_every_cause_and_nothing_else() {
        let verdicts = ["secure", "chain_only", "insecure", "unreachable"];
        let expected: BTreeSet<String> = Cause::ALL
            .iter()
            .map(|cause| cause.id().to_owned())
            .chain(HINTED.iter().map(|id| (*id).to_owned()))
            .chain(verdicts.iter().map(|verdict| format!("verdict.{verdict}")))
            .collect();
        for catalogue in [&*EN, &*ZH_CN] {
            let found: BTreeSet<String> = catalogue.keys().cloned().collect();
            assert_eq!(found, expected);
            for (id, text) in catalogue {
                for part in [&text.title, &text.explanation, &text.fix] {
                    assert!(!part.trim().is_empty(), "{id}");
                    assert!(!part.contains(['!', '！']), "{id}: {part}");
                }
            }
        }
    }

    #[test]
    fn chinese_is_set_as_chinese() {
        for (id, text) in &*ZH_CN {
            assert!(text.fix.ends_with('。'), "{id}");
            for part in [&text.title, &text.explanation, &text.fix] {
                let chars: Vec<char> = part.chars().collect();
                for pair in chars.windows(2) {
                    let [a, b] = pair.try_into().unwrap();
                    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
                    let touch = (is_han(a) && b.is_ascii_alphanumeric())
                        || (a.is_ascii_alphanumeric() && is_han(b));
                    assert!(!touch, "{id}: no space in {a}{b}");
                    assert!(
                        !(is_han(a) && [',', ';', ':', '(', '?'].contains(&b)),
                        "{id}: {a}{b}"
                    );
                }
            }
        }
    }

    #[test]
    fn ids_and_serialized_names_agree() {
        for cause in Cause::ALL {
            assert_eq!(serde_json::to_value(cause).unwrap(), json!(cause.id()));
        }
    }

    #[test]
    fn a_hint_picks_its_own_text() {
        let mut stage = Stage {
            id: StageId::Tcp,
            status: Status::Failed,
            cause: Some(Cause::TcpTimeout),
            facts: Map::new(),
            started_us: 0,
            elapsed_us: 0,
        };
        let plain = stage.text(Language::En).unwrap();
        assert_eq!(plain, Cause::TcpTimeout.text(Language::En));
        stage.facts.insert("hint".into(), json!("private"));
        assert_ne!(stage.text(Language::En).unwrap(), plain);
        stage.facts.insert("hint".into(), json!("unheard_of"));
        assert_eq!(stage.text(Language::En).unwrap(), plain);
    }
}
