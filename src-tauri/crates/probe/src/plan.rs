//! A request that was found usable.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{ServerName, UnixTime};

use crate::address::{Address, Host, dns_name};
use crate::chain::Clock;
use crate::error::Error;
use crate::report::Target;
use crate::request::{Auth, Dns, Request};
use crate::route::{Route, Scheme, ViaError};
use crate::trust::Authorities;

/// Everything that a test needs to know before it starts.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) address: Address,
    pub(crate) name: ServerName<'static>,
    pub(crate) sni: Option<ServerName<'static>>,
    pub(crate) authorities: Arc<Authorities>,
    pub(crate) ca_of_instance: bool,
    pub(crate) auth: Option<Auth>,
    pub(crate) route: Route,
    pub(crate) dns: Dns,
    pub(crate) deep: bool,
    pub(crate) cost: bool,
    pub(crate) timeout: Duration,
    pub(crate) clock: Clock,
    /// `clock.now` in the terms of path validation.
    pub(crate) at: UnixTime,
}

impl Plan {
    pub(crate) fn new(request: Request) -> Result<Self, Error> {
        if let Route::Through(hop) = &request.route
            && hop.via.scheme == Scheme::Ssh
            && hop.via.user.is_none()
        {
            return Err(ViaError::User.into());
        }
        let host = match request.address.target() {
            Host::Ip(ip) => ServerName::IpAddress((*ip).into()),
            Host::Name(name) => server_name(name.as_ref())?,
        };
        let name = match &request.name {
            Some(name) => server_name(name)?,
            None => host.clone(),
        };
        let sni = match &request.sni {
            Some(sni) => match server_name(sni)? {
                name @ ServerName::DnsName(_) => Some(name),
                _ => return Err(Error::Sni { given: sni.clone() }),
            },
            None => [&name, &host]
                .into_iter()
                .find(|name| matches!(name, ServerName::DnsName(_)))
                .cloned(),
        };
        let since_epoch = request.now.as_second().try_into().unwrap_or(0);
        Ok(Self {
            authorities: Authorities::of(&request.trust, request.now)?,
            ca_of_instance: request.ca_of_instance,
            address: request.address,
            name,
            sni,
            auth: request.auth,
            route: request.route,
            dns: request.dns,
            deep: request.deep,
            cost: request.cost,
            timeout: request.timeout,
            clock: Clock {
                now: request.now,
                cloud_offset: request.cloud_clock_offset,
            },
            at: UnixTime::since_unix_epoch(Duration::from_secs(since_epoch)),
        })
    }

    /// For the library: an address means that none is sent.
    pub(crate) fn server_name(&self) -> ServerName<'static> {
        let none = || ServerName::IpAddress(Ipv4Addr::UNSPECIFIED.into());
        self.sni.clone().unwrap_or_else(none)
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            address: self.address.to_string(),
            name: self.name.to_str().into_owned(),
            sni: self.sni.as_ref().map(|sni| sni.to_str().into_owned()),
            trust: match self.authorities.of_system() {
                true => "os",
                false => "ca",
            }
            .to_owned(),
        }
    }
}

/// Without the dot that makes a name absolute: certificates and SNI have none (RFC 6066 3).
fn server_name(text: &str) -> Result<ServerName<'static>, Error> {
    let unusable = || Error::Name {
        given: text.to_owned(),
    };
    if let Ok(ip) = text.parse::<std::net::IpAddr>() {
        return Ok(ServerName::IpAddress(ip.into()));
    }
    let relative = text.strip_suffix('.').unwrap_or(text);
    dns_name(relative)
        .map(ServerName::DnsName)
        .ok_or_else(unusable)
}
