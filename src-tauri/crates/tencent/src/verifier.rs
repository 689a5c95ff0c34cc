//! Who may answer for the cloud. The operating system's verdict comes first; whoever it trusts
//! without being a public authority reads what is sent, so it is named, and refused until the
//! user accepts it. All that happens inside the handshake: nothing has been sent by then.

use std::{collections::BTreeSet, fmt, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, Error as TlsError, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime},
};
use rustls_platform_verifier::Verifier as Platform;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::peer::{Met, Peer, Root};

/// What is made of a root that is not public.
#[derive(Clone, Debug)]
pub(crate) enum Private {
    /// It is the user's own server, or a proxy's: nothing to warn of.
    Expected,
    /// Refused, but for these keys; see [`Root::key`].
    Refused(BTreeSet<String>),
}

pub(crate) struct Verifier {
    platform: Platform,
    provider: Arc<CryptoProvider>,
    /// Trusted beside the system's.
    extra: Vec<CertificateDer<'static>>,
    public: &'static [TrustAnchor<'static>],
    private: Private,
    /// The host of a proxy that is itself spoken to with TLS.
    proxy: Option<String>,
    met: Arc<Met>,
}

/// Why the handshake was ended, inside rustls's error.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the certificate of {} is not trusted: {reason}", peer.host)]
    Untrusted { peer: Box<Peer>, reason: TlsError },
    #[error("the connection to {} is opened by another authority", .0.host)]
    Inspected(Box<Peer>),
}

impl Refusal {
    pub(crate) fn inside(error: &TlsError) -> Option<&Self> {
        match error {
            TlsError::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
                inner.downcast_ref()
            }
            _ => None,
        }
    }
}

impl From<Refusal> for TlsError {
    fn from(refusal: Refusal) -> Self {
        Self::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refusal))))
    }
}

impl Verifier {
    pub(crate) fn new(
        provider: Arc<CryptoProvider>,
        extra: Vec<CertificateDer<'static>>,
        private: Private,
        proxy: Option<String>,
        met: Arc<Met>,
    ) -> Result<Self, TlsError> {
        Ok(Self {
            platform: Platform::new_with_extra_roots(extra.iter().cloned(), Arc::clone(&provider))?,
            provider,
            extra,
            public: webpki_roots::TLS_SERVER_ROOTS,
            private,
            proxy,
            met,
        })
    }

    /// The root that a chain leads to. The operating system has verified the chain; this only
    /// finds out where it ends.
    fn root(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Root {
        let chain = (end_entity, intermediates, now);
        if let Some(root) = self.root_among(self.public, true, chain) {
            return root;
        }
        let system = rustls_native_certs::load_native_certs().certs;
        let private: Vec<_> = self
            .extra
            .iter()
            .chain(&system)
            .filter_map(|root| anchor_from_trusted_cert(root).ok())
            .collect();
        self.root_among(&private, false, chain).unwrap_or_else(|| {
            // The system knows a way that was not shown: then the nearest that was.
            Root::of(intermediates.last().unwrap_or(end_entity))
        })
    }

    fn root_among(
        &self,
        anchors: &[TrustAnchor<'_>],
        public: bool,
        (end_entity, intermediates, now): (&CertificateDer<'_>, &[CertificateDer<'_>], UnixTime),
    ) -> Option<Root> {
        let end_entity = EndEntityCert::try_from(end_entity).ok()?;
        let path = end_entity
            .verify_for_usage(
                self.provider.signature_verification_algorithms.all,
                anchors,
                intermediates,
                now,
                KeyUsage::server_auth(),
                None,
                None,
            )
            .ok()?;
        Some(Root::at(path.anchor(), public))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let host = server_name.to_str().into_owned();
        let mut peer = Peer::read(host, end_entity);
        let verified = self.platform.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let verified = match verified {
            Ok(verified) => verified,
            Err(reason) => {
                let peer = Box::new(peer);
                return Err(Refusal::Untrusted { peer, reason }.into());
            }
        };
        let root = self.root(end_entity, intermediates, now);
        let is_proxy = self.proxy.as_deref() == Some(peer.host.as_str());
        let refused = match &self.private {
            Private::Refused(accepted) => {
                !root.public && !is_proxy && !accepted.contains(&root.key)
            }
            Private::Expected => false,
        };
        peer.root = Some(root);
        if refused {
            self.met.refused.note(peer.clone());
            return Err(Refusal::Inspected(Box::new(peer)).into());
        }
        self.met.peers.note(peer);
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.platform
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.platform
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("private", &self.private)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    use rustls::crypto::aws_lc_rs;

    use super::*;

    const HOST: &str = "redis.tencentcloudapi.com";

    /// A root, an intermediate of it, and what a server shows.
    struct Chain {
        root: CertificateDer<'static>,
        intermediate: CertificateDer<'static>,
        leaf: CertificateDer<'static>,
        root_key: String,
    }

    impl Chain {
        fn new() -> Self {
            let authority = |name: &str| {
                let mut params = CertificateParams::new(Vec::new()).unwrap();
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                params.distinguished_name.push(DnType::CommonName, name);
                params
            };
            let [root_key, key, leaf_key] = [(); 3].map(|()| KeyPair::generate().unwrap());
            let (root, middle) = (authority("Root"), authority("Middle"));
            let root_certificate = root.self_signed(&root_key).unwrap();
            let root_issuer = Issuer::new(root, &root_key);
            let intermediate = middle.signed_by(&key, &root_issuer).unwrap();
            let leaf = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
            let leaf = leaf
                .signed_by(&leaf_key, &Issuer::new(middle, &key))
                .unwrap();
            let (_, parsed) = x509_parser::parse_x509_certificate(root_certificate.der()).unwrap();
            Self {
                root_key: crate::peer::sha256(parsed.public_key().raw),
                root: root_certificate.der().clone(),
                intermediate: intermediate.der().clone(),
                leaf: leaf.der().clone(),
            }
        }

        fn judge(&self, public: bool, accepted: &[&str]) -> Result<Root, TlsError> {
            let met = Arc::new(Met::default());
            let accepted = accepted.iter().map(|key| (*key).to_owned()).collect();
            let mut verifier = Verifier::new(
                Arc::new(aws_lc_rs::default_provider()),
                vec![self.root.clone()],
                Private::Refused(accepted),
                None,
                Arc::clone(&met),
            )?;
            if public {
                let anchor = anchor_from_trusted_cert(&self.root).unwrap().to_owned();
                verifier.public = Box::leak(Box::new([anchor]));
            }
            let name = ServerName::try_from(HOST).unwrap();
            let chain = [self.intermediate.clone()];
            verifier.verify_server_cert(&self.leaf, &chain, &name, &[], UnixTime::now())?;
            Ok(met.peers.all().remove(0).root.unwrap())
        }
    }

    #[test]
    fn a_public_root_needs_no_consent_and_another_one_does() {
        let chain = Chain::new();
        let root = chain.judge(true, &[]).unwrap();
        assert!(root.public);
        assert_eq!(
            (root.name.common_name.as_str(), &root.key),
            ("Root", &chain.root_key)
        );

        let error = chain.judge(false, &["another"]).unwrap_err();
        match Refusal::inside(&error) {
            Some(Refusal::Inspected(peer)) => {
                let named = peer.root.as_ref().unwrap();
                assert_eq!(
                    *named,
                    Root {
                        public: false,
                        ..root
                    }
                );
                assert_eq!(peer.issuer.common_name, "Middle");
            }
            other => panic!("{other:?}"),
        }
        assert!(!chain.judge(false, &[&chain.root_key]).unwrap().public);
    }

    #[test]
    fn the_list_of_public_roots_is_there() {
        assert!(webpki_roots::TLS_SERVER_ROOTS.len() > 100);
    }
}
