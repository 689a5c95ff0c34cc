//! TLS servers that answer PING, each on a port of its own, until stdin ends.

use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Failure;

pub(crate) fn run(kind: &str, count: usize, folder: &Path) -> Result<Value, Failure> {
    let acceptor = acceptor(kind, folder)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let addresses = runtime.block_on(listen(acceptor, count))?;
    println!("{}", json!({ "addresses": addresses }));
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(Value::Null)
}

/// Writes `ca.pem`, `cert.pem` and `key.pem`, which another server can use too.
fn acceptor(kind: &str, folder: &Path) -> Result<TlsAcceptor, Failure> {
    let key = || match kind {
        "rsa" => KeyPair::generate_for(&PKCS_RSA_SHA256),
        _ => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
    };
    let mut authority = CertificateParams::default();
    authority
        .distinguished_name
        .push(DnType::CommonName, "Bench CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = CertifiedIssuer::self_signed(authority, key()?)?;
    let mut server = CertificateParams::new(["127.0.0.1".to_owned()])?;
    // Python's verifier takes no certificate without it.
    server.use_authority_key_identifier_extension = true;
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = key()?;
    let certificate = server.signed_by(&key, &authority)?;
    std::fs::write(folder.join("ca.pem"), authority.pem())?;
    std::fs::write(folder.join("cert.pem"), certificate.pem())?;
    std::fs::write(folder.join("key.pem"), key.serialize_pem())?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn listen(acceptor: TlsAcceptor, count: usize) -> Result<Vec<SocketAddr>, Failure> {
    let mut addresses = Vec::new();
    for _ in 0..count {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        addresses.push(listener.local_addr()?);
        tokio::spawn(accept(listener, acceptor.clone()));
    }
    Ok(addresses)
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(answer(socket, acceptor.clone()));
    }
}

/// What is no TLS ends with an alert, as it does with a Redis server.
async fn answer(socket: TcpStream, acceptor: TlsAcceptor) {
    let _ = socket.set_nodelay(true);
    let Ok(mut stream) = acceptor.accept(socket).await else {
        return;
    };
    let mut command = [0; 512];
    while let Ok(1..) = stream.read(&mut command).await {
        if stream.write_all(b"+PONG\r\n").await.is_err() {
            return;
        }
    }
}
