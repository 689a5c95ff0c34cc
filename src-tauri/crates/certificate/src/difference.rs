//! In what two certificates differ that stand in the same place.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::{Certificate, digest};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Difference {
    #[expect(missing_docs, reason = "the type says it")]
    pub aspect: Aspect,
    /// As text: names are separated by commas, a key is its kind and the SHA-256 of its
    /// SubjectPublicKeyInfo in lowercase hexadecimal.
    pub before: String,
    /// As `before`.
    pub after: String,
}

/// What is compared, in the order in which it matters to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the terms of RFC 5280")]
pub enum Aspect {
    /// The public key itself, also where its kind is the same.
    Key,
    Issuer,
    Subject,
    /// The subject alternative names.
    Names,
    Validity,
    /// The signature algorithm. That another signature stands there follows from any difference.
    Signature,
    Serial,
}

impl Certificate {
    /// What a client or a person would see change where `after` takes this one's place; empty
    /// only for two that agree in all of it.
    #[must_use]
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let pairs = self.aspects().into_iter().zip(after.aspects());
        pairs
            .filter(|((_, before), (_, after))| before != after)
            .map(|((aspect, before), (_, after))| Difference {
                aspect,
                before,
                after,
            })
            .collect()
    }

    fn aspects(&self) -> [(Aspect, String); 7] {
        let facts = self.facts();
        let names: Vec<_> = facts.names.iter().map(|name| name.value.as_str()).collect();
        [
            (Aspect::Key, self.key_text()),
            (Aspect::Issuer, facts.issuer.clone()),
            (Aspect::Subject, facts.subject.clone()),
            (Aspect::Names, names.join(", ")),
            (
                Aspect::Validity,
                format!("{} – {}", facts.not_before, facts.not_after),
            ),
            (Aspect::Signature, facts.signature.clone()),
            (Aspect::Serial, facts.serial.clone()),
        ]
    }

    fn key_text(&self) -> String {
        let key = &self.facts().key;
        let kind = match &key.curve {
            Some(curve) => format!("{} {curve}", key.algorithm),
            None => format!("{} {}", key.algorithm, key.bits),
        };
        // The bytes were read once already when the certificate was made.
        let fingerprint = X509Certificate::from_der(self.der())
            .map(|(_, certificate)| digest::sha256(certificate.public_key().raw))
            .unwrap_or_default();
        format!("{kind} {fingerprint}")
    }
}
