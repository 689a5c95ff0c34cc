//! Whether a key made a signature, with the algorithms that TLS clients accept.

use webpki::ALL_VERIFICATION_ALGS;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::Certificate;
use crate::algorithm;
use crate::der::{Reader, SEQUENCE};

/// RSA keys below this are refused, as every current client does (NIST SP 800-131A), bits.
pub const LEAST_RSA_BITS: u32 = 2048;

impl Certificate {
    /// The other one is named as its issuer, and the signature was made with its key. None when
    /// the names fit and the signature is of a kind that is not checked: see [`signature_holds`].
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Self) -> Option<bool> {
        let (_, own) = X509Certificate::from_der(self.der()).ok()?;
        let (_, other) = X509Certificate::from_der(issuer.der()).ok()?;
        match own.issuer().as_raw() == other.subject().as_raw() {
            true => signature_holds(self.der(), &own, &other),
            false => Some(false),
        }
    }
}

/// The signature of the certificate with these bytes was made with the issuer's key. The names are
/// not compared. None when it is of a kind that is not checked: broken digests, short RSA keys, and
/// algorithms that no TLS client knows.
#[must_use]
pub fn signature_holds(
    der: &[u8],
    certificate: &X509Certificate<'_>,
    issuer: &X509Certificate<'_>,
) -> Option<bool> {
    let key = issuer.public_key();
    let facts = algorithm::key(key);
    if facts.algorithm.starts_with("RSA") && facts.bits < LEAST_RSA_BITS {
        return None;
    }
    let key_algorithm = Reader(key.raw).enter(SEQUENCE)?.take(SEQUENCE)?;
    let mut parts = Reader(der).enter(SEQUENCE)?;
    parts.take(SEQUENCE)?;
    let signature_algorithm = parts.take(SEQUENCE)?;
    let fits: Vec<_> = ALL_VERIFICATION_ALGS
        .iter()
        .map(|algorithm| {
            let signs_so = algorithm.signature_alg_id().as_ref() == signature_algorithm;
            let has_key = algorithm.public_key_alg_id().as_ref() == key_algorithm;
            (algorithm, signs_so, has_key)
        })
        .collect();
    let Some((fitting, ..)) = fits.iter().find(|(_, signs, key)| *signs && *key) else {
        // Both are known and do not go together: another key made this signature.
        let known = fits.iter().any(|(_, signs, _)| *signs) && fits.iter().any(|(.., key)| *key);
        return known.then_some(false);
    };
    let verified = fitting.verify_signature(
        &key.subject_public_key.data,
        certificate.tbs_certificate.as_ref(),
        &certificate.signature_value.data,
    );
    Some(verified.is_ok())
}
