//! A server's first flight, read by the deep report's own reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rediseal_probe::fuzzing::hello(bytes));
