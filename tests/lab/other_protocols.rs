//! Ports where something else than TLS listens.

use std::time::Duration;

use rediseal_probe::{Cause, Request, StageId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::case::{fact, fails, request};
use crate::children::redis_without_tls;
use crate::pki::Authority;
use crate::servers::{greeting, replying, scripted};

async fn is_not_tls(address: std::net::SocketAddr, protocol: Option<&str>) {
    let request = Request {
        timeout: Duration::from_secs(2),
        ..request(address, &Authority::new("Lab CA"))
    };
    let report = fails(request, StageId::Tls, Cause::TlsNotTls).await;
    let found = fact(&report, StageId::Tls, "protocol_found");
    assert_eq!(found.as_str(), protocol, "{report:#?}");
}

#[tokio::test]
async fn servers_that_speak_first() {
    for (bytes, protocol) in [
        (&b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"[..], "SSH"),
        (b"220 mail.example.com ESMTP Postfix\r\n", "SMTP"),
        (b"220 FTP server ready\r\n", "FTP"),
        (b"+OK POP3 ready\r\n", "POP3"),
        (b"* OK IMAP4rev1 ready\r\n", "IMAP"),
        (
            b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff\xff",
            "MySQL",
        ),
    ] {
        let server = greeting(bytes).await;
        is_not_tls(server.address, Some(protocol)).await;
    }
    let server = greeting(b"hello, this is something of our own\r\n").await;
    is_not_tls(server.address, None).await;
}

#[tokio::test]
async fn servers_that_answer() {
    let server = replying(
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
        true,
    )
    .await;
    is_not_tls(server.address, Some("HTTP")).await;
    let server = replying(b"ERROR\r\n", false).await;
    is_not_tls(server.address, Some("Memcached")).await;
}

#[tokio::test]
async fn a_postgresql_server_says_nothing_until_it_is_asked_its_way() {
    let server = scripted(|mut socket, _| async move {
        let mut request = [0; 8];
        let _ = socket.read_exact(&mut request).await;
        if request == [0, 0, 0, 8, 4, 210, 22, 47] {
            let _ = socket.write_all(b"N").await;
        }
    })
    .await;
    is_not_tls(server.address, Some("PostgreSQL")).await;
}

#[tokio::test]
async fn a_real_redis_without_tls_is_named_as_that() {
    for (settings, answer) in [
        (&[][..], "PONG"),
        (&["requirepass secret"], "NOAUTH Authentication required."),
    ] {
        let server = redis_without_tls(settings);
        let request = request(server.address, &Authority::new("Lab CA"));
        let report = fails(request, StageId::Tls, Cause::TlsPlaintextServer).await;
        assert_eq!(fact(&report, StageId::Tls, "answer"), answer);
        assert_eq!(fact(&report, StageId::Tls, "confirmed"), true);
    }
}

/// A Redis waits for the end of the line, which a ClientHello hardly has.
#[tokio::test]
async fn a_redis_that_stays_silent_at_a_client_hello() {
    let server = scripted(|mut socket, _| async move {
        let mut first = [0];
        let _ = socket.read_exact(&mut first).await;
        let mut last = [0; 2];
        while let Ok(1) = socket.read(&mut last[1..]).await {
            if last == *b"\r\n" {
                let reply: &[u8] = match first {
                    [b'*'] => b"+PONG\r\n",
                    _ => b"-ERR unknown command\r\n",
                };
                let _ = socket.write_all(reply).await;
                break;
            }
            last.rotate_left(1);
        }
    })
    .await;
    let request = Request {
        timeout: Duration::from_secs(3),
        ..request(server.address, &Authority::new("Lab CA"))
    };
    fails(request, StageId::Tls, Cause::TlsPlaintextServer).await;
}

/// One that closes as soon as it sees no Redis command.
#[tokio::test]
async fn a_redis_proxy_that_closes_at_a_client_hello() {
    let server = scripted(|mut socket, _| async move {
        let mut first = [0; 512];
        let _ = socket.read(&mut first).await;
        if first[0] == b'*' {
            let _ = socket
                .write_all(b"-NOAUTH Authentication required.\r\n")
                .await;
        }
    })
    .await;
    let request = request(server.address, &Authority::new("Lab CA"));
    fails(request, StageId::Tls, Cause::TlsPlaintextServer).await;
}
