//! Whether the certificate names what was asked for. A common name never counts (RFC 9525).

use rediseal_certificate::{Facts, Name};
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use webpki::EndEntityCert;

use crate::cause::Cause;
use crate::stage::Finding;

pub(crate) fn check(
    leaf: &CertificateDer<'_>,
    facts: Option<&Facts>,
    expected: &ServerName<'_>,
) -> Finding {
    let names: &[Name] = facts.map(|f| f.names.as_slice()).unwrap_or_default();
    let presented: Vec<Value> = names.iter().map(|n| n.value.clone().into()).collect();
    let common_name = facts.and_then(|f| f.common_name.clone());
    match facts {
        Some(facts) if facts.names.is_empty() => {
            Finding::warning(Cause::CertificateNameNotCheckable)
        }
        _ if holds(leaf, expected) => Finding::passed(),
        _ => Finding::failed(Cause::CertificateNameMismatch),
    }
    .with("expected", expected.to_str())
    .with("presented", presented)
    .with("common_name", common_name)
}

/// The certificate has this name.
pub(crate) fn holds(leaf: &CertificateDer<'_>, expected: &ServerName<'_>) -> bool {
    EndEntityCert::try_from(leaf)
        .is_ok_and(|leaf| leaf.verify_is_valid_for_subject_name(expected).is_ok())
}
