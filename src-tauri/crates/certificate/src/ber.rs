//! BER made DER: some makers (NSS, Bouncy Castle, `openssl cms -stream`) write containers with
//! lengths that are not known before the end, and strings in pieces (X.690 8.1.3.6, 8.7.3).

use std::borrow::Cow;

use crate::der::{Header, OCTETS, write};

/// Deeper than any container of certificates.
const DEPTH: usize = 32;
const CONSTRUCTED: u8 = 0x20;
const END: &[u8] = &[0, 0];

/// The same elements in the definite form. Whatever has it already, such as the certificates,
/// keeps its bytes. None when it is cut off, nested too deep, or no BER.
pub(crate) fn to_der(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    all(bytes, DEPTH)
}

/// Elements until the bytes end.
fn all(bytes: &[u8], depth: usize) -> Option<Cow<'_, [u8]>> {
    let mut rest = bytes;
    let mut changed: Option<Vec<u8>> = None;
    while !rest.is_empty() {
        let read = bytes.len() - rest.len();
        let (element, after) = one(rest, depth)?;
        match (&mut changed, element) {
            (None, Cow::Borrowed(_)) => {}
            (None, Cow::Owned(new)) => changed = Some([&bytes[..read], &new].concat()),
            (Some(changed), element) => changed.extend_from_slice(&element),
        }
        rest = after;
    }
    Some(changed.map_or(Cow::Borrowed(bytes), Cow::Owned))
}

/// The next element, and what follows it.
fn one(bytes: &[u8], depth: usize) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let depth = depth.checked_sub(1)?;
    let header = Header::read(bytes)?;
    let constructed = header.tag & CONSTRUCTED != 0;
    match header.length {
        Some(length) => {
            let (whole, rest) = bytes.split_at_checked(header.size.checked_add(length)?)?;
            if !constructed {
                return Some((Cow::Borrowed(whole), rest));
            }
            let element = match all(&whole[header.size..], depth)? {
                Cow::Borrowed(_) => Cow::Borrowed(whole),
                Cow::Owned(content) => Cow::Owned(close(header.tag, content)?),
            };
            Some((element, rest))
        }
        None if constructed => {
            let mut content = Vec::new();
            let mut rest = &bytes[header.size..];
            while !rest.starts_with(END) {
                let (element, after) = one(rest, depth)?;
                content.extend_from_slice(&element);
                rest = after;
            }
            let element = close(header.tag, content)?;
            Some((Cow::Owned(element), &rest[END.len()..]))
        }
        None => None,
    }
}

/// An octet string in pieces becomes one.
fn close(tag: u8, content: Vec<u8>) -> Option<Vec<u8>> {
    if tag == OCTETS | CONSTRUCTED {
        return Some(write(OCTETS, &[&joined(&content)?]));
    }
    Some(write(tag, &[&content]))
}

/// The contents of octet strings, one after the other.
pub(crate) fn joined(pieces: &[u8]) -> Option<Vec<u8>> {
    let mut reader = crate::der::Reader(pieces);
    let mut whole = Vec::with_capacity(pieces.len());
    while !reader.is_empty() {
        whole.extend_from_slice(reader.take(OCTETS)?);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::to_der;

    #[test]
    fn lengths_become_known_and_pieces_whole() {
        let ber = [
            0x30, 0x80, 0x02, 1, 5, 0x24, 0x80, 4, 1, 1, 4, 1, 2, 0, 0, 0x30, 0, 0, 0,
        ];
        let der = [0x30, 9, 0x02, 1, 5, 4, 2, 1, 2, 0x30, 0];
        assert_eq!(to_der(&ber).as_deref(), Some(der.as_slice()));
        assert!(matches!(to_der(&der), Some(Cow::Borrowed(_))));
    }

    #[test]
    fn the_unchanged_keep_their_bytes_beside_the_changed() {
        // The first has a length that is longer than it needs to be.
        let ber = [0x30, 11, 0x30, 0x81, 2, 5, 0, 0x30, 0x80, 5, 0, 0, 0];
        let der = [0x30, 9, 0x30, 0x81, 2, 5, 0, 0x30, 2, 5, 0];
        assert_eq!(to_der(&ber).as_deref(), Some(der.as_slice()));
    }

    #[test]
    fn what_never_ends_is_refused() {
        assert_eq!(to_der(&[0x30, 0x80]), None);
        assert_eq!(to_der(&[0x04, 0x80, 0, 0]), None);
        assert_eq!(to_der(&[0x30, 0x80].repeat(1_000_000)), None);
        assert_eq!(to_der(&[0x24, 4, 0x30, 0x80, 0, 0]), None);
    }
}
