//! One connection: requests in, replies out.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{
    Backend, Endpoint, Policy,
    commands::{Session, Then},
    endpoint::Registration,
    reply::Reply,
    request::{Parsed, parse},
};

/// Answers that are collected before they are sent.
const UNSENT: usize = 64 * 1024;

/// Who is connected to what.
pub(crate) struct Peer<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) policy: &'a Policy,
    pub(crate) registration: &'a Registration,
    pub(crate) backend: Option<&'a Backend>,
}

/// Serves a connection until the client leaves, breaks the protocol or quits.
pub(crate) async fn run<S>(mut stream: S, peer: Peer<'_>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if let Some(backend) = peer.backend {
        let mut server = backend.connect(peer.policy).await?;
        tokio::io::copy_bidirectional(&mut stream, &mut server).await?;
        return Ok(());
    }
    let mut session = Session::new(peer.endpoint, peer.policy, peer.registration.id);
    let mut received = Vec::new();
    loop {
        let mut answers = Vec::new();
        let mut taken = 0;
        let then = loop {
            match parse(&received[taken..]) {
                Parsed::Incomplete => break Then::Continue,
                Parsed::Request(arguments, length) => {
                    taken += length;
                    if arguments.is_empty() {
                        continue;
                    }
                    let (reply, then) = session.perform(&arguments);
                    answers.extend(reply.encode(session.protocol()).map_err(io::Error::other)?);
                    if then == Then::Close {
                        break then;
                    }
                    // A pipeline may ask for far more than it sends.
                    if answers.len() > UNSENT {
                        stream.write_all(&answers).await?;
                        answers.clear();
                    }
                }
                Parsed::Malformed(reason) => {
                    let reply = Reply::error(format!("ERR {reason}"));
                    answers.extend(reply.encode(session.protocol()).map_err(io::Error::other)?);
                    break Then::Close;
                }
            }
        };
        received.drain(..taken);
        stream.write_all(&answers).await?;
        stream.flush().await?;
        if then == Then::Close {
            return stream.shutdown().await;
        }
        if stream.read_buf(&mut received).await? == 0 {
            return stream.shutdown().await;
        }
    }
}
