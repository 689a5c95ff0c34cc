//! A ClientHello of our own, byte for byte: it offers what is asked about and nothing else.

use crate::wire::Version;

/// What a hello offers. No session comes of it: only the answer is read.
#[derive(Clone, Debug)]
pub(crate) struct ClientHello<'a> {
    /// The newest version offered. TLS 1.3 is offered alone; below it the server may choose an
    /// older one (RFC 5246 E.1).
    pub(crate) version: Version,
    pub(crate) suites: &'a [u16],
    pub(crate) groups: &'a [u16],
    pub(crate) signatures: &'a [u16],
    pub(crate) server_name: Option<&'a str>,
}

/// The types of the extensions (IANA, TLS ExtensionType Values).
pub(crate) mod extension {
    pub(crate) const SERVER_NAME: u16 = 0;
    pub(crate) const SUPPORTED_GROUPS: u16 = 10;
    pub(crate) const EC_POINT_FORMATS: u16 = 11;
    pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
    pub(crate) const EXTENDED_MASTER_SECRET: u16 = 23;
    pub(crate) const SESSION_TICKET: u16 = 35;
    pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
    pub(crate) const PSK_KEY_EXCHANGE_MODES: u16 = 45;
    pub(crate) const KEY_SHARE: u16 = 51;
    pub(crate) const RENEGOTIATION_INFO: u16 = 0xff01;
}

impl ClientHello<'_> {
    /// As one record. RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 6101 5.6.1.2.
    pub(crate) fn encode(&self) -> Vec<u8> {
        const HANDSHAKE: u8 = 22;
        const CLIENT_HELLO: u8 = 1;
        // Nothing is derived from it.
        const RANDOM: [u8; 32] = [0x5e; 32];

        let legacy_version = self.version.min(Version::TLS1_2);
        // Every server takes a first record of this version (RFC 8446 D.4, RFC 5246 E.1).
        let record_version = self.version.min(Version::TLS1_0);
        // A session id keeps middleboxes at peace in TLS 1.3 (RFC 8446 D.4).
        let session_id: &[u8] = match self.version {
            Version::TLS1_3 => &[0x5e; 32],
            _ => &[],
        };
        // Below TLS 1.3, DEFLATE is offered too, to see who would take it (RFC 3749).
        let compressions: &[u8] = match self.version {
            Version::TLS1_3 => &[0],
            _ => &[1, 0],
        };
        let extensions = match self.version {
            Version::SSL3 => Vec::new(),
            _ => counted(&self.extensions()),
        };
        let body = [
            &legacy_version.bytes()[..],
            &RANDOM,
            &counted_short(session_id),
            &counted(&numbers(self.suites)),
            &counted_short(compressions),
            &extensions,
        ]
        .concat();
        let message = [&[CLIENT_HELLO, 0][..], &counted(&body)].concat();
        [
            &[HANDSHAKE][..],
            &record_version.bytes(),
            &counted(&message),
        ]
        .concat()
    }

    fn extensions(&self) -> Vec<u8> {
        let server_name = self.server_name.map(|name| {
            let entry = [&[0][..], &counted(name.as_bytes())].concat();
            encode(extension::SERVER_NAME, &counted(&entry))
        });
        let common = [
            server_name.unwrap_or_default(),
            encode(extension::SUPPORTED_GROUPS, &counted(&numbers(self.groups))),
            encode(
                extension::SIGNATURE_ALGORITHMS,
                &counted(&numbers(self.signatures)),
            ),
        ];
        let special = match self.version {
            Version::TLS1_3 => vec![
                encode(
                    extension::SUPPORTED_VERSIONS,
                    &counted_short(&Version::TLS1_3.bytes()),
                ),
                // PSK with (EC)DHE.
                encode(extension::PSK_KEY_EXCHANGE_MODES, &counted_short(&[1])),
                // No share: the server has to say which group it wants (RFC 8446 4.2.8), which
                // costs it neither a key exchange nor a signature.
                encode(extension::KEY_SHARE, &counted(&[])),
            ],
            _ => vec![
                // Uncompressed points.
                encode(extension::EC_POINT_FORMATS, &counted_short(&[0])),
                encode(extension::EXTENDED_MASTER_SECRET, &[]),
                encode(extension::SESSION_TICKET, &[]),
                encode(extension::RENEGOTIATION_INFO, &counted_short(&[])),
            ],
        };
        [common.concat(), special.concat()].concat()
    }
}

fn encode(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &counted(content)].concat()
}

fn numbers(of: &[u16]) -> Vec<u8> {
    of.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// With its length in two bytes before it.
///
/// INVARIANT: the longest content is a hello with every suite, group and scheme of our tables
/// and a DNS name, which together are far below 64 KiB.
fn counted(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], content].concat()
}

/// With its length in one byte before it: session id, compressions, one version.
fn counted_short(content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[length][..], content].concat()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use tls_parser::{
        ClientHello as _, TlsExtension, TlsMessage, TlsMessageHandshake, parse_tls_plaintext,
    };

    use super::*;

    fn hello(version: Version) -> ClientHello<'static> {
        ClientHello {
            version,
            suites: &[0x1301, 0xc02f],
            groups: &[29, 0x11ec],
            signatures: &[0x0804],
            server_name: Some("redis.example.com"),
        }
    }

    #[test]
    fn a_parser_reads_back_what_was_offered() {
        for version in Version::ALL {
            let bytes = hello(version).encode();
            let (rest, record) = parse_tls_plaintext(&bytes).unwrap();
            assert!(rest.is_empty());
            let [TlsMessage::Handshake(TlsMessageHandshake::ClientHello(read))] = &record.msg[..]
            else {
                panic!("{record:?}");
            };
            let suites: Vec<u16> = read.ciphers().iter().map(|suite| suite.0).collect();
            assert_eq!(suites, [0x1301, 0xc02f]);
            let offered = read.ext().map(|bytes| {
                let (rest, found) = tls_parser::parse_tls_client_hello_extensions(bytes).unwrap();
                assert!(rest.is_empty());
                found
            });
            let Some(offered) = offered else {
                assert_eq!(version, Version::SSL3, "only SSL 3.0 has no extensions");
                continue;
            };
            let versions = offered.iter().find_map(|extension| match extension {
                TlsExtension::SupportedVersions(versions) => Some(versions.clone()),
                _ => None,
            });
            assert_eq!(versions.is_some(), version == Version::TLS1_3);
            assert!(offered.iter().any(|extension| matches!(
                extension,
                TlsExtension::EllipticCurves(groups) if groups.len() == 2
            )));
        }
    }
}
