//! Text in the two languages that the API answers in.

/// `X-TC-Language`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    #[default]
    Chinese,
    English,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    english: String,
    chinese: String,
}

impl Text {
    pub(crate) fn new(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self {
            english: english.into(),
            chinese: chinese.into(),
        }
    }

    pub(crate) fn into(self, language: Language) -> String {
        match language {
            Language::Chinese => self.chinese,
            Language::English => self.english,
        }
    }
}
