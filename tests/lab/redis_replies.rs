//! TLS that holds, and a Redis behind it that does not just say PONG.

use std::time::Duration;

use rediseal_probe::{Auth, Cause, Report, Request, StageId, Status, Verdict};
use secrecy::SecretString;

use crate::case::{fact, fails, holds, request, stage};
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

async fn ping_fails(ping: Option<&'static [u8]>, cause: Cause) -> Report {
    let (server, ca) = behind(Replies { ping, ..REDIS }).await;
    let request = Request {
        timeout: Duration::from_secs(2),
        ..request(server.address, &ca)
    };
    fails(request, StageId::Redis, cause).await
}

#[tokio::test]
async fn what_the_server_says_is_its_own_cause() {
    for (reply, cause) in [
        (
            &b"-ERR max number of clients reached\r\n"[..],
            Cause::RedisMaxClients,
        ),
        (
            b"-LOADING Redis is loading the dataset in memory\r\n",
            Cause::RedisLoading,
        ),
        (
            b"-DENIED Redis is running in protected mode because\r\n",
            Cause::RedisProtectedMode,
        ),
        (
            b"-NOPERM this user has no permissions to run the 'ping' command\r\n",
            Cause::RedisNoPermission,
        ),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Cause::RedisNotRedis),
        (b"+HELLO\r\n", Cause::RedisNotRedis),
        (b"*3\r\n:1\r\n:2\r\n:3\r\n", Cause::RedisNotRedis),
        (b"\0\0\0\0", Cause::RedisNotRedis),
        // Half a reply, and then nothing.
        (b"+PON", Cause::RedisNotRedis),
        (b"", Cause::RedisTimeout),
    ] {
        let report = ping_fails(Some(reply), cause).await;
        assert_eq!(stage(&report, StageId::Tls).status, Status::Passed);
    }
    ping_fails(None, Cause::RedisClosed).await;
}

#[tokio::test]
async fn a_password_that_is_wanted_is_no_failure() {
    let (server, ca) = behind(Replies {
        ping: Some(b"-NOAUTH Authentication required.\r\n"),
        ..REDIS
    })
    .await;
    let report = holds(request(server.address, &ca), Verdict::Secure).await;
    assert_eq!(report.cause, None);
    let redis = stage(&report, StageId::Redis);
    assert_eq!(
        (redis.status, redis.cause),
        (Status::Warning, Some(Cause::RedisAuthRequired))
    );
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
