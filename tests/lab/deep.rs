//! The deep report: exactly what a server accepts, in its order, and what it does not say.

use std::time::Duration;

use rcgen::date_time_ymd;
use rediseal_probe::{
    Cause, CipherSuite, Gap, Order, Part, Protocol, Reason, Report, Request, Survey, Verdict,
    Weakness,
};
use rustls::crypto::aws_lc_rs::kx_group;
use tempfile::TempDir;

use crate::between::{Manner, between};
use crate::case::{fails, holds, report, request};
use crate::children::{gnutls_server_for, openssl_server_for, redis_with_tls, redis_without_tls};
use crate::pki::Authority;
use crate::servers::{replying, tls, tls_with_groups};

const NO_CLIENT_CERTIFICATE: &str = "tls-auth-clients no";

/// Answers as soon as it hears something, so that no test waits for a Redis.
const ANSWERING: &str = "-rev";

pub(crate) fn deep(request: Request) -> Request {
    Request {
        deep: true,
        timeout: Duration::from_secs(60),
        ..request
    }
}

fn protocol<'a>(report: &'a Report, version: &str) -> &'a Protocol {
    let mut protocols = report.protocols.as_ref().unwrap().iter();
    protocols.find(|p| p.version == version).unwrap()
}

fn survey(report: &Report) -> &Survey {
    report.survey.as_ref().unwrap()
}

pub(crate) fn ciphers<'a>(report: &'a Report, version: &str) -> Vec<&'a CipherSuite> {
    let ciphers = report.ciphers.as_ref().unwrap().iter();
    ciphers.filter(|c| c.protocol == version).collect()
}

/// By OpenSSL's names.
pub(crate) fn names(report: &Report, version: &str) -> Vec<String> {
    let name = |c: &CipherSuite| c.openssl_name.clone().unwrap();
    ciphers(report, version).into_iter().map(name).collect()
}

fn groups(report: &Report, version: &str) -> Vec<String> {
    let groups = &protocol(report, version).groups;
    groups.iter().map(|group| group.name.clone()).collect()
}

fn accepted(report: &Report) -> Vec<String> {
    let protocols = report.protocols.as_ref().unwrap().iter();
    protocols
        .filter(|p| p.accepted == Some(true))
        .map(|p| p.version.clone())
        .collect()
}

fn is_complete(report: &Report) -> &Report {
    assert_eq!(survey(report).gaps, [], "{:?}", report.protocols);
    report
}

#[tokio::test]
async fn openssl_with_an_order_of_its_own() {
    let ca = Authority::new("Lab CA");
    let settings = [
        ANSWERING,
        "-cipher",
        "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384:AES256-SHA",
        "-ciphersuites",
        "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_GCM_SHA256",
        "-groups",
        "X448:P-256:ffdhe3072",
    ];
    let tls12 = [
        "ECDHE-RSA-AES128-GCM-SHA256",
        "DHE-RSA-CHACHA20-POLY1305",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "AES256-SHA",
    ];
    let tls13 = [
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_CCM_SHA256",
        "TLS_AES_128_GCM_SHA256",
    ];
    let server = openssl_server_for(&ca.issue_rsa(), &[&settings[..], &["-serverpref"]].concat());
    let found = report(deep(request(server.address, &ca))).await;
    is_complete(&found);
    assert_eq!(accepted(&found), ["TLSv1.3", "TLSv1.2"]);
    assert_eq!(names(&found, "TLSv1.3"), tls13);
    assert_eq!(names(&found, "TLSv1.2"), tls12);
    for version in ["TLSv1.3", "TLSv1.2"] {
        let protocol = protocol(&found, version);
        assert_eq!(protocol.cipher_order, Some(Order::Server), "{version}");
        assert_eq!(protocol.resumption, Some(true), "{version}");
    }
    assert_eq!(
        groups(&found, "TLSv1.3"),
        ["x448", "secp256r1", "ffdhe3072"]
    );
    assert_eq!(groups(&found, "TLSv1.2"), ["x448", "secp256r1"]);
    assert_eq!(
        protocol(&found, "TLSv1.3").signatures,
        [
            "rsa_pss_rsae_sha256",
            "rsa_pss_rsae_sha384",
            "rsa_pss_rsae_sha512"
        ]
    );
    let hello = protocol(&found, "TLSv1.2").hello.unwrap();
    assert!(hello.extended_master_secret && hello.secure_renegotiation);
    assert!(hello.session_tickets && !hello.compression);
    let dhe = ciphers(&found, "TLSv1.2")[1];
    assert!(dhe.dh_bits.unwrap() >= 2048 && dhe.forward_secrecy);
    assert!(!ciphers(&found, "TLSv1.2")[3].forward_secrecy);

    let follows = openssl_server_for(&ca.issue_rsa(), &settings);
    let found = report(deep(request(follows.address, &ca))).await;
    is_complete(&found);
    for (version, expected) in [("TLSv1.3", &tls13[..]), ("TLSv1.2", &tls12)] {
        let (mut found_names, mut expected) = (names(&found, version), expected.to_vec());
        found_names.sort();
        expected.sort_unstable();
        assert_eq!(found_names, expected);
        let order = protocol(&found, version).cipher_order;
        assert_eq!(order, Some(Order::Client));
    }
}

#[tokio::test]
async fn old_versions_are_found_and_warned_about() {
    let ca = Authority::new("Lab CA");
    let settings = [
        ANSWERING,
        "-no_tls1_3",
        "-no_tls1_2",
        "-cipher",
        "ECDHE-RSA-AES256-SHA:AES128-SHA:@SECLEVEL=0",
    ];
    let server = openssl_server_for(&ca.issue_rsa(), &settings);
    let request = deep(request(server.address, &ca));
    let found = fails(
        request,
        rediseal_probe::StageId::Tls,
        Cause::TlsNoCommonVersion,
    )
    .await;
    is_complete(&found);
    assert_eq!(accepted(&found), ["TLSv1.1", "TLSv1"]);
    for version in ["TLSv1.1", "TLSv1"] {
        assert_eq!(
            protocol(&found, version).cause,
            Some(Cause::PolicyOldProtocol)
        );
        let mut names = names(&found, version);
        names.sort();
        assert_eq!(names, ["AES128-SHA", "ECDHE-RSA-AES256-SHA"]);
    }
    assert!(groups(&found, "TLSv1.1").contains(&"x25519".to_owned()));
    assert!(groups(&found, "TLSv1").is_empty(), "the newest is enough");
    let warnings = &survey(&found).warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].cause, Cause::PolicyOldProtocol);
    assert_eq!(
        warnings[0].facts["versions"],
        serde_json::json!(["TLSv1.1", "TLSv1"])
    );
    let certificate = &survey(&found).certificates[0];
    assert_eq!(certificate.cause, None, "read in the clear, and good");
}

#[tokio::test]
async fn weak_suites_are_named_with_what_is_wrong() {
    let ca = Authority::new("Lab CA");
    let settings = [
        ANSWERING,
        "-no_tls1_3",
        "-serverpref",
        "-cipher",
        "AES128-GCM-SHA256:NULL-SHA256:ADH-AES128-SHA:AECDH-AES256-SHA:@SECLEVEL=0",
    ];
    let server = openssl_server_for(&ca.issue_rsa(), &settings);
    let found = report(deep(request(server.address, &ca))).await;
    is_complete(&found);
    let suites: Vec<_> = ciphers(&found, "TLSv1.2")
        .iter()
        .map(|c| (c.openssl_name.as_deref().unwrap(), c.weakness, c.cause))
        .collect();
    let weak = Some(Cause::PolicyWeakCipher);
    assert_eq!(
        suites,
        [
            ("AES128-GCM-SHA256", None, None),
            ("NULL-SHA256", Some(Weakness::Null), weak),
            ("ADH-AES128-SHA", Some(Weakness::Anonymous), weak),
            ("AECDH-AES256-SHA", Some(Weakness::Anonymous), weak),
        ]
    );
    let warning = survey(&found).warnings.iter();
    let warning = warning.clone().find(|w| w.cause == Cause::PolicyWeakCipher);
    assert_eq!(
        warning.unwrap().facts["ciphers"],
        serde_json::json!(["NULL-SHA256", "ADH-AES128-SHA", "AECDH-AES256-SHA"])
    );
}

#[tokio::test]
async fn a_certificate_for_each_kind_of_key_each_with_its_own_verdict() {
    let ca = Authority::new("Lab CA");
    for settings in [&[ANSWERING][..], &[ANSWERING, "-no_tls1_3"]] {
        let folder = TempDir::new().unwrap();
        ca.issue_with(|params| params.not_after = date_time_ymd(2024, 1, 1))
            .write(folder.path());
        let file = |name| folder.path().join(name).to_str().unwrap().to_owned();
        let (certificate, key) = (file("cert.pem"), file("key.pem"));
        let other = ["-dcert", &certificate, "-dkey", &key];
        let server = openssl_server_for(&ca.issue_rsa(), &[settings, &other].concat());
        let found = report(deep(request(server.address, &ca))).await;
        let mut presented: Vec<_> = survey(&found)
            .certificates
            .iter()
            .map(|c| (c.facts.as_ref().unwrap().key.algorithm.clone(), c.cause))
            .collect();
        presented.sort_by_key(|(algorithm, _)| algorithm.clone());
        assert_eq!(
            presented,
            [
                ("ECDSA".to_owned(), Some(Cause::CertificateExpired)),
                ("RSA".to_owned(), None)
            ],
            "{settings:?}"
        );
    }
}

/// Suites, groups and schemes are asked about together. A certificate with a key of P-256 cannot be
/// used by who does not offer that group, but it does not change the server's order.
#[tokio::test]
async fn the_order_is_that_of_a_client_that_offers_everything() {
    let ca = Authority::new("Lab CA");
    let order = [
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES256-SHA",
        "ECDHE-RSA-AES128-SHA",
        "AES128-SHA",
    ];
    for curves in ["P-256", "P-256:X25519", "X25519:P-256:P-384:P-521:X448"] {
        let folder = TempDir::new().unwrap();
        ca.issue().write(folder.path());
        let file = |name| folder.path().join(name).to_str().unwrap().to_owned();
        let (certificate, key, order_of_its_own) =
            (file("cert.pem"), file("key.pem"), order.join(":"));
        let settings = [
            ANSWERING,
            "-no_tls1_3",
            "-serverpref",
            "-cipher",
            &order_of_its_own,
            "-curves",
            curves,
            "-dcert",
            &certificate,
            "-dkey",
            &key,
        ];
        let server = openssl_server_for(&ca.issue_rsa(), &settings);
        let found = report(deep(request(server.address, &ca))).await;
        is_complete(&found);
        assert_eq!(names(&found, "TLSv1.2"), order, "{curves}");
        let found = groups(&found, "TLSv1.2");
        assert_eq!(
            found.len(),
            curves.split(':').count(),
            "{curves}: {found:?}"
        );
    }
}

#[tokio::test]
async fn gnutls_by_its_priorities() {
    let ca = Authority::new("Lab CA");
    let priority = "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-256-GCM:+CHACHA20-POLY1305:+AEAD\
        :+ECDHE-RSA:+RSA:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA256\
        :+GROUP-SECP384R1:+GROUP-X25519:+COMP-NULL:+CTYPE-X509:%SERVER_PRECEDENCE";
    let server = gnutls_server_for(&ca.issue_rsa(), &["--priority", priority]);
    let found = report(deep(request(server.address, &ca))).await;
    is_complete(&found);
    assert_eq!(accepted(&found), ["TLSv1.3", "TLSv1.2"]);
    assert_eq!(
        names(&found, "TLSv1.3"),
        ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]
    );
    assert_eq!(
        names(&found, "TLSv1.2"),
        [
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "AES256-GCM-SHA384"
        ]
    );
    assert_eq!(
        protocol(&found, "TLSv1.2").cipher_order,
        Some(Order::Server)
    );
    for version in ["TLSv1.3", "TLSv1.2"] {
        let mut groups = groups(&found, version);
        groups.sort();
        assert_eq!(groups, ["secp384r1", "x25519"], "{version}");
    }
}

#[tokio::test]
async fn post_quantum_groups_of_rustls() {
    let ca = Authority::new("Lab CA");
    let list = vec![
        kx_group::SECP256R1MLKEM768,
        kx_group::X25519MLKEM768,
        kx_group::X25519,
    ];
    let server = tls_with_groups(&ca.issue(), list).await;
    let found = holds(deep(request(server.address, &ca)), Verdict::Secure).await;
    is_complete(&found);
    let tls13 = protocol(&found, "TLSv1.3");
    let groups: Vec<_> = tls13
        .groups
        .iter()
        .map(|g| (&*g.name, g.post_quantum))
        .collect();
    assert_eq!(
        groups,
        [
            ("X25519MLKEM768", true),
            ("SecP256r1MLKEM768", true),
            ("x25519", false)
        ],
        "rustls asks for the first of the client's that it has"
    );
    assert_eq!(tls13.group_order, Some(Order::Client));
    assert_eq!(tls13.signatures, ["ecdsa_secp256r1_sha256"]);
}

#[tokio::test]
async fn a_real_redis_as_it_is_configured() {
    let ca = Authority::new("Lab CA");
    let settings = [
        NO_CLIENT_CERTIFICATE,
        "tls-protocols \"TLSv1.2 TLSv1.3\"",
        "tls-ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256",
        "tls-ciphersuites TLS_AES_128_GCM_SHA256",
        "tls-prefer-server-ciphers yes",
    ];
    let server = redis_with_tls(&ca.issue(), &ca.pem(), &settings);
    let found = holds(deep(request(server.address, &ca)), Verdict::Secure).await;
    is_complete(&found);
    assert_eq!(names(&found, "TLSv1.3"), ["TLS_AES_128_GCM_SHA256"]);
    assert_eq!(
        names(&found, "TLSv1.2"),
        [
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-AES128-GCM-SHA256"
        ]
    );
    assert_eq!(
        protocol(&found, "TLSv1.2").cipher_order,
        Some(Order::Server)
    );
    assert_eq!(protocol(&found, "TLSv1.1").accepted, Some(false));
    assert_eq!(survey(&found).warnings, []);
}

#[tokio::test]
async fn a_server_that_closes_instead_of_refusing_is_understood() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let straight = report(deep(request(server.address, &ca))).await;
    let (wordless, _) = between(server.address, Manner::Wordless).await;
    let found = report(deep(request(wordless.address, &ca))).await;
    is_complete(&found);
    assert_eq!(found.protocols, straight.protocols);
    assert_eq!(found.ciphers, straight.ciphers);
}

#[tokio::test]
async fn a_server_that_has_had_enough_is_not_taken_for_one_that_refuses() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    // The test itself makes two.
    for (manner, reason) in [
        (Manner::ClosingAfter(6), Reason::Closed),
        (Manner::SilentAfter(6), Reason::Silent),
    ] {
        let (limited, _) = between(server.address, manner).await;
        let found = holds(deep(request(limited.address, &ca)), Verdict::Secure).await;
        let gaps = &survey(&found).gaps;
        let ciphers = Gap {
            protocol: "TLSv1.2".to_owned(),
            part: Part::Ciphers,
            reason,
        };
        assert!(gaps.contains(&ciphers), "{gaps:?}");
        let old = protocol(&found, "TLSv1");
        assert_eq!(old.accepted, None, "not known, and so not said");
    }
}

#[tokio::test]
async fn connections_are_few_and_counted() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let (counted, count) = between(server.address, Manner::Plain).await;
    let found = holds(deep(request(counted.address, &ca)), Verdict::Secure).await;
    is_complete(&found);
    let survey = survey(&found);
    let made = usize::try_from(survey.connections).unwrap();
    assert_eq!(
        count.all(),
        made + 2,
        "one with TLS, one without, and these"
    );
    assert!(made < 60, "{made}");
}

#[tokio::test]
async fn no_more_are_open_at_once_than_is_said() {
    const ANSWERED: usize = 8;
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let (stuck, count) = between(server.address, Manner::SilentAfter(ANSWERED)).await;
    let hasty = Request {
        timeout: Duration::from_secs(4),
        ..deep(request(stuck.address, &ca))
    };
    let found = holds(hasty, Verdict::Secure).await;
    let survey = survey(&found);
    let at_once = usize::try_from(survey.at_once).unwrap();
    assert_eq!(count.all(), ANSWERED + at_once, "these wait until the end");
    let mut reasons = survey.gaps.iter().map(|gap| gap.reason);
    assert!(
        reasons.all(|reason| reason == Reason::Deadline),
        "{survey:?}"
    );
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let (silent, count) = between(server.address, Manner::SilentAfter(2)).await;
    let running = tokio::spawn(rediseal_probe::test(
        deep(request(silent.address, &ca)),
        |_| {},
    ));
    while count.all() < 4 {
        tokio::task::yield_now().await;
    }
    running.abort();
    while count.open() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn there_is_nothing_to_ask_where_there_is_no_tls() {
    let ca = Authority::new("Lab CA");
    let server = redis_without_tls(&[]);
    let found = report(deep(request(server.address, &ca))).await;
    assert_eq!(found.cause, Some(Cause::TlsPlaintextServer));
    assert!(found.survey.is_none() && found.protocols.is_none());
    let plain = redis_with_tls(&ca.issue(), &ca.pem(), &[NO_CLIENT_CERTIFICATE]);
    let found = report(request(plain.address, &ca)).await;
    assert!(found.survey.is_none(), "only when it is asked for");
}

#[tokio::test]
async fn an_untrusted_server_is_asked_all_the_same() {
    let (ours, other) = (Authority::new("Lab CA"), Authority::new("Other CA"));
    let server = redis_with_tls(&ours.issue(), &ours.pem(), &[NO_CLIENT_CERTIFICATE]);
    let found = report(deep(request(server.address, &other))).await;
    assert_eq!(found.cause, Some(Cause::CertificateWrongCa));
    assert_eq!(accepted(&found), ["TLSv1.3", "TLSv1.2"]);
    let certificates = &survey(&found).certificates;
    assert_eq!(certificates.len(), 1);
    assert_eq!(certificates[0].cause, Some(Cause::CertificateWrongCa));
    assert_eq!(
        survey(&found).gaps,
        [Gap {
            protocol: "TLSv1.3".to_owned(),
            part: Part::Signatures,
            reason: Reason::Untrusted
        }]
    );
}

#[tokio::test]
async fn the_cost_of_tls() {
    let ca = Authority::new("Lab CA");
    let costly = |request| Request {
        cost: true,
        timeout: Duration::from_secs(60),
        ..request
    };
    let server = redis_with_tls(&ca.issue(), &ca.pem(), &[NO_CLIENT_CERTIFICATE]);
    let (counted, count) = between(server.address, Manner::Plain).await;
    let found = holds(costly(request(counted.address, &ca)), Verdict::Secure).await;
    let cost = found.cost.unwrap();
    for series in [cost.connect, cost.handshake, cost.resumed] {
        let series = series.unwrap();
        assert!(series.count <= 100 && series.p50_us <= series.p99_us);
        assert!(series.count > 0 && series.p50_us > 0);
    }
    assert!(cost.ping_tls.unwrap().count <= 1000);
    assert_eq!(cost.ping_plaintext, None, "the port has no plaintext");
    assert_eq!(count.all(), usize::try_from(cost.connections).unwrap() + 2);
    assert!(cost.connections <= 203);

    let shared = crate::servers::shared(&ca.issue(), crate::servers::REDIS).await;
    let found = holds(costly(request(shared.address, &ca)), Verdict::Secure).await;
    assert!(found.cost.unwrap().ping_plaintext.is_some());

    let other = Authority::new("Other CA");
    let found = report(costly(request(server.address, &other))).await;
    assert_eq!(
        found.cost, None,
        "nothing is sent to a server that is not proven"
    );
}

/// Some servers answer like this to whoever sends another server name, or none.
#[tokio::test]
async fn an_alert_that_may_be_about_something_else_refuses_no_version() {
    for (alert, known) in [(40, false), (80, false), (112, false), (70, true)] {
        let server = replying(&[21, 3, 3, 0, 2, 2, alert], true).await;
        let request = request(server.address, &Authority::new("Lab CA"));
        let found = report(deep(request)).await;
        let accepted = known.then_some(false);
        let protocols = found.protocols.as_ref().unwrap();
        assert!(protocols.iter().all(|p| p.accepted == accepted), "{alert}");
        let gaps = &survey(&found).gaps;
        let alerts = gaps.iter().filter(|gap| gap.reason == Reason::Alert);
        assert_eq!(
            alerts.count(),
            if known { 0 } else { 5 },
            "{alert}: {gaps:?}"
        );
    }
}
