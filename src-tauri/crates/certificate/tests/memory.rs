//! Hostile files, and large honest ones, and what they cost: a process of its own, whose memory
//! nobody else uses.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Write as _};

use peak_alloc::PeakAlloc;
use rediseal_certificate::{Contents, Error, FILE_LIMIT, Format, parse_pem_or_der};
use secrecy::SecretString;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const LIMIT: usize = 100 << 20;

/// Of opening it and looking for what is odd, with the file itself.
fn open(what: &str, bytes: &[u8]) -> Result<usize, Error> {
    MEMORY.reset_peak_usage();
    let password = SecretString::from("changeit");
    let contents = Contents::read(bytes, Some(&password));
    let count = contents.map(|contents| {
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        contents.oddities(now).len()
    });
    let peak = MEMORY.peak_usage();
    assert!(peak < LIMIT, "{what}: {} MB", peak >> 20);
    count
}

fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(false);
    writer.start_file(name, options).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

/// What it is, and how it is made: one at a time is in memory.
type Hostile = (&'static str, fn() -> Vec<u8>);

const FULL: usize = FILE_LIMIT as usize;
const V1: &[u8] = include_bytes!("all/fixtures/v1.pem");

/// As large as a file may be.
fn after(beginning: &[u8], repeated: &[u8]) -> Vec<u8> {
    let mut bytes = beginning.to_vec();
    bytes.extend(repeated.iter().cycle().take(FULL - beginning.len()));
    bytes
}

#[test]
fn nothing_costs_more_than_a_hundred_megabytes() {
    let hostile: &[Hostile] = &[
        ("text", || vec![b'a'; FULL]),
        ("lines", || vec![b'\n'; FULL]),
        ("a block without end", || {
            after(b"-----BEGIN CERTIFICATE-----\n", b"MIIB\n")
        }),
        ("beginnings", || {
            after(b"", b"-----BEGIN CERTIFICATE-----\n")
        }),
        ("keys", || {
            after(
                b"",
                b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
            )
        }),
        ("BER without end", || after(b"", b"\x30\x80")),
        ("a PKCS#7 without end", || {
            let signed_data = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
            after(signed_data, b"\xa0\x80")
        }),
        ("a sequence of nothing", || {
            after(b"\x30\x83\xff\xff\xff", b"\x05\x00")
        }),
        ("a JKS that promises much", || {
            after(b"\xfe\xed\xfe\xed\0\0\0\x02\xff\xff\xff\xff", &[0])
        }),
        ("a bomb", || zip("ca.pem", &vec![b'\n'; 3 * FULL])),
        ("a bomb in a bomb", || {
            zip("ca.pem", &zip("ca.pem", &vec![b'\n'; 3 * FULL]))
        }),
        ("certificates without end", || after(b"", V1)),
    ];
    for (what, make) in hostile {
        let read = open(what, &make());
        assert!(read.is_err(), "{what}: {read:?}");
    }

    // Ten thousand certificates.
    let one = parse_pem_or_der(V1).unwrap().remove(0);
    let many: Vec<_> = (0..10_000_u32)
        .map(|number| {
            // Another serial number: nobody checks the signature of the others.
            let mut der = one.der().to_vec();
            let at = der
                .windows(3)
                .position(|part| part == [0, 0xfe, 1])
                .unwrap();
            der[at..at + 3].copy_from_slice(&(number + 0x10_0000).to_be_bytes()[1..]);
            rediseal_certificate::Certificate::from_der(der).unwrap()
        })
        .collect();
    let password = SecretString::from("changeit");
    let forms: Vec<_> = [Format::Pem, Format::P12]
        .iter()
        .flat_map(|format| format.write(&many, Some(&password)).unwrap())
        .collect();
    drop(many);
    for bytes in forms {
        assert_eq!(open("ten thousand", &bytes), Ok(10_000));
    }
}
