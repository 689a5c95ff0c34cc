//! A file of certificates without a password: PEM, DER or PKCS#7.

use crate::contents::{Kind, Read};
use crate::der::{Reader, SEQUENCE};
use crate::limits::Count;
use crate::looks::Looks;
use crate::{Certificate, Error, PemProblem, pem, pkcs7};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What becomes of PEM blocks that are not certificates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    Refused,
    Noted,
}

/// Every certificate of a file, in its order, at least one: PEM blocks (`CERTIFICATE`, `PKCS7`)
/// with any text around them, one DER certificate, or a PKCS#7 bundle.
///
/// # Errors
/// All or nothing: one bad block is an error that names its place, and anything else than
/// certificates (a private key, a request) is refused, never skipped.
pub fn parse_pem_or_der(bytes: &[u8]) -> Result<Vec<Certificate>, Error> {
    let read = read(bytes, Others::Refused, &mut Count::new())?;
    Ok(read.certificates.into_iter().map(|(one, _)| one).collect())
}

pub(crate) fn read(bytes: &[u8], others: Others, count: &mut Count) -> Result<Read, Error> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(Error::Empty);
    }
    if pkcs7::is_signed_data(bytes) {
        return pkcs7(bytes, count);
    }
    if is_one_sequence(bytes) {
        return der(bytes);
    }
    if pem::looks_like_pem(bytes) {
        return pem(bytes, others, count);
    }
    // A sequence with a long length: DER that was cut off or has something after it.
    if bytes[0] == SEQUENCE && bytes.get(1).is_some_and(|length| *length >= 0x80) {
        return der(bytes);
    }
    Err(Error::NotACertificate {
        looks: Looks::of(bytes),
    })
}

fn is_one_sequence(bytes: &[u8]) -> bool {
    let mut reader = Reader(bytes);
    reader.take(SEQUENCE).is_some() && reader.is_empty()
}

fn der(bytes: &[u8]) -> Result<Read, Error> {
    let mut read = Read::new(Kind::Der);
    read.add(Certificate::from_der(bytes)?, None);
    Ok(read)
}

fn pkcs7(bytes: &[u8], count: &mut Count) -> Result<Read, Error> {
    let mut read = Read::new(Kind::Pkcs7);
    for certificate in pkcs7::certificates(bytes, count)? {
        read.add(certificate, None);
    }
    Ok(read)
}

fn pem(bytes: &[u8], others: Others, count: &mut Count) -> Result<Read, Error> {
    let mut read = Read::new(Kind::Pem);
    let mut blocks = pem::Blocks::new(bytes);
    while let Some(block) = blocks.next()? {
        let content = |error| block.error(PemProblem::Content(Box::new(error)));
        match block.label.as_str() {
            // Windows calls a whole bundle a certificate too.
            "CERTIFICATE" | "X509 CERTIFICATE" | "PKCS7" | "CMS" => {
                if block.label.ends_with("CERTIFICATE") && !pkcs7::is_signed_data(&block.content) {
                    count.one()?;
                    let der = block.content.as_slice();
                    read.add(Certificate::from_der(der).map_err(content)?, None);
                    continue;
                }
                read.kind = Kind::Pkcs7;
                for certificate in pkcs7::certificates(&block.content, count).map_err(content)? {
                    read.add(certificate, None);
                }
            }
            "TRUSTED CERTIFICATE" => return Err(block.error(PemProblem::OpensslTrusted)),
            label if label.ends_with(pem::PRIVATE_KEY) => match others {
                Others::Refused => return Err(block.error(PemProblem::PrivateKey)),
                Others::Noted => read.private_keys += 1,
            },
            other => match others {
                Others::Refused => {
                    return Err(block.error(PemProblem::OtherLabel {
                        label: other.to_owned(),
                    }));
                }
                Others::Noted => read.others.push(other.to_owned()),
            },
        }
    }
    Ok(read)
}
