//! CONNECT, RFC 9110 9.3.6.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::way::Destination;
use super::{Hop, seen_from_hop};
use crate::cause::Cause;
use crate::stage::{Finding, printable};

/// No proxy answers with more before the connection begins.
const LONGEST_ANSWER: usize = 16 * 1024;

const MOST_FIELDS: usize = 64;

/// What came before the connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    status: u16,
    reason: String,
}

/// Asks for a connection to the server over one to the proxy.
pub(super) async fn pass(
    hop: &Hop,
    mut socket: TcpStream,
    destination: &Destination,
) -> Result<TcpStream, Finding> {
    let asked = async {
        socket
            .write_all(question(hop, destination).as_bytes())
            .await?;
        answer(&mut socket).await
    };
    match asked.await {
        Ok(Answer { status, .. }) if (200..300).contains(&status) => Ok(socket),
        Ok(answer) => Err(meaning(&answer)
            .with("http_status", answer.status)
            .with("error", answer.reason)),
        Err(error) => Err(Finding::failed(Cause::ProxyUnreachable)
            .with_hint(Some("protocol"))
            .with("error", error.to_string())),
    }
}

fn question(hop: &Hop, destination: &Destination) -> Zeroizing<String> {
    let login = match (&hop.via.user, &hop.password) {
        (Some(user), Some(password)) => {
            let password = password.expose_secret();
            let pair = Zeroizing::new(format!("{user}:{password}"));
            let encoded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
            Zeroizing::new(format!("Proxy-Authorization: Basic {}\r\n", *encoded))
        }
        _ => Zeroizing::new(String::new()),
    };
    Zeroizing::new(format!(
        "CONNECT {destination} HTTP/1.1\r\nHost: {destination}\r\n{}\r\n",
        *login
    ))
}

/// Reads the answer and not a byte more: what follows is the server's.
async fn answer(socket: &mut TcpStream) -> io::Result<Answer> {
    const END: &[u8] = b"\r\n\r\n";
    let mut head = Vec::new();
    let mut waiting = [0; 1024];
    loop {
        let n = socket.peek(&mut waiting).await?;
        let waiting = waiting.get(..n).unwrap_or_default();
        if waiting.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // The end may have come in two parts.
        let known = head.len();
        head.extend_from_slice(waiting);
        let from = known.saturating_sub(END.len() - 1);
        let searched = head.get(from..).unwrap_or_default();
        let end = searched.windows(END.len()).position(|bytes| bytes == END);
        let whole = end.map(|end| from + end + END.len());
        let taken = whole.unwrap_or(head.len());
        head.truncate(taken);
        socket
            .read_exact(head.get_mut(known..).unwrap_or_default())
            .await?;
        if whole.is_some() {
            return read(&head);
        }
        if !b"HTTP/1.".starts_with(head.get(..7).unwrap_or(&head)) || head.len() >= LONGEST_ANSWER {
            return Err(not_http(&head));
        }
    }
}

pub(super) fn read(head: &[u8]) -> io::Result<Answer> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let parsed = response.parse(head);
    match (parsed, response.code) {
        (Ok(httparse::Status::Complete(_)), Some(status)) => Ok(Answer {
            status,
            reason: printable(response.reason.unwrap_or_default().as_bytes()),
        }),
        _ => Err(not_http(head)),
    }
}

fn not_http(head: &[u8]) -> io::Error {
    const SHOWN: usize = 96;
    let begins = printable(head.get(..SHOWN).unwrap_or(head));
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("this is no answer of an HTTP proxy: {begins}"),
    )
}

/// As far as a status tells whose refusal it is (RFC 9110 15.5.8, 15.6.3 to 15.6.5).
fn meaning(answer: &Answer) -> Finding {
    // tinyproxy says that it could not connect with a 500 and these words.
    let could_not_connect = answer.reason.to_ascii_lowercase().contains("connect");
    match answer.status {
        407 => Finding::failed(Cause::ProxyAuthRequired),
        // So does tinyproxy when the login is wrong.
        401 => Finding::failed(Cause::ProxyAuthRequired),
        504 => seen_from_hop(Cause::TcpTimeout),
        502 | 503 => seen_from_hop(Cause::TcpUnreachable),
        500 if could_not_connect => seen_from_hop(Cause::TcpUnreachable),
        // A web server, which does not know CONNECT (RFC 9110 15.5.1, 15.5.5, 15.5.6, 15.6.2).
        400 | 404 | 405 | 501 => {
            Finding::failed(Cause::ProxyUnreachable).with_hint(Some("protocol"))
        }
        _ => Finding::failed(Cause::ProxyRefused),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;
    use tokio::net::TcpListener;

    use super::*;

    /// A proxy's side of a connection, and ours.
    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (ours, theirs) = tokio::join!(TcpStream::connect(address), listener.accept());
        (theirs.unwrap().0, ours.unwrap())
    }

    #[tokio::test]
    async fn what_follows_the_answer_is_left_for_the_server() {
        const ANSWER: &[u8] = b"HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\nSSH-2.0-x";
        let text = ANSWER.len() - b"SSH-2.0-x".len();
        // Cut anywhere, the end of the answer included.
        for cut in [1, 7, 20, text - 3, text - 1, text, text + 4] {
            let (mut proxy, mut ours) = pair().await;
            let (first, second) = ANSWER.split_at(cut);
            let (read, ()) = tokio::join!(answer(&mut ours), async {
                proxy.set_nodelay(true).unwrap();
                proxy.write_all(first).await.unwrap();
                tokio::task::yield_now().await;
                proxy.write_all(second).await.unwrap();
            });
            assert_eq!(read.unwrap().status, 200);
            drop(proxy);
            let mut rest = Vec::new();
            ours.read_to_end(&mut rest).await.unwrap();
            assert_eq!(rest, b"SSH-2.0-x", "{cut}");
        }
    }

    #[tokio::test]
    async fn another_protocol_is_no_answer() {
        for bytes in [
            &b"\x05\xff"[..],
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"",
            b"HTTP/1.1 abc\r\n\r\n",
        ] {
            let (mut proxy, mut ours) = pair().await;
            proxy.write_all(bytes).await.unwrap();
            drop(proxy);
            assert!(answer(&mut ours).await.is_err(), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_status_tells_whose_refusal_it_is() {
        for (status, reason, cause) in [
            (
                407,
                "Proxy Authentication Required",
                Cause::ProxyAuthRequired,
            ),
            (403, "Filtered", Cause::ProxyRefused),
            (400, "Bad Request", Cause::ProxyUnreachable),
            (404, "Not Found", Cause::ProxyUnreachable),
            (405, "Method Not Allowed", Cause::ProxyUnreachable),
            (
                501,
                "Unsupported method ('CONNECT')",
                Cause::ProxyUnreachable,
            ),
            (500, "Internal Server Error", Cause::ProxyRefused),
            (500, "Unable to connect", Cause::TcpUnreachable),
            (502, "Bad Gateway", Cause::TcpUnreachable),
            (503, "Service Unavailable", Cause::TcpUnreachable),
            (504, "Gateway Timeout", Cause::TcpTimeout),
        ] {
            let reason = reason.to_owned();
            assert_eq!(meaning(&Answer { status, reason }).cause, Some(cause));
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(bytes: Vec<u8>) {
            let _ = read(&bytes);
            let _ = read(&[b"HTTP/1.1 ", &bytes[..], b"\r\n\r\n"].concat());
        }
    }
}
