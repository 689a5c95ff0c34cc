//! Which handshake messages came in TLS 1.3, where all after ServerHello look alike on the wire:
//! read with the handshake's own keys (RFC 8446 5.2, 7.3).

use aws_lc_rs::aead::{
    AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce,
    UnboundKey,
};
use aws_lc_rs::hkdf::{self, HKDF_SHA256, HKDF_SHA384, Prk};
use rustls::CipherSuite;
use zeroize::Zeroizing;

use crate::wire;

/// The types of the whole messages in the encrypted records, as far as they can be read.
pub(crate) fn messages(received: &[u8], suite: CipherSuite, secret: &[u8]) -> Vec<u8> {
    let Some(opener) = Opener::new(suite, secret) else {
        return Vec::new();
    };
    let mut handshake = Vec::new();
    for (number, record) in (0..).zip(wire::encrypted_records(received)) {
        // After Finished there are other keys.
        let Some(content) = opener.open(number, record) else {
            break;
        };
        match content.split_last() {
            Some((&wire::HANDSHAKE, message)) => handshake.extend_from_slice(message),
            _ => break,
        }
    }
    wire::handshake_kinds(&handshake)
}

struct Opener {
    key: LessSafeKey,
    iv: [u8; NONCE_LEN],
}

impl Opener {
    /// None for a cipher suite that is not offered.
    fn new(suite: CipherSuite, secret: &[u8]) -> Option<Self> {
        let (hash, aead): (_, &'static Algorithm) = match suite {
            CipherSuite::TLS13_AES_128_GCM_SHA256 => (HKDF_SHA256, &AES_128_GCM),
            CipherSuite::TLS13_AES_256_GCM_SHA384 => (HKDF_SHA384, &AES_256_GCM),
            CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => (HKDF_SHA256, &CHACHA20_POLY1305),
            _ => return None,
        };
        let secret = Prk::new_less_safe(hash, secret);
        let mut key = Zeroizing::new(vec![0; aead.key_len()]);
        let mut iv = [0; NONCE_LEN];
        expand_label(&secret, b"key", &mut key)?;
        expand_label(&secret, b"iv", &mut iv)?;
        let key = LessSafeKey::new(UnboundKey::new(aead, &key).ok()?);
        Some(Self { key, iv })
    }

    /// The content with its type as the last byte, without padding.
    fn open(&self, number: u64, record: &[u8]) -> Option<Vec<u8>> {
        let (header, sealed) = record.split_at_checked(wire::RECORD_HEADER)?;
        let mut nonce = self.iv;
        for (byte, number) in nonce.iter_mut().skip(4).zip(number.to_be_bytes()) {
            *byte ^= number;
        }
        let mut content = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(header), &mut content)
            .ok()?;
        let padding = opened.iter().rev().take_while(|byte| **byte == 0).count();
        let length = opened.len() - padding;
        content.truncate(length);
        Some(content)
    }
}

/// HKDF-Expand-Label with an empty context (RFC 8446 7.1).
fn expand_label(secret: &Prk, label: &[u8], into: &mut [u8]) -> Option<()> {
    struct Length(usize);

    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }

    const PREFIX: &[u8] = b"tls13 ";
    let length = u16::try_from(into.len()).ok()?.to_be_bytes();
    let label_length = [u8::try_from(PREFIX.len() + label.len()).ok()?];
    let info = [&length, &label_length[..], PREFIX, label, &[0]];
    secret
        .expand(&info, Length(into.len()))
        .ok()?
        .fill(into)
        .ok()
}
