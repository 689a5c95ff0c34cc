//! DER, as far as the containers of certificates need it (X.690 8 and 10): elements one after the
//! other, read without a copy. Tags above 30 do not occur in them.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]`, explicit, or implicit of something constructed.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[0]`, implicit of something that is not constructed.
pub(crate) const CONTEXT_0_PRIMITIVE: u8 = 0x80;

/// A tag, a length and that many bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// With tag and length.
    pub(crate) whole: &'a [u8],
}

/// What was not read yet. Reading something that is not there changes nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// The beginning of the content of a first element that may be cut off or have no known end.
    pub(crate) fn of_beginning(bytes: &'a [u8], tag: u8) -> Option<Self> {
        let header = Header::read(bytes).filter(|header| header.tag == tag)?;
        bytes.get(header.size..).map(Self)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn any(&mut self) -> Option<Element<'a>> {
        let header = Header::read(self.0)?;
        let end = header.length?.checked_add(header.size)?;
        let (whole, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(Element {
            tag: header.tag,
            content: &whole[header.size..],
            whole,
        })
    }

    /// The content of the next element if it has this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let element = ahead.any().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(element.content)
    }

    pub(crate) fn enter(&mut self, tag: u8) -> Option<Self> {
        self.take(tag).map(Self)
    }

    /// A number that is not negative and fits.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let bytes = self.take(INTEGER)?;
        if bytes.first().is_none_or(|first| *first >= 0x80) {
            return None;
        }
        let significant = bytes.iter().skip_while(|byte| **byte == 0);
        if significant.clone().count() > 8 {
            return None;
        }
        Some(significant.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

/// A tag and a length.
pub(crate) struct Header {
    pub(crate) tag: u8,
    /// None for the indefinite form, which DER does not have.
    pub(crate) length: Option<usize>,
    /// Of the header itself, bytes.
    pub(crate) size: usize,
}

impl Header {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (&tag, rest) = bytes.split_first()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (length, size) = match first {
            0..0x80 => (Some(usize::from(first)), 2),
            0x80 => (None, 2),
            _ => {
                let count = usize::from(first & 0x7f);
                let digits = rest.get(..count).filter(|_| count <= 4)?;
                let length = digits
                    .iter()
                    .fold(0, |length, byte| length << 8 | usize::from(*byte));
                (Some(length), 2 + count)
            }
        };
        Some(Self { tag, length, size })
    }
}

/// An element of these contents.
pub(crate) fn write(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let length: usize = contents.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(length + 6);
    bytes.push(tag);
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => bytes.push(short),
        _ => {
            let digits = length.to_be_bytes();
            let zeros = digits.iter().take_while(|byte| **byte == 0).count();
            let digits = &digits[zeros..];
            // At most 8 digits: a length is a usize.
            bytes.push(0x80 | digits.len() as u8);
            bytes.extend_from_slice(digits);
        }
    }
    for part in contents {
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{INTEGER, OCTETS, Reader, write};

    #[test]
    fn lengths_of_every_size_are_written_as_they_are_read() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let bytes = write(OCTETS, &[&content]);
            let mut reader = Reader(&bytes);
            assert_eq!(reader.take(OCTETS), Some(content.as_slice()));
            assert!(reader.is_empty());
        }
    }

    #[test]
    fn what_is_not_there_is_not_read() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 3, 0, 0],
            &[0x1f, 1, 0],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 0],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert!(Reader(bytes).any().is_none(), "{bytes:x?}");
        }
        let mut reader = Reader(&[INTEGER, 1, 5]);
        assert_eq!(reader.take(OCTETS), None);
        assert_eq!(reader.number(), Some(5));
        assert_eq!(Reader(&[INTEGER, 1, 0x80]).number(), None);
        assert_eq!(
            Reader(&[INTEGER, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]).number(),
            None
        );
    }
}
