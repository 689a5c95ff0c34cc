//! The language of everything that is shown.

use clap::ValueEnum;

/// What the user reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    #[value(name = "en")]
    English,
    #[value(name = "zh-CN", alias = "zh")]
    Chinese,
}

/// Formats the first text in English, the second in Simplified Chinese.
macro_rules! say {
    ($language:expr, $english:literal, $chinese:literal $(, $value:expr)* $(,)?) => {
        match $language {
            $crate::language::Language::English => format!($english $(, $value)*),
            $crate::language::Language::Chinese => format!($chinese $(, $value)*),
        }
    };
}
pub(crate) use say;

impl Language {
    /// One of two fixed texts.
    pub(crate) const fn of<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// The same in the probe's catalogue of causes.
    pub(crate) const fn catalogue(self) -> rediseal_probe::Language {
        match self {
            Self::English => rediseal_probe::Language::En,
            Self::Chinese => rediseal_probe::Language::ZhCn,
        }
    }

    /// From the value of `LC_ALL`, `LC_MESSAGES` or `LANG`.
    fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") {
            Self::Chinese
        } else {
            Self::English
        }
    }
}

/// As POSIX has it: the first of the variables that is set.
pub(crate) fn from_environment() -> Language {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .map_or(Language::English, |locale| Language::from_locale(&locale))
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_locale_names_its_language() {
        assert_eq!(Language::from_locale("zh_CN.UTF-8"), Language::Chinese);
        assert_eq!(Language::from_locale("C.UTF-8"), Language::English);
        assert_eq!(Language::from_locale("en_US"), Language::English);
    }
}
