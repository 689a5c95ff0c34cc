//! A client that holds its connection.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::pki::Authority;

/// Connected, and served: until this is dropped.
pub(crate) async fn pinging(address: SocketAddr, ca: &Authority) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().into()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    // The one before it may still be counted for a moment.
    for _ in 0..10_000 {
        let socket = TcpStream::connect(address).await.unwrap();
        let name = ServerName::from(address.ip());
        let Ok(mut session) = connector.connect(name, socket).await else {
            continue;
        };
        let mut reply = [0; 7];
        let _ = session.write_all(b"PING\r\n").await;
        if session.read_exact(&mut reply).await.is_ok() && reply == *b"+PONG\r\n" {
            return session;
        }
    }
    panic!("it serves nobody");
}
