//! A chain against an authority: verified, and where it does not hold, explained.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rediseal_probe::fuzzing::chain(bytes));
