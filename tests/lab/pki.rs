//! Authorities and the certificates they issue.

use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    PKCS_ECDSA_P521_SHA512, PKCS_RSA_SHA256, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use crate::children::openssl;

/// A CA, a root or one below.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate with its key, and what is sent with it.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// PEM, PKCS #8.
    key: String,
}

/// A server's key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    Rsa2048,
    Rsa4096,
    Rsa8192,
    P256,
    P384,
    P521,
    Ed25519,
}

impl Key {
    /// Long RSA keys take too long to make: these are the lab's own, and good for nothing else.
    fn pair(self) -> KeyPair {
        match self {
            Self::Rsa2048 => KeyPair::generate_for(&PKCS_RSA_SHA256),
            Self::Rsa4096 => KeyPair::from_pem(include_str!("keys/rsa-4096.pem")),
            Self::Rsa8192 => KeyPair::from_pem(include_str!("keys/rsa-8192.pem")),
            Self::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            Self::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
            Self::P521 => KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512),
            // OpenSSL reads no key of rcgen's making, which has the public key with it (RFC 5958).
            Self::Ed25519 => KeyPair::from_pem(&openssl_key(&["-algorithm", "ED25519"])),
        }
        .unwrap()
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        Self::with(name, |_| {})
    }

    pub(crate) fn with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        Self::keyed(name, Key::P256, change)
    }

    pub(crate) fn keyed(name: &str, key: Key, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = authority_params(name);
        change(&mut params);
        Self {
            issuer: CertifiedIssuer::self_signed(params, key.pair()).unwrap(),
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
        self.issue_for(Key::P256, change)
    }

    pub(crate) fn issue_rsa(&self) -> Identity {
        self.issue_for(Key::Rsa2048, |_| {})
    }

    pub(crate) fn issue_for(
        &self,
        key: Key,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let mut params = leaf_params();
        change(&mut params);
        let key = key.pair();
        let leaf = params.signed_by(&key, &self.issuer).unwrap();
        Identity::of(leaf.der(), &key)
    }
}

impl Identity {
    fn of(leaf: &CertificateDer<'_>, key: &KeyPair) -> Self {
        Self {
            chain: vec![leaf.clone().into_owned()],
            key: key.serialize_pem(),
        }
    }

    /// One that another program made: certificates, leaf first, and the leaf's key.
    pub(crate) fn from_pem(chain: &str, key: &str) -> Self {
        let chain = CertificateDer::pem_slice_iter(chain.as_bytes());
        Self {
            chain: chain.map(Result::unwrap).collect(),
            key: key.to_owned(),
        }
    }

    pub(crate) fn self_signed() -> Self {
        Self::self_signed_with(|_| {})
    }

    pub(crate) fn self_signed_with(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = Key::P256.pair();
        let mut params = leaf_params();
        change(&mut params);
        Self::of(params.self_signed(&key).unwrap().der(), &key)
    }

    /// As `openssl req -x509` makes it: a CA, and the server's own certificate.
    pub(crate) fn self_signed_ca() -> Self {
        Self::self_signed_with(|params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        })
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
        let der = PrivatePkcs8KeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        let key = PrivateKeyDer::Pkcs8(der);
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        Arc::new(CertifiedKey::new(self.chain.clone(), key))
    }

    /// Writes `cert.pem` (with all that is sent), `rest.pem` (what is sent after the server's
    /// own) and `key.pem`.
    pub(crate) fn write(&self, folder: &Path) {
        self.write_as(&folder.join("cert.pem"), &folder.join("key.pem"));
        std::fs::write(folder.join("rest.pem"), pem(&self.chain[1..])).unwrap();
    }

    /// Writes the certificates and the key to these files.
    pub(crate) fn write_as(&self, chain: &Path, key: &Path) {
        std::fs::write(chain, pem(&self.chain)).unwrap();
        std::fs::write(key, &self.key).unwrap();
    }
}

fn pem(chain: &[CertificateDer<'_>]) -> String {
    let blocks = chain.iter().map(|der| rediseal_certificate::pem_block(der));
    blocks.collect()
}

fn openssl_key(kind: &[&str]) -> String {
    let made = openssl(Path::new("."), &[&["genpkey"], kind].concat());
    String::from_utf8(made.stdout).unwrap()
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
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
    ];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn base_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}
