//! What a certificate says, in the terms of RFC 5280.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The facts of one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Facts {
    /// Distinguished name, RFC 4514 style.
    pub subject: String,
    /// Distinguished name, RFC 4514 style.
    pub issuer: String,
    /// The subject's common name, for display only: no client may match a name against it.
    pub common_name: Option<String>,
    /// Lowercase hexadecimal.
    pub serial: String,
    #[expect(missing_docs, reason = "RFC 5280 4.1.2.5")]
    #[ts(type = "string")]
    pub not_before: Timestamp,
    #[expect(missing_docs, reason = "RFC 5280 4.1.2.5")]
    #[ts(type = "string")]
    pub not_after: Timestamp,
    /// The subject alternative names; empty when the extension is absent.
    pub names: Vec<Name>,
    #[expect(missing_docs, reason = "the type says it")]
    pub key: Key,
    /// The signature algorithm, such as `sha256WithRSAEncryption`.
    pub signature: String,
    /// Lowercase hexadecimal, 64 digits, of the DER form.
    pub sha256: String,
    /// Lowercase hexadecimal, 40 digits, of the DER form.
    pub sha1: String,
    /// Basic constraints say CA.
    pub is_ca: bool,
    /// Subject and issuer are the same name.
    pub self_issued: bool,
    /// Names of the extended key usages; empty when the extension is absent.
    pub extended_key_usage: Vec<String>,
    /// X.509 version, 1 to 3.
    pub version: u32,
}

/// An element of the subject alternative name extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Name {
    #[expect(missing_docs, reason = "the type says it")]
    pub kind: NameKind,
    /// The name as text; an address in its usual notation.
    pub value: String,
}

/// Which of the general names it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "RFC 5280 4.2.1.6")]
pub enum NameKind {
    Dns,
    Ip,
    Email,
    Uri,
    Other,
}

/// A public key's kind and strength.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Key {
    /// `RSA`, `ECDSA`, `Ed25519`, or the object identifier of another one.
    pub algorithm: String,
    /// Bits of the modulus or the curve; 0 when not known.
    pub bits: u32,
    /// Such as `P-256`.
    pub curve: Option<String>,
}
