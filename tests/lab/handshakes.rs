//! Handshakes that break, and what the server meant.

use std::time::Duration;

use rediseal_probe::{Cause, Report, Request, StageId};
use tokio::io::AsyncReadExt as _;

use crate::case::{fact, fails, report, request, stage};
use crate::children::{openssl_server_for, redis_with_tls};
use crate::pki::Authority;
use crate::servers::{REDIS, replying, scripted, shared_without_answer_to_tls, silent, tls_with};

fn impatient(request: Request) -> Request {
    Request {
        timeout: Duration::from_secs(3),
        ..request
    }
}

async fn breaks(address: std::net::SocketAddr, cause: Cause) -> Report {
    let ca = Authority::new("Lab CA");
    fails(impatient(request(address, &ca)), StageId::Tls, cause).await
}

#[tokio::test]
async fn alerts_are_named_and_understood() {
    for (code, name, cause) in [
        (70, "protocol_version", Cause::TlsNoCommonVersion),
        (40, "handshake_failure", Cause::TlsNoCommonCipher),
        (71, "insufficient_security", Cause::TlsNoCommonCipher),
        (112, "unrecognized_name", Cause::TlsNameRequired),
        (
            116,
            "certificate_required",
            Cause::TlsClientCertificateRequired,
        ),
        (80, "internal_error", Cause::TlsAlert),
        (49, "access_denied", Cause::TlsAlert),
        (48, "unknown_ca", Cause::TlsAlert),
        (199, "alert 199", Cause::TlsAlert),
    ] {
        let server = replying(&[21, 3, 3, 0, 2, 2, code], true).await;
        let report = breaks(server.address, cause).await;
        assert_eq!(fact(&report, StageId::Tls, "alert"), name);
        assert_eq!(fact(&report, StageId::Tls, "after"), "nothing");
    }
}

#[tokio::test]
async fn a_server_of_an_old_version() {
    let ca = Authority::new("Lab CA");
    let identity = ca.issue_rsa();
    let old = ["-cipher", "DEFAULT@SECLEVEL=0"];
    for (option, version) in [("-tls1", "TLSv1"), ("-tls1_1", "TLSv1.1")] {
        let server = openssl_server_for(&identity, &[&old[..], &[option]].concat());
        let report = breaks(server.address, Cause::TlsNoCommonVersion).await;
        assert_eq!(fact(&report, StageId::Tls, "accepts_version"), version);
    }
    // It does not look at what is offered and answers with a ServerHello of TLS 1.1.
    let hello = replying(SERVER_HELLO_1_1, false).await;
    let report = breaks(hello.address, Cause::TlsNoCommonVersion).await;
    assert_eq!(fact(&report, StageId::Tls, "server_version"), "TLSv1.1");
    assert_eq!(fact(&report, StageId::Tls, "after"), "ServerHello");
}

/// Version, random, no session id, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
const SERVER_HELLO_1_1: &[u8] = &[
    22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 47, 0,
];

#[tokio::test]
async fn a_server_of_other_ciphers() {
    let ca = Authority::new("Lab CA");
    let identity = ca.issue_rsa();
    for (arguments, accepted) in [
        (
            &["-tls1_2", "-cipher", "AES256-SHA256"][..],
            Some("TLS_RSA_WITH_AES_256_CBC_SHA256"),
        ),
        (
            &["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"],
            None,
        ),
    ] {
        let server = openssl_server_for(&identity, arguments);
        let report = breaks(server.address, Cause::TlsNoCommonCipher).await;
        let cipher = fact(&report, StageId::Tls, "accepts_cipher");
        assert_eq!(cipher.as_str(), accepted);
    }
}

#[tokio::test]
async fn a_server_that_wants_a_name() {
    let ca = Authority::new("Lab CA");
    let folder = ["-cert2", "cert.pem", "-key2", "key.pem"];
    let fatal = ["-servername", "redis.example.com", "-servername_fatal"];
    let server = openssl_server_for(&ca.issue(), &[&folder[..], &fatal].concat());
    let other = Request {
        sni: Some("other.example.com".to_owned()),
        ..request(server.address, &ca)
    };
    fails(other, StageId::Tls, Cause::TlsNameRequired).await;
    let right = Request {
        sni: Some("redis.example.com".to_owned()),
        timeout: Duration::from_secs(2),
        ..request(server.address, &ca)
    };
    let report = report(right).await;
    assert_eq!(report.target.sni.as_deref(), Some("redis.example.com"));
    assert_eq!(stage(&report, StageId::Tls).cause, None);
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate() {
    let ca = Authority::new("Lab CA");
    for (version, alert) in [
        ("TLSv1.2", "handshake_failure"),
        ("TLSv1.3", "certificate_required"),
    ] {
        let protocol = format!("tls-protocols {version}");
        let settings = [protocol.as_str(), "tls-auth-clients yes"];
        let server = redis_with_tls(&ca.issue(), &ca.pem(), &settings);
        let report = fails(
            request(server.address, &ca),
            StageId::Tls,
            Cause::TlsClientCertificateRequired,
        )
        .await;
        assert_eq!(fact(&report, StageId::Tls, "alert"), alert);
        assert_eq!(report.protocol.as_deref(), Some(version));
    }
}

#[tokio::test]
async fn silence_closing_and_reset_are_three_things() {
    let server = silent().await;
    let report = breaks(server.address, Cause::TlsTimeout).await;
    assert_eq!(fact(&report, StageId::Tls, "after"), "nothing");

    let server = replying(b"", true).await;
    breaks(server.address, Cause::TlsClosed).await;

    let server = scripted(|mut socket, _| async move {
        let _ = socket.read(&mut [0; 16]).await;
        socket.set_zero_linger().unwrap();
    })
    .await;
    breaks(server.address, Cause::TlsReset).await;
}

#[tokio::test]
async fn where_it_broke_is_said() {
    // A ServerHello of TLS 1.2 with a cipher that was offered, then nothing more.
    let mut hello = SERVER_HELLO_1_1.to_vec();
    (hello[2], hello[10]) = (3, 3);
    (hello[44], hello[45]) = (0xc0, 0x2f);
    let closing = replying(&hello, true).await;
    let report = breaks(closing.address, Cause::TlsClosed).await;
    assert_eq!(fact(&report, StageId::Tls, "after"), "ServerHello");

    let waiting = replying(&hello, false).await;
    let report = breaks(waiting.address, Cause::TlsTimeout).await;
    assert_eq!(fact(&report, StageId::Tls, "after"), "ServerHello");
}

#[tokio::test]
async fn a_server_that_breaks_the_protocol() {
    for bytes in [
        // A ServerHello that is too short, a record that is too long, a message out of order.
        &[22, 3, 3, 0, 5, 2, 0, 0, 1, 0][..],
        &[22, 3, 3, 0xff, 0xff, 0, 0, 0],
        &[20, 3, 3, 0, 1, 1],
        &[23, 3, 3, 0, 1, 1],
        &[21, 3, 3, 0, 1, 2],
    ] {
        let server = replying(bytes, false).await;
        breaks(server.address, Cause::TlsBroken).await;
    }
}

#[tokio::test]
async fn a_server_without_the_key_of_its_certificate() {
    let ca = Authority::new("Lab CA");
    let copied = ca.issue().presenting(ca.issue().leaf());
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let server = tls_with(&copied, REDIS, &[version]).await;
        let request = request(server.address, &ca);
        let report = fails(request, StageId::Tls, Cause::TlsBroken).await;
        assert_eq!(fact(&report, StageId::Tls, "after"), "Certificate");
        assert_eq!(server.heard(), "");
    }
}

#[tokio::test]
async fn plaintext_that_works_beside_silent_tls_is_no_proof_that_tls_is_off() {
    let server = shared_without_answer_to_tls().await;
    let report = breaks(server.address, Cause::TlsTimeout).await;
    assert_eq!(fact(&report, StageId::Tls, "after"), "nothing");
}
