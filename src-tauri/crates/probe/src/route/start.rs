//! The first connection to the server, with the stages that it takes to get there.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::stream::Stream;
use super::way::{Destination, Peer, Way, pass};
use super::{Hop, Route};
use crate::cause::Cause;
use crate::connect::connect;
use crate::plan::Plan;
use crate::report::{Stage, StageId};
use crate::stage::{Finding, Stopwatch};

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
}

impl Start {
    /// `addresses` are the server's, or the hop's where there is one.
    pub(crate) fn all(plan: &Plan, addresses: &[IpAddr]) -> Vec<Self> {
        let at = |port| addresses.iter().map(move |ip| SocketAddr::new(*ip, port));
        match &plan.route {
            Route::Direct => at(plan.address.port()).map(Self::Direct).collect(),
            Route::Through(_) if addresses.is_empty() => Vec::new(),
            Route::Through(hop) => vec![Self::Through {
                addresses: at(hop.via.address.port()).collect(),
                hop: Arc::new((**hop).clone()),
                destination: Destination::of(&plan.address),
            }],
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
        };
        let (socket, finding) = match any(addresses, until).await {
            Ok((socket, finding)) => (Some(socket), hop.named(finding)),
            Err(finding) => (None, hop.unreachable(finding)),
        };
        told(running.end(finding));

        let (socket, address) = socket?;
        let running = watch.stage(StageId::Hop);
        let arrived = timeout_at(watch.deadline(60), pass(hop, socket, destination)).await;
        let (stream, finding) = match arrived {
            Ok(Ok(stream)) => (Some(stream), Finding::passed()),
            Ok(Err(finding)) => (None, finding),
            Err(_) => (None, hop.silent()),
        };
        let finding = finding.with("destination", destination.to_string());
        told(running.end(hop.named(finding)));
        let way = Way::Proxy(Arc::clone(hop), address);
        Some((Peer::over(way, destination.clone()), stream?))
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(address) => address.fmt(f),
            Self::Through { destination, .. } => destination.fmt(f),
        }
    }
}

type Connected = ((TcpStream, SocketAddr), Finding);

/// The first address that takes the connection; each gets an equal part of what is left.
async fn any(addresses: &[SocketAddr], deadline: Instant) -> Result<Connected, Finding> {
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
