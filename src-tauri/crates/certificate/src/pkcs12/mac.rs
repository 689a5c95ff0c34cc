//! The check that a file was made with this password and is whole (RFC 7292 4, RFC 9579).

use aws_lc_rs::{digest, hmac};
use secrecy::zeroize::Zeroizing;

use super::kdf::{Password, Use, Work, derive};
use super::pbkdf2::Pbkdf2;
use super::{unreadable, unsupported};
use crate::der::{OBJECT_IDENTIFIER, OCTETS, Reader, SEQUENCE};
use crate::{Error, oid};

/// `MacData`.
pub(crate) struct Mac<'a> {
    kind: &'a [u8],
    parameters: Reader<'a>,
    value: &'a [u8],
    salt: &'a [u8],
    rounds: u64,
}

impl<'a> Mac<'a> {
    pub(crate) fn read(mut data: Reader<'a>) -> Result<Self, Error> {
        Self::parts(&mut data).ok_or_else(|| unreadable("its MAC is damaged"))
    }

    fn parts(data: &mut Reader<'a>) -> Option<Self> {
        let mut info = data.enter(SEQUENCE)?;
        let mut algorithm = info.enter(SEQUENCE)?;
        Some(Self {
            kind: algorithm.take(OBJECT_IDENTIFIER)?,
            parameters: algorithm,
            value: info.take(OCTETS)?,
            salt: data.take(OCTETS)?,
            // One where it is left out.
            rounds: match data.is_empty() {
                true => 1,
                false => data.number()?,
            },
        })
    }

    /// # Errors
    /// [`Error::PasswordWrong`], also when the contents were changed: the two look the same.
    pub(crate) fn verify(
        &self,
        contents: &[u8],
        password: &Password<'_>,
        work: &mut Work,
    ) -> Result<(), Error> {
        let (algorithm, key) = match self.kind {
            oid::PBMAC1 => self.pbmac1(password, work)?,
            _ => self.classic(password, work)?,
        };
        hmac::verify(&hmac::Key::new(algorithm, &key), contents, self.value)
            .map_err(|_| Error::PasswordWrong)
    }

    fn classic(&self, password: &Password<'_>, work: &mut Work) -> Result<Keyed, Error> {
        let (digest, algorithm) = match self.kind {
            oid::SHA1 => (
                &digest::SHA1_FOR_LEGACY_USE_ONLY,
                hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            ),
            oid::SHA224 => (&digest::SHA224, hmac::HMAC_SHA224),
            oid::SHA256 => (&digest::SHA256, hmac::HMAC_SHA256),
            oid::SHA384 => (&digest::SHA384, hmac::HMAC_SHA384),
            oid::SHA512 => (&digest::SHA512, hmac::HMAC_SHA512),
            other => return Err(unsupported(other)),
        };
        let length = digest.output_len();
        work.spend(self.rounds, 1)?;
        let key = derive(digest, password, self.salt, self.rounds, Use::Mac, length);
        Ok((algorithm, key))
    }

    fn pbmac1(&self, password: &Password<'_>, work: &mut Work) -> Result<Keyed, Error> {
        let damaged = || unreadable("its MAC is damaged");
        let mut parameters = self.parameters;
        let mut parameters = parameters.enter(SEQUENCE).ok_or_else(damaged)?;
        let kdf = parameters.enter(SEQUENCE).ok_or_else(damaged)?;
        let mut scheme = parameters.enter(SEQUENCE).ok_or_else(damaged)?;
        let algorithm = match scheme.take(OBJECT_IDENTIFIER).ok_or_else(damaged)? {
            oid::HMAC_SHA1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            oid::HMAC_SHA256 => hmac::HMAC_SHA256,
            oid::HMAC_SHA384 => hmac::HMAC_SHA384,
            oid::HMAC_SHA512 => hmac::HMAC_SHA512,
            other => return Err(unsupported(other)),
        };
        let kdf = Pbkdf2::read(kdf)?;
        // RFC 9579 4: it must be there, so that it is never guessed.
        let length = kdf.length.ok_or_else(damaged)?;
        Ok((algorithm, kdf.derive(password, length, work)?))
    }
}

type Keyed = (hmac::Algorithm, Zeroizing<Vec<u8>>);
