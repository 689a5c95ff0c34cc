//! Chains, names and clocks beyond the table: what the report shows of them.

use jiff::{SignedDuration, Timestamp};
use rcgen::SanType;
use rediseal_probe::{Cause, Error, Request, Role, StageId, Status, Trust, Verdict, test};

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
