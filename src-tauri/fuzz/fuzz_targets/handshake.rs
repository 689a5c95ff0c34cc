//! A server's side of a handshake, read by the recorder.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// Signed the certificates in the corpus.
const AUTHORITY: &[u8] = include_bytes!("../authority.der");

fuzz_target!(|bytes: &[u8]| rediseal_probe::fuzzing::handshake(AUTHORITY, bytes));
