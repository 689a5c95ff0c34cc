//! A file of certificates: PEM, DER or PKCS#7.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rediseal_certificate::parse_pem_or_der;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_pem_or_der(bytes);
});
