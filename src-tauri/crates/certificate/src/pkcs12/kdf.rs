//! Keys from passwords.

use aws_lc_rs::digest::{self, Context};
use secrecy::zeroize::Zeroizing;

use crate::Error;

/// Digests that one file may cost: two for each of the 600,000 rounds that the most careful makers
/// ask for, twice; not what keeps a computer busy.
pub(crate) const WORK_LIMIT: u64 = 2_500_000;

/// The digests that may still be spent on a file.
pub(crate) struct Work(u64);

impl Work {
    pub(crate) const fn new() -> Self {
        Self(WORK_LIMIT)
    }

    /// Each of the `rounds` costs this many digests.
    pub(crate) fn spend(&mut self, rounds: u64, digests: usize) -> Result<(), Error> {
        let wanted = rounds.saturating_mul(digests as u64);
        self.0 = self.0.checked_sub(wanted).ok_or(Error::TooManyRounds {
            rounds,
            limit: WORK_LIMIT,
        })?;
        Ok(())
    }
}

/// A password in the two forms that the schemes want.
pub(crate) struct Password<'a> {
    /// For PBKDF2.
    pub(crate) utf8: &'a [u8],
    /// UTF-16, big endian, ended by a zero (RFC 7292 B.1).
    pub(crate) utf16: Zeroizing<Vec<u8>>,
}

impl<'a> Password<'a> {
    /// All that this password can mean: of the empty one, some makers leave the ending zero out.
    pub(crate) fn forms(text: &'a str) -> Vec<Self> {
        let utf8 = text.as_bytes();
        let ended = text.encode_utf16().chain([0]).flat_map(u16::to_be_bytes);
        let mut forms = vec![Self {
            utf8,
            utf16: Zeroizing::new(ended.collect()),
        }];
        if text.is_empty() {
            forms.push(Self {
                utf8,
                utf16: Zeroizing::default(),
            });
        }
        forms
    }
}

/// What a derived key is for (RFC 7292 B.3).
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Use {
    Encryption = 1,
    Iv = 2,
    Mac = 3,
}

/// The derivation of RFC 7292 B.2. At least one round is done.
pub(crate) fn derive(
    algorithm: &'static digest::Algorithm,
    password: &Password<'_>,
    salt: &[u8],
    rounds: u64,
    purpose: Use,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = algorithm.block_len();
    let diversifier = vec![purpose as u8; block];
    let mut mixed = Zeroizing::new(repeated(salt, block));
    mixed.extend_from_slice(&Zeroizing::new(repeated(&password.utf16, block)));
    let mut key = Zeroizing::new(Vec::with_capacity(length + algorithm.output_len()));
    while key.len() < length {
        let mut context = Context::new(algorithm);
        context.update(&diversifier);
        context.update(&mixed);
        let mut hash = context.finish();
        for _ in 1..rounds {
            hash = digest::digest(algorithm, hash.as_ref());
        }
        key.extend_from_slice(hash.as_ref());
        let filled: Vec<u8> = hash.as_ref().iter().copied().cycle().take(block).collect();
        for part in mixed.chunks_exact_mut(block) {
            add_one_more(part, &filled);
        }
    }
    key.truncate(length);
    key
}

/// Until it fills whole blocks; nothing stays nothing.
fn repeated(bytes: &[u8], block: usize) -> Vec<u8> {
    let length = bytes.len().next_multiple_of(block);
    bytes.iter().copied().cycle().take(length).collect()
}

/// `to += other + 1`, big endian, what does not fit is dropped.
fn add_one_more(to: &mut [u8], other: &[u8]) {
    let mut carry = 1;
    for (to, other) in to.iter_mut().zip(other).rev() {
        let sum = u16::from(*to) + u16::from(*other) + carry;
        let [high, low] = sum.to_be_bytes();
        *to = low;
        carry = u16::from(high);
    }
}
