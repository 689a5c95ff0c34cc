//! Chains and names that are wrong in one way each.

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, SanType, date_time_ymd,
};
use rediseal_probe::{Cause, Error, Report, Request, Role, StageId, Status, Trust, Verdict, test};
use tempfile::TempDir;

use crate::case::{fact, fails, holds, now, report, request, stage, trusting};
use crate::children::{openssl, openssl_server};
use crate::pki::{Authority, Identity};
use crate::servers::{Server, tls};

/// What the table's cases have in common: a CA, what the server presents, what is trusted.
struct Case {
    identity: Identity,
    trusted: Vec<u8>,
    cause: Cause,
}

async fn refused(case: Case) -> Report {
    let server = tls(&case.identity).await;
    let report = fails(
        trusting(server.address, [case.trusted]),
        StageId::Chain,
        case.cause,
    )
    .await;
    assert_eq!(stage(&report, StageId::Redis).status, Status::Skipped);
    assert_eq!(server.heard(), "", "nothing is said to an unproven server");
    let sent = case.identity.chain.len();
    assert!(report.chain.len() >= sent, "the chain is captured");
    assert_eq!(report.chain[0].role, Role::Leaf);
    assert!(report.protocol.is_some() && report.cipher.is_some());
    report
}

fn issued(change: impl FnOnce(&mut CertificateParams), cause: Cause) -> Case {
    let ca = Authority::new("Lab CA");
    Case {
        identity: ca.issue_with(change),
        trusted: ca.der(),
        cause,
    }
}

#[tokio::test]
async fn certificates_that_are_wrong_in_one_way() {
    let critical = |params: &mut CertificateParams| {
        let mut extension = CustomExtension::from_oid_content(&[1, 3, 9999, 1], vec![5, 0]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    };
    for case in [
        issued(
            |p| p.not_after = date_time_ymd(2026, 1, 1),
            Cause::CertificateExpired,
        ),
        issued(
            |p| p.not_before = date_time_ymd(2027, 1, 1),
            Cause::CertificateNotYetValid,
        ),
        issued(
            |p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            Cause::CertificateNotForServer,
        ),
        issued(
            |p| p.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
            Cause::CertificateCaAsLeaf,
        ),
        issued(critical, Cause::CertificateUnsupported),
    ] {
        refused(case).await;
    }
}

#[tokio::test]
async fn another_ca_is_not_an_old_one() {
    let (ours, theirs) = (Authority::new("Lab CA"), Authority::new("Other CA"));
    for identity in [theirs.issue(), theirs.issue().sending(theirs.der())] {
        let report = refused(Case {
            identity,
            trusted: ours.der(),
            cause: Cause::CertificateWrongCa,
        })
        .await;
        assert_eq!(fact(&report, StageId::Chain, "issuer"), "CN=Other CA");
        assert_eq!(fact(&report, StageId::Chain, "trusted")[0], "CN=Lab CA");
    }

    let renewed = Authority::new("Lab CA");
    let report = refused(Case {
        identity: renewed.issue(),
        trusted: ours.der(),
        cause: Cause::CertificateCaReplaced,
    })
    .await;
    assert_eq!(report.chain.len(), 1, "it leads nowhere");
}

#[tokio::test]
async fn a_missing_intermediate_is_not_another_ca() {
    let root = Authority::new("Lab Root");
    let below = root.intermediate("Lab Intermediate", |_| {});
    refused(Case {
        identity: below.issue(),
        trusted: root.der(),
        cause: Cause::CertificateMissingIntermediate,
    })
    .await;

    // The name gives nothing away, but the server sends a root that is trusted.
    let plain_name = root.intermediate("Lab Two", |_| {});
    refused(Case {
        identity: plain_name.issue().sending(root.der()),
        trusted: root.der(),
        cause: Cause::CertificateMissingIntermediate,
    })
    .await;
}

#[tokio::test]
async fn an_intermediate_that_is_sent_completes_the_chain() {
    let root = Authority::new("Lab Root");
    let below = root.intermediate("Lab Intermediate", |_| {});
    let server = tls(&below.issue().sending(below.der())).await;
    let report = holds(request(server.address, &root), Verdict::Secure).await;
    let roles: Vec<Role> = report.chain.iter().map(|link| link.role).collect();
    assert_eq!(roles, [Role::Leaf, Role::Sent, Role::Trusted]);
    let signed: Vec<_> = report.chain.iter().map(|l| l.signed_by_next).collect();
    assert_eq!(signed, [Some(true), Some(true), None]);
}

#[tokio::test]
async fn a_root_that_is_sent_too_stands_once() {
    let root = Authority::new("Lab Root");
    let server = tls(&root.issue().sending(root.der())).await;
    let report = holds(request(server.address, &root), Verdict::Secure).await;
    let roles: Vec<Role> = report.chain.iter().map(|link| link.role).collect();
    assert_eq!(roles, [Role::Leaf, Role::Trusted]);
}

#[tokio::test]
async fn authorities_that_are_out_of_date() {
    let expired = Authority::with("Lab CA", |p| p.not_after = date_time_ymd(2026, 1, 1));
    refused(Case {
        identity: expired.issue(),
        trusted: expired.der(),
        cause: Cause::CertificateCaExpired,
    })
    .await;

    let root = Authority::new("Lab Root");
    let below = root.intermediate("Lab Two", |p| p.not_after = date_time_ymd(2026, 1, 1));
    let report = refused(Case {
        identity: below.issue().sending(below.der()),
        trusted: root.der(),
        cause: Cause::CertificateCaExpired,
    })
    .await;
    assert_eq!(fact(&report, StageId::Chain, "certificate"), "CN=Lab Two");
    assert_eq!(report.chain.last().unwrap().role, Role::Trusted);
}

#[tokio::test]
async fn a_self_signed_certificate() {
    let identity = Identity::self_signed();
    refused(Case {
        identity: identity.clone(),
        trusted: Authority::new("Lab CA").der(),
        cause: Cause::CertificateSelfSigned,
    })
    .await;
    // Trusted itself, it is as good as any.
    let server = tls(&identity).await;
    holds(trusting(server.address, [identity.leaf()]), Verdict::Secure).await;
}

#[tokio::test]
async fn a_self_signed_ca_is_not_recommended_as_ca_file() {
    let server = tls(&Identity::self_signed_ca()).await;
    let other = trusting(server.address, [Authority::new("Lab CA").der()]);
    let report = fails(other, StageId::Chain, Cause::CertificateSelfSigned).await;
    assert_eq!(fact(&report, StageId::Chain, "hint"), "ca");
}

#[tokio::test]
async fn the_servers_own_certificate_is_no_ca_file() {
    let identity = Authority::new("Lab CA").issue();
    let report = refused(Case {
        trusted: identity.leaf(),
        identity,
        cause: Cause::CertificateWrongCa,
    })
    .await;
    assert_eq!(fact(&report, StageId::Chain, "hint"), "leaf_as_ca");
}

#[tokio::test]
async fn bytes_that_are_no_certificate() {
    let ca = Authority::new("Lab CA");
    let mut cut = ca.issue().leaf();
    cut.truncate(cut.len() / 2);
    for bytes in [b"garbage".to_vec(), Vec::new(), cut] {
        let identity = ca.issue().presenting(bytes);
        let report = refused(Case {
            identity,
            trusted: ca.der(),
            cause: Cause::CertificateMalformed,
        })
        .await;
        assert_eq!(report.chain[0].facts, None);
    }
}

#[tokio::test]
async fn what_only_openssl_still_makes() {
    let ca = Authority::new("Lab CA");
    let sign = ["x509", "-req", "-in", "request.pem", "-CA", "ca.pem"];
    let rest = ["-CAkey", "ca-key.pem", "-out", "cert.pem", "-days", "3650"];
    let version_3: &[&str] = &["-extfile", "extensions"];
    let cases: [(&str, &[&str], Cause); 3] = [
        ("rsa:1024", version_3, Cause::CertificateWeakKey),
        (
            "rsa:2048",
            &["-extfile", "extensions", "-sha1"],
            Cause::CertificateWeakSignature,
        ),
        // Without extensions it is X.509 version 1.
        ("rsa:2048", &[], Cause::CertificateUnsupported),
    ];
    for (key, options, cause) in cases {
        let folder = TempDir::new().unwrap();
        let path = folder.path();
        std::fs::write(path.join("ca.pem"), ca.pem()).unwrap();
        std::fs::write(path.join("ca-key.pem"), ca.key_pem()).unwrap();
        std::fs::write(path.join("extensions"), "subjectAltName=IP:127.0.0.1").unwrap();
        let request_for = ["req", "-new", "-newkey", key, "-nodes", "-subj", "/CN=Old"];
        let files = ["-keyout", "key.pem", "-out", "request.pem"];
        for arguments in [
            [&request_for[..], &files].concat(),
            [&sign[..], &rest, options].concat(),
        ] {
            let output = openssl(path, &arguments);
            assert!(output.status.success(), "{output:?}");
        }
        let server = openssl_server(folder, &["-cipher", "DEFAULT@SECLEVEL=0"]);
        fails(request(server.address, &ca), StageId::Chain, cause).await;
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_named_first() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let late: Timestamp = "2046-01-01T00:00:00Z".parse().unwrap();
    let with_clock = |offset: Option<SignedDuration>| Request {
        now: late,
        cloud_clock_offset: offset,
        ..request(server.address, &ca)
    };
    // The CA's last day is the same as the leaf's: the leaf's own comes first.
    for (offset, hint) in [
        (None, None),
        (Some(SignedDuration::from_mins(-4)), None),
        (Some(now().duration_since(late)), Some("clock")),
    ] {
        let report = refused_at(with_clock(offset)).await;
        let facts = &stage(&report, StageId::Chain).facts;
        assert_eq!(facts.get("hint").and_then(|h| h.as_str()), hint);
        if hint.is_some() {
            assert_eq!(facts["valid_by_cloud_clock"], true);
        }
    }
}

async fn refused_at(request: Request) -> Report {
    let report = report(request).await;
    let cause = stage(&report, StageId::Chain).cause;
    assert!(
        matches!(
            cause,
            Some(Cause::CertificateExpired | Cause::CertificateCaExpired)
        ),
        "{report:#?}"
    );
    report
}

#[tokio::test]
async fn names_that_match_and_names_that_do_not() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let named = |name: &str| Request {
        name: Some(name.to_owned()),
        ..request(server.address, &ca)
    };
    for name in ["127.0.0.1", "localhost", "LOCALHOST", "localhost."] {
        holds(named(name), Verdict::Secure).await;
    }
    for name in ["10.2.0.17", "example.com", "::1", "a.localhost"] {
        let report = fails(named(name), StageId::Name, Cause::CertificateNameMismatch).await;
        assert_eq!(fact(&report, StageId::Name, "expected"), name);
        let presented = fact(&report, StageId::Name, "presented");
        assert_eq!(*presented, serde_json::json!(["localhost", "127.0.0.1"]));
        assert_eq!(stage(&report, StageId::Chain).status, Status::Passed);
    }
    let wildcard = tls(&ca.issue_with(|p| {
        p.subject_alt_names = vec![SanType::DnsName("*.example.com".try_into().unwrap())];
    }))
    .await;
    let named = |name: &str| Request {
        name: Some(name.to_owned()),
        ..request(wildcard.address, &ca)
    };
    holds(named("redis.example.com"), Verdict::Secure).await;
    fails(
        named("a.b.example.com"),
        StageId::Name,
        Cause::CertificateNameMismatch,
    )
    .await;
}

#[tokio::test]
async fn a_certificate_without_names_is_a_verdict_of_its_own() {
    let ca = Authority::new("Lab CA");
    let nameless = ca.issue_with(|p| {
        p.subject_alt_names.clear();
        p.distinguished_name
            .push(rcgen::DnType::CommonName, "127.0.0.1");
    });
    let server = tls(&nameless).await;
    let report = holds(request(server.address, &ca), Verdict::ChainOnly).await;
    assert_eq!(report.cause, Some(Cause::CertificateNameNotCheckable));
    assert_eq!(stage(&report, StageId::Name).status, Status::Warning);
    assert_eq!(fact(&report, StageId::Name, "common_name"), "127.0.0.1");
    assert_eq!(stage(&report, StageId::Redis).status, Status::Passed);
}

#[tokio::test]
async fn given_authorities_exclude_the_systems_and_the_other_way_round() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let os = Request {
        trust: Trust::Os,
        ..request(server.address, &ca)
    };
    let report = fails(os, StageId::Chain, Cause::CertificateWrongCa).await;
    assert_eq!(report.target.trust, "os");
    assert_eq!(fact(&report, StageId::Chain, "hint"), "os");
}

#[tokio::test]
async fn requests_that_cannot_be_used() {
    let ca = Authority::new("Lab CA");
    let server: Server = tls(&ca.issue()).await;
    let good = || request(server.address, &ca);
    let cases = [
        (
            Request {
                trust: Trust::Authorities(Vec::new()),
                ..good()
            },
            Error::NoAuthorities,
        ),
        (
            Request {
                trust: Trust::Authorities(vec![ca.der(), b"garbage".to_vec()]),
                ..good()
            },
            Error::Authority { index: 1 },
        ),
        (
            Request {
                name: Some("not a name".to_owned()),
                ..good()
            },
            Error::Name {
                given: "not a name".to_owned(),
            },
        ),
        (
            Request {
                sni: Some("10.0.0.1".to_owned()),
                ..good()
            },
            Error::Sni {
                given: "10.0.0.1".to_owned(),
            },
        ),
    ];
    for (request, error) in cases {
        assert_eq!(test(request, |_| {}).await, Err(error));
    }
}
