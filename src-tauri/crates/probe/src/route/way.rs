//! A server, and how every connection to it is opened.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::ssh::Session;
use super::stream::Stream;
use super::via::Scheme;
use super::{Hop, http_connect, socks5};
use crate::address::{Address, Host};
use crate::cause::Cause;
use crate::connect;
use crate::stage::Finding;

/// Where a connection ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Socket(SocketAddr),
    /// A name that the hop resolves, and a port.
    Name(String, u16),
}

/// The server at the end of a way that was found open.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    way: Way,
    destination: Destination,
}

/// Cheap to clone: what all connections share is shared.
#[derive(Clone, Debug)]
pub(super) enum Way {
    Direct,
    /// A proxy at this address: each connection is one to it.
    Proxy(Arc<Hop>, SocketAddr),
    /// Through the one session with this host: each connection is a channel of it.
    Ssh(Arc<Session>),
}

impl Peer {
    pub(crate) const fn direct(address: SocketAddr) -> Self {
        Self {
            way: Way::Direct,
            destination: Destination::Socket(address),
        }
    }

    pub(super) const fn over(way: Way, destination: Destination) -> Self {
        Self { way, destination }
    }

    /// A further connection, with nothing sent over it.
    pub(crate) async fn open(&self) -> io::Result<Stream> {
        match (&self.way, &self.destination) {
            (Way::Direct, Destination::Socket(address)) => {
                connect::open(*address).await.map(Stream::Tcp)
            }
            (Way::Direct, Destination::Name(..)) => Err(io::ErrorKind::Unsupported.into()),
            (Way::Proxy(hop, address), destination) => {
                let socket = connect::open(*address).await?;
                pass(hop, socket, destination).await.map_err(refused)
            }
            (Way::Ssh(session), destination) => session.open(destination).await.map_err(refused),
        }
    }
}

impl Way {
    /// Over a first connection to a proxy, and to the server through it.
    pub(super) async fn through_proxy(
        hop: &Arc<Hop>,
        socket: TcpStream,
        address: SocketAddr,
        destination: &Destination,
    ) -> Result<(Self, Stream, Finding), Finding> {
        let stream = pass(hop, socket, destination).await?;
        let way = Self::Proxy(Arc::clone(hop), address);
        Ok((way, stream, Finding::passed()))
    }

    /// Over a session with an SSH host, of which this was found.
    pub(super) async fn through_host(
        session: Arc<Session>,
        found: Finding,
        destination: &Destination,
    ) -> Result<(Self, Stream, Finding), Finding> {
        match session.open(destination).await {
            Ok(stream) => Ok((Self::Ssh(session), stream, found)),
            Err(mut refused) => {
                refused.facts.extend(found.facts);
                Err(refused)
            }
        }
    }
}

/// Asks a proxy for the server.
async fn pass(hop: &Hop, socket: TcpStream, destination: &Destination) -> Result<Stream, Finding> {
    let passed = match hop.via.scheme {
        Scheme::Socks5 => socks5::pass(hop, socket, destination).await,
        Scheme::Http | Scheme::Ssh => http_connect::pass(hop, socket, destination).await,
    };
    passed.map(Stream::Tcp)
}

/// The first connection was explained in full; of the others only the kind counts.
fn refused(finding: Finding) -> io::Error {
    match finding.cause {
        Some(Cause::TcpRefused) => io::ErrorKind::ConnectionRefused.into(),
        _ => io::ErrorKind::HostUnreachable.into(),
    }
}

impl Destination {
    /// Of a hop's connection: what the user gave, as it is.
    pub(super) fn of(address: &Address) -> Self {
        match address.target() {
            Host::Ip(ip) => Self::Socket(SocketAddr::new(*ip, address.port())),
            Host::Name(name) => Self::Name(name.as_ref().to_owned(), address.port()),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(address) => address.fmt(f),
            Self::Name(name, port) => write!(f, "{name}:{port}"),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.destination.fmt(f)
    }
}
