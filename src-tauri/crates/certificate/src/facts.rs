//! What a certificate says, in the terms of RFC 5280.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, ParsedExtension, X509Extension};
use x509_parser::nom;
use x509_parser::oid_registry::OID_X509_EXT_BASIC_CONSTRAINTS;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use crate::{Error, algorithm, digest, distinguished_name};

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
    /// `RSA`, `RSASSA-PSS`, `ECDSA`, `Ed25519`, `Ed448`, or the object identifier of another one.
    pub algorithm: String,
    /// Bits of the modulus or the curve; 0 when not known.
    pub bits: u32,
    /// Such as `P-256`, or its object identifier.
    pub curve: Option<String>,
}

impl Facts {
    /// Reads one DER certificate, nothing after it.
    ///
    /// # Errors
    /// [`Error::Malformed`], also when an extension that is shown here cannot be read: a name
    /// that is there must never look absent.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let malformed = |reason: String| Error::Malformed { reason };
        let (rest, certificate) =
            X509Certificate::from_der(der).map_err(|error| malformed(reason(&error)))?;
        if !rest.is_empty() {
            return Err(malformed(format!("{} bytes follow it", rest.len())));
        }
        Self::of(&certificate, der)
    }

    /// Of a certificate that was read from `der` already, nothing after it.
    ///
    /// # Errors
    /// [`Error::Malformed`] when an extension that is shown here cannot be read.
    pub fn of(certificate: &X509Certificate<'_>, der: &[u8]) -> Result<Self, Error> {
        let malformed = |reason: String| Error::Malformed { reason };
        let unreadable = |extension: &str| {
            let reason = format!("its {extension} extension cannot be read");
            move |_| malformed(reason)
        };
        let is_ca = match certificate
            .get_extension_unique(&OID_X509_EXT_BASIC_CONSTRAINTS)
            .map_err(unreadable("basic constraints"))?
            .map(X509Extension::parsed_extension)
        {
            None => false,
            Some(ParsedExtension::BasicConstraints(constraints)) => constraints.ca,
            Some(_) => {
                return Err(unreadable("basic constraints")(
                    X509Error::InvalidExtensions,
                ));
            }
        };
        let names = certificate
            .subject_alternative_name()
            .map_err(unreadable("subject alternative name"))?
            .map(|extension| {
                extension
                    .value
                    .general_names
                    .iter()
                    .map(Name::new)
                    .collect()
            })
            .unwrap_or_default();
        let extended_key_usage = certificate
            .extended_key_usage()
            .map_err(unreadable("extended key usage"))?
            .map(|extension| usages(extension.value))
            .unwrap_or_default();
        Ok(Self {
            subject: distinguished_name::to_text(certificate.subject()),
            issuer: distinguished_name::to_text(certificate.issuer()),
            common_name: distinguished_name::common_name(certificate.subject()),
            serial: serial(certificate.raw_serial()),
            not_before: timestamp(certificate.validity().not_before),
            not_after: timestamp(certificate.validity().not_after),
            names,
            key: algorithm::key(certificate.public_key()),
            signature: algorithm::signature(&certificate.signature_algorithm.algorithm),
            sha256: digest::sha256(der),
            sha1: digest::sha1(der),
            is_ca,
            self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
            extended_key_usage,
            version: certificate.version().0.saturating_add(1),
        })
    }
}

/// What the parser means, where its own words are about itself.
fn reason(error: &nom::Err<X509Error>) -> String {
    match error {
        nom::Err::Incomplete(_) => "it is cut off".to_owned(),
        nom::Err::Error(X509Error::Der(_) | X509Error::NomError(_))
        | nom::Err::Failure(X509Error::Der(_) | X509Error::NomError(_)) => {
            "its bytes are not the DER form of a certificate".to_owned()
        }
        nom::Err::Error(error) | nom::Err::Failure(error) => error.to_string(),
    }
}

impl Name {
    fn new(name: &GeneralName<'_>) -> Self {
        let (kind, value) = match name {
            GeneralName::DNSName(text) => (NameKind::Dns, (*text).to_owned()),
            GeneralName::RFC822Name(text) => (NameKind::Email, (*text).to_owned()),
            GeneralName::URI(text) => (NameKind::Uri, (*text).to_owned()),
            GeneralName::IPAddress(bytes) => return Self::address(bytes),
            GeneralName::DirectoryName(name) => {
                (NameKind::Other, distinguished_name::to_text(name))
            }
            GeneralName::RegisteredID(oid) | GeneralName::OtherName(oid, _) => {
                (NameKind::Other, oid.to_id_string())
            }
            GeneralName::X400Address(any) | GeneralName::EDIPartyName(any) => {
                (NameKind::Other, hex::encode(any.as_bytes()))
            }
            GeneralName::Invalid(_, bytes) => (NameKind::Other, hex::encode(bytes)),
        };
        Self { kind, value }
    }

    fn address(bytes: &[u8]) -> Self {
        let address = <[u8; 4]>::try_from(bytes)
            .map(IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from));
        match address {
            Ok(address) => Self {
                kind: NameKind::Ip,
                value: address.to_string(),
            },
            Err(_) => Self {
                kind: NameKind::Other,
                value: hex::encode(bytes),
            },
        }
    }
}

fn usages(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        (usage.any, "anyExtendedKeyUsage"),
        (usage.server_auth, "serverAuth"),
        (usage.client_auth, "clientAuth"),
        (usage.code_signing, "codeSigning"),
        (usage.email_protection, "emailProtection"),
        (usage.time_stamping, "timeStamping"),
        (usage.ocsp_signing, "OCSPSigning"),
    ];
    known
        .into_iter()
        .filter(|(present, _)| *present)
        .map(|(_, name)| name.to_owned())
        .chain(usage.other.iter().map(|oid| oid.to_id_string()))
        .collect()
}

/// Without the zero byte that only marks the number as positive.
fn serial(bytes: &[u8]) -> String {
    match bytes {
        [0, rest @ ..] if !rest.is_empty() => hex::encode(rest),
        _ => hex::encode(bytes),
    }
}

/// `99991231235959Z`, "no well-defined end" in RFC 5280, is past what a timestamp holds.
fn timestamp(time: ASN1Time) -> Timestamp {
    Timestamp::from_second(time.timestamp()).unwrap_or(if time.timestamp() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
