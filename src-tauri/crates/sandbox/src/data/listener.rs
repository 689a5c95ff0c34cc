//! Accepts connections and tells TLS from plaintext by the first byte, as the proxy does.

use std::{
    io,
    net::{Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::{Backend, Endpoint, session};

/// The content type of a TLS handshake record, which a ClientHello starts with.
const TLS_HANDSHAKE: u8 = 0x16;
/// For the first byte and for the TLS handshake, each. Real time.
const PATIENCE: Duration = Duration::from_secs(10);

/// The listening sockets of one instance.
#[derive(Debug)]
pub(crate) struct Ports {
    private: TcpListener,
    /// The same port on `::1`, where `localhost` may lead too.
    public: Option<TcpListener>,
}

impl Ports {
    /// Takes a free port of 127.0.0.1, and the same of `::1` when there is a public address.
    pub(crate) async fn bind(public: bool) -> io::Result<Self> {
        let private = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let port = private.local_addr()?.port();
        let public = match public {
            true => TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok(),
            false => None,
        };
        Ok(Self { private, public })
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.private.local_addr()
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.public {
            None => self.private.accept().await,
            Some(public) => tokio::select! {
                accepted = self.private.accept() => accepted,
                accepted = public.accept() => accepted,
            },
        }
    }
}

/// Serves one instance until `stop`.
pub(crate) async fn serve(
    ports: Ports,
    endpoint: Arc<Endpoint>,
    backend: Option<Arc<Backend>>,
    stop: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = ports.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection(stream, peer, endpoint.clone(), backend.clone());
                let stop = stop.clone();
                tokio::spawn(async move {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = connection => {}
                    }
                });
            }
            // Out of file descriptors: nothing to do but let some connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection(
    mut stream: TcpStream,
    peer: SocketAddr,
    endpoint: Arc<Endpoint>,
    backend: Option<Arc<Backend>>,
) {
    let policy = endpoint.policy();
    if !policy.open {
        return;
    }
    let Some(registration) = endpoint.register(peer) else {
        let _ = stream
            .write_all(b"-ERR max number of clients reached\r\n")
            .await;
        return;
    };
    // Answers are small and wait for nothing.
    let _ = stream.set_nodelay(true);
    let mut first = [0];
    let Ok(Ok(1)) = timeout(PATIENCE, stream.peek(&mut first)).await else {
        return;
    };
    let tls = first[0] == TLS_HANDSHAKE;
    let client = session::Peer {
        endpoint: &endpoint,
        policy: &policy,
        registration: &registration,
        backend: backend.as_deref(),
    };
    match (&policy.tls, tls) {
        (Some(identity), true) => {
            // However long its key takes to make: that is no fault of the client's.
            let Ok(config) = identity.config().await else {
                endpoint.count_failed();
                return;
            };
            let handshake = TlsAcceptor::from(config).accept(stream);
            let Ok(Ok(stream)) = timeout(PATIENCE, handshake).await else {
                endpoint.count_failed();
                return;
            };
            endpoint.count(true);
            tokio::select! {
                () = endpoint.until_cut(&policy, true) => {}
                _ = session::run(stream, client) => {}
            }
        }
        (None, true) => {
            endpoint.count_failed();
            let _ = refuse(stream, b"-ERR Protocol error: invalid multibulk length\r\n").await;
        }
        (_, false) if policy.tls_only => {
            endpoint.count_refused();
            let _ = refuse(stream, b"").await;
        }
        (_, false) => {
            endpoint.count(false);
            tokio::select! {
                () = endpoint.until_cut(&policy, false) => {}
                _ = session::run(stream, client) => {}
            }
        }
    }
}

/// Ends a connection with `answer`. A Redis without TLS answers a ClientHello with a protocol
/// error in plaintext; a proxy that takes nothing but TLS has no words for anything else. What
/// arrived is read first, or the answer would be lost in a reset.
async fn refuse(mut stream: TcpStream, answer: &[u8]) -> io::Result<()> {
    let mut received = [0; 4096];
    let _ = stream.read(&mut received).await?;
    stream.write_all(answer).await?;
    stream.shutdown().await?;
    let drain = async {
        while stream.read(&mut received).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    timeout(Duration::from_secs(1), drain)
        .await
        .unwrap_or(Ok(()))
}
