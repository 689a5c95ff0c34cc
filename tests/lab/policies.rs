//! Warnings, and what a good server's report says.

use rcgen::date_time_ymd;
use rediseal_probe::{Cause, Request, StageId, Status, Verdict};

use crate::case::{fact, holds, request, stage};
use crate::pki::Authority;
use crate::servers::{REDIS, Replies, shared, tls, tls_with};

#[tokio::test]
async fn a_good_server_has_nothing_to_complain_about() {
    let ca = Authority::new("Lab CA");
    for (version, name) in [
        (&rustls::version::TLS12, "TLSv1.2"),
        (&rustls::version::TLS13, "TLSv1.3"),
    ] {
        let server = tls_with(&ca.issue(), REDIS, &[version]).await;
        let report = holds(request(server.address, &ca), Verdict::Secure).await;
        assert_eq!(report.cause, None);
        for stage in &report.stages {
            assert_eq!((stage.status, stage.cause), (Status::Passed, None));
        }
        assert_eq!(report.protocol.as_deref(), Some(name));
        let cipher = report.cipher.unwrap();
        assert!(cipher.starts_with("TLS_"), "{cipher}");
        assert!(report.group.is_some());
        assert_eq!(report.target.sni, None, "an address is no server name");
        assert_eq!(report.addresses.len(), 1);
    }
}

#[tokio::test]
async fn plaintext_on_the_same_port_is_a_warning() {
    let ca = Authority::new("Lab CA");
    let no_auth = Replies {
        ping: Some(b"-NOAUTH Authentication required.\r\n"),
        ..REDIS
    };
    for replies in [REDIS, no_auth] {
        let server = shared(&ca.issue(), replies).await;
        let report = holds(request(server.address, &ca), Verdict::Secure).await;
        let tls = stage(&report, StageId::Tls);
        assert_eq!(
            (tls.status, tls.cause),
            (Status::Warning, Some(Cause::PolicyPlaintextAccepted))
        );
        assert_eq!(report.cause, None);
    }
    let refusing = Replies {
        ping: Some(b"-ERR unencrypted connections are not allowed\r\n"),
        ..REDIS
    };
    let server = shared(&ca.issue(), refusing).await;
    let report = holds(request(server.address, &ca), Verdict::Secure).await;
    assert_eq!(stage(&report, StageId::Tls).status, Status::Passed);
    assert_eq!(fact(&report, StageId::Tls, "plaintext_accepted"), false);
}

#[tokio::test]
async fn an_end_that_is_near_is_a_warning() {
    let ca = Authority::new("Lab CA");
    for (ends, soon) in [
        (date_time_ymd(2026, 12, 1), true),
        (date_time_ymd(2026, 12, 24), true),
        (date_time_ymd(2026, 12, 25), false),
    ] {
        let server = tls(&ca.issue_with(|p| p.not_after = ends)).await;
        let report = holds(request(server.address, &ca), Verdict::Secure).await;
        let chain = stage(&report, StageId::Chain);
        let expected = soon.then_some(Cause::PolicyExpiresSoon);
        assert_eq!(chain.cause, expected, "{ends}");
    }
}

#[tokio::test]
async fn the_checked_name_is_sent_unless_another_is_asked_for() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let named = Request {
        name: Some("localhost".to_owned()),
        ..request(server.address, &ca)
    };
    let report = holds(named.clone(), Verdict::Secure).await;
    assert_eq!(report.target.sni.as_deref(), Some("localhost"));
    let other = Request {
        sni: Some("other.example.com".to_owned()),
        ..named
    };
    let report = holds(other, Verdict::Secure).await;
    assert_eq!(report.target.name, "localhost");
    assert_eq!(report.target.sni.as_deref(), Some("other.example.com"));
}
