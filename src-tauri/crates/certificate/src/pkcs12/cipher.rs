//! What certificates are encrypted with.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptionContext, PaddedBlockDecryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;
use aws_lc_rs::iv::FixedLength;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _};
use des::{TdesEde2, TdesEde3};
use rc2::Rc2;
use secrecy::zeroize::Zeroizing;

use super::kdf::{Password, Use, Work, derive};
use super::pbkdf2::Pbkdf2;
use super::{unreadable, unsupported};
use crate::der::{OBJECT_IDENTIFIER, OCTETS, Reader, SEQUENCE};
use crate::{Error, oid};

/// With the scheme of this content of an `AlgorithmIdentifier`.
///
/// # Errors
/// [`Error::PasswordWrong`] where the padding says so.
pub(crate) fn decrypt(
    mut identifier: Reader<'_>,
    encrypted: &[u8],
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Vec<u8>, Error> {
    let scheme = identifier.take(OBJECT_IDENTIFIER).ok_or_else(damaged)?;
    let mut parameters = identifier.enter(SEQUENCE).ok_or_else(damaged)?;
    if scheme == oid::PBES2 {
        return pbes2(parameters, encrypted, password, work);
    }
    let key_length = match scheme {
        oid::PBE_3DES => 24,
        oid::PBE_2DES | oid::PBE_RC2_128 => 16,
        oid::PBE_RC2_40 => 5,
        other => return Err(unsupported(other)),
    };
    let salt = parameters.take(OCTETS).ok_or_else(damaged)?;
    let rounds = parameters.number().ok_or_else(damaged)?;
    let digest = &SHA1_FOR_LEGACY_USE_ONLY;
    // Two for a key that is longer than the digest, and one for the initialization vector.
    work.spend(rounds, key_length / digest.output_len() + 2)?;
    let key = derive(digest, password, salt, rounds, Use::Encryption, key_length);
    let iv = derive(digest, password, salt, rounds, Use::Iv, 8);
    match scheme {
        oid::PBE_3DES => old::<TdesEde3>(&key, &iv, encrypted),
        oid::PBE_2DES => old::<TdesEde2>(&key, &iv, encrypted),
        _ => old::<Rc2>(&key, &iv, encrypted),
    }
}

/// RFC 8018 6.2.
fn pbes2(
    mut parameters: Reader<'_>,
    encrypted: &[u8],
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Vec<u8>, Error> {
    let kdf = Pbkdf2::read(parameters.enter(SEQUENCE).ok_or_else(damaged)?)?;
    let mut scheme = parameters.enter(SEQUENCE).ok_or_else(damaged)?;
    let name = scheme.take(OBJECT_IDENTIFIER).ok_or_else(damaged)?;
    let iv = scheme.take(OCTETS).ok_or_else(damaged)?;
    let (algorithm, length) = match name {
        oid::AES_128_CBC => (&AES_128, 16),
        oid::AES_192_CBC => (&AES_192, 24),
        oid::AES_256_CBC => (&AES_256, 32),
        oid::DES_EDE3_CBC => {
            let key = kdf.derive(password, 24, work)?;
            return old::<TdesEde3>(&key, iv, encrypted);
        }
        other => return Err(unsupported(other)),
    };
    let key = kdf.derive(password, length, work)?;
    aes(algorithm, &key, iv, encrypted)
}

fn aes(
    algorithm: &'static Algorithm,
    key: &Zeroizing<Vec<u8>>,
    iv: &[u8],
    encrypted: &[u8],
) -> Result<Vec<u8>, Error> {
    let iv = <[u8; 16]>::try_from(iv).map_err(|_| damaged())?;
    let key = UnboundCipherKey::new(algorithm, key)
        .and_then(PaddedBlockDecryptingKey::cbc_pkcs7)
        .map_err(|_| damaged())?;
    let mut bytes = encrypted.to_vec();
    let length = key
        .decrypt(&mut bytes, DecryptionContext::Iv128(FixedLength::from(iv)))
        .map_err(|_| Error::PasswordWrong)?
        .len();
    bytes.truncate(length);
    Ok(bytes)
}

/// What OpenSSL before 3 and Java before 2021 wrote, which aws-lc does not have.
fn old<Cipher: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    encrypted: &[u8],
) -> Result<Vec<u8>, Error> {
    Decryptor::<Cipher>::new_from_slices(key, iv)
        .map_err(|_| damaged())?
        .decrypt_padded_vec::<Pkcs7>(encrypted)
        .map_err(|_| Error::PasswordWrong)
}

fn damaged() -> Error {
    unreadable("the parameters of its encryption are damaged")
}
