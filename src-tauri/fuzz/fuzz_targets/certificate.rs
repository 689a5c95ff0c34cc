//! One certificate in DER: a server's, or a file's.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rediseal_certificate::{Certificate, parse_pem_or_der};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        let pem = certificate.to_pem();
        assert_eq!(parse_pem_or_der(pem.as_bytes()), Ok(vec![certificate]));
    }
});
