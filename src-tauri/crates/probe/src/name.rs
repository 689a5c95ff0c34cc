//! Whether the certificate names what was asked for. A common name never counts (RFC 9525).

use rediseal_certificate::{Facts, Name};
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use webpki::EndEntityCert;

use crate::cause::Cause;
use crate::stage::Finding;

/// None when the certificate is of a kind whose names cannot be compared, which the chain's stage
/// says. Without a chain that `holds`, nothing that it says of names is proven.
pub(crate) fn check(
    leaf: &CertificateDer<'_>,
    facts: Option<&Facts>,
    expected: &ServerName<'_>,
    holds: bool,
) -> Option<Finding> {
    let certificate = EndEntityCert::try_from(leaf).ok()?;
    let names: &[Name] = facts.map(|f| f.names.as_slice()).unwrap_or_default();
    let presented: Vec<Value> = names.iter().map(|n| n.value.clone().into()).collect();
    let common_name = facts.and_then(|f| f.common_name.clone());
    let finding = match facts {
        Some(facts) if facts.names.is_empty() => {
            Finding::warning(Cause::CertificateNameNotCheckable)
        }
        _ if certificate
            .verify_is_valid_for_subject_name(expected)
            .is_ok() =>
        {
            Finding::passed()
        }
        _ => Finding::failed(Cause::CertificateNameMismatch),
    };
    let unproven = finding.cause.is_some() && !holds;
    let finding = finding
        .with_hint(unproven.then_some("untrusted"))
        .with("expected", expected.to_str())
        .with("presented", presented)
        .with("common_name", common_name);
    Some(finding)
}

/// The certificate has this name.
pub(crate) fn holds(leaf: &CertificateDer<'_>, expected: &ServerName<'_>) -> bool {
    EndEntityCert::try_from(leaf)
        .is_ok_and(|leaf| leaf.verify_is_valid_for_subject_name(expected).is_ok())
}
