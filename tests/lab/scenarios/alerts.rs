//! Alerts, and servers that break the protocol.

use rediseal_probe::{Cause, StageId};

use crate::pki::Authority;
use crate::scenario::{Make, Scenario, Site};
use crate::servers::{REDIS, replying, tls_with};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [alerts(), violations(), without_key()]
        .into_iter()
        .flatten()
        .collect()
}

/// In answer to the ClientHello.
fn alerts() -> Vec<Scenario> {
    use Cause::{
        TlsAlert, TlsClientCertificateRequired, TlsNameRequired, TlsNoCommonCipher,
        TlsNoCommonVersion,
    };
    [
        (
            "alert-40",
            "Alert handshake_failure",
            40,
            "handshake_failure",
            TlsAlert,
        ),
        (
            "alert-70",
            "Alert protocol_version",
            70,
            "protocol_version",
            TlsNoCommonVersion,
        ),
        (
            "alert-71",
            "Alert insufficient_security",
            71,
            "insufficient_security",
            TlsNoCommonCipher,
        ),
        (
            "alert-112",
            "Alert unrecognized_name",
            112,
            "unrecognized_name",
            TlsNameRequired,
        ),
        (
            "alert-116",
            "Alert certificate_required",
            116,
            "certificate_required",
            TlsClientCertificateRequired,
        ),
        (
            "alert-80",
            "Alert internal_error",
            80,
            "internal_error",
            TlsAlert,
        ),
        (
            "alert-10",
            "Alert unexpected_message",
            10,
            "unexpected_message",
            TlsAlert,
        ),
        (
            "alert-120",
            "Alert no_application_protocol",
            120,
            "no_application_protocol",
            TlsAlert,
        ),
        (
            "alert-199",
            "An alert that no RFC knows",
            199,
            "alert 199",
            TlsAlert,
        ),
    ]
    .map(|(id, about, code, name, cause)| {
        Scenario::fails(id, Make::Bytes, about, StageId::Tls, cause)
            .fact("alert", name)
            .fact("after", "nothing")
            .at(move || async move { Site::deaf(replying(&[21, 3, 3, 0, 2, 2, code], true).await) })
    })
    .into()
}

fn violations() -> Vec<Scenario> {
    [
        (
            "short-server-hello",
            "A ServerHello that ends too early",
            &[22, 3, 3, 0, 5, 2, 0, 0, 1, 0][..],
        ),
        (
            "long-record",
            "A record longer than any may be",
            &[22, 3, 3, 0xff, 0xff, 0, 0, 0],
        ),
        (
            "early-change",
            "ChangeCipherSpec first",
            &[20, 3, 3, 0, 1, 1],
        ),
        ("early-data", "Application data first", &[23, 3, 3, 0, 1, 1]),
        ("short-alert", "Half an alert", &[21, 3, 3, 0, 1, 2]),
    ]
    .map(|(id, about, bytes)| {
        Scenario::fails(id, Make::Bytes, about, StageId::Tls, Cause::TlsBroken)
            .at(move || async move { Site::deaf(replying(bytes, false).await).impatient() })
    })
    .into()
}

fn without_key() -> Vec<Scenario> {
    [
        (
            "other-key-1.2",
            "TLS 1.2 without the certificate's key",
            &rustls::version::TLS12,
        ),
        (
            "other-key-1.3",
            "TLS 1.3 without the certificate's key",
            &rustls::version::TLS13,
        ),
    ]
    .map(|(id, about, version)| {
        Scenario::fails(id, Make::Rustls, about, StageId::Tls, Cause::TlsBroken)
            .fact("hint", "signature")
            .at(move || async move {
                let ca = Authority::new("Lab CA");
                let copied = ca.issue().presenting(ca.issue().leaf());
                Site::of(tls_with(&copied, REDIS, &[version]).await, &ca)
            })
    })
    .into()
}

/// RFC 8446 B.2 and those that it took over from older versions.
#[tokio::test]
async fn every_alert_is_named() {
    for (code, name) in [
        (0, "close_notify"),
        (20, "bad_record_mac"),
        (21, "decryption_failed"),
        (22, "record_overflow"),
        (30, "decompression_failure"),
        (42, "bad_certificate"),
        (43, "unsupported_certificate"),
        (44, "certificate_revoked"),
        (45, "certificate_expired"),
        (46, "certificate_unknown"),
        (47, "illegal_parameter"),
        (48, "unknown_ca"),
        (49, "access_denied"),
        (50, "decode_error"),
        (51, "decrypt_error"),
        (60, "export_restriction"),
        (86, "inappropriate_fallback"),
        (90, "user_canceled"),
        (100, "no_renegotiation"),
        (109, "missing_extension"),
        (110, "unsupported_extension"),
        (111, "certificate_unobtainable"),
        (113, "bad_certificate_status_response"),
        (114, "bad_certificate_hash_value"),
        (115, "unknown_psk_identity"),
    ] {
        let site = Site::deaf(replying(&[21, 3, 3, 0, 2, 2, code], true).await).impatient();
        let report = crate::case::report(site.request.clone()).await;
        assert_eq!(report.verdict, rediseal_probe::Verdict::Insecure);
        let tls = crate::case::stage(&report, StageId::Tls);
        assert_eq!(tls.facts.get("alert"), Some(&name.into()), "{tls:?}");
    }
}
