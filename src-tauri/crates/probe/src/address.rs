//! `host:port` as people write it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use rustls::pki_types::DnsName;

use crate::error::Error;

/// Where to connect: a DNS name or an IP address, and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Host {
    Ip(IpAddr),
    Name(DnsName<'static>),
}

impl Address {
    /// From `host:port` or `[v6]:port`.
    ///
    /// # Errors
    /// [`Error::Address`] when the port is missing, 0 or no number, or the host is neither a
    /// DNS name nor an IP address.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let unusable = || Error::Address {
            given: text.to_owned(),
        };
        let (host, port) = text.trim().rsplit_once(':').ok_or_else(unusable)?;
        let port = port.parse().map_err(|_| unusable())?;
        match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            Some(v6) if v6.parse::<Ipv6Addr>().is_ok() => Self::new(v6, port),
            // An IPv6 address without brackets cannot be told from its port.
            None if !host.contains(':') => Self::new(host, port),
            _ => Err(unusable()),
        }
        .map_err(|_| unusable())
    }

    /// From a host (DNS name, IPv4 or IPv6 address, without brackets) and a port.
    ///
    /// # Errors
    /// [`Error::Address`] when the host is neither a DNS name nor an IP address, or the port is 0.
    pub fn new(host: &str, port: u16) -> Result<Self, Error> {
        let unusable = || Error::Address {
            given: format!("{host}:{port}"),
        };
        if port == 0 {
            return Err(unusable());
        }
        let host = match IpAddr::from_str(host) {
            Ok(ip) => Host::Ip(ip),
            Err(_) => Host::Name(dns_name(host).ok_or_else(unusable)?),
        };
        Ok(Self { host, port })
    }

    /// The host without brackets.
    #[must_use]
    pub fn host(&self) -> String {
        match &self.host {
            Host::Ip(ip) => ip.to_string(),
            Host::Name(name) => name.as_ref().to_owned(),
        }
    }

    #[expect(missing_docs, reason = "the name says it")]
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) const fn target(&self) -> &Host {
        &self.host
    }
}

/// A DNS name, never something that only looks like one: `10.0.0.256` is a mistyped address.
pub(crate) fn dns_name(text: &str) -> Option<DnsName<'static>> {
    let last = text.trim_end_matches('.').rsplit('.').next()?;
    if last.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    DnsName::try_from(text).ok().map(|name| name.to_owned())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]:{}", self.port),
            Host::Ip(ip) => write!(f, "{ip}:{}", self.port),
            Host::Name(name) => write!(f, "{}:{}", name.as_ref(), self.port),
        }
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_people_write_is_read_and_printed_back() {
        for text in [
            "10.0.0.7:6379",
            "[2001:db8::1]:6380",
            "redis.example.com:1",
            "redis_1.internal:6379",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Address::parse("[::1]:1").unwrap().host(), "::1");
        assert_eq!(Address::parse(" a:1 ").unwrap().host(), "a");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            ":",
            "host",
            "host:",
            ":6379",
            "host:0",
            "host:65536",
            "host:-1",
            "::1:6379",
            "[::1]",
            "[10.0.0.1]:1",
            "[a]:1",
            "10.0.0.256:6379",
            "redis://host:6379",
            "ho st:1",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }
}
