//! What the programs say in their comments, once for each language of people.

use std::sync::LazyLock;

use serde::Deserialize;

/// The comments in one language. None of them has a character that ends a comment or a literal.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Comments {
    pub(super) password: String,
    pub(super) passwords: String,
    pub(super) full: String,
    pub(super) chain_only: String,
    pub(super) redis_cli: String,
    pub(super) go: String,
    pub(super) spring_bean: String,
}

static EN: LazyLock<Comments> =
    LazyLock::new(|| read(include_str!("../../snippets/comments/en.json")));
static ZH_CN: LazyLock<Comments> =
    LazyLock::new(|| read(include_str!("../../snippets/comments/zh-CN.json")));

/// The files are part of the program: that they can be read is tested, not handled.
fn read(json: &str) -> Comments {
    serde_json::from_str(json).unwrap_or_default()
}

impl Comments {
    #[expect(missing_docs, reason = "the name says it")]
    #[must_use]
    pub fn english() -> &'static Self {
        &EN
    }

    /// Simplified Chinese.
    #[must_use]
    pub fn chinese() -> &'static Self {
        &ZH_CN
    }
}
