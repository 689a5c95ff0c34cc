//! A client of an instance.

use std::{io, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{archive::unpack, client::Client};

/// An instance as a client of it knows it.
pub(crate) struct Redis {
    pub(crate) address: String,
    pub(crate) ca: Vec<u8>,
    pub(crate) password: String,
}

impl Redis {
    pub(crate) async fn of(client: &Client, region: &str, id: &str) -> Self {
        let instance = client.instance(region, id).await;
        let archive = client.archive(region, id).await;
        Self {
            address: format!(
                "{}:{}",
                instance["WanIp"].as_str().unwrap(),
                instance["Port"]
            ),
            ca: unpack(&archive)["ca.pem"].clone(),
            password: client.ready.redis_password.clone(),
        }
    }

    pub(crate) async fn plain(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    /// Chain and name are verified.
    pub(crate) async fn tls(&self, name: &str) -> io::Result<TlsStream<TcpStream>> {
        let config = builder()
            .with_root_certificates(self.roots())
            .with_no_client_auth();
        self.connect(config, name).await
    }

    /// With TLS 1.2 and nothing newer.
    pub(crate) async fn tls_1_2(&self, name: &str) -> io::Result<TlsStream<TcpStream>> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS12])
            .unwrap()
            .with_root_certificates(self.roots())
            .with_no_client_auth();
        self.connect(config, name).await
    }

    /// The chain is verified, a certificate without names accepted.
    pub(crate) async fn tls_without_name(&self) -> io::Result<TlsStream<TcpStream>> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let roots = Arc::new(self.roots());
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider)
            .build()
            .unwrap();
        let config = builder()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(ChainOnly(verifier)))
            .with_no_client_auth();
        self.connect(config, "127.0.0.1").await
    }

    async fn connect(&self, config: ClientConfig, name: &str) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let stream = self.plain().await;
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(&self.ca).unwrap())
            .unwrap();
        roots
    }
}

fn builder() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
}

#[derive(Debug)]
struct ChainOnly(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for ChainOnly {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use rustls::{
            CertificateError::{NotValidForName, NotValidForNameContext},
            Error::InvalidCertificate,
        };

        match self
            .0
            .verify_server_cert(leaf, intermediates, name, ocsp, now)
        {
            Err(InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, leaf, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Sends inline commands and reads what comes back until it ends with `end`.
pub(crate) async fn talk(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    commands: &str,
    end: &str,
) -> String {
    stream.write_all(commands.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let reading = async {
        while !received.ends_with(end.as_bytes()) {
            if stream.read_buf(&mut received).await.unwrap_or(0) == 0 {
                break;
            }
        }
    };
    let complete = timeout(Duration::from_secs(10), reading).await;
    let received = String::from_utf8_lossy(&received).into_owned();
    assert!(complete.is_ok(), "no {end:?} after {received:?}");
    received
}

/// Waits for the end of a connection.
pub(crate) async fn ended(stream: &mut (impl AsyncRead + Unpin)) -> bool {
    let mut rest = [0; 64];
    let end = async { while !matches!(stream.read(&mut rest).await, Ok(0) | Err(_)) {} };
    timeout(Duration::from_secs(10), end).await.is_ok()
}
