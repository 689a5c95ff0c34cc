//! An SSH host that one is logged in to, for more than one purpose: its files, and tests from it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout_at;

use super::Hop;
use super::ssh::Session;
use super::start::any;
use super::stream::Stream;
use super::way::Destination;
use crate::cause::Cause;
use crate::report::{Stage, StageId};
use crate::request::Dns;
use crate::resolve::resolve;
use crate::stage::{Finding, Stopwatch};

/// A session with a host that is known, as a user that it let in. Clones are the same session,
/// which ends with the last of them.
#[derive(Clone, Debug)]
pub struct SshHost {
    hop: Arc<Hop>,
    session: Arc<Session>,
    /// By which key it is known, and how it was logged in.
    found: Finding,
}

impl SshHost {
    /// Connects and logs in, directly or from another host that looks up the name.
    ///
    /// # Errors
    /// The stage that failed, with its cause and evidence: the look-up of the name, the
    /// connection, or SSH itself.
    pub async fn log_in(
        hop: Hop,
        from: Option<&Self>,
        dns: &Dns,
        timeout: Duration,
    ) -> Result<Self, Box<Stage>> {
        let watch = Stopwatch::start(timeout);
        let running = watch.stage(StageId::Tcp);
        let stream = match from {
            Some(host) => {
                let destination = Destination::of(&hop.via.address);
                let opening = host.open(&destination);
                match timeout_at(watch.deadline(60), opening).await {
                    Ok(Ok((stream, _))) => stream,
                    Ok(Err(refused)) => {
                        return Err(Box::new(running.end(host.hop.named(refused))));
                    }
                    Err(_) => {
                        let silent = Finding::failed(Cause::TcpTimeout);
                        return Err(Box::new(running.end(host.hop.named(silent))));
                    }
                }
            }
            None => connect(&hop, dns, watch).await?,
        };
        let running = watch.stage(StageId::Hop);
        let session = Session::start(&hop, stream);
        let started = timeout_at(watch.deadline(100), session).await;
        match started.unwrap_or_else(|_| Err(hop.silent())) {
            Ok((session, found)) => Ok(Self {
                hop: Arc::new(hop),
                session: Arc::new(session),
                found,
            }),
            Err(refused) => Err(Box::new(running.end(hop.named(refused)))),
        }
    }

    /// How it is known and let one in: `host_key`, `host_key_sha256`, `host_key_added`, `login`.
    #[must_use]
    pub const fn facts(&self) -> &Map<String, Value> {
        &self.found.facts
    }

    /// Bytes to and from a program of the host that has this name there, such as `sftp`:
    /// RFC 4254 6.5.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] when the host does not run it for this user; any other when
    /// the connection is broken.
    pub async fn subsystem(
        &self,
        name: &str,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Unpin + Send + 'static> {
        self.session.subsystem(name).await
    }

    pub(super) fn hop(&self) -> &Hop {
        &self.hop
    }

    pub(super) const fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// A connection from the host.
    pub(super) async fn open(
        &self,
        destination: &Destination,
    ) -> Result<(Stream, Finding), Finding> {
        let opened = self.session.open(destination).await;
        opened.map(|stream| (stream, self.found.clone()))
    }
}

/// To a host that is reached from here.
async fn connect(hop: &Hop, dns: &Dns, watch: Stopwatch) -> Result<Stream, Box<Stage>> {
    let running = watch.stage(StageId::Dns);
    let address = &hop.via.address;
    let addresses = match resolve(address.target(), dns, watch.deadline(40)).await {
        Ok((addresses, _)) => addresses,
        Err(failed) => return Err(Box::new(running.end(hop.named(failed)))),
    };
    let at = |ip| SocketAddr::new(ip, address.port());
    let addresses: Vec<_> = addresses.into_iter().map(at).collect();
    let running = watch.stage(StageId::Tcp);
    match any(&addresses, watch.deadline(60)).await {
        Ok(((socket, _), _)) => Ok(Stream::Tcp(socket)),
        Err(failed) => Err(Box::new(running.end(hop.named(failed)))),
    }
}
