//! `TencentDB-SSL-CA.zip` as the certificate link hands it out.

use std::io::{self, Cursor, Write};

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{authority::Ca, jks, pkcs7};

/// The archive of one CA. The vendor documents no listing; samples and sister products name
/// these four: `ca.pem` and `ca.crt` (both PEM, as the samples that use either load it as
/// text), `ca.p7b` (PKCS#7, DER) and `ca.jks` (password [`jks::PASSWORD`]).
/// The same CA gives the same bytes.
pub(crate) fn archive(ca: &Ca) -> Result<Vec<u8>, ZipError> {
    let pem = ca.pem.as_bytes();
    pack(&[
        ("ca.pem", pem),
        ("ca.crt", pem),
        ("ca.p7b", &pkcs7::certificates(&ca.der)),
        ("ca.jks", &jks::trust_store("ca", &ca.der, ca.since())),
    ])
}

/// An archive whose names climb out of the folder it is unpacked in.
pub(crate) fn traversal(ca: &Ca) -> Result<Vec<u8>, ZipError> {
    pack(&[
        ("../../ca.pem", ca.pem.as_bytes()),
        ("/tmp/ca.crt", ca.pem.as_bytes()),
    ])
}

/// An archive without any certificate.
pub(crate) fn empty() -> Result<Vec<u8>, ZipError> {
    pack(&[("README.txt", b"No certificate in here.\n")])
}

/// An archive whose `ca.pem` is PEM by its frame only.
pub(crate) fn garbage_pem() -> Result<Vec<u8>, ZipError> {
    pack(&[(
        "ca.pem",
        b"-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n",
    )])
}

/// An archive that unpacks to a thousand times its size.
pub(crate) fn bomb() -> Result<Vec<u8>, ZipError> {
    static CHUNK: [u8; 64 * 1024] = [b'\n'; 64 * 1024];
    const CHUNKS: usize = 1024;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("ca.pem", options())?;
    for _ in 0..CHUNKS {
        zip.write_all(&CHUNK).map_err(ZipError::Io)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn pack(files: &[(&str, &[u8])]) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, options())?;
        zip.write_all(bytes)
            .map_err(|error: io::Error| ZipError::Io(error))?;
    }
    Ok(zip.finish()?.into_inner())
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
}
