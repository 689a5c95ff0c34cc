//! What an HTTP proxy answers to CONNECT.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rediseal_probe::fuzzing::proxy(bytes));
