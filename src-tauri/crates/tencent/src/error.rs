//! What can go wrong with a call, as data.

use std::{io, time::Duration};

use crate::{
    action::Action,
    catalogue::{self, Text},
    class::Class,
    client::Language,
    endpoint::EndpointError,
    http::Http,
    trouble::{ConnectionFailure, Trouble, causes},
};

/// Why a call has no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The service refused: an `Error` body, which comes with HTTP status 200.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// Another status than 200, which the API itself never sends: a gateway or a proxy did.
    #[error("{action} was answered with HTTP status {status}")]
    Http {
        /// What was called.
        action: &'static str,
        /// The HTTP status.
        status: u16,
        /// How long to wait, where the answer said: `Retry-After`, RFC 9110, 10.2.3.
        retry_after: Option<Duration>,
        /// The beginning of the body, printable.
        excerpt: String,
    },
    /// An answer that is not what the protocol says, such as a sign-in page of a network.
    #[error("the answer to {action} is not in the documented form")]
    NotJson {
        /// What was called.
        action: &'static str,
        /// The beginning of the body, printable.
        excerpt: String,
        /// Where one can be made out all the same.
        request_id: Option<String>,
    },
    /// The answer was cut off at this size.
    #[error("the answer to {action} is larger than {limit} bytes")]
    TooLarge {
        /// What was called.
        action: &'static str,
        /// Bytes.
        limit: usize,
    },
    /// No connection, or it broke.
    #[error("the connection for {action} failed: {trouble}")]
    Connection {
        /// What was called.
        action: &'static str,
        #[expect(missing_docs, reason = "the type says it")]
        trouble: Box<Trouble>,
    },
    /// No answer in time.
    #[error(
        "{action} was not answered within {} s{}",
        tenths(*after),
        proxy.as_ref().map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default()
    )]
    Timeout {
        /// What was called.
        action: &'static str,
        /// What was waited for.
        phase: Phase,
        /// How long, every try included.
        after: Duration,
        /// `host:port` of the proxy that it went through.
        proxy: Option<String>,
    },
    /// A value that cannot stand in an HTTP header, such as a SecretId with a line break.
    #[error("{header} of {action} has characters that cannot be sent")]
    Header {
        /// What was called.
        action: &'static str,
        /// Whose value.
        header: &'static str,
    },
    /// The address was not acceptable.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
}

/// An `Error` body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{action} was refused with {code}: {message}")]
pub struct ApiError {
    /// What was called.
    pub action: &'static str,
    /// Where.
    pub region: Option<String>,
    /// `Category` or `Category.Detail`.
    pub code: String,
    /// In the language that was asked for.
    pub message: String,
    /// For a ticket with the vendor.
    pub request_id: Option<String>,
    /// Seconds that the service's clock is ahead of this computer's, from the `Date` header.
    pub clock_offset: Option<i64>,
}

/// What a time-out interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Connecting: nothing was sent.
    Connect,
    /// The head of the answer, or sending the request.
    Answer,
    /// The body of the answer.
    Body,
}

impl Error {
    /// What kind of trouble it is.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Api(error) => Class::of_code(&error.code),
            Self::Http { status: 429, .. } => Class::Throttled,
            Self::Http { status: 407, .. } => Class::ProxyLogin,
            Self::Http { status, .. } if *status >= 500 => Class::Service,
            Self::Http { .. } | Self::NotJson { .. } | Self::TooLarge { .. } => Class::Protocol,
            Self::Connection { trouble, .. } => trouble.class(),
            Self::Timeout { .. } => Class::Timeout,
            Self::Header { header, .. } if *header == "x-tc-region" => Class::Refused,
            Self::Header { .. } => Class::Credentials,
            Self::Endpoint(_) => Class::Endpoint,
        }
    }

    /// Whether the same request may well succeed a little later with nobody doing anything. Says
    /// nothing about whether it may be repeated: see [`crate::action::Effect`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Api(error) => {
                let code = error.code.as_str();
                match Class::of_code(code) {
                    Class::Throttled => true,
                    Class::Service => {
                        matches!(category(code), "InternalError" | "ServiceUnavailable")
                    }
                    _ => false,
                }
            }
            Self::Http { status, .. } => *status == 429 || *status >= 500,
            Self::Connection { trouble, .. } => trouble.is_retryable(),
            Self::Timeout { .. } => true,
            Self::NotJson { .. }
            | Self::TooLarge { .. }
            | Self::Header { .. }
            | Self::Endpoint(_) => false,
        }
    }

    /// Whether nobody was reached, or nobody answered.
    pub(crate) fn is_silence(&self) -> bool {
        match self {
            Self::Timeout { .. } => true,
            Self::Connection { trouble, .. } => trouble.before_send,
            _ => false,
        }
    }

    /// The same at the end of a call that took so long.
    pub(crate) fn after_all(self, total: Duration) -> Self {
        match self {
            Self::Timeout {
                action,
                phase,
                proxy,
                ..
            } => Self::Timeout {
                action,
                phase,
                after: total,
                proxy,
            },
            other => other,
        }
    }

    /// How long the server asked to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether a write certainly had no effect: the service said no before it acted, or nothing
    /// was sent. Everything else is uncertain, and the state must be read before anything is
    /// sent again.
    #[must_use]
    pub fn provably_not_accepted(&self) -> bool {
        match self {
            Self::Api(error) => {
                !matches!(Class::of_code(&error.code), Class::Service | Class::Unknown)
            }
            Self::Connection { trouble, .. } => trouble.before_send,
            Self::Timeout { phase, .. } => *phase == Phase::Connect,
            Self::Header { .. } | Self::Endpoint(_) => true,
            Self::Http { .. } | Self::NotJson { .. } | Self::TooLarge { .. } => false,
        }
    }

    /// The vendor's code, if the service refused.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Api(error) => Some(&error.code),
            _ => None,
        }
    }

    /// The action that a CAM policy has to allow, where that is what is wrong: a second factor and
    /// the network it comes from are no matter of it. See [`Policy::of`](crate::Policy::of).
    #[must_use]
    pub fn missing_permission(&self) -> Option<Action> {
        match self {
            Self::Api(error) if Class::of_code(&error.code) == Class::Permission => {
                let other = [
                    "AuthFailure.MFAFailure",
                    "IpInBlacklist",
                    "IpNotInWhitelist",
                ];
                let other = other.contains(&error.code.as_str());
                Action::named(error.action).filter(|_| !other)
            }
            _ => None,
        }
    }

    /// The vendor's id of the request, if it said one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id.as_deref(),
            Self::NotJson { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// What happened, why, and what to do.
    #[must_use]
    pub fn text(&self, language: Language) -> &'static Text {
        catalogue::text(language, self.code(), self.class())
    }

    /// Reads an error of the HTTP client that came up in `phase`, after `after`.
    pub(crate) async fn from_reqwest(
        error: &reqwest::Error,
        http: &Http,
        action: &'static str,
        phase: Phase,
        after: Duration,
    ) -> Self {
        let trouble = http.trouble(error).await;
        if error.is_timeout() && trouble.failure != ConnectionFailure::NotSocks {
            return Self::Timeout {
                action,
                phase: if trouble.before_send {
                    Phase::Connect
                } else {
                    phase
                },
                after,
                proxy: error.url().and_then(|url| http.proxy_for(url)),
            };
        }
        let undecodable = causes(error).any(|cause| {
            cause.downcast_ref::<io::Error>().is_some_and(|error| {
                matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
                )
            })
        });
        if phase == Phase::Body && undecodable && trouble.failure == ConnectionFailure::Cut {
            return Self::NotJson {
                action,
                excerpt: String::new(),
                request_id: None,
            };
        }
        Self::Connection {
            action,
            trouble: Box::new(trouble),
        }
    }
}

/// Seconds as people say them.
fn tenths(after: Duration) -> String {
    let text = format!("{:.1}", after.as_secs_f64());
    text.trim_end_matches(".0").to_owned()
}

/// The part of a code before the first dot.
pub(crate) fn category(code: &str) -> &str {
    code.split('.').next().unwrap_or(code)
}
