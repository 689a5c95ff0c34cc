//! Authorities and the certificates they issue.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, SignatureAlgorithm, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

/// A CA, a root or one below.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate with its key, and what is sent with it.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        Self::with(name, |_| {})
    }

    pub(crate) fn with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = authority_params(name);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).unwrap(),
        }
    }

    pub(crate) fn intermediate(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let mut params = authority_params(name);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::signed_by(params, key, &self.issuer).unwrap(),
        }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub(crate) fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// For 127.0.0.1 and localhost, ECDSA.
    pub(crate) fn issue(&self) -> Identity {
        self.issue_with(|_| {})
    }

    pub(crate) fn issue_with(&self, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        self.issue_for(&PKCS_ECDSA_P256_SHA256, change)
    }

    pub(crate) fn issue_rsa(&self) -> Identity {
        self.issue_for(&PKCS_RSA_SHA256, |_| {})
    }

    fn issue_for(
        &self,
        algorithm: &'static SignatureAlgorithm,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let mut params = leaf_params();
        change(&mut params);
        let key = KeyPair::generate_for(algorithm).unwrap();
        let leaf = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            chain: vec![leaf.der().clone()],
            key: key.serialize_der(),
        }
    }
}

impl Identity {
    pub(crate) fn self_signed() -> Self {
        let key = KeyPair::generate().unwrap();
        let leaf = leaf_params().self_signed(&key).unwrap();
        Self {
            chain: vec![leaf.der().clone()],
            key: key.serialize_der(),
        }
    }

    /// As `openssl req -x509` makes it: a CA, and the server's own certificate.
    pub(crate) fn self_signed_ca() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = leaf_params();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let leaf = params.self_signed(&key).unwrap();
        Self {
            chain: vec![leaf.der().clone()],
            key: key.serialize_der(),
        }
    }

    pub(crate) fn sending(mut self, other: Vec<u8>) -> Self {
        self.chain.push(other.into());
        self
    }

    /// The same key, and these bytes as the certificate.
    pub(crate) fn presenting(mut self, leaf: Vec<u8>) -> Self {
        self.chain = vec![leaf.into()];
        self
    }

    pub(crate) fn leaf(&self) -> Vec<u8> {
        self.chain[0].to_vec()
    }

    pub(crate) fn certified_key(&self) -> Arc<CertifiedKey> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        Arc::new(CertifiedKey::new(self.chain.clone(), key))
    }

    /// Writes `cert.pem` (with all that is sent) and `key.pem`.
    pub(crate) fn write(&self, folder: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        let chain: String = self
            .chain
            .iter()
            .map(|der| rediseal_certificate::pem_block(der))
            .collect();
        let pair = KeyPair::try_from(self.key.as_slice()).unwrap();
        std::fs::write(&certificate, chain).unwrap();
        std::fs::write(&key, pair.serialize_pem()).unwrap();
        (certificate, key)
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = base_params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params() -> CertificateParams {
    let mut params = base_params("Lab Server");
    let names = CertificateParams::new(["localhost".into(), "127.0.0.1".into()]).unwrap();
    params.subject_alt_names = names.subject_alt_names;
    params
}

fn base_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params
}
