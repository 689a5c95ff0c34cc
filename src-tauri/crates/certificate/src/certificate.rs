//! A certificate that was read: its bytes and what they say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Error, Facts};

/// A certificate whose bytes are known to be readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    facts: Facts,
}

impl Certificate {
    /// Reads one DER certificate, nothing after it.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let der = der.into();
        let facts = Facts::from_der(&der)?;
        Ok(Self { der, facts })
    }

    #[expect(missing_docs, reason = "the name says it")]
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    #[expect(missing_docs, reason = "the name says it")]
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// See [`pem_block`].
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem_block(&self.der)
    }
}

/// The bytes of a certificate as text: RFC 7468, lines of 64 characters, each ended by a line
/// feed. The bytes need not be readable.
#[must_use]
pub fn pem_block(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut pem = String::with_capacity(encoded.len() + encoded.len() / 64 + 64);
    pem.push_str("-----BEGIN CERTIFICATE-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

/// One PEM file of all of them, in their order, and nothing else: some clients read no text
/// between the blocks.
pub fn pem_bundle<'a>(certificates: impl IntoIterator<Item = &'a Certificate>) -> String {
    certificates.into_iter().map(Certificate::to_pem).collect()
}
