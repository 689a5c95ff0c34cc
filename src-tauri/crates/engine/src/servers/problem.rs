//! Why something could not be done on a host, and what to do about it in the user's language.

use std::collections::HashMap;
use std::sync::LazyLock;

use rediseal_probe::Stage;
use serde::Deserialize;
use serde_json::{Value, json};

use super::files::Refused;
use crate::readiness::facts;
use crate::view::{FactMap, HostProblem, PutCode};

/// What a code means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PutText {
    /// What happened, in plain words.
    pub title: String,
    /// What to do about it.
    pub fix: String,
}

type Texts = HashMap<PutCode, PutText>;

static EN: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../../servers/en.json")));
static ZH_CN: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../../servers/zh-CN.json")));
static NONE: PutText = PutText {
    title: String::new(),
    fix: String::new(),
};

/// The files are part of the program: that they can be read is tested, not handled.
fn read(json: &str) -> Texts {
    serde_json::from_str(json).unwrap_or_default()
}

impl PutCode {
    /// All there are.
    pub const ALL: &[Self] = &[
        Self::HostUnusable,
        Self::ProxyCommand,
        Self::TooManyJumps,
        Self::KeyUnusable,
        Self::Ssh,
        Self::NoSftp,
        Self::FolderMissing,
        Self::FolderIsFile,
        Self::IsFolder,
        Self::NotAFile,
        Self::LinkLeadsNowhere,
        Self::TooLarge,
        Self::ReadOnly,
        Self::DiskFull,
        Self::PermissionDenied,
        Self::OwnerUnknown,
        Self::OwnerRefused,
        Self::ModeRefused,
        Self::NoAtomicReplace,
        Self::ChangedMeanwhile,
        Self::Differs,
        Self::ServerFailed,
        Self::ConnectionLost,
        Self::Cancelled,
    ];

    #[expect(missing_docs, reason = "the type says it")]
    #[must_use]
    pub fn english(self) -> &'static PutText {
        EN.get(&self).unwrap_or(&NONE)
    }

    /// Simplified Chinese.
    #[must_use]
    pub fn chinese(self) -> &'static PutText {
        ZH_CN.get(&self).unwrap_or(&NONE)
    }
}

pub(super) fn problem<const N: usize>(code: PutCode, with: [(&str, Value); N]) -> HostProblem {
    HostProblem {
        code,
        stage: None,
        facts: facts(with),
    }
}

pub(super) fn of_stage(stage: Box<Stage>) -> HostProblem {
    HostProblem {
        code: PutCode::Ssh,
        stage: Some(stage),
        facts: FactMap::new(),
    }
}

/// Says of which path the server spoke.
pub(super) trait At {
    fn at(self, path: &str) -> HostProblem;
}

impl At for Refused {
    fn at(self, path: &str) -> HostProblem {
        let path = ("path", json!(path));
        match self {
            // It was there a moment ago.
            Self::Missing => problem(PutCode::ChangedMeanwhile, [path]),
            Self::Denied => problem(PutCode::PermissionDenied, [path]),
            Self::Failed(said) => problem(PutCode::ServerFailed, [path, ("said", json!(said))]),
            Self::Lost(said) => problem(PutCode::ConnectionLost, [path, ("said", json!(said))]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_in_both_languages_what_happened_and_what_to_do() {
        for code in PutCode::ALL {
            for text in [code.english(), code.chinese()] {
                assert!(!text.title.is_empty() && !text.fix.is_empty(), "{code:?}");
            }
        }
        assert_eq!(
            (EN.len(), ZH_CN.len()),
            (PutCode::ALL.len(), PutCode::ALL.len())
        );
    }
}
