//! Faults: what a cloud, a network or an archive does wrong, on demand.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::forms::{Arguments, FORMS, FaultForm};

/// A fault, written `NAME[:ARGUMENT…][@COUNT]`; without a count it stays until it is cleared.
/// [`Fault::FORMS`] has them all. Where an action, an instance or a region can be left out or is
/// `*`, every one is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fault {
    /// As it was written, without the count.
    text: String,
    pub(crate) kind: Kind,
    pub(crate) remaining: Option<u32>,
}

/// Why a text is not a fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseFaultError {
    /// No fault has this name.
    #[error("there is no fault `{0}`")]
    Name(String),
    /// An argument is missing, malformed or one too many.
    #[error("`{0}` does not have the arguments of its fault")]
    Arguments(String),
    /// What follows `@` is not a positive number.
    #[error("`{0}` is no count")]
    Count(String),
}

/// What goes wrong. A name that is `None` stands for every one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What an action's answer suffers.
    Answer(Answer, Option<String>),
    /// Any answer suffers something now and then.
    Chaos {
        seed: u64,
        percent: u8,
    },
    Clock(i64),
    Older,
    /// What a change of an instance suffers.
    Task(TaskFault, Option<String>),
    /// Simulated: for how long the state from before a change of SSL is shown once it ended.
    StatusLag(Duration),
    /// Simulated: how old `DescribeInstances` is.
    Stale(Duration),
    UnknownStatus(Option<String>),
    RegionDown(Option<String>),
    Zip(ZipFault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Latency(Duration),
    Status500,
    Http429(RetryAfter),
    Http503(RetryAfter),
    Reset,
    Throttle,
    Busy,
    Denied,
    ExpiredToken,
    ActionNotFound,
    Hold,
    ResetAfter,
    NotJson,
    BadJson,
    Truncate,
    /// Between two pieces.
    Dribble(Duration),
    Endless,
}

/// The two forms of RFC 9110, 10.2.3, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryAfter {
    Seconds(u32),
    Date(u32),
}

/// When in the life of a request a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// While it is on its way.
    Arrival,
    /// Before the service sees it.
    Gateway,
    /// In the place of its effect.
    Refusal,
    /// After its effect.
    Reply,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskFault {
    Fail,
    Stall,
    Lost,
    MinusOne,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZipFault {
    Truncated,
    Bomb,
    Traversal,
    Empty,
    GarbagePem,
    Huge,
    NotFound,
    Expired,
}

impl Answer {
    pub(crate) const fn stage(self) -> Stage {
        match self {
            Self::Latency(_) => Stage::Arrival,
            Self::Status500 | Self::Http429(_) | Self::Http503(_) | Self::Reset => Stage::Gateway,
            Self::Throttle
            | Self::Busy
            | Self::Denied
            | Self::ExpiredToken
            | Self::ActionNotFound => Stage::Refusal,
            Self::Hold
            | Self::ResetAfter
            | Self::NotJson
            | Self::BadJson
            | Self::Truncate
            | Self::Dribble(_)
            | Self::Endless => Stage::Reply,
        }
    }
}

impl Fault {
    /// Every fault that there is.
    pub const FORMS: &[FaultForm] = FORMS;
}

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let (body, remaining) = match text.split_once('@') {
            None => (text, None),
            Some((body, count)) => match count.parse() {
                Ok(count) if count > 0 => (body, Some(count)),
                _ => return Err(ParseFaultError::Count(count.to_owned())),
            },
        };
        let (name, arguments) = Arguments::of(body);
        let form = FORMS
            .iter()
            .find(|form| form.name() == name)
            .ok_or_else(|| ParseFaultError::Name(name.to_owned()))?;
        let kind = form
            .read(arguments)
            .ok_or_else(|| ParseFaultError::Arguments(text.to_owned()))?;
        Ok(Self {
            text: body.to_owned(),
            kind,
            remaining,
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match self.remaining {
            Some(count) => write!(f, "@{count}"),
            None => Ok(()),
        }
    }
}

impl TryFrom<String> for Fault {
    type Error = ParseFaultError;

    fn try_from(text: String) -> Result<Self, ParseFaultError> {
        text.parse()
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Fault, ParseFaultError};

    /// Each way to write a form, with something in the place of what it names.
    fn examples(form: &str) -> Vec<String> {
        let given = form
            .replace("ACTION", "OpenSSL")
            .replace("INSTANCE", "crs-81zzc9hn")
            .replace("REGION", "ap-guangzhou")
            .replace("[date+]", "")
            .replace("MILLISECONDS", "250")
            .replace("SECONDS", "3")
            .replace("SEED", "7")
            .replace("PERCENT", "20");
        let optional: Vec<_> = given.match_indices('[').map(|(at, _)| at).collect();
        let all = given.replace(['[', ']'], "");
        let cut = optional.iter().map(|at| given[..*at].replace('[', ""));
        cut.chain([all.clone(), format!("{all}@3")]).collect()
    }

    #[test]
    fn every_fault_reads_back_as_it_was_written() {
        for form in Fault::FORMS {
            for text in examples(form.form) {
                assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
            }
            assert!(form.english.is_ascii() && !form.chinese.is_ascii());
        }
        for text in ["reset:*", "http503:*:date+3", "task_fail:*", "clock:-600"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_fault_is_named() {
        let parse = |text: &str| text.parse::<Fault>().unwrap_err();
        assert_eq!(parse("flood"), ParseFaultError::Name("flood".to_owned()));
        assert_eq!(parse("reset@0"), ParseFaultError::Count("0".to_owned()));
        for text in [
            "hold",
            "latency:OpenSSL",
            "clock:soon",
            "task_fail",
            "zip_404:x",
            "reset:",
            "older:x",
            "chaos:1",
            "chaos:1:101",
            "http429:OpenSSL:soon",
            "dribble:*:5:5",
        ] {
            assert_eq!(parse(text), ParseFaultError::Arguments(text.to_owned()));
        }
    }
}
