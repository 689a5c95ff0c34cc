//! Names of keys, curves and signatures by object identifier.

use x509_parser::asn1_rs::Oid;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::Key;

pub(crate) fn key(info: &SubjectPublicKeyInfo<'_>) -> Key {
    let oid = info.algorithm.algorithm.to_id_string();
    let fixed = |algorithm: &str, bits: u32| Key {
        algorithm: algorithm.to_owned(),
        bits,
        curve: None,
    };
    match oid.as_str() {
        "1.2.840.113549.1.1.1" => fixed("RSA", rsa_bits(info)),
        "1.2.840.113549.1.1.10" => fixed("RSASSA-PSS", rsa_bits(info)),
        "1.2.840.10045.2.1" => elliptic(info),
        "1.3.101.112" => fixed("Ed25519", 256),
        "1.3.101.113" => fixed("Ed448", 456),
        _ => fixed(&oid, 0),
    }
}

fn rsa_bits(info: &SubjectPublicKeyInfo<'_>) -> u32 {
    let Ok(PublicKey::RSA(rsa)) = info.parsed() else {
        return 0;
    };
    let significant = rsa.modulus.iter().skip_while(|byte| **byte == 0);
    let first = significant.clone().next().map_or(0, |b| b.leading_zeros());
    u32::try_from(significant.count() * 8)
        .unwrap_or(0)
        .saturating_sub(first)
}

fn elliptic(info: &SubjectPublicKeyInfo<'_>) -> Key {
    let curve = info
        .algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| Oid::try_from(parameters.clone()).ok())
        .map(|oid| oid.to_id_string());
    let (name, bits) = match curve.as_deref() {
        Some("1.2.840.10045.3.1.1") => ("P-192", 192),
        Some("1.3.132.0.33") => ("P-224", 224),
        Some("1.2.840.10045.3.1.7") => ("P-256", 256),
        Some("1.3.132.0.34") => ("P-384", 384),
        Some("1.3.132.0.35") => ("P-521", 521),
        Some("1.3.132.0.10") => ("secp256k1", 256),
        Some("1.2.156.10197.1.301") => ("SM2", 256),
        Some("1.3.36.3.3.2.8.1.1.7") => ("brainpoolP256r1", 256),
        Some("1.3.36.3.3.2.8.1.1.11") => ("brainpoolP384r1", 384),
        Some("1.3.36.3.3.2.8.1.1.13") => ("brainpoolP512r1", 512),
        Some(other) => (other, 0),
        None => ("", 0),
    };
    Key {
        algorithm: "ECDSA".to_owned(),
        bits,
        curve: (!name.is_empty()).then(|| name.to_owned()),
    }
}

pub(crate) fn signature(oid: &Oid<'_>) -> String {
    let id = oid.to_id_string();
    match id.as_str() {
        "1.2.840.113549.1.1.2" => "md2WithRSAEncryption",
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.113549.1.1.14" => "sha224WithRSAEncryption",
        "1.2.840.10040.4.3" => "dsa-with-SHA1",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.1" => "ecdsa-with-SHA224",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.2.156.10197.1.501" => "SM2-with-SM3",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        _ => return id,
    }
    .to_owned()
}
