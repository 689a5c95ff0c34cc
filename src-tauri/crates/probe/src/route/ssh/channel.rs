//! Channels of a session, RFC 4254 5 to 7, and what a host says when it opens none.

use std::io;
use std::sync::{Arc, PoisonError};

use russh::client::Msg;
use russh::{Channel, ChannelMsg, ChannelOpenFailure, ChannelStream};
use tokio::sync::Mutex;
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;

use super::host_key::Refusal;
use super::{Session, broken};
use crate::cause::Cause;
use crate::route::seen_from_hop;
use crate::route::stream::Stream;
use crate::route::way::Destination;
use crate::stage::{Finding, printable};

/// Why there is no channel.
enum Unopened {
    /// The host opens none: the reason's number, and a sentence.
    Refused(ChannelOpenFailure, String),
    Broken(russh::Error),
}

impl Session {
    /// A connection from the host to the server.
    pub(in crate::route) async fn open(
        &self,
        destination: &Destination,
    ) -> Result<Stream, Finding> {
        let (host, port) = match destination {
            Destination::Socket(address) => (address.ip().to_string(), address.port()),
            Destination::Name(name, port) => (name.clone(), *port),
        };
        let (from, from_port) = (self.from.ip().to_string(), self.from.port());
        let handle = Arc::clone(&self.handle);
        let opening = async move {
            let (port, from_port) = (port.into(), from_port.into());
            let opened = handle.channel_open_direct_tcpip(host, port, from, from_port);
            opened.await
        };
        match self.channel(opening).await {
            Ok(channel) => Ok(Stream::Channel(channel.into_stream())),
            Err(Unopened::Refused(reason, said)) => {
                Err(refusal(&reason, &said).with("error", printable(said.as_bytes())))
            }
            Err(Unopened::Broken(error)) => Err(broken(&error)),
        }
    }

    /// A program of the host that it runs by this name, RFC 4254 6.5.
    pub(in crate::route) async fn subsystem(&self, name: &str) -> io::Result<ChannelStream<Msg>> {
        let handle = Arc::clone(&self.handle);
        let opening = async move { handle.channel_open_session().await };
        let mut channel = match self.channel(opening).await {
            Ok(channel) => channel,
            Err(Unopened::Refused(_, said)) => {
                return Err(io::Error::new(io::ErrorKind::Unsupported, said));
            }
            Err(Unopened::Broken(error)) => return Err(io::Error::other(error)),
        };
        let asked = channel.request_subsystem(true, name).await;
        asked.map_err(io::Error::other)?;
        loop {
            match channel.wait().await {
                Some(ChannelMsg::Success) => return Ok(channel.into_stream()),
                Some(ChannelMsg::Failure) => return Err(io::ErrorKind::Unsupported.into()),
                Some(_) => {}
                None => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
    }

    /// The library tells a channel only that it was refused, and the session's handler what the host
    /// said, which waits until it is heard: so each refusal is heard by whom it is for, even by
    /// who does not wait for it any more.
    async fn channel(
        &self,
        opening: impl Future<Output = Result<Channel<Msg>, russh::Error>> + Send + 'static,
    ) -> Result<Channel<Msg>, Unopened> {
        let refusals = Arc::clone(&self.refusals);
        let (answer, opened) = oneshot::channel();
        let all = async move {
            let opened = match opening.await {
                Ok(channel) => Ok(channel),
                Err(russh::Error::ChannelOpenFailure(reason)) => {
                    Err(Unopened::Refused(reason, hear(&refusals).await))
                }
                Err(error) => Err(Unopened::Broken(error)),
            };
            if let Err(Ok(unwanted)) = answer.send(opened) {
                let _ = unwanted.close().await;
            }
        };
        self.go_on_with(all);
        let gone = || Err(Unopened::Broken(russh::Error::Disconnect));
        opened.await.unwrap_or_else(|_| gone())
    }

    fn go_on_with(&self, opening: impl Future<Output = ()> + Send + 'static) {
        let mut all = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        while all.try_join_next().is_some() {}
        all.spawn(opening);
    }
}

async fn hear(refusals: &Mutex<Receiver<Refusal>>) -> String {
    let refusal = refusals.lock().await.recv().await;
    refusal.map_or_else(String::new, Refusal::hear)
}

/// Whose refusal it is (RFC 4254 5.1). OpenSSH says what the system said.
fn refusal(reason: &ChannelOpenFailure, said: &str) -> Finding {
    let said = said.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match reason {
        ChannelOpenFailure::ConnectFailed if has(&["refused"]) => seen_from_hop(Cause::TcpRefused),
        ChannelOpenFailure::ConnectFailed if has(&["timed out"]) => {
            seen_from_hop(Cause::TcpTimeout)
        }
        ChannelOpenFailure::ConnectFailed => seen_from_hop(Cause::TcpUnreachable),
        _ => Finding::failed(Cause::SshForwardRefused),
    }
}
