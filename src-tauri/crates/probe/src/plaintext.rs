//! What answers on a port without TLS.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures::future::MaybeDone;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout_at};

use crate::resp::{self, Reading};
use crate::route::{Peer, Stream};
use crate::wire;

/// No first answer that can be recognised needs more.
const LONGEST_ANSWER: usize = 512;

/// What came back on a plain connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A Redis; `serves` when it took the PING or only asks for a password.
    Redis { reply: String, serves: bool },
    /// Another protocol, by its name.
    Protocol(&'static str),
    /// TLS records: the server has no plaintext on this port.
    Tls,
    /// Bytes of no known protocol.
    Unknown(Vec<u8>),
    /// Closed, or reset, without a byte.
    Closed,
    /// Open until the deadline, without a byte.
    Silent,
    /// No second connection.
    Unreachable,
}

/// Opens a connection, sends PING and reads what comes back.
pub(crate) async fn ping(peer: &Peer, deadline: Instant) -> Answer {
    exchange(peer, &resp::command(&[b"PING"]), deadline).await
}

/// A PING on a connection of its own, whose answer is read later: see [`answer`].
pub(crate) async fn asked(peer: Peer) -> io::Result<Stream> {
    ask(&peer, &resp::command(&[b"PING"])).await
}

/// The answer to a PING that may still be on its way.
pub(crate) async fn answer(
    mut asked: Pin<&mut MaybeDone<impl Future<Output = io::Result<Stream>>>>,
    deadline: Instant,
) -> Answer {
    let sent = timeout_at(deadline, asked.as_mut()).await;
    match sent.ok().and_then(|()| asked.take_output()) {
        Some(Ok(socket)) => listen(socket, false, deadline).await,
        _ => Answer::Unreachable,
    }
}

/// What a Redis without any TLS answers to a PING; none when it may have TLS.
///
/// A port that serves both, as TencentDB's proxy does, tells them apart by the first byte, so an
/// answer to a plain PING does not prove that TLS is off. This question begins like a TLS record:
/// such a port waits for the rest of it, while a Redis reads two lines that it answers.
pub(crate) async fn redis_without_tls(peer: &Peer, deadline: Instant) -> Option<String> {
    const LIKE_TLS: &[u8] = b"\x16\x03\x01\r\nPING\r\n";
    let Answer::Redis { reply, .. } = exchange(peer, LIKE_TLS, deadline).await else {
        return None;
    };
    match ping(peer, deadline).await {
        Answer::Redis { reply, .. } => Some(reply),
        _ => Some(reply),
    }
}

/// Whether a PostgreSQL server listens: it says nothing to anything but its own greeting. The
/// SSLRequest is answered with one byte (PostgreSQL protocol, "SSL Session Encryption").
pub(crate) async fn is_postgresql(peer: &Peer, deadline: Instant) -> bool {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let answer = exchange(peer, &SSL_REQUEST, deadline).await;
    matches!(answer, Answer::Unknown(bytes) if bytes == b"S" || bytes == b"N")
}

/// What a server does with a connection over which nothing is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// Keeps it, or speaks.
    Open,
    Closed,
    Reset,
}

/// Whether it is TLS that a server does not want, or any connection: one that has no use for any
/// ends it as soon as it stands.
pub(crate) async fn unasked(peer: &Peer, deadline: Instant) -> Unasked {
    /// As long as the way there and back takes.
    const WAIT: Duration = Duration::from_secs(1);
    let until = deadline.min(Instant::now() + WAIT);
    let listened = timeout_at(until, async {
        let mut socket = peer.open().await?;
        socket.read(&mut [0]).await
    });
    match listened.await {
        Ok(Ok(0)) => Unasked::Closed,
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => Unasked::Reset,
        _ => Unasked::Open,
    }
}

/// Sends `question` on a connection of its own and reads what comes back.
pub(crate) async fn exchange(peer: &Peer, question: &[u8], deadline: Instant) -> Answer {
    match timeout_at(deadline, ask(peer, question)).await {
        Ok(Ok(socket)) => listen(socket, question.len() == 8, deadline).await,
        _ => Answer::Unreachable,
    }
}

async fn ask(peer: &Peer, question: &[u8]) -> io::Result<Stream> {
    let mut socket = peer.open().await?;
    // A server that closes at once may still have said something.
    let _ = socket.write_all(question).await;
    Ok(socket)
}

/// Reads until the answer can be recognised; when it is `short`, until the first of it.
async fn listen(mut socket: Stream, short: bool, deadline: Instant) -> Answer {
    let mut bytes = Vec::new();
    let read = timeout_at(deadline, async {
        let mut buffer = [0; LONGEST_ANSWER];
        while let Ok(n @ 1..) = socket.read(&mut buffer).await {
            bytes.extend_from_slice(buffer.get(..n).unwrap_or_default());
            let whole = recognise(&bytes) != Answer::Unknown(Vec::new());
            if whole || bytes.len() >= LONGEST_ANSWER || short {
                break;
            }
        }
    })
    .await;
    match (read, bytes.is_empty()) {
        (Ok(()), true) => Answer::Closed,
        (Err(_), true) => Answer::Silent,
        (_, false) => match recognise(&bytes) {
            Answer::Unknown(_) => Answer::Unknown(bytes),
            known => known,
        },
    }
}

/// The protocol that begins with these bytes; [`Answer::Unknown`] is empty.
pub(crate) fn recognise(bytes: &[u8]) -> Answer {
    if wire::is_tls(bytes) {
        return Answer::Tls;
    }
    if let Some(redis) = redis(bytes) {
        return redis;
    }
    let text = String::from_utf8_lossy(bytes.get(..LONGEST_ANSWER).unwrap_or(bytes));
    let begins = |with: &str| text.starts_with(with);
    let greeting = text.to_ascii_uppercase();
    let protocol = match bytes {
        _ if begins("HTTP/") || begins("<html") || begins("<!DOCTYPE") => "HTTP",
        _ if begins("SSH-") => "SSH",
        _ if begins("220") && greeting.contains("SMTP") => "SMTP",
        _ if begins("220") && greeting.contains("FTP") => "FTP",
        _ if begins("+OK") => "POP3",
        _ if begins("* OK") => "IMAP",
        _ if begins("AMQP") => "AMQP",
        _ if begins("ERROR\r\n") => "Memcached",
        _ if begins("EFATAL") => "PostgreSQL",
        // ErrorResponse: length, then the severity field.
        [b'E', 0, 0, _, _, b'S', ..] => "PostgreSQL",
        // Packet 0: the greeting of protocol 10 with its version, or an error.
        [_, _, 0, 0, 10, b'0'..=b'9', ..] | [_, _, 0, 0, 0xff, ..] => "MySQL",
        _ => return Answer::Unknown(Vec::new()),
    };
    Answer::Protocol(protocol)
}

fn redis(bytes: &[u8]) -> Option<Answer> {
    let (reply, serves) = match resp::read(bytes) {
        Reading::Value(text) if text == "PONG" => (text, true),
        Reading::Error { code, text } if is_error_code(&code) => {
            // An error of another kind may be the refusal of plaintext itself.
            let serves = matches!(
                code.as_str(),
                "NOAUTH" | "LOADING" | "NOPERM" | "MASTERDOWN"
            );
            (text, serves)
        }
        _ => return None,
    };
    Some(Answer::Redis { reply, serves })
}

fn is_error_code(code: &str) -> bool {
    code.len() >= 3 && code.bytes().all(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn protocols_are_recognised_by_their_first_bytes() {
        for (bytes, protocol) in [
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], "HTTP"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
            (b"220 mail.example.com ESMTP Postfix\r\n", "SMTP"),
            (b"220 (vsFTPd 3.0.3)\r\n", "FTP"),
            (b"* OK IMAP4rev1\r\n", "IMAP"),
            (b"+OK Dovecot ready.\r\n", "POP3"),
            (b"\x4a\0\0\0\x0a8.0.36\0", "MySQL"),
            (b"\x45\0\0\0\xff\x6a\x04Host is blocked", "MySQL"),
            (b"E\0\0\0\x8dSFATAL\0", "PostgreSQL"),
            (b"ERROR\r\n", "Memcached"),
        ] {
            assert_eq!(recognise(bytes), Answer::Protocol(protocol));
        }
        assert_eq!(recognise(b"\x15\x03\x03\x00\x02\x02\x28"), Answer::Tls);
    }

    #[test]
    fn a_redis_is_recognised_and_a_refusal_is_no_service() {
        for (bytes, serving) in [
            (&b"+PONG\r\n"[..], true),
            (b"-NOAUTH Authentication required.\r\n", true),
            (
                b"-ERR Protocol error: unbalanced quotes in request\r\n",
                false,
            ),
            (b"-DENIED Redis is running in protected mode\r\n", false),
        ] {
            assert!(
                matches!(recognise(bytes), Answer::Redis { serves, .. } if serves == serving),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_recognised_or_not(bytes: Vec<u8>) {
            let _ = recognise(&bytes);
        }
    }
}
