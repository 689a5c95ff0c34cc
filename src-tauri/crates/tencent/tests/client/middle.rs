//! A server with TLS in front of another.

use std::sync::Arc;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::inspecting::pass_on;

/// Takes TLS off in front of `inner`, a `host:port`.
pub(crate) async fn tls_in_front_of(inner: &str, config: ServerConfig) -> String {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let target = inner.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(pass_on(acceptor.clone(), stream, target.clone()));
        }
    });
    url
}

/// A port that nothing listens on.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
