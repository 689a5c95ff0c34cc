//! Where on the way to the cloud a connection failed, and why.

use std::{fmt, io, iter};

use reqwest::Url;
use rustls::CertificateError;

use crate::{
    class::Class,
    peer::Peer,
    route::{Route, host_and_port, login_of},
    socks::Other,
    tunnel::Answer,
    verifier::Refusal,
};

/// What went wrong with a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// How.
    pub failure: ConnectionFailure,
    /// Where.
    pub hop: Hop,
    /// Whether nothing of the request had left yet.
    pub before_send: bool,
    /// The innermost error.
    pub detail: String,
}

/// How a connection failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionFailure {
    /// The name has no address.
    Dns,
    /// Nothing listens there.
    Refused,
    /// No route.
    Unreachable,
    /// The proxy does not take who asks.
    ProxyLogin(LoginTrouble),
    /// The proxy does not connect to the cloud: it does not want to, or cannot.
    ProxyDenied {
        /// The HTTP status that it answered, where it is one and was heard.
        status: Option<u16>,
    },
    /// What listens in the place of a SOCKS proxy speaks something else.
    NotSocks,
    /// The certificate is not trusted.
    Untrusted {
        /// What was shown.
        peer: Box<Peer>,
        #[expect(missing_docs, reason = "the type says it")]
        reason: Distrust,
    },
    /// The certificate is trusted on this computer, but its root is not a public one: somebody
    /// opens the connection and reads what is in it. See
    /// [`Options::accepted`](crate::http::Options::accepted).
    Inspected(Box<Peer>),
    /// The TLS handshake failed for another reason.
    Tls,
    /// Ended while the answer was awaited or in the middle of it.
    Cut,
    /// Anything else.
    Other,
}

/// Why a certificate is not trusted, as far as it matters for what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// It leads to no trusted root.
    Issuer,
    /// It is over, or this computer's clock is ahead.
    Expired,
    /// It does not hold yet, or this computer's clock is behind.
    NotYetValid,
    /// It is for another host.
    Name,
    /// Anything else.
    Other,
}

/// What is wrong with the login for a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginTrouble {
    /// It wants a user and a password, and was given none.
    Missing,
    /// It does not accept the user and the password.
    Refused,
    /// It takes no user and no password at all.
    Unwanted,
    /// It wants another kind of login than user and password: these, as their registry writes them.
    Kind(Vec<&'static str>),
}

/// Which part of the way failed. Proxies are `host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The cloud, reached directly.
    Cloud,
    /// The cloud, as this proxy reaches it.
    Behind(String),
    /// This proxy itself.
    Proxy(String),
}

impl Trouble {
    /// What kind of trouble it is.
    #[must_use]
    pub fn class(&self) -> Class {
        match self.failure {
            ConnectionFailure::Inspected(_) => Class::Inspected,
            ConnectionFailure::Untrusted { .. } => Class::Untrusted,
            ConnectionFailure::ProxyLogin(_) => Class::ProxyLogin,
            ConnectionFailure::ProxyDenied { .. } => Class::Proxy,
            _ => Class::Network,
        }
    }

    /// Whether it may pass with nobody doing anything.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.failure {
            ConnectionFailure::Tls
            | ConnectionFailure::Untrusted { .. }
            | ConnectionFailure::Inspected(_)
            | ConnectionFailure::NotSocks
            | ConnectionFailure::ProxyLogin(_) => false,
            // Of its own failures it may recover; what it forbids it forbids.
            ConnectionFailure::ProxyDenied { status } => status.is_none_or(|status| status >= 500),
            _ => true,
        }
    }

    /// The same with what the proxy answered.
    pub(crate) fn told(mut self, proxy: &Url, answer: &Answer) -> Self {
        self.failure = answer.failure(login_of(proxy).is_some());
        if matches!(self.failure, ConnectionFailure::ProxyLogin(_)) {
            self.hop = Hop::Proxy(host_and_port(proxy));
        }
        self.detail = format!("HTTP status {}", answer.status);
        self
    }

    /// The same where it was no SOCKS proxy that did not answer.
    pub(crate) fn no_socks(self, proxy: &Url, other: Other) -> Self {
        Self {
            failure: match other {
                Other::Nobody => ConnectionFailure::Refused,
                Other::Http | Other::Something => ConnectionFailure::NotSocks,
            },
            hop: Hop::Proxy(host_and_port(proxy)),
            detail: match other {
                Other::Nobody => "connection refused".to_owned(),
                Other::Http => "it speaks HTTP, not SOCKS".to_owned(),
                Other::Something => "it does not speak SOCKS 5".to_owned(),
            },
            ..self
        }
    }

    /// A proxy wants a login before it passes a request on that it can read.
    pub(crate) fn not_passed_on(proxy: &Url, answer: &Answer) -> Self {
        Self {
            failure: answer.failure(login_of(proxy).is_some()),
            hop: Hop::Proxy(host_and_port(proxy)),
            before_send: false,
            detail: format!("HTTP status {}", answer.status),
        }
    }

    pub(crate) fn read(error: &reqwest::Error, route: &Route) -> Self {
        let causes: Vec<_> = causes(error).collect();
        let tls = causes
            .iter()
            .find_map(|cause| cause.downcast_ref::<rustls::Error>());
        let kind = causes
            .iter()
            .rev()
            .find_map(|cause| cause.downcast_ref::<io::Error>())
            .map(io::Error::kind);
        let before_send = error.is_connect() || error.is_builder();
        let proxy = error.url().and_then(|url| route.proxy_for(url));
        // Without TLS there is no tunnel: an HTTP proxy is what is connected to.
        let plain = error.url().is_some_and(|url| url.scheme() == "http");
        let (at_proxy, said) = match &proxy {
            Some(proxy) if before_send && plain && proxy.scheme().starts_with("http") => {
                (true, None)
            }
            Some(proxy) if before_send => said_of_proxy(&causes, login_of(proxy).is_some()),
            _ => (false, None),
        };
        let failure = match (tls, kind) {
            _ if said.is_some() => said.unwrap_or(ConnectionFailure::Other),
            (Some(tls), _) => tls_failure(tls),
            _ if error.is_dns() => ConnectionFailure::Dns,
            (_, Some(io::ErrorKind::ConnectionRefused)) => ConnectionFailure::Refused,
            (_, Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable)) => {
                ConnectionFailure::Unreachable
            }
            _ if before_send => ConnectionFailure::Other,
            _ => ConnectionFailure::Cut,
        };
        let hop = match proxy {
            None => Hop::Cloud,
            Some(proxy) if at_proxy => Hop::Proxy(host_and_port(&proxy)),
            Some(proxy) => Hop::Behind(host_and_port(&proxy)),
        };
        let detail = match (tls, causes.last()) {
            (Some(tls), _) => {
                Refusal::inside(tls).map_or_else(|| tls.to_string(), ToString::to_string)
            }
            (None, Some(last)) => last.to_string(),
            (None, None) => "unknown".to_owned(),
        };
        Self {
            failure,
            hop,
            before_send,
            detail,
        }
    }
}

impl Answer {
    /// What it says of the proxy. Some answer a wrong login with 401, which is no proxy's to send
    /// (RFC 9110, 15.5.2).
    fn failure(&self, with_login: bool) -> ConnectionFailure {
        let login = match self.status {
            401 | 407 if !self.schemes.is_empty() && !self.schemes.contains(&"Basic") => {
                LoginTrouble::Kind(self.schemes.clone())
            }
            401 | 407 if with_login => LoginTrouble::Refused,
            401 | 407 => LoginTrouble::Missing,
            status => {
                let status = Some(status);
                return ConnectionFailure::ProxyDenied { status };
            }
        };
        ConnectionFailure::ProxyLogin(login)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.hop {
            Hop::Cloud => f.write_str(&self.detail),
            Hop::Behind(proxy) => write!(f, "through the proxy {proxy}: {}", self.detail),
            Hop::Proxy(proxy) => write!(f, "at the proxy {proxy}: {}", self.detail),
        }
    }
}

fn tls_failure(error: &rustls::Error) -> ConnectionFailure {
    match Refusal::inside(error) {
        Some(Refusal::Inspected(peer)) => ConnectionFailure::Inspected(peer.clone()),
        Some(Refusal::Untrusted { peer, reason }) => ConnectionFailure::Untrusted {
            peer: peer.clone(),
            reason: distrust(reason),
        },
        None => ConnectionFailure::Tls,
    }
}

fn distrust(reason: &rustls::Error) -> Distrust {
    match reason {
        rustls::Error::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => Distrust::Issuer,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                Distrust::Expired
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Distrust::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Distrust::Name
            }
            _ => Distrust::Other,
        },
        _ => Distrust::Other,
    }
}

/// Whether it was the proxy itself that failed, and what it said. hyper-util has types for this
/// and shows none of them, so their words are read; tests with real proxies hold them to it.
fn said_of_proxy(
    causes: &[&(dyn std::error::Error + 'static)],
    with_login: bool,
) -> (bool, Option<ConnectionFailure>) {
    let words = causes.iter().map(ToString::to_string).find_map(|words| {
        let said = words
            .strip_prefix("tunnel error: ")
            .or_else(|| words.strip_prefix("SOCKS error: "))?;
        Some(said.to_owned())
    });
    let Some(words) = words else {
        return (false, None);
    };
    let login = match words.as_str() {
        "proxy authorization required" | "credentials not accepted" if with_login => {
            LoginTrouble::Refused
        }
        "proxy authorization required" => LoginTrouble::Missing,
        // Of no login and a user with a password, one is offered: the one that there is.
        "server does not support user/pass authentication"
        | "server implements authentication incorrectly" => match with_login {
            true => LoginTrouble::Unwanted,
            false => LoginTrouble::Missing,
        },
        "unsuccessful" | "connection not allowed" | "general server failure" => {
            let failure = ConnectionFailure::ProxyDenied { status: None };
            return (false, Some(failure));
        }
        "host unreachable" | "network unreachable" | "ttl expired" => {
            return (false, Some(ConnectionFailure::Unreachable));
        }
        "connection refused" => return (false, Some(ConnectionFailure::Refused)),
        _ => return (true, None),
    };
    (true, Some(ConnectionFailure::ProxyLogin(login)))
}

/// What is inside an error, outermost first. The `source` of an
/// [`io::Error`] skips what it wraps.
pub(crate) fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    iter::successors(error.source(), |error| {
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}
