//! A body that arrives in pieces and may not grow past a limit.

use crate::Error;

/// Collects the pieces of a download; the time limit is the caller's.
#[derive(Debug)]
pub struct Bounded {
    limit: u64,
    bytes: Vec<u8>,
}

impl Bounded {
    /// Nothing received yet; `limit` in bytes, such as [`crate::Limits::archive_size`].
    #[must_use]
    pub const fn new(limit: u64) -> Self {
        Self {
            limit,
            bytes: Vec::new(),
        }
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when the sum is past the limit; stop receiving then.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let size = self.bytes.len().saturating_add(chunk.len());
        if size as u64 > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Everything received.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn takes_up_to_the_limit_and_no_further() {
        let mut body = Bounded::new(4);
        body.push(b"ab").unwrap();
        body.push(b"cd").unwrap();
        assert_eq!(body.push(b"e"), Err(Error::TooLarge { limit: 4 }));
        assert_eq!(body.finish(), b"abcd");
    }
}
