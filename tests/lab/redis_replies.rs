//! TLS that holds, and a Redis behind it that does not just say PONG.

use rediseal_probe::{Auth, Cause, Request, StageId, Verdict};
use secrecy::SecretString;

use crate::case::{fact, fails, holds, request};
use crate::pki::Authority;
use crate::servers::{REDIS, Replies, Server, tls, tls_with};

fn with_password(request: Request) -> Request {
    Request {
        auth: Some(Auth {
            user: None,
            password: SecretString::from("correct horse"),
        }),
        ..request
    }
}

async fn behind(replies: Replies) -> (Server, Authority) {
    let ca = Authority::new("Lab CA");
    (tls_with(&ca.issue(), replies, &[]).await, ca)
}

#[tokio::test]
async fn a_password_is_accepted_refused_or_not_needed() {
    let (server, ca) = behind(REDIS).await;
    let report = holds(with_password(request(server.address, &ca)), Verdict::Secure).await;
    assert_eq!(fact(&report, StageId::Redis, "auth"), "accepted");
    assert!(server.heard().contains("correct horse"));
    let everything = format!("{report:?}") + &serde_json::to_string(&report).unwrap();
    assert!(!everything.contains("correct horse"));

    for reply in [
        &b"-ERR AUTH <password> called without any password configured for the default user.\r\n"[..],
        b"-ERR Client sent AUTH, but no password is set\r\n",
    ] {
        let (server, ca) = behind(Replies {
            auth: Some(reply),
            ..REDIS
        })
        .await;
        let request = with_password(request(server.address, &ca));
        let report = holds(request, Verdict::Secure).await;
        assert_eq!(fact(&report, StageId::Redis, "auth"), "not_needed");
    }

    for reply in [
        &b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"[..],
        b"-ERR invalid password\r\n",
    ] {
        let (server, ca) = behind(Replies {
            auth: Some(reply),
            ..REDIS
        })
        .await;
        let request = with_password(request(server.address, &ca));
        fails(request, StageId::Redis, Cause::RedisWrongPassword).await;
    }
}

#[tokio::test]
async fn a_password_goes_to_a_proven_server_only() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let mistaken = Request {
        name: Some("other.example.com".to_owned()),
        ..with_password(request(server.address, &ca))
    };
    fails(mistaken, StageId::Name, Cause::CertificateNameMismatch).await;
    let untrusted = with_password(request(server.address, &Authority::new("Other CA")));
    fails(untrusted, StageId::Chain, Cause::CertificateWrongCa).await;
    assert_eq!(server.heard(), "");

    // To one without a name when nobody else has a certificate of this CA.
    let nameless = tls(&ca.issue_with(|p| p.subject_alt_names.clear())).await;
    let request = with_password(request(nameless.address, &ca));
    holds(request, Verdict::ChainOnly).await;
    assert!(nameless.heard().contains("correct horse"));
}
