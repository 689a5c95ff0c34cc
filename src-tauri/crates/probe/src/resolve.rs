//! Names to addresses, with the system's hosts file and resolver configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ProtocolConfig, ResolveHosts, ResolverConfig,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::{Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{Hosts, TokioResolver};
use tokio::time::{Instant, timeout_at};

use crate::address::Host;
use crate::cause::Cause;
use crate::request::Dns;
use crate::stage::Finding;

/// A name with more addresses than this is not a Redis endpoint; the rest is left out.
const MOST_ADDRESSES: usize = 16;

pub(crate) async fn resolve(
    host: &Host,
    dns: &Dns,
    deadline: Instant,
) -> Result<(Vec<IpAddr>, Finding), Finding> {
    let (addresses, source) = match host {
        Host::Ip(ip) => (vec![*ip], "literal"),
        Host::Name(name) => {
            let name = name.as_ref();
            let hosts_file = match dns {
                Dns::System => from_hosts_file(name),
                Dns::Servers(_) => None,
            };
            match hosts_file {
                Some(addresses) => (addresses, "hosts"),
                None => (ask(name, dns, deadline).await?, "dns"),
            }
        }
    };
    let shown: Vec<_> = addresses.iter().map(IpAddr::to_string).collect();
    let found = Finding::passed()
        .with("addresses", shown)
        .with("source", source);
    let tested = addresses.into_iter().take(MOST_ADDRESSES).collect();
    Ok((tested, found))
}

/// What the file says is all there is: other clients do not go on to ask the DNS either.
fn from_hosts_file(name: &str) -> Option<Vec<IpAddr>> {
    let fqdn = fqdn(name)?;
    let addresses: Vec<_> = Hosts::from_system()
        .ok()
        .into_iter()
        .flat_map(|hosts| {
            [RecordType::A, RecordType::AAAA]
                .into_iter()
                .filter_map(|kind| hosts.lookup_static_host(&Query::query(fqdn.clone(), kind)))
                .flat_map(|found| {
                    let records = found.answers().iter();
                    records.filter_map(|r| r.data.ip_addr()).collect::<Vec<_>>()
                })
                .collect::<Vec<_>>()
        })
        .collect();
    match addresses.is_empty() {
        false => Some(addresses),
        // RFC 6761 6.3: never asked of a server.
        true if name.trim_end_matches('.').eq_ignore_ascii_case("localhost") => {
            Some(vec![Ipv4Addr::LOCALHOST.into()])
        }
        true => None,
    }
}

async fn ask(name: &str, dns: &Dns, deadline: Instant) -> Result<Vec<IpAddr>, Finding> {
    let asked = async { resolver(dns, deadline)?.lookup_ip(name).await };
    match timeout_at(deadline, asked).await {
        Ok(Ok(found)) => Ok(found.iter().collect()),
        Ok(Err(error)) => Err(failed(&error)),
        Err(_) => Err(failed(&NetError::Timeout)),
    }
    .map_err(|finding| finding.with("name", name))
}

fn resolver(dns: &Dns, deadline: Instant) -> Result<TokioResolver, NetError> {
    let mut builder = match dns {
        Dns::System => TokioResolver::builder_tokio()?,
        Dns::Servers(servers) => {
            let servers = servers.iter().map(|server| name_server(*server)).collect();
            let config = ResolverConfig::from_name_servers(servers);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    let options = builder.options_mut();
    options.use_hosts_file = ResolveHosts::Never;
    options.attempts = 2;
    options.timeout = deadline.saturating_duration_since(Instant::now()) / 2;
    builder.build()
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let connections = [ProtocolConfig::Udp, ProtocolConfig::Tcp].map(|protocol| {
        let mut connection = ConnectionConfig::new(protocol);
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.to_vec())
}

fn failed(error: &NetError) -> Finding {
    let (cause, response) = match error {
        NetError::Timeout => (Cause::DnsTimeout, None),
        NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
            code @ (ResponseCode::NoError | ResponseCode::NXDomain) => {
                (Cause::DnsNotFound, Some(code))
            }
            code => (Cause::DnsFailed, Some(code)),
        },
        NetError::Dns(DnsError::ResponseCode(code)) => (Cause::DnsFailed, Some(*code)),
        _ => (Cause::DnsFailed, None),
    };
    Finding::failed(cause)
        .with("error", error.to_string())
        .with("response", response.map(|code| code.to_string()))
}

fn fqdn(name: &str) -> Option<Name> {
    let mut name = Name::from_utf8(name).ok()?;
    name.set_fqdn(true);
    Some(name)
}
