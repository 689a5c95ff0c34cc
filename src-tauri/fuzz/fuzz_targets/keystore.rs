//! A keystore with a password: PKCS#12 or JKS, also inside an archive.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rediseal_certificate::Contents;

fuzz_target!(|bytes: &[u8]| {
    let _ = Contents::read(bytes, Some(&"changeit".into()));
});
