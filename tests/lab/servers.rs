//! Servers in this process, one connection after another or at once.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::pki::Identity;

/// Stops when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// What the clients sent after the handshake, or instead of it.
    pub(crate) heard: Heard,
    task: JoinHandle<()>,
}

/// At any port.
const LOOPBACK: &str = "127.0.0.1:0";

pub(crate) type Heard = Arc<Mutex<Vec<u8>>>;

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned()
    }
}

/// Does with every connection as told.
pub(crate) async fn scripted<F, Fut>(script: F) -> Server
where
    F: Fn(TcpStream, Heard) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    scripted_at(LOOPBACK, script).await
}

pub(crate) async fn scripted_at<F, Fut>(address: &str, script: F) -> Server
where
    F: Fn(TcpStream, Heard) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let hearing = Arc::clone(&heard);
    let task = tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(script(socket, Arc::clone(&hearing)));
        }
    });
    Server {
        address,
        heard,
        task,
    }
}

/// Sends `first` as soon as a client connects, then listens until the client goes.
pub(crate) async fn greeting(first: &'static [u8]) -> Server {
    scripted(move |mut socket, heard| async move {
        let _ = socket.write_all(first).await;
        listen(&mut socket, &heard).await;
    })
    .await
}

/// Waits for the client's first bytes, answers with `reply`, and closes when told so.
pub(crate) async fn replying(reply: &[u8], close: bool) -> Server {
    let reply = reply.to_vec();
    scripted(move |mut socket, heard| {
        let reply = reply.clone();
        async move {
            let _ = socket.read(&mut [0; 4096]).await;
            let _ = socket.write_all(&reply).await;
            if !close {
                listen(&mut socket, &heard).await;
            }
        }
    })
    .await
}

/// Says nothing.
pub(crate) async fn silent() -> Server {
    scripted(|mut socket, heard| async move { listen(&mut socket, &heard).await }).await
}

/// What a Redis behind TLS answers; none closes the connection.
#[derive(Clone, Copy)]
pub(crate) struct Replies {
    pub(crate) auth: Option<&'static [u8]>,
    pub(crate) ping: Option<&'static [u8]>,
}

pub(crate) const REDIS: Replies = Replies {
    auth: Some(b"+OK\r\n"),
    ping: Some(b"+PONG\r\n"),
};

/// TLS only, with a Redis behind it.
pub(crate) async fn tls(identity: &Identity) -> Server {
    tls_with(identity, REDIS, &[]).await
}

pub(crate) async fn tls_with(
    identity: &Identity,
    replies: Replies,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Server {
    serving(LOOPBACK, acceptor(identity, versions), replies).await
}

pub(crate) async fn tls_at(address: &str, identity: &Identity, replies: Replies) -> Server {
    serving(address, acceptor(identity, &[]), replies).await
}

/// Has a certificate for this name only, and ends the handshake with a client that sends another
/// or none.
pub(crate) async fn tls_for_name(identity: &Identity, name: &'static str) -> Server {
    let resolver = Named(name, Always(identity.certified_key()));
    serving(LOOPBACK, acceptor_of(Arc::new(resolver), &[]), REDIS).await
}

/// A Redis without TLS.
pub(crate) async fn plain(replies: Replies) -> Server {
    scripted(move |mut socket, heard| async move { redis(&mut socket, replies, &heard).await })
        .await
}

async fn serving(address: &str, acceptor: TlsAcceptor, replies: Replies) -> Server {
    scripted_at(address, move |socket, heard| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut session) = acceptor.accept(socket).await {
                redis(&mut session, replies, &heard).await;
            }
        }
    })
    .await
}

/// A port with TLS and plaintext that never answers a ClientHello.
pub(crate) async fn shared_without_answer_to_tls() -> Server {
    scripted(|mut socket, heard| async move {
        let mut first = [0];
        let _ = socket.peek(&mut first).await;
        if first == [22] {
            listen(&mut socket, &heard).await;
        } else {
            redis(&mut socket, REDIS, &heard).await;
        }
    })
    .await
}

/// TLS and plaintext on one port, as the proxy of TencentDB has it.
pub(crate) async fn shared(identity: &Identity, plaintext: Replies) -> Server {
    let acceptor = acceptor(identity, &[]);
    scripted(move |mut socket, heard| {
        let acceptor = acceptor.clone();
        async move {
            let mut first = [0];
            let _ = socket.peek(&mut first).await;
            if first != [22] {
                redis(&mut socket, plaintext, &heard).await;
            } else if let Ok(mut session) = acceptor.accept(socket).await {
                redis(&mut session, REDIS, &heard).await;
            }
        }
    })
    .await
}

/// As [`tls`], with these key exchange groups in this order.
pub(crate) async fn tls_with_groups(
    identity: &Identity,
    groups: Vec<&'static dyn rustls::crypto::SupportedKxGroup>,
) -> Server {
    let provider = rustls::crypto::CryptoProvider {
        kx_groups: groups,
        ..rustls::crypto::aws_lc_rs::default_provider()
    };
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(rustls::DEFAULT_VERSIONS)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Always(identity.certified_key())));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    scripted(move |socket, heard| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut session) = acceptor.accept(socket).await {
                redis(&mut session, REDIS, &heard).await;
            }
        }
    })
    .await
}

fn acceptor(
    identity: &Identity,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> TlsAcceptor {
    acceptor_of(Arc::new(Always(identity.certified_key())), versions)
}

fn acceptor_of(
    resolver: Arc<dyn ResolvesServerCert>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = match versions {
        [] => rustls::DEFAULT_VERSIONS,
        some => some,
    };
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    TlsAcceptor::from(Arc::new(config))
}

/// Presents whatever it was given, unchecked.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Named(&'static str, Always);

impl ResolvesServerCert for Named {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name() == Some(self.0);
        named.then(|| self.1.resolve(hello)).flatten()
    }
}

async fn redis<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, replies: Replies, heard: &Heard) {
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut buffer).await {
        let command = &buffer[..n];
        heard.lock().unwrap().extend_from_slice(command);
        let is_auth = command.windows(4).any(|word| word == b"AUTH");
        let reply = match is_auth {
            true => replies.auth,
            false => replies.ping,
        };
        let Some(reply) = reply else { return };
        // Some clients send several commands at once.
        let commands = command.split(|byte| *byte == b'\n');
        let commands = commands.filter(|line| line.starts_with(b"*")).count();
        let _ = stream.write_all(&reply.repeat(commands.max(1))).await;
        let _ = stream.flush().await;
    }
}

async fn listen(socket: &mut TcpStream, heard: &Heard) {
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = socket.read(&mut buffer).await {
        heard.lock().unwrap().extend_from_slice(&buffer[..n]);
    }
}

/// A port that nothing listens on and that nobody else gets while the socket is there.
pub(crate) fn closed() -> (SocketAddr, TcpSocket) {
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    (taken.local_addr().unwrap(), taken)
}
