//! Certificates out of a PKCS#7 bundle (`.p7b`): a CMS `SignedData` (RFC 5652 5.1), of which
//! nothing but the certificates is read.

use crate::der::{self, CONTEXT_0, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE, SET};
use crate::limits::Count;
use crate::oid::SIGNED_DATA;
use crate::{Certificate, Error, ber, oid};

/// Whether it begins like one; what follows may be anything.
pub(crate) fn is_signed_data(bytes: &[u8]) -> bool {
    Reader::of_beginning(bytes, SEQUENCE)
        .is_some_and(|mut info| info.take(OBJECT_IDENTIFIER) == Some(SIGNED_DATA))
}

/// At least one, in the order of the bundle.
pub(crate) fn certificates(bytes: &[u8], count: &mut Count) -> Result<Vec<Certificate>, Error> {
    let unreadable = |reason: &str| Error::Pkcs7 {
        reason: reason.to_owned(),
    };
    let der = ber::to_der(bytes)
        .filter(|der| is_one_sequence(der))
        .ok_or_else(|| unreadable("it is cut off, or not DER"))?;
    if !is_signed_data(&der) {
        return Err(unreadable("it is not of the signed-data kind"));
    }
    let mut set = certificate_set(&der).ok_or_else(|| unreadable("it holds no certificate"))?;
    let mut certificates = Vec::new();
    while !set.is_empty() {
        let element = set
            .any()
            .ok_or_else(|| unreadable("its list of certificates is damaged"))?;
        count.one()?;
        certificates.push(Certificate::from_der(element.whole)?);
    }
    if certificates.is_empty() {
        return Err(unreadable("it holds no certificate"));
    }
    Ok(certificates)
}

fn is_one_sequence(der: &[u8]) -> bool {
    let mut reader = Reader(der);
    reader.enter(SEQUENCE).is_some() && reader.is_empty()
}

fn certificate_set(der: &[u8]) -> Option<Reader<'_>> {
    let mut info = Reader(der).enter(SEQUENCE)?;
    info.take(OBJECT_IDENTIFIER)?;
    let mut signed_data = info.enter(CONTEXT_0)?.enter(SEQUENCE)?;
    signed_data.take(INTEGER)?;
    signed_data.take(SET)?;
    signed_data.take(SEQUENCE)?;
    signed_data.enter(CONTEXT_0)
}

/// Of these, in their order: DER would have a set sorted, but readers show the first one first,
/// and take any order.
pub(crate) fn write(certificates: &[&Certificate]) -> Vec<u8> {
    let ders: Vec<_> = certificates.iter().map(|one| one.der()).collect();
    let data = der::write(SEQUENCE, &[&der::write(OBJECT_IDENTIFIER, &[oid::DATA])]);
    let none = der::write(SET, &[]);
    let certificates = der::write(CONTEXT_0, &ders);
    let version = der::write(INTEGER, &[&[1]]);
    let signed_data = der::write(SEQUENCE, &[&version, &none, &data, &certificates, &none]);
    let kind = der::write(OBJECT_IDENTIFIER, &[SIGNED_DATA]);
    der::write(SEQUENCE, &[&kind, &der::write(CONTEXT_0, &[&signed_data])])
}
