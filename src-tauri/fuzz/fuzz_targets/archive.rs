//! The vendor's `-crt.zip`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rediseal_certificate::{Archive, Limits};

fuzz_target!(|bytes: &[u8]| {
    let _ = Archive::open(bytes, Limits::default());
});
