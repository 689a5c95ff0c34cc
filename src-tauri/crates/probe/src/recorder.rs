//! The verifier that records: it keeps the chain and its verdict, and never overrides one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, KeyLog, SignatureScheme,
    SupportedProtocolVersion,
};
use secrecy::{ExposeSecret, SecretSlice};
use tokio::time::Instant;

use crate::crypto;
use crate::name;
use crate::plan::Plan;
use crate::trust::{Authorities, Refused, Verified};

/// What the server presented and what came of it.
#[derive(Debug)]
pub(crate) struct Presented {
    /// Leaf first, as sent.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) verified: Result<Verified, Refused>,
    pub(crate) began: Instant,
    pub(crate) took: Duration,
}

impl Presented {
    /// The server's own certificate has this name.
    pub(crate) fn names(&self, name: &ServerName<'_>) -> bool {
        let leaf = self.chain.first();
        leaf.is_some_and(|leaf| name::holds(leaf, name))
    }
}

/// Serves one handshake as certificate verifier and as the (empty) source of client certificates.
/// In another one it takes the same chain or none.
#[derive(Debug)]
pub(crate) struct Recorder {
    authorities: Arc<Authorities>,
    at: UnixTime,
    provider: Arc<CryptoProvider>,
    schemes: Vec<SignatureScheme>,
    presented: OnceLock<Presented>,
    scheme: OnceLock<SignatureScheme>,
    asked: AtomicBool,
    handshake_secret: OnceLock<SecretSlice<u8>>,
}

impl Recorder {
    pub(crate) fn of(plan: &Plan) -> Self {
        let provider = crypto::provider();
        let algorithms = provider.signature_verification_algorithms;
        Self {
            authorities: Arc::clone(&plan.authorities),
            at: plan.at,
            schemes: algorithms.supported_schemes(),
            provider,
            presented: OnceLock::new(),
            scheme: OnceLock::new(),
            asked: AtomicBool::new(false),
            handshake_secret: OnceLock::new(),
        }
    }

    /// Offers these signature schemes alone.
    pub(crate) fn offering(self, schemes: Vec<SignatureScheme>) -> Self {
        Self { schemes, ..self }
    }

    /// For one handshake in one of these versions.
    pub(crate) fn config(
        self: &Arc<Self>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<ClientConfig, Error> {
        let verifier: Arc<Self> = Arc::clone(self);
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(versions)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(Arc::<Self>::clone(self));
        config.resumption = Resumption::disabled();
        config.key_log = Arc::<Self>::clone(self);
        Ok(config)
    }

    pub(crate) fn presented(&self) -> Option<&Presented> {
        self.presented.get()
    }

    /// What the server's handshake messages of TLS 1.3 are encrypted with.
    pub(crate) fn handshake_secret(&self) -> Option<&[u8]> {
        self.handshake_secret.get().map(ExposeSecret::expose_secret)
    }

    /// Of a signature of the server's that holds.
    pub(crate) fn scheme(&self) -> Option<SignatureScheme> {
        self.scheme.get().copied()
    }

    /// The server sent a CertificateRequest.
    pub(crate) fn client_certificate_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

impl ServerCertVerifier for Recorder {
    /// The name is not compared here: that is a stage of its own, after this one.
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = || std::iter::once(end_entity).chain(intermediates);
        let presented = self.presented.get_or_init(|| {
            let began = Instant::now();
            let verified = self.authorities.verify(
                &self.provider.signature_verification_algorithms,
                end_entity,
                intermediates,
                self.at,
            );
            Presented {
                chain: chain().map(|der| der.clone().into_owned()).collect(),
                verified,
                began,
                took: began.elapsed(),
            }
        });
        if !presented.chain.iter().eq(chain()) {
            return Err(Error::General("another certificate chain".to_owned()));
        }
        match &presented.verified {
            Ok(_) => Ok(ServerCertVerified::assertion()),
            Err(refused) => Err(Error::InvalidCertificate(alert_for(refused))),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let valid = verify_tls12_signature(message, cert, dss, algorithms)?;
        let _ = self.scheme.set(dss.scheme);
        Ok(valid)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let valid = verify_tls13_signature(message, cert, dss, algorithms)?;
        let _ = self.scheme.set(dss.scheme);
        Ok(valid)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// By its label in the key log format of SSLKEYLOGFILE.
const HANDSHAKE_SECRET: &str = "SERVER_HANDSHAKE_TRAFFIC_SECRET";

/// Of the handshake alone: the secrets of what is said after it are not kept.
impl KeyLog for Recorder {
    fn log(&self, label: &str, _client_random: &[u8], secret: &[u8]) {
        if label == HANDSHAKE_SECRET {
            let _ = self.handshake_secret.set(secret.to_vec().into());
        }
    }

    fn will_log(&self, label: &str) -> bool {
        label == HANDSHAKE_SECRET
    }
}

impl ResolvesClientCert for Recorder {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        None
    }

    /// True so that `resolve` is asked, which is how the request is noticed.
    fn has_certs(&self) -> bool {
        true
    }
}

/// Only the alert that the server gets depends on this.
fn alert_for(refused: &Refused) -> CertificateError {
    match refused {
        Refused::Leaf(_) => CertificateError::BadEncoding,
        Refused::WeakLeafKey => CertificateError::ApplicationVerificationFailure,
        Refused::Path(webpki::Error::UnknownIssuer) => CertificateError::UnknownIssuer,
        Refused::Path(webpki::Error::CertExpired { .. }) => CertificateError::Expired,
        Refused::Path(_) | Refused::LeafKeyUsage => {
            CertificateError::ApplicationVerificationFailure
        }
    }
}
