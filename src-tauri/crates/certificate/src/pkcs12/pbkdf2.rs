//! PBKDF2 (RFC 8018 5.2) with the parameters that a file gives.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use secrecy::zeroize::Zeroizing;

use super::kdf::{Password, Work};
use super::{unreadable, unsupported};
use crate::der::{OBJECT_IDENTIFIER, OCTETS, Reader, SEQUENCE};
use crate::{Error, oid};

/// Longer than any key that is derived here.
const LONGEST_KEY: usize = 64;

/// What a file asks for.
pub(crate) struct Pbkdf2<'a> {
    salt: &'a [u8],
    rounds: u64,
    /// Of the key, bytes, where it is given.
    pub(crate) length: Option<usize>,
    algorithm: pbkdf2::Algorithm,
    /// Bytes that come out of one block.
    output: usize,
}

impl<'a> Pbkdf2<'a> {
    /// Of the content of an `AlgorithmIdentifier`.
    pub(crate) fn read(mut identifier: Reader<'a>) -> Result<Self, Error> {
        let damaged = || unreadable("the parameters of its encryption are damaged");
        match identifier.take(OBJECT_IDENTIFIER).ok_or_else(damaged)? {
            oid::PBKDF2 => {}
            other => return Err(unsupported(other)),
        }
        let mut parameters = identifier.enter(SEQUENCE).ok_or_else(damaged)?;
        let salt = parameters.take(OCTETS).ok_or_else(damaged)?;
        let rounds = parameters.number().ok_or_else(damaged)?;
        let length = match parameters.number().map(usize::try_from) {
            None => None,
            Some(Ok(length @ 1..=LONGEST_KEY)) => Some(length),
            Some(_) => return Err(damaged()),
        };
        let prf = match parameters.enter(SEQUENCE) {
            None => oid::HMAC_SHA1,
            Some(mut prf) => prf.take(OBJECT_IDENTIFIER).ok_or_else(damaged)?,
        };
        let (algorithm, output) = match prf {
            oid::HMAC_SHA1 => (pbkdf2::PBKDF2_HMAC_SHA1, 20),
            oid::HMAC_SHA256 => (pbkdf2::PBKDF2_HMAC_SHA256, 32),
            oid::HMAC_SHA384 => (pbkdf2::PBKDF2_HMAC_SHA384, 48),
            oid::HMAC_SHA512 => (pbkdf2::PBKDF2_HMAC_SHA512, 64),
            other => return Err(unsupported(other)),
        };
        Ok(Self {
            salt,
            rounds,
            length,
            algorithm,
            output,
        })
    }

    /// A key of this length, at most [`LONGEST_KEY`].
    pub(crate) fn derive(
        &self,
        password: &Password<'_>,
        length: usize,
        work: &mut Work,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        // Each round is an HMAC: two digests.
        work.spend(self.rounds, 2 * length.div_ceil(self.output))?;
        let rounds = u32::try_from(self.rounds)
            .ok()
            .and_then(NonZeroU32::new)
            .ok_or_else(|| unreadable("the parameters of its encryption are damaged"))?;
        let mut key = Zeroizing::new(vec![0; length]);
        pbkdf2::derive(self.algorithm, rounds, self.salt, password.utf8, &mut key);
        Ok(key)
    }
}
