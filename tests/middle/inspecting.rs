//! A proxy that opens what goes through it, as a company's or a security product's does, and the
//! authority that it signs with.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// Signs certificates.
pub(crate) struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str, organization: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let subject = &mut params.distinguished_name;
        subject.push(DnType::CommonName, name);
        subject.push(DnType::OrganizationName, organization);
        Self {
            pem: params.self_signed(&key).unwrap().pem(),
            params,
            key,
        }
    }

    /// The configuration of a server with a certificate for `name`.
    pub(crate) fn server(&self, name: &str) -> ServerConfig {
        self.server_valid(name, |_| {})
    }

    pub(crate) fn server_valid(
        &self,
        name: &str,
        change: impl Fn(&mut CertificateParams),
    ) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let issuer = Issuer::new(self.params.clone(), &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap()
    }
}

/// A proxy that opens what goes through it: it answers CONNECT, takes TLS off with a certificate
/// of its own for the host that was asked for, and passes the request on in the clear to `inner`.
pub(crate) struct Inspecting {
    pub(crate) url: String,
    /// The hosts that tunnels were asked for to.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl Inspecting {
    pub(crate) async fn start(authority: Authority, inner: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (record, inner) = (
            Arc::clone(&asked),
            inner.trim_start_matches("http://").to_owned(),
        );
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let host = tunnel(&mut stream).await;
                record.lock().unwrap().push(host.clone());
                let acceptor = TlsAcceptor::from(Arc::new(authority.server(&host)));
                tokio::spawn(pass_on(acceptor, stream, inner.clone()));
            }
        });
        Self { url, asked }
    }
}

/// Answers CONNECT; returns the host.
async fn tunnel(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.unwrap() > 0 {}
    let head = String::from_utf8(head).unwrap();
    let host = head
        .strip_prefix("CONNECT ")
        .and_then(|rest| rest.split([':', ' ']).next())
        .unwrap()
        .to_owned();
    stream
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .await
        .unwrap();
    host
}

/// Takes TLS off, and passes on what is in it.
pub(crate) async fn pass_on(acceptor: TlsAcceptor, stream: TcpStream, target: String) {
    if let Ok(mut outer) = acceptor.accept(stream).await {
        let mut inner = TcpStream::connect(&target).await.unwrap();
        // How the connection ends is for the client to judge.
        drop(tokio::io::copy_bidirectional(&mut outer, &mut inner).await);
    }
}
