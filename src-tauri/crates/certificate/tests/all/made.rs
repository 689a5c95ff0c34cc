//! Certificates made for the tests.

#![expect(clippy::unwrap_used, reason = "tests")]
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test target uses its part"
)]

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, SigningKey};

/// A self-signed CA of this name, DER.
pub(crate) fn ca(name: &str) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    self_signed(&params, &KeyPair::generate().unwrap())
}

pub(crate) fn self_signed(params: &CertificateParams, key: &impl SigningKey) -> Vec<u8> {
    params.self_signed(key).unwrap().der().to_vec()
}

pub(crate) fn pem(der: &[u8]) -> String {
    rediseal_certificate::Certificate::from_der(der)
        .unwrap()
        .to_pem()
}
