//! A client that does nothing but what it must: the least that a test can cost.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::Failure;

/// How far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// TCP, TLS, the certificate's chain and name.
    Handshake,
    /// The same, then PING and its answer, which a test of a Redis server cannot do without.
    Ping,
    /// The same, and beside it PING without TLS on a connection of its own: all that a test asks.
    Questions,
}

impl Depth {
    pub(crate) const ALL: [Self; 3] = [Self::Handshake, Self::Ping, Self::Questions];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Handshake => "handshake",
            Self::Ping => "ping",
            Self::Questions => "questions",
        }
    }
}

impl FromStr for Depth {
    type Err = Failure;

    fn from_str(word: &str) -> Result<Self, Failure> {
        let depth = Self::ALL.into_iter().find(|depth| depth.word() == word);
        depth.ok_or_else(|| "handshake | ping | questions".into())
    }
}

const PING: &[u8] = b"*1\r\n$4\r\nPING\r\n";

/// Made once; it resumes no session, since a test does not either.
pub(crate) fn connector(ca: &Path) -> Result<TlsConnector, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca)?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Fails unless the server is up and proven, and, where it is asked, a Redis that has no plaintext.
pub(crate) async fn connect(
    connector: &TlsConnector,
    address: SocketAddr,
    depth: Depth,
) -> Result<(), Failure> {
    let tls = over_tls(connector, address, depth != Depth::Handshake);
    match depth {
        Depth::Handshake | Depth::Ping => tls.await,
        Depth::Questions => {
            let (tls, plaintext) = tokio::join!(tls, in_plaintext(address));
            tls.and(plaintext)
        }
    }
}

async fn over_tls(
    connector: &TlsConnector,
    address: SocketAddr,
    ping: bool,
) -> Result<(), Failure> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let mut stream = connector.connect(address.ip().into(), socket).await?;
    if !ping {
        return Ok(());
    }
    stream.write_all(PING).await?;
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).await?;
    match &answer {
        b"+PONG\r\n" => Ok(()),
        other => Err(format!("{address} answers {}", other.escape_ascii()).into()),
    }
}

async fn in_plaintext(address: SocketAddr) -> Result<(), Failure> {
    let mut socket = TcpStream::connect(address).await?;
    socket.write_all(PING).await?;
    let mut answer = [0; 64];
    let n = match socket.read(&mut answer).await {
        // `redis-server` closes without having read all, which the system makes a reset.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
        read => read?,
    };
    match answer.get(..n) {
        // An alert, or nothing.
        Some([] | [21, ..]) => Ok(()),
        other => Err(format!("{address} has plaintext: {other:?}").into()),
    }
}
