//! How much a file may hold, whatever its kind.

use crate::Error;

/// Files of certificates larger than this are not read, bytes. 10,000 certificates as PEM are
/// about 15 MB.
pub const FILE_LIMIT: u64 = 20 << 20;

/// More certificates than any truststore has; operating systems ship about 150.
pub const CERTIFICATE_LIMIT: usize = 20_000;

/// The certificates that may still come.
pub(crate) struct Count(usize);

impl Count {
    pub(crate) const fn new() -> Self {
        Self(CERTIFICATE_LIMIT)
    }

    pub(crate) fn one(&mut self) -> Result<(), Error> {
        self.0 = self.0.checked_sub(1).ok_or(Error::TooManyCertificates {
            limit: CERTIFICATE_LIMIT,
        })?;
        Ok(())
    }
}
