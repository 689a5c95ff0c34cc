//! A reply in RESP, or what another protocol says in its place.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rediseal_probe::fuzzing::reply(bytes));
