//! No TLS on this port: a Redis without it, another protocol, or nothing that speaks.

use rediseal_probe::{Cause, StageId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::children::redis_without_tls;
use crate::pki::Authority;
use crate::program::Program;
use crate::scenario::{Make, Scenario, Site};
use crate::servers::{greeting, replying, scripted, shared_without_answer_to_tls, silent};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [redis(), speaking_first(), answering(), silence()]
        .into_iter()
        .flatten()
        .collect()
}

fn redis() -> Vec<Scenario> {
    let plain = |id, make, about| {
        Scenario::fails(id, make, about, StageId::Tls, Cause::TlsPlaintextServer)
            .fact("confirmed", true)
    };
    let real = |id, about, settings: &'static [&'static str], answer: &'static str| {
        plain(id, Make::Redis, about)
            .fact("answer", answer)
            .at(move || async move { without_tls(redis_without_tls(settings)) })
    };
    vec![
        real("redis-without-tls", "No TLS", &[], "PONG"),
        real(
            "redis-without-tls-with-password",
            "No TLS, and a password",
            &["requirepass secret"],
            "NOAUTH Authentication required.",
        ),
        plain(
            "redis-silent-at-hello",
            Make::Bytes,
            "A Redis without TLS that waits for the end of the line",
        )
        .fact("answer", "PONG")
        .at(|| async { Site::deaf(scripted(|socket, _| line_by_line(socket)).await).impatient() }),
        plain(
            "redis-proxy-closes-at-hello",
            Make::Bytes,
            "A proxy without TLS that closes when it sees no Redis command",
        )
        .fact("answer", "NOAUTH Authentication required.")
        .at(|| async { Site::deaf(scripted(|socket, _| commands_only(socket)).await) }),
    ]
}

fn without_tls(server: Program) -> Site {
    Site::program(server, &Authority::new("Lab CA"))
}

async fn line_by_line(mut socket: TcpStream) {
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
}

async fn commands_only(mut socket: TcpStream) {
    let mut first = [0; 4096];
    let _ = socket.read(&mut first).await;
    if first[0] == b'*' {
        let reply = b"-NOAUTH Authentication required.\r\n";
        let _ = socket.write_all(reply).await;
    }
}

fn not_tls(id: &'static str, about: &'static str, protocol: Option<&'static str>) -> Scenario {
    Scenario::fails(id, Make::Bytes, about, StageId::Tls, Cause::TlsNotTls)
        .fact("protocol_found", protocol)
}

fn speaking_first() -> Vec<Scenario> {
    let first = |id, about, protocol, bytes: &'static [u8]| {
        not_tls(id, about, protocol).at(move || async move { Site::deaf(greeting(bytes).await) })
    };
    vec![
        first(
            "ssh",
            "SSH",
            Some("SSH"),
            b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
        ),
        first(
            "smtp",
            "SMTP",
            Some("SMTP"),
            b"220 mail.example.com ESMTP Postfix\r\n",
        ),
        first("ftp", "FTP", Some("FTP"), b"220 FTP server ready\r\n"),
        first("pop3", "POP3", Some("POP3"), b"+OK POP3 ready\r\n"),
        first("imap", "IMAP", Some("IMAP"), b"* OK IMAP4rev1 ready\r\n"),
        first(
            "mysql",
            "MySQL",
            Some("MySQL"),
            b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff\xff",
        ),
        first(
            "unknown-greeting",
            "Something unknown that speaks first",
            None,
            b"hello, this is something of our own\r\n",
        ),
    ]
}

fn answering() -> Vec<Scenario> {
    const HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    vec![
        not_tls("http", "HTTP", Some("HTTP"))
            .at(|| async { Site::deaf(replying(HTTP, true).await) }),
        not_tls("memcached", "Memcached", Some("Memcached"))
            .at(|| async { Site::deaf(replying(b"ERROR\r\n", false).await) }),
        not_tls(
            "postgresql",
            "PostgreSQL, which says nothing until it is asked its way",
            Some("PostgreSQL"),
        )
        .at(|| async { Site::deaf(scripted(|socket, _| postgresql(socket)).await) }),
    ]
}

async fn postgresql(mut socket: TcpStream) {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let mut request = [0; 8];
    let _ = socket.read_exact(&mut request).await;
    if request == SSL_REQUEST {
        let _ = socket.write_all(b"N").await;
    }
}

fn silence() -> Vec<Scenario> {
    let mute = |id, about| {
        Scenario::fails(id, Make::Bytes, about, StageId::Tls, Cause::TlsTimeout)
            .fact("after", "nothing")
    };
    vec![
        mute("silent", "Takes connections and never says a word")
            .at(|| async { Site::deaf(silent().await).impatient() }),
        mute(
            "silent-to-tls",
            "Answers without TLS and never with it: no proof that TLS is off",
        )
        .at(|| async { Site::deaf(shared_without_answer_to_tls().await).impatient() }),
    ]
}
