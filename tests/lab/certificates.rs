//! Chains, names and clocks beyond the table: what the report shows of them.

use jiff::{SignedDuration, Timestamp};
use rcgen::{CustomExtension, SanType};
use rediseal_probe::{
    Cause, Error, Language, Report, Request, Role, StageId, Status, Trust, Verdict, test,
};

use crate::case::{fact, fails, holds, now, report, request, stage, trusting};
use crate::pki::{Authority, Identity};
use crate::servers::{Server, tls};

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
async fn a_self_signed_certificate_that_is_trusted_itself_is_as_good_as_any() {
    let identity = Identity::self_signed();
    let server = tls(&identity).await;
    holds(trusting(server.address, [identity.leaf()]), Verdict::Secure).await;
}

#[tokio::test]
async fn a_clock_that_is_hardly_off_is_not_blamed() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let late: Timestamp = "2046-01-01T00:00:00Z".parse().unwrap();
    for (offset, hint) in [
        (None, None),
        (Some(SignedDuration::from_mins(-4)), None),
        (Some(now().duration_since(late)), Some("clock")),
    ] {
        let request = Request {
            now: late,
            cloud_clock_offset: offset,
            ..request(server.address, &ca)
        };
        let report = report(request).await;
        let facts = &stage(&report, StageId::Chain).facts;
        assert_eq!(facts.get("hint").and_then(|h| h.as_str()), hint);
    }
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

#[tokio::test]
async fn without_a_chain_no_name_is_genuine_and_no_check_is_advised_against() {
    let names = [
        (vec!["example.com"], Status::Failed),
        (Vec::new(), Status::Warning),
    ];
    for (names, status) in names {
        let identity = Authority::new("Other CA").issue_with(|params| {
            let names = names.iter().map(|name| (*name).try_into().unwrap());
            params.subject_alt_names = names.map(SanType::DnsName).collect();
        });
        let server = tls(&identity).await;
        let request = request(server.address, &Authority::new("Lab CA"));
        let report = fails(request, StageId::Chain, Cause::CertificateWrongCa).await;
        let name = stage(&report, StageId::Name);
        assert_eq!(name.status, status);
        for (language, words) in [
            (Language::En, ["genuine", "turn off", "new certificate"]),
            (Language::ZhCn, ["真实", "只关闭", "新证书"]),
        ] {
            let text = name.text(language).unwrap();
            let text = format!("{} {} {}", text.title, text.explanation, text.fix);
            assert!(!words.iter().any(|word| text.contains(word)), "{text}");
        }
    }
}

#[tokio::test]
async fn a_certificate_whose_names_cannot_be_compared_says_nothing_about_them() {
    let ca = Authority::new("Lab CA");
    let mut unknown = CustomExtension::from_oid_content(&[1, 3, 9999, 1], vec![5, 0]);
    unknown.set_criticality(true);
    let server = tls(&ca.issue_with(|params| params.custom_extensions.push(unknown))).await;
    let cause = Cause::CertificateUnsupported;
    let report = fails(request(server.address, &ca), StageId::Chain, cause).await;
    assert_eq!(stage(&report, StageId::Name).status, Status::Skipped);
    let reason = fact(&report, StageId::Chain, "reason");
    assert_eq!(reason, "it has a critical extension that is not known");
}

#[tokio::test]
async fn a_clock_that_may_be_wrong_is_looked_at_before_anything_is_renewed() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let at = |now: &str| {
        let request = Request {
            now: now.parse().unwrap(),
            ..request(server.address, &ca)
        };
        report(request)
    };
    let fix = |report: &Report| {
        let chain = stage(report, StageId::Chain);
        chain.text(Language::En).unwrap().fix.clone()
    };
    let ahead = at("2046-01-01T00:00:00.123456789Z").await;
    assert_eq!(ahead.cause, Some(Cause::CertificateExpired));
    assert!(fix(&ahead).starts_with("First check this machine's clock"));
    let now = fact(&ahead, StageId::Chain, "now");
    assert_eq!(now, "2046-01-01T00:00:00Z");
    // Before this program was made, no clock is right.
    let behind = at("2019-01-01T00:00:00Z").await;
    assert_eq!(behind.cause, Some(Cause::CertificateNotYetValid));
    assert_eq!(fact(&behind, StageId::Chain, "hint"), "early");
    assert!(fix(&behind).starts_with("Set this machine's clock"));
}

/// The CA that was just fetched for the instance is not fetched again.
#[tokio::test]
async fn a_wrong_ca_of_the_instance_itself_is_no_matter_of_the_file() {
    let renewed = Authority::new("Lab CA");
    let cases = [
        (
            Authority::new("Other CA").issue(),
            Cause::CertificateWrongCa,
        ),
        (renewed.issue(), Cause::CertificateCaReplaced),
        (Identity::self_signed(), Cause::CertificateSelfSigned),
    ];
    for (identity, cause) in cases {
        let server = tls(&identity).await;
        let request = Request {
            ca_of_instance: true,
            ..request(server.address, &Authority::new("Lab CA"))
        };
        let report = fails(request, StageId::Chain, cause).await;
        let text = stage(&report, StageId::Chain).text(Language::En).unwrap();
        assert!(
            !text.fix.contains("ownload") && !text.fix.contains("Give the CA"),
            "{text:?}"
        );
        assert!(
            text.explanation.contains("fetched from the cloud"),
            "{text:?}"
        );
    }
}
