//! What the certificate of a report calls the server, for a host that clients connect to.

use rediseal_certificate::Name;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::name;
use crate::report::Report;

/// Whether a certificate names a host (RFC 9525: a common name is no name).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Naming {
    #[expect(missing_docs, reason = "the type says it")]
    Named,
    /// It has no names at all: there is nothing to compare.
    Nameless,
    /// It names others.
    Other {
        /// All of them.
        names: Vec<String>,
    },
}

impl Report {
    /// Whether the certificate that was seen names this host: a DNS name, or an address without
    /// brackets. None when no certificate was seen, or it cannot be parsed.
    #[must_use]
    pub fn naming(&self, host: &str) -> Option<Naming> {
        let link = self.chain.first()?;
        let facts = link.facts.as_ref()?;
        if facts.names.is_empty() {
            return Some(Naming::Nameless);
        }
        let leaf = CertificateDer::from_pem_slice(link.pem.as_bytes()).ok()?;
        let expected = ServerName::try_from(host).ok()?;
        Some(match name::holds(&leaf, &expected) {
            true => Naming::Named,
            false => Naming::Other {
                names: facts.names.iter().map(text).collect(),
            },
        })
    }
}

fn text(name: &Name) -> String {
    name.value.clone()
}
