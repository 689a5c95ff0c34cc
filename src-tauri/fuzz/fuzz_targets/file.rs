//! A file of certificates of any kind, and what is odd about them.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use rediseal_certificate::Contents;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(contents) = Contents::read(bytes, None) {
        let odd = contents.oddities(Timestamp::UNIX_EPOCH);
        assert_eq!(odd.len(), contents.certificates.len());
    }
});
