//! Faults: what a cloud, a network or an archive does wrong, on demand.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

/// A fault, written `NAME[:ARGUMENT…][@COUNT]`; without a count it stays until it is cleared.
///
/// Where `ACTION` is optional or `*`, every action is meant.
///
/// | Fault | Effect |
/// |---|---|
/// | `latency:ACTION:MILLISECONDS` | the answer comes later |
/// | `hold:ACTION` | the request takes effect at once; the answer waits until faults are cleared |
/// | `status500[:ACTION]` | HTTP 500, without effect |
/// | `reset[:ACTION]` | the connection is cut, without effect |
/// | `reset_after[:ACTION]` | the request takes effect, then the connection is cut |
/// | `notjson[:ACTION]` | the request takes effect; the answer is an HTML page |
/// | `truncate[:ACTION]` | the request takes effect; half of the answer arrives |
/// | `throttle[:ACTION]` | `RequestLimitExceeded` |
/// | `denied[:ACTION]` | `UnauthorizedOperation` |
/// | `expired_token[:ACTION]` | `AuthFailure.TokenFailure` |
/// | `action_not_found[:ACTION]` | `InvalidParameter.ActionNotFound`, as from a part of the cloud that has not got it yet |
/// | `older` | the API as it was before `AddressType`, `ModifySSLEncryptionMode` and `UpdateSSLCert`: `UnknownParameter`, `InvalidAction` |
/// | `clock:SECONDS` | the server's clock is ahead by so much (behind when negative) |
/// | `task_fail:INSTANCE` | tasks that start from now on fail half-way |
/// | `task_stall:INSTANCE` | tasks that start from now on never end |
/// | `task_minus_one[:INSTANCE]` | changes of SSL answer `TaskId` -1 while they run |
/// | `unknown_status:INSTANCE` | the instance shows a status that no document names |
/// | `region_down:REGION` | `ServiceUnavailable` for every `redis` action there |
/// | `zip_truncated`, `zip_bomb`, `zip_traversal`, `zip_empty`, `zip_garbage_pem`, `zip_huge`, `zip_404` | what the certificate link answers |
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fault {
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What an action's answer suffers; no action means each.
    Answer(Answer, Option<String>),
    Clock(i64),
    Older,
    TaskFail(String),
    TaskStall(String),
    TaskMinusOne(Option<String>),
    UnknownStatus(String),
    RegionDown(String),
    Zip(ZipFault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Latency(Duration),
    Hold,
    Status500,
    Reset,
    ResetAfter,
    NotJson,
    Truncate,
    Throttle,
    Denied,
    ExpiredToken,
    ActionNotFound,
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
}

const ANSWERS: [(&str, Answer); 10] = [
    ("hold", Answer::Hold),
    ("status500", Answer::Status500),
    ("reset", Answer::Reset),
    ("reset_after", Answer::ResetAfter),
    ("notjson", Answer::NotJson),
    ("truncate", Answer::Truncate),
    ("throttle", Answer::Throttle),
    ("denied", Answer::Denied),
    ("expired_token", Answer::ExpiredToken),
    ("action_not_found", Answer::ActionNotFound),
];

const ZIPS: [(&str, ZipFault); 7] = [
    ("zip_truncated", ZipFault::Truncated),
    ("zip_bomb", ZipFault::Bomb),
    ("zip_traversal", ZipFault::Traversal),
    ("zip_empty", ZipFault::Empty),
    ("zip_garbage_pem", ZipFault::GarbagePem),
    ("zip_huge", ZipFault::Huge),
    ("zip_404", ZipFault::NotFound),
];

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
        let mut parts = body.split(':');
        let name = parts.next().unwrap_or_default();
        let arguments: Vec<&str> = parts.collect();
        let kind = kind(name, &arguments, text)?;
        Ok(Self { kind, remaining })
    }
}

fn kind(name: &str, arguments: &[&str], text: &str) -> Result<Kind, ParseFaultError> {
    let malformed = || ParseFaultError::Arguments(text.to_owned());
    if let Some((_, answer)) = ANSWERS.iter().find(|(known, _)| *known == name) {
        return match arguments {
            [] if *answer == Answer::Hold => Err(malformed()),
            [] | ["*"] => Ok(Kind::Answer(*answer, None)),
            [action] if !action.is_empty() => Ok(Kind::Answer(*answer, Some((*action).to_owned()))),
            _ => Err(malformed()),
        };
    }
    if let Some((_, zip)) = ZIPS.iter().find(|(known, _)| *known == name) {
        return if arguments.is_empty() {
            Ok(Kind::Zip(*zip))
        } else {
            Err(malformed())
        };
    }
    let one = || match arguments {
        [one] if !one.is_empty() => Ok((*one).to_owned()),
        _ => Err(malformed()),
    };
    match name {
        "latency" => {
            let [action, milliseconds] = arguments else {
                return Err(malformed());
            };
            let delay = Duration::from_millis(milliseconds.parse().map_err(|_| malformed())?);
            let action = (*action != "*").then(|| (*action).to_owned());
            Ok(Kind::Answer(Answer::Latency(delay), action))
        }
        "older" if arguments.is_empty() => Ok(Kind::Older),
        "older" => Err(malformed()),
        "clock" => Ok(Kind::Clock(one()?.parse().map_err(|_| malformed())?)),
        "task_fail" => one().map(Kind::TaskFail),
        "task_stall" => one().map(Kind::TaskStall),
        "task_minus_one" if arguments.is_empty() => Ok(Kind::TaskMinusOne(None)),
        "task_minus_one" => one().map(|instance| Kind::TaskMinusOne(Some(instance))),
        "unknown_status" => one().map(Kind::UnknownStatus),
        "region_down" => one().map(Kind::RegionDown),
        _ => Err(ParseFaultError::Name(name.to_owned())),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Answer(Answer::Latency(delay), action) => {
                let action = action.as_deref().unwrap_or("*");
                write!(f, "latency:{action}:{}", delay.as_millis())?;
            }
            Kind::Answer(answer, action) => {
                let name = ANSWERS.iter().find(|(_, known)| known == answer);
                write!(
                    f,
                    "{}:{}",
                    name.map_or("", |(name, _)| name),
                    action.as_deref().unwrap_or("*")
                )?;
            }
            Kind::Older => f.write_str("older")?,
            Kind::Clock(seconds) => write!(f, "clock:{seconds}")?,
            Kind::TaskFail(instance) => write!(f, "task_fail:{instance}")?,
            Kind::TaskStall(instance) => write!(f, "task_stall:{instance}")?,
            Kind::TaskMinusOne(None) => f.write_str("task_minus_one")?,
            Kind::TaskMinusOne(Some(instance)) => write!(f, "task_minus_one:{instance}")?,
            Kind::UnknownStatus(instance) => write!(f, "unknown_status:{instance}")?,
            Kind::RegionDown(region) => write!(f, "region_down:{region}")?,
            Kind::Zip(zip) => {
                let name = ZIPS.iter().find(|(_, known)| known == zip);
                f.write_str(name.map_or("", |(name, _)| name))?;
            }
        }
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

    #[test]
    fn every_fault_reads_back_as_it_was_written() {
        for text in [
            "latency:OpenSSL:250",
            "latency:*:5@3",
            "hold:OpenSSL",
            "status500:*",
            "reset:CloseSSL@1",
            "reset_after:OpenSSL",
            "notjson:DescribeInstances",
            "truncate:*",
            "throttle:*@2",
            "denied:OpenSSL",
            "expired_token:*",
            "action_not_found:UpdateSSLCert@1",
            "older",
            "clock:-600",
            "task_fail:crs-81zzc9hn",
            "task_stall:crs-81zzc9hn",
            "task_minus_one",
            "task_minus_one:crs-81zzc9hn",
            "unknown_status:crs-81zzc9hn",
            "region_down:ap-guangzhou",
            "zip_truncated",
            "zip_bomb",
            "zip_traversal",
            "zip_empty",
            "zip_garbage_pem",
            "zip_huge",
            "zip_404@1",
        ] {
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
        ] {
            assert_eq!(parse(text), ParseFaultError::Arguments(text.to_owned()));
        }
    }
}
