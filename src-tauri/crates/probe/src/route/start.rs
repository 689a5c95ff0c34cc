//! The first connection to the server, with the stages that it takes to get there.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::host::SshHost;
use super::ssh::Joined;
use super::stream::Stream;
use super::via::Scheme;
use super::way::{Destination, Peer, Way};
use super::{Hop, Route};
use crate::address::Address;
use crate::cause::Cause;
use crate::connect::connect;
use crate::report::{Stage, StageId};
use crate::request::Dns;
use crate::resolve::resolve;
use crate::stage::{Finding, Stopwatch};

/// The server's, or the hop's where there is one, and what is to be said of the look-up.
pub(crate) async fn addresses(
    route: &Route,
    server: &Address,
    dns: &Dns,
    deadline: Instant,
) -> (Vec<IpAddr>, Finding) {
    match route {
        Route::Direct => match resolve(server.target(), dns, deadline).await {
            Ok(found) => found,
            Err(finding) => (Vec::new(), finding),
        },
        Route::Through(hop) => match resolve(hop.via.address.target(), dns, deadline).await {
            Ok((addresses, finding)) => (addresses, hop.named(finding)),
            Err(finding) => (Vec::new(), hop.unreachable(finding)),
        },
        Route::Over(host) => (Vec::new(), host.hop().named(Finding::passed())),
    }
}

/// One way that is to be tried.
#[derive(Debug)]
pub(crate) enum Start {
    Direct(SocketAddr),
    Through {
        hop: Arc<Hop>,
        /// Of the hop.
        addresses: Vec<SocketAddr>,
        destination: Destination,
    },
    Over {
        host: SshHost,
        destination: Destination,
    },
}

impl Start {
    /// `addresses` are the server's, or the hop's where there is one.
    pub(crate) fn all(route: &Route, server: &Address, addresses: &[IpAddr]) -> Vec<Self> {
        let at = |port| addresses.iter().map(move |ip| SocketAddr::new(*ip, port));
        match route {
            Route::Direct => at(server.port()).map(Self::Direct).collect(),
            Route::Through(_) if addresses.is_empty() => Vec::new(),
            Route::Through(hop) => vec![Self::Through {
                addresses: at(hop.via.address.port()).collect(),
                hop: Arc::new((**hop).clone()),
                destination: Destination::of(server),
            }],
            Route::Over(host) => vec![Self::Over {
                host: host.clone(),
                destination: Destination::of(server),
            }],
        }
    }

    /// For questions that are no test: nothing is told.
    pub(crate) async fn peer(&self, watch: Stopwatch) -> Option<Peer> {
        match self {
            Self::Direct(address) => Some(Peer::direct(*address)),
            Self::Through { .. } | Self::Over { .. } => Some(self.arrive(watch, |_| {}).await?.0),
        }
    }

    /// Tells each stage that ends. None when the server was not reached.
    pub(crate) async fn arrive(
        &self,
        watch: Stopwatch,
        mut told: impl FnMut(Stage),
    ) -> Option<(Peer, Stream)> {
        let running = watch.stage(StageId::Tcp);
        let until = watch.deadline(60);
        let (hop, addresses, destination) = match self {
            Self::Direct(address) => {
                let (socket, finding) = split(connect(*address, until).await);
                told(running.end(finding));
                return Some((Peer::direct(*address), Stream::Tcp(socket?)));
            }
            Self::Through {
                hop,
                addresses,
                destination,
            } => (hop, addresses, destination),
            Self::Over { host, destination } => {
                told(running.end(host.hop().named(Finding::passed())));
                let running = watch.stage(StageId::Hop);
                let opened = timeout_at(until, host.open(destination)).await;
                let opened = opened.unwrap_or_else(|_| Err(host.hop().silent()));
                let (stream, finding) = split(opened);
                let finding = finding.with("destination", destination.to_string());
                told(running.end(host.hop().named(finding)));
                let way = Way::Ssh(Arc::clone(host.session()));
                return Some((Peer::over(way, destination.clone()), stream?));
            }
        };
        let reached = match hop.via.scheme {
            Scheme::Ssh => {
                let mut joined = hop.shared.join(hop, addresses, watch);
                // Whoever connects is to say first what came of it.
                let reached = timeout_at(watch.deadline(70), joined.reached()).await;
                let reached = reached.unwrap_or_else(|_| Err(Finding::failed(Cause::TcpTimeout)));
                reached.map(|finding| (Reached::Host(joined), finding))
            }
            Scheme::Socks5 | Scheme::Http => any(addresses, until)
                .await
                .map(|((socket, address), finding)| (Reached::Proxy(socket, address), finding)),
        };
        let (reached, finding) = match reached {
            Ok((reached, finding)) => (Some(reached), hop.named(finding)),
            Err(finding) => (None, hop.unreachable(finding)),
        };
        told(running.end(finding));

        let reached = reached?;
        let running = watch.stage(StageId::Hop);
        let opened = async {
            match reached {
                Reached::Proxy(socket, address) => {
                    Way::through_proxy(hop, socket, address, destination).await
                }
                Reached::Host(mut joined) => {
                    let (session, found) = joined.session().await?;
                    Way::through_host(session, found, destination).await
                }
            }
        };
        // A session has its own time, and what answers in its place is asked what it is.
        let until = watch.deadline(match hop.via.scheme {
            Scheme::Ssh => 90,
            Scheme::Socks5 | Scheme::Http => 60,
        });
        let (way, finding) = match timeout_at(until, opened).await {
            Ok(Ok((way, stream, finding))) => (Some((way, stream)), finding),
            Ok(Err(finding)) => (None, finding),
            Err(_) => (None, hop.silent()),
        };
        let finding = finding.with("destination", destination.to_string());
        told(running.end(hop.named(finding)));
        let (way, stream) = way?;
        Some((Peer::over(way, destination.clone()), stream))
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(address) => address.fmt(f),
            Self::Through { destination, .. } | Self::Over { destination, .. } => {
                destination.fmt(f)
            }
        }
    }
}

/// A hop, not yet what is behind it.
enum Reached {
    Proxy(TcpStream, SocketAddr),
    Host(Joined),
}

pub(super) type Connected = ((TcpStream, SocketAddr), Finding);

/// The first address that takes the connection; each gets an equal part of what is left.
pub(super) async fn any(addresses: &[SocketAddr], deadline: Instant) -> Result<Connected, Finding> {
    let mut last = Err(Finding::failed(Cause::TcpUnreachable));
    for (tried, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let until = now + deadline.saturating_duration_since(now) / left;
        last = connect(*address, until)
            .await
            .map(|(socket, finding)| ((socket, *address), finding));
        if last.is_ok() {
            break;
        }
    }
    last
}

fn split<T>(result: Result<(T, Finding), Finding>) -> (Option<T>, Finding) {
    match result {
        Ok((value, finding)) => (Some(value), finding),
        Err(finding) => (None, finding),
    }
}
