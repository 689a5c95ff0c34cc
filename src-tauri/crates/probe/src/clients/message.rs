//! What a user gets to see when a library refuses the certificate: its own words, as far as they
//! are the same each time. Those of the libraries that the lab's tests run are held against what
//! they say; the others' are those of OpenJDK 17 (`HostnameChecker`, `PKIXValidator`) and .NET
//! (`net_ssl_io_cert_custom_validation`), and were not seen in a run.

use rediseal_certificate::NameKind;

use super::Outcome;
use super::judge::Judgement;
use super::situation::{Chain, Situation};
use super::stack::Stack;
use crate::cause::Cause;

/// None when it does not refuse, or its words are not always the same.
pub(crate) fn message(
    stack: Stack,
    judgement: Judgement,
    situation: &Situation<'_>,
) -> Option<String> {
    let chain = situation.chain.as_ref()?;
    let cause = judgement.cause?;
    if judgement.outcome != Outcome::Refuses || !cause.id().starts_with("certificate.") {
        return None;
    }
    let host = situation.host;
    match stack {
        // It says no more of any certificate.
        Stack::OpenSsl => Some("SSL_connect failed: certificate verify failed".to_owned()),
        Stack::Python => {
            let reason = match cause {
                Cause::CertificateNameMismatch | Cause::CertificateNameNotCheckable => {
                    python_name(situation)
                }
                _ => open_ssl(cause, chain)?.to_owned(),
            };
            Some(format!(
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {reason}"
            ))
        }
        Stack::Node => match cause {
            Cause::CertificateNameMismatch | Cause::CertificateNameNotCheckable => {
                node_name(situation, chain)
            }
            // Its own words for the commonest of OpenSSL's.
            _ => open_ssl(cause, chain).map(|words| {
                match words {
                    NO_ISSUER => "unable to verify the first certificate",
                    other => other,
                }
                .to_owned()
            }),
        },
        Stack::Ruby => {
            let reason = match cause {
                Cause::CertificateNameMismatch | Cause::CertificateNameNotCheckable => {
                    "hostname mismatch"
                }
                _ => open_ssl(cause, chain)?,
            };
            Some(format!("certificate verify failed ({reason})"))
        }
        Stack::Php => php(cause, host, chain),
        Stack::Rustls => rustls(cause, host),
        Stack::Jsse => jsse(cause, situation, chain),
        Stack::Go => go(cause, situation, chain),
        // What was wrong is not told once there is a callback, which TrustIssuer is.
        Stack::DotNet => situation.trusts_given.then(|| {
            "The remote certificate was rejected by the provided \
             RemoteCertificateValidationCallback."
                .to_owned()
        }),
    }
}

const NO_ISSUER: &str = "unable to get local issuer certificate";

/// `X509_verify_cert_error_string`.
fn open_ssl(cause: Cause, chain: &Chain<'_>) -> Option<&'static str> {
    match cause {
        Cause::CertificateExpired | Cause::CertificateCaExpired => Some("certificate has expired"),
        Cause::CertificateNotYetValid => Some("certificate is not yet valid"),
        Cause::CertificateSelfSigned => Some("self-signed certificate"),
        Cause::CertificateWrongCa
        | Cause::CertificateCaReplaced
        | Cause::CertificateMissingIntermediate
            if chain.is_alone && chain.is_unknown =>
        {
            Some(NO_ISSUER)
        }
        _ => None,
    }
}

fn python_name(situation: &Situation<'_>) -> String {
    let (host, kind) = (
        situation.host,
        match situation.host_is_address() {
            true => "IP address",
            false => "Hostname",
        },
    );
    format!("{kind} mismatch, certificate is not valid for '{host}'")
}

fn node_name(situation: &Situation<'_>, chain: &Chain<'_>) -> Option<String> {
    let host = situation.host;
    let intro = "Hostname/IP does not match certificate's altnames";
    if situation.host_is_address() {
        let addresses = chain.names(NameKind::Ip);
        return Some(format!(
            "{intro}: IP: {host} is not in the cert's list: {addresses}"
        ));
    }
    let names = chain.names(NameKind::Dns);
    (!names.is_empty()).then(|| format!("{intro}: Host: {host}. is not in the cert's altnames"))
}

fn php(cause: Cause, host: &str, chain: &Chain<'_>) -> Option<String> {
    match cause {
        Cause::CertificateNameMismatch | Cause::CertificateNameNotCheckable => {
            Some(match chain.common_name() {
                _ if !chain.names(NameKind::Dns).is_empty() => {
                    format!("Peer certificate subjectAltName did not match expected name `{host}'")
                }
                Some(name) => {
                    format!("Peer certificate CN=`{name}' did not match expected CN=`{host}'")
                }
                None => "Unable to locate peer certificate CN".to_owned(),
            })
        }
        Cause::CertificateMalformed => None,
        _ => Some("certificate verify failed".to_owned()),
    }
}

/// `rustls::CertificateError`, as redis-rs passes it on.
fn rustls(cause: Cause, host: &str) -> Option<String> {
    let reason = match cause {
        Cause::CertificateExpired => "certificate expired".to_owned(),
        Cause::CertificateNotYetValid => "certificate not valid yet".to_owned(),
        Cause::CertificateMissingIntermediate => "UnknownIssuer".to_owned(),
        Cause::CertificateNameMismatch | Cause::CertificateNameNotCheckable => {
            format!("certificate not valid for name \"{host}\"")
        }
        _ => return None,
    };
    Some(format!("invalid peer certificate: {reason}"))
}

fn jsse(cause: Cause, situation: &Situation<'_>, chain: &Chain<'_>) -> Option<String> {
    let host = situation.host;
    match cause {
        Cause::CertificateNameMismatch | Cause::CertificateNameNotCheckable => {
            Some(match (situation.host_is_address(), chain.has_no_names) {
                (true, true) => "No subject alternative names present".to_owned(),
                (true, false) => {
                    format!("No subject alternative names matching IP address {host} found")
                }
                (false, true) => format!("No name matching {host} found"),
                (false, false) => {
                    format!("No subject alternative DNS name matching {host} found.")
                }
            })
        }
        Cause::CertificateWrongCa
        | Cause::CertificateMissingIntermediate
        | Cause::CertificateSelfSigned
            if chain.is_unknown =>
        {
            Some(
                "PKIX path building failed: sun.security.provider.certpath.\
                 SunCertPathBuilderException: unable to find valid certification path to \
                 requested target"
                    .to_owned(),
            )
        }
        _ => None,
    }
}

fn go(cause: Cause, situation: &Situation<'_>, chain: &Chain<'_>) -> Option<String> {
    let host = situation.host;
    let reason = match cause {
        Cause::CertificateWrongCa
        | Cause::CertificateMissingIntermediate
        | Cause::CertificateSelfSigned
        | Cause::CertificateCaReplaced
            if chain.is_unknown =>
        {
            "certificate signed by unknown authority".to_owned()
        }
        Cause::CertificateExpired | Cause::CertificateNotYetValid => {
            "certificate has expired or is not yet valid".to_owned()
        }
        Cause::CertificateNameMismatch | Cause::CertificateNameNotCheckable => {
            let kind = match situation.host_is_address() {
                true => NameKind::Ip,
                false => NameKind::Dns,
            };
            match (kind, chain.names(kind)) {
                _ if chain.is_named_by_subject_alone(host) => {
                    "certificate relies on legacy Common Name field, use SANs instead".to_owned()
                }
                (NameKind::Ip, names) if names.is_empty() => format!(
                    "cannot validate certificate for {host} because it doesn't contain any IP SANs"
                ),
                (_, names) if names.is_empty() => {
                    format!("certificate is not valid for any names, but wanted to match {host}")
                }
                (_, names) => format!("certificate is valid for {names}, not {host}"),
            }
        }
        _ => return None,
    };
    // Since 1.20 with "tls: failed to verify certificate: " in front of it.
    Some(format!("x509: {reason}"))
}
