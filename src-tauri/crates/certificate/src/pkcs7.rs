//! Certificates out of a PKCS#7 bundle (`.p7b`): a CMS `SignedData` (RFC 5652 5.1) in DER, of
//! which nothing but the certificates is read.

use x509_parser::asn1_rs::{Any, Class, FromDer, Oid, Tag, oid};

use crate::{Certificate, Error};

const SIGNED_DATA: Oid<'static> = oid!(1.2.840.113549.1.7.2);

pub(crate) fn is_signed_data(der: &[u8]) -> bool {
    content_type(der).is_some_and(|(oid, _)| oid == SIGNED_DATA)
}

/// At least one, in the order of the bundle.
pub(crate) fn certificates(der: &[u8]) -> Result<Vec<Certificate>, Error> {
    let unreadable = |reason: &str| Error::Pkcs7 {
        reason: reason.to_owned(),
    };
    let (kind, content) = content_type(der).ok_or_else(|| unreadable("it is not DER"))?;
    if kind != SIGNED_DATA {
        return Err(unreadable("it is not of the signed-data kind"));
    }
    let set = elements(content)
        .next()
        .and_then(|explicit| elements(explicit.content).next())
        .and_then(|signed_data| {
            elements(signed_data.content).find(|part| part.any.class() == Class::ContextSpecific)
        })
        .filter(|part| part.any.tag() == Tag(0))
        .ok_or_else(|| unreadable("it holds no certificate"))?;
    let mut read = 0;
    let mut certificates = Vec::new();
    for element in elements(set.content) {
        read += element.whole.len();
        certificates.push(Certificate::from_der(element.whole)?);
    }
    if read != set.content.len() {
        return Err(unreadable("its list of certificates is damaged"));
    }
    if certificates.is_empty() {
        return Err(unreadable("it holds no certificate"));
    }
    Ok(certificates)
}

fn content_type(der: &[u8]) -> Option<(Oid<'_>, &[u8])> {
    let (rest, info) = Any::from_der(der).ok()?;
    if !rest.is_empty() || info.tag() != Tag::Sequence {
        return None;
    }
    let (content, kind) = Oid::from_der(info.data).ok()?;
    Some((kind, content))
}

struct Element<'a> {
    any: Any<'a>,
    content: &'a [u8],
    whole: &'a [u8],
}

/// The elements one after the other, up to the first that cannot be read.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::from_fn(move || {
        let (rest, any) = Any::from_der(bytes).ok()?;
        let whole = &bytes[..bytes.len() - rest.len()];
        bytes = rest;
        Some(Element {
            content: any.data,
            any,
            whole,
        })
    })
}
