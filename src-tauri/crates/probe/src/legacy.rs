//! What a server does accept that refused everything current: one ClientHello with what older
//! software offered, of which only the answer is read. No session comes of it.

use std::net::SocketAddr;

use rustls::CipherSuite;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::wire;

/// A ServerHello is not longer.
const LONGEST_ANSWER: usize = 4096;

/// Up to TLS 1.2: forward secret ones first, then RSA key exchange, 3DES and RC4 last.
const CIPHER_SUITES: [u16; 30] = [
    0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9, 0xc023, 0xc024, 0xc027, 0xc028, 0xc009, 0xc00a,
    0xc013, 0xc014, 0x009e, 0x009f, 0x0067, 0x006b, 0x0033, 0x0039, 0x009c, 0x009d, 0x003c, 0x003d,
    0x002f, 0x0035, 0xc012, 0x000a, 0x0005, 0x0004,
];

/// RFC 8422 5.1.1: X25519, P-256, P-384, P-521.
const GROUPS: [u16; 4] = [29, 23, 24, 25];

/// RFC 8446 4.2.3 and RFC 5246 7.4.1.4.1, with SHA-1 for servers of that age.
const SIGNATURES: [u16; 10] = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0202,
];

/// What the server chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// Such as `TLSv1.1`.
    pub(crate) version: String,
    /// By its IANA name.
    pub(crate) cipher: String,
}

impl Accepted {
    /// A version that no current client speaks.
    pub(crate) fn is_outdated(&self) -> bool {
        matches!(self.version.as_str(), "SSLv3" | "TLSv1" | "TLSv1.1")
    }
}

/// None when the server refuses these as well, or says nothing in time.
pub(crate) async fn ask(
    address: SocketAddr,
    sni: Option<&str>,
    deadline: Instant,
) -> Option<Accepted> {
    let exchange = async {
        let mut socket = TcpStream::connect(address).await.ok()?;
        socket.write_all(&client_hello(sni)).await.ok()?;
        let mut bytes = Vec::new();
        let mut buffer = [0; 1024];
        while bytes.len() < LONGEST_ANSWER {
            let n = socket.read(&mut buffer).await.ok()?;
            if n == 0 {
                return None;
            }
            bytes.extend_from_slice(buffer.get(..n).unwrap_or_default());
            if let Some(hello) = wire::server_hello(&bytes) {
                return Some(hello);
            }
        }
        None
    };
    let (version, cipher) = timeout_at(deadline, exchange).await.ok()??;
    Some(Accepted {
        version: wire::version_name(version),
        cipher: CipherSuite::from(cipher)
            .as_str()
            .map_or_else(|| format!("0x{cipher:04x}"), str::to_owned),
    })
}

/// RFC 5246 7.4.1.2, in a record of TLS 1.0 as every old server takes it.
pub(crate) fn client_hello(sni: Option<&str>) -> Vec<u8> {
    const TLS_1_2: [u8; 2] = [3, 3];
    // Nothing is derived from it.
    const RANDOM: [u8; 32] = [0x5e; 32];
    const NO_SESSION_ID: u8 = 0;
    const NO_COMPRESSION: [u8; 2] = [1, 0];

    let server_name = sni.map(|name| {
        let entry = [&[0][..], &counted(name.as_bytes())].concat();
        extension(0, &counted(&entry))
    });
    let extensions = [
        server_name.unwrap_or_default(),
        extension(10, &counted(&numbers(&GROUPS))),
        // Uncompressed points.
        extension(11, &[1, 0]),
        extension(13, &counted(&numbers(&SIGNATURES))),
        // Extended master secret, and secure renegotiation (RFC 5746).
        extension(23, &[]),
        extension(0xff01, &[0]),
    ]
    .concat();
    let body = [
        &TLS_1_2[..],
        &RANDOM,
        &[NO_SESSION_ID],
        &counted(&numbers(&CIPHER_SUITES)),
        &NO_COMPRESSION,
        &counted(&extensions),
    ]
    .concat();
    let message = [&[1, 0][..], &counted(&body)].concat();
    [&[22, 3, 1][..], &counted(&message)].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &counted(content)].concat()
}

fn numbers(of: &[u16]) -> Vec<u8> {
    of.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// With its length in two bytes before it. A DNS name, the longest part, has 253 bytes at most.
fn counted(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], content].concat()
}
