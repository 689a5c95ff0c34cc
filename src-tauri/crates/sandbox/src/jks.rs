//! A Java trust store in the JKS format, as `sun.security.provider.JavaKeyStore` reads it.

use aws_lc_rs::digest;
use jiff::Timestamp;

/// Guards the integrity of the trust store. The vendor's Redis sample loads it without one,
/// which skips the check; the archive of its sister product has this one.
pub(crate) const PASSWORD: &str = "tencentdb";

const MAGIC: u32 = 0xFEED_FEED;
const VERSION: u32 = 2;
const TRUSTED_CERTIFICATE: u32 = 2;
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// A store with one trusted certificate.
pub(crate) fn trust_store(alias: &str, certificate: &[u8], since: Timestamp) -> Vec<u8> {
    let mut store = Vec::with_capacity(certificate.len() + 64);
    store.extend(MAGIC.to_be_bytes());
    store.extend(VERSION.to_be_bytes());
    store.extend(1_u32.to_be_bytes());
    store.extend(TRUSTED_CERTIFICATE.to_be_bytes());
    text(&mut store, alias);
    store.extend(since.as_millisecond().to_be_bytes());
    text(&mut store, "X.509");
    let length = u32::try_from(certificate.len()).unwrap_or(u32::MAX);
    store.extend(length.to_be_bytes());
    store.extend(certificate);

    let mut integrity = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    for unit in PASSWORD.encode_utf16() {
        integrity.update(&unit.to_be_bytes());
    }
    integrity.update(WHITENER);
    integrity.update(&store);
    store.extend(integrity.finish().as_ref());
    store
}

fn text(store: &mut Vec<u8>, text: &str) {
    store.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    store.extend(text.as_bytes());
}
