//! What can be read of a TLS handshake without keys: which messages came, in order.

/// A message of the peer, as far as it is not encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// RFC 8446 B.3: the type of the handshake message.
    Handshake(u8),
    /// RFC 8446 B.2.
    Alert(u8),
    ChangeCipherSpec,
    /// From here on nothing can be told apart.
    Encrypted,
}

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
const SERVER_HELLO_DONE: u8 = 14;

/// Type, version and length.
pub(crate) const RECORD_HEADER: usize = 5;

/// The bytes begin with a TLS record header (RFC 8446 5.1).
pub(crate) fn is_tls(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [CHANGE_CIPHER_SPEC..=APPLICATION_DATA]
            | [CHANGE_CIPHER_SPEC..=APPLICATION_DATA, 3]
            | [CHANGE_CIPHER_SPEC..=APPLICATION_DATA, 3, 0..=4, ..]
    )
}

/// The messages in the bytes that the peer sent, whole ones only.
pub(crate) fn messages(bytes: &[u8]) -> Vec<Message> {
    let mut found = Vec::new();
    let mut handshake = Vec::new();
    for (kind, content) in records(bytes) {
        match kind {
            HANDSHAKE => {
                handshake.extend_from_slice(content);
                while let Some((kind, _, rest)) = handshake_message(&handshake) {
                    found.push(Message::Handshake(kind));
                    handshake = rest.to_vec();
                }
            }
            ALERT => match content {
                [_, description] => found.push(Message::Alert(*description)),
                _ => found.push(Message::Encrypted),
            },
            CHANGE_CIPHER_SPEC => {
                found.push(Message::ChangeCipherSpec);
                // In TLS 1.2 what follows is encrypted; in TLS 1.3 this record means nothing.
                if found.contains(&Message::Handshake(SERVER_HELLO_DONE)) {
                    found.push(Message::Encrypted);
                    break;
                }
            }
            _ => {
                found.push(Message::Encrypted);
                break;
            }
        }
    }
    found
}

/// The name of a handshake message (RFC 8446 B.3, RFC 5246 7.4).
pub(crate) fn handshake_name(kind: u8) -> &'static str {
    match kind {
        0 => "HelloRequest",
        2 => "ServerHello",
        4 => "NewSessionTicket",
        8 => "EncryptedExtensions",
        11 => "Certificate",
        12 => "ServerKeyExchange",
        13 => "CertificateRequest",
        14 => "ServerHelloDone",
        15 => "CertificateVerify",
        20 => "Finished",
        22 => "CertificateStatus",
        _ => "unknown",
    }
}

/// A protocol version by its number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u16);

impl Version {
    pub(crate) const SSL3: Self = Self(0x0300);
    pub(crate) const TLS1_0: Self = Self(0x0301);
    pub(crate) const TLS1_1: Self = Self(0x0302);
    pub(crate) const TLS1_2: Self = Self(0x0303);
    pub(crate) const TLS1_3: Self = Self(0x0304);

    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [
        Self::TLS1_3,
        Self::TLS1_2,
        Self::TLS1_1,
        Self::TLS1_0,
        Self::SSL3,
    ];

    pub(crate) const fn bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }

    /// Such as `TLSv1.3`.
    pub(crate) fn name(self) -> String {
        match self {
            Self::SSL3 => "SSLv3".to_owned(),
            Self::TLS1_0 => "TLSv1".to_owned(),
            Self::TLS1_1 => "TLSv1.1".to_owned(),
            Self::TLS1_2 => "TLSv1.2".to_owned(),
            Self::TLS1_3 => "TLSv1.3".to_owned(),
            Self(other) => format!("0x{other:04x}"),
        }
    }
}

/// The types of the whole handshake messages in the content of handshake records.
pub(crate) fn handshake_kinds(mut content: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while let Some((kind, _, rest)) = handshake_message(content) {
        kinds.push(kind);
        content = rest;
    }
    kinds
}

/// Records of the type that TLS 1.3 gives to all that is encrypted, with their headers.
pub(crate) fn encrypted_records(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut before = 0;
    records(bytes).filter_map(move |(kind, content)| {
        let start = before;
        before += RECORD_HEADER + content.len();
        (kind == APPLICATION_DATA).then(|| bytes.get(start..before))?
    })
}

fn records(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let ([kind, _, _, high, low], rest) = bytes.split_first_chunk::<5>()?;
        if !is_tls(bytes) {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (content, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        Some((*kind, content))
    })
}

/// Type, body and what follows.
fn handshake_message(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let ([kind, a, b, c], rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes([0, *a, *b, *c])).ok()?;
    let (body, rest) = rest.split_at_checked(length)?;
    Some((*kind, body, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_are_found_across_records() {
        // A ServerHello cut in two records, then a ServerHelloDone and an alert.
        let bytes = [
            &[22, 3, 3, 0, 5, 2, 0, 0, 3, 1][..],
            &[22, 3, 3, 0, 6, 2, 3, 14, 0, 0, 0],
            &[21, 3, 3, 0, 2, 2, 40],
        ]
        .concat();
        assert_eq!(
            messages(&bytes),
            [
                Message::Handshake(2),
                Message::Handshake(14),
                Message::Alert(40)
            ]
        );
    }

    #[test]
    fn what_is_cut_off_is_not_a_message() {
        assert_eq!(messages(&[22, 3, 3, 0, 9, 2, 0]), []);
        assert_eq!(messages(b"HTTP/1.1 400 Bad Request\r\n"), []);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let _ = messages(&bytes);
        }

        #[test]
        fn any_records_are_read(kind in 20u8..24, contents: Vec<Vec<u8>>) {
            let mut bytes = Vec::new();
            for content in contents {
                bytes.extend([kind, 3, 3]);
                bytes.extend(u16::try_from(content.len()).unwrap_or(0).to_be_bytes());
                bytes.extend(content);
            }
            let _ = messages(&bytes);
        }
    }
}
