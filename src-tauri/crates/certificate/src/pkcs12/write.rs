//! A PKCS#12 truststore: certificates in the clear, which they are anyway, and a MAC.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};

use super::kdf::{Password, Use, derive};
use crate::der::{
    BMP_STRING, CONTEXT_0, INTEGER, NULL, OBJECT_IDENTIFIER, OCTETS, SEQUENCE, SET, write as tlv,
};
use crate::{Certificate, oid};

/// As many as keytool takes.
const ROUNDS: u16 = 10_000;

/// Trusted certificates with their names.
pub(crate) fn write(entries: &[(String, &Certificate)], password: &SecretString) -> Vec<u8> {
    let bags: Vec<_> = entries.iter().map(|(name, one)| bag(name, one)).collect();
    let bags: Vec<_> = bags.iter().map(Vec::as_slice).collect();
    let safe = content_info(&tlv(SEQUENCE, &bags));
    let safes = tlv(SEQUENCE, &[&safe]);
    let version = tlv(INTEGER, &[&[3]]);
    tlv(
        SEQUENCE,
        &[&version, &content_info(&safes), &mac_data(&safes, password)],
    )
}

/// Of the data kind.
fn content_info(data: &[u8]) -> Vec<u8> {
    let explicit = tlv(CONTEXT_0, &[&tlv(OCTETS, &[data])]);
    tlv(
        SEQUENCE,
        &[&tlv(OBJECT_IDENTIFIER, &[oid::DATA]), &explicit],
    )
}

fn bag(name: &str, certificate: &Certificate) -> Vec<u8> {
    let kind = tlv(OBJECT_IDENTIFIER, &[oid::X509_CERTIFICATE]);
    let der = tlv(CONTEXT_0, &[&tlv(OCTETS, &[certificate.der()])]);
    let value = tlv(CONTEXT_0, &[&tlv(SEQUENCE, &[&kind, &der])]);
    let utf16: Vec<_> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    // Without it, Java takes the certificate for a part of some key's chain, and drops it.
    let trusted = tlv(OBJECT_IDENTIFIER, &[oid::ANY_EXTENDED_KEY_USAGE]);
    let mut attributes = [
        attribute(oid::FRIENDLY_NAME, &tlv(BMP_STRING, &[&utf16])),
        attribute(oid::TRUSTED_KEY_USAGE, &trusted),
    ];
    // A set in DER is sorted.
    attributes.sort();
    let attributes = tlv(SET, &[&attributes[0], &attributes[1]]);
    let kind = tlv(OBJECT_IDENTIFIER, &[oid::CERTIFICATE_BAG]);
    tlv(SEQUENCE, &[&kind, &value, &attributes])
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(
        SEQUENCE,
        &[&tlv(OBJECT_IDENTIFIER, &[kind]), &tlv(SET, &[value])],
    )
}

fn mac_data(safes: &[u8], password: &SecretString) -> Vec<u8> {
    let salt = salt(safes);
    let mac = mac(safes, &salt, password);
    let algorithm = tlv(
        SEQUENCE,
        &[&tlv(OBJECT_IDENTIFIER, &[oid::SHA256]), &tlv(NULL, &[])],
    );
    let info = tlv(SEQUENCE, &[&algorithm, &tlv(OCTETS, &[mac.as_ref()])]);
    let rounds = tlv(INTEGER, &[&ROUNDS.to_be_bytes()]);
    tlv(SEQUENCE, &[&info, &tlv(OCTETS, &[&salt]), &rounds])
}

/// See [`crate::Format`] for what it means that it is no random one. The password has no part in
/// it: a digest of it that is quick to make would be in the file then.
fn salt(safes: &[u8]) -> Vec<u8> {
    digest(&SHA256, &[b"RediSeal truststore\0", safes].concat())
        .as_ref()
        .to_vec()
}

fn mac(safes: &[u8], salt: &[u8], password: &SecretString) -> hmac::Tag {
    // What can be written has one form: it is not empty.
    let forms = Password::forms(password.expose_secret());
    let key = derive(
        &SHA256,
        &forms[0],
        salt,
        u64::from(ROUNDS),
        Use::Mac,
        SHA256.output_len(),
    );
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), safes)
}
