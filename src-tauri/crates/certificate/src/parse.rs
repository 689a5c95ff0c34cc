//! A file of certificates, in whichever of the usual forms it is.

use x509_parser::asn1_rs::{Any, FromDer, Tag};

use crate::error::begins;
use crate::{Certificate, Error, PemProblem, pem, pkcs7};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Every certificate of a file, in its order, at least one: PEM blocks (`CERTIFICATE`, `PKCS7`)
/// with any text around them, one DER certificate, or a DER PKCS#7 bundle.
///
/// # Errors
/// All or nothing: one bad block is an error that names its place, and anything else than
/// certificates (a private key, a request) is refused, never skipped.
pub fn parse_pem_or_der(bytes: &[u8]) -> Result<Vec<Certificate>, Error> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(Error::Empty);
    }
    if is_one_sequence(bytes) {
        return parse_der(bytes);
    }
    if pem::looks_like_pem(bytes) {
        return parse_pem(bytes);
    }
    // A sequence with a long length: DER that was cut off or has something after it.
    if bytes[0] == 0x30 && bytes.get(1).is_some_and(|length| *length >= 0x80) {
        return parse_der(bytes);
    }
    Err(Error::NotACertificate {
        begins: begins(bytes),
    })
}

fn is_one_sequence(bytes: &[u8]) -> bool {
    matches!(Any::from_der(bytes), Ok((rest, any)) if rest.is_empty() && any.tag() == Tag::Sequence)
}

fn parse_der(der: &[u8]) -> Result<Vec<Certificate>, Error> {
    if pkcs7::is_signed_data(der) {
        return pkcs7::certificates(der);
    }
    Ok(vec![Certificate::from_der(der)?])
}

fn parse_pem(bytes: &[u8]) -> Result<Vec<Certificate>, Error> {
    let mut certificates = Vec::new();
    for block in pem::blocks(bytes)? {
        let content = |error| block.error(PemProblem::Content(Box::new(error)));
        match block.label.as_str() {
            "CERTIFICATE" | "X509 CERTIFICATE" => {
                certificates
                    .push(Certificate::from_der(block.content.as_slice()).map_err(content)?);
            }
            "PKCS7" | "CMS" => {
                certificates.extend(pkcs7::certificates(&block.content).map_err(content)?);
            }
            "TRUSTED CERTIFICATE" => return Err(block.error(PemProblem::OpensslTrusted)),
            other => {
                return Err(block.error(PemProblem::OtherLabel {
                    label: other.to_owned(),
                }));
            }
        }
    }
    Ok(certificates)
}
