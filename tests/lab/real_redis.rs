//! A real `redis-server` with TLS.

use rediseal_probe::{Auth, Cause, Request, StageId, Status, Verdict};
use secrecy::SecretString;

use crate::case::{fails, holds, request, stage};
use crate::children::redis_with_tls;
use crate::pki::Authority;

const NO_CLIENT_CERTIFICATE: &str = "tls-auth-clients no";

#[tokio::test]
async fn rsa_and_ecdsa_keys() {
    let ca = Authority::new("Lab CA");
    for (identity, algorithm) in [(ca.issue_rsa(), "RSA"), (ca.issue(), "ECDSA")] {
        let server = redis_with_tls(&identity, &ca.pem(), &[NO_CLIENT_CERTIFICATE]);
        let report = holds(request(server.address, &ca), Verdict::Secure).await;
        let leaf = report.chain[0].facts.as_ref().unwrap();
        assert_eq!(leaf.key.algorithm, algorithm);
        for stage in &report.stages {
            assert_eq!(stage.status, Status::Passed, "{report:#?}");
        }
    }
}

#[tokio::test]
async fn a_client_certificate_that_is_optional_is_no_hindrance() {
    let ca = Authority::new("Lab CA");
    let server = redis_with_tls(&ca.issue(), &ca.pem(), &["tls-auth-clients optional"]);
    holds(request(server.address, &ca), Verdict::Secure).await;
}

#[tokio::test]
async fn passwords_and_rights() {
    let ca = Authority::new("Lab CA");
    let settings = [
        NO_CLIENT_CERTIFICATE,
        "requirepass correct",
        "user nobody on >nothing -@all",
    ];
    let server = redis_with_tls(&ca.issue(), &ca.pem(), &settings);
    let with = |user: Option<&str>, password: &str| Request {
        auth: Some(Auth {
            user: user.map(str::to_owned),
            password: SecretString::from(password),
        }),
        ..request(server.address, &ca)
    };
    let report = holds(request(server.address, &ca), Verdict::Secure).await;
    let redis = stage(&report, StageId::Redis);
    assert_eq!(redis.cause, Some(Cause::RedisAuthRequired));

    holds(with(None, "correct"), Verdict::Secure).await;
    holds(with(Some("default"), "correct"), Verdict::Secure).await;
    for request in [with(None, "wrong"), with(Some("who"), "correct")] {
        fails(request, StageId::Redis, Cause::RedisWrongPassword).await;
    }
    fails(
        with(Some("nobody"), "nothing"),
        StageId::Redis,
        Cause::RedisNoPermission,
    )
    .await;
}
