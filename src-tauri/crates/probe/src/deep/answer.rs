//! What a server answers to a ClientHello, as far as it is not encrypted.

use tls_parser::{
    TlsExtension, TlsMessage, TlsMessageHandshake, TlsRecordType, TlsServerHelloContents,
    parse_dh_params, parse_ecdh_params, parse_tls_message_handshake, parse_tls_raw_record,
    parse_tls_server_hello_extensions,
};

use super::suites::{Exchange, key_exchange};
use crate::wire::Version;

/// A first flight with the longest chains that servers send is far below this.
pub(crate) const LONGEST_ANSWER: usize = 64 * 1024;

/// The bytes so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// More is to come.
    Incomplete(Option<Answer>),
    Answer(Answer),
    /// A fatal alert, by its number.
    Refused(u8),
    /// Not TLS, or against its rules.
    Malformed,
}

/// A ServerHello, or a HelloRetryRequest, and what follows it in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) version: Version,
    pub(crate) suite: u16,
    /// Of the key exchange; none with a key exchange that has no group.
    pub(crate) group: Option<u16>,
    /// The scheme of the signature on the key exchange; TLS 1.2 alone shows it.
    pub(crate) signature: Option<u16>,
    pub(crate) dh_bits: Option<u32>,
    /// DER, leaf first. Up to TLS 1.2.
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) compression: bool,
    pub(crate) extended_master_secret: bool,
    pub(crate) secure_renegotiation: bool,
    pub(crate) session_tickets: bool,
}

/// Any bytes at all can be read.
pub(crate) fn read(bytes: &[u8]) -> Reading {
    const FATAL: u8 = 2;
    const CLOSE_NOTIFY: u8 = 0;

    let mut rest = bytes;
    let mut handshake = Vec::new();
    let mut answer = None;
    loop {
        let record = match parse_tls_raw_record(rest) {
            Ok((after, record)) => {
                rest = after;
                record
            }
            Err(nom_error) if nom_error.is_incomplete() && begins_a_record(rest) => {
                return Reading::Incomplete(answer);
            }
            Err(_) => return answer.map_or(Reading::Malformed, Reading::Answer),
        };
        match (record.hdr.record_type, record.data) {
            (TlsRecordType::Handshake, data) => handshake.extend_from_slice(data),
            // After a ServerHello it is about something else.
            (TlsRecordType::Alert, _) if answer.is_some() => break,
            (TlsRecordType::Alert, [level, description]) => {
                match *level >= FATAL || *description == CLOSE_NOTIFY {
                    true => return Reading::Refused(*description),
                    // Such as an unknown server name, after which it goes on.
                    false => continue,
                }
            }
            // RFC 8446 D.4.
            (TlsRecordType::ChangeCipherSpec, [1]) => continue,
            _ => break,
        }
        if messages(&mut handshake, &mut answer) == Progress::Ended {
            break;
        }
    }
    answer.map_or(Reading::Malformed, Reading::Answer)
}

#[derive(PartialEq, Eq)]
enum Progress {
    Open,
    /// All that is looked for has been seen, or cannot be read.
    Ended,
}

/// Takes the whole messages off the front.
fn messages(handshake: &mut Vec<u8>, answer: &mut Option<Answer>) -> Progress {
    loop {
        let (rest, message) = match parse_tls_message_handshake(handshake) {
            Ok(parsed) => parsed,
            Err(_) if !is_whole(handshake) => return Progress::Open,
            Err(_) => return Progress::Ended,
        };
        let TlsMessage::Handshake(message) = message else {
            return Progress::Ended;
        };
        match (message, answer.as_mut()) {
            (TlsMessageHandshake::ServerHello(hello), None) => {
                let hello = server_hello(&hello);
                let complete = hello.version == Version::TLS1_3;
                *answer = Some(hello);
                if complete {
                    return Progress::Ended;
                }
            }
            (TlsMessageHandshake::Certificate(certificates), Some(answer)) => {
                let chain = certificates.cert_chain.iter();
                answer.certificates = chain.map(|raw| raw.data.to_vec()).collect();
            }
            (TlsMessageHandshake::CertificateStatus(_), Some(_)) => {}
            (TlsMessageHandshake::ServerKeyExchange(exchange), Some(answer)) => {
                key_exchange_of(answer, exchange.parameters);
                return Progress::Ended;
            }
            _ => return Progress::Ended,
        }
        let taken = handshake.len() - rest.len();
        handshake.drain(..taken);
    }
}

fn server_hello(hello: &TlsServerHelloContents<'_>) -> Answer {
    let mut answer = Answer {
        version: Version(hello.version.0),
        suite: hello.cipher.0,
        group: None,
        signature: None,
        dh_bits: None,
        certificates: Vec::new(),
        compression: hello.compression.0 != 0,
        extended_master_secret: false,
        secure_renegotiation: false,
        session_tickets: false,
    };
    let bytes = hello.ext.unwrap_or_default();
    let Ok((_, extensions)) = parse_tls_server_hello_extensions(bytes) else {
        return answer;
    };
    for found in extensions {
        match found {
            TlsExtension::SupportedVersions(versions) => {
                if let [version] = versions[..] {
                    answer.version = Version(version.0);
                }
            }
            // RFC 8446 4.2.8: the group alone when it asks for a share, else before its own.
            TlsExtension::KeyShare([high, low, ..]) => {
                answer.group = Some(u16::from_be_bytes([*high, *low]));
            }
            TlsExtension::ExtendedMasterSecret => answer.extended_master_secret = true,
            TlsExtension::RenegotiationInfo(_) => answer.secure_renegotiation = true,
            TlsExtension::SessionTicket(_) => answer.session_tickets = true,
            _ => {}
        }
    }
    answer
}

/// The first message is there up to its end (RFC 8446 4).
fn is_whole(handshake: &[u8]) -> bool {
    let Some(([_, a, b, c], body)) = handshake.split_first_chunk::<4>() else {
        return false;
    };
    let length = u32::from_be_bytes([0, *a, *b, *c]);
    usize::try_from(length).is_ok_and(|length| body.len() >= length)
}

/// RFC 8422 5.4, RFC 5246 7.4.3.
fn key_exchange_of(answer: &mut Answer, parameters: &[u8]) {
    let rest = match key_exchange(answer.suite) {
        Exchange::Ecdhe | Exchange::AnonymousEcdhe => {
            let Ok((rest, _)) = parse_ecdh_params(parameters) else {
                return;
            };
            // A named curve, by its number.
            if let [3, high, low, ..] = parameters {
                answer.group = Some(u16::from_be_bytes([*high, *low]));
            }
            rest
        }
        Exchange::Dhe | Exchange::AnonymousDhe => {
            let Ok((rest, params)) = parse_dh_params(parameters) else {
                return;
            };
            answer.dh_bits = Some(bit_length(params.dh_p));
            rest
        }
        Exchange::Tls13 | Exchange::Static => return,
    };
    if let (Version::TLS1_2, [high, low, ..]) = (answer.version, rest) {
        answer.signature = Some(u16::from_be_bytes([*high, *low]));
    }
}

/// Of a number, most significant byte first.
fn bit_length(number: &[u8]) -> u32 {
    let mut significant = number.iter().skip_while(|byte| **byte == 0);
    let Some(first) = significant.next() else {
        return 0;
    };
    let below = u32::try_from(significant.count()).unwrap_or(u32::MAX);
    below
        .saturating_mul(8)
        .saturating_add(8 - first.leading_zeros())
}

/// As far as it goes, this is the header of a record.
fn begins_a_record(bytes: &[u8]) -> bool {
    bytes.is_empty() || crate::wire::is_tls(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    /// A ServerHello of TLS 1.2 with ECDHE, a certificate, and X25519 signed with RSA-PSS.
    fn flight() -> Vec<u8> {
        let hello = [
            &[3, 3][..],
            &[7; 32],
            &[0, 0xc0, 0x2f, 0, 0, 9],
            &[0xff, 1, 0, 1, 0, 0, 23, 0, 0],
        ]
        .concat();
        let certificate = [&[0, 0, 6, 0, 0, 3][..], b"der"].concat();
        let exchange = [&[3, 0, 29, 2, 4, 4][..], &[8, 4, 0, 1, 9]].concat();
        [
            record(&[message(2, &hello), message(11, &certificate)].concat()),
            record(&message(12, &exchange)),
        ]
        .concat()
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
        [&[kind, 0, 0, length][..], body].concat()
    }

    fn record(content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
        [&[22, 3, 3, 0, length][..], content].concat()
    }

    #[test]
    fn a_flight_is_read_as_it_comes() {
        let bytes = flight();
        let Reading::Answer(answer) = read(&bytes) else {
            panic!("not whole");
        };
        assert_eq!(answer.version, Version::TLS1_2);
        assert_eq!(answer.suite, 0xc02f);
        assert_eq!(answer.group, Some(29));
        assert_eq!(answer.signature, Some(0x0804));
        assert_eq!(answer.certificates, [b"der".to_vec()]);
        assert!(answer.extended_master_secret && answer.secure_renegotiation);
        assert!(!answer.session_tickets && !answer.compression);
        for cut in 0..bytes.len() {
            let read = read(bytes.get(..cut).unwrap_or_default());
            assert!(matches!(read, Reading::Incomplete(_)), "{cut}: {read:?}");
        }
    }

    #[test]
    fn alerts_refuse_when_they_are_fatal() {
        assert_eq!(read(&[21, 3, 3, 0, 2, 2, 40]), Reading::Refused(40));
        assert_eq!(
            read(&[21, 3, 3, 0, 2, 1, 112]),
            Reading::Incomplete(None),
            "an unknown name is no refusal"
        );
        assert_eq!(read(b"HTTP/1.1 400 Bad Request"), Reading::Malformed);
        assert_eq!(read(b"-ERR unknown command"), Reading::Malformed);
    }

    #[test]
    fn a_whole_message_that_cannot_be_read_is_malformed_and_not_waited_for() {
        assert_eq!(read(&record(&message(2, &[3, 3, 7]))), Reading::Malformed);
        assert_eq!(read(&record(&message(99, &[]))), Reading::Malformed);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }

        #[test]
        fn a_damaged_flight_is_read(
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = flight();
            for (position, value) in damage {
                let position = position.index(bytes.len());
                if let Some(byte) = bytes.get_mut(position) {
                    *byte = value;
                }
            }
            bytes.truncate(cut.index(bytes.len()) + 1);
            let _ = read(&bytes);
        }
    }
}
