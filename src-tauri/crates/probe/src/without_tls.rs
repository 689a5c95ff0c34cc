//! Whether a port takes connections without TLS beside those with it.

use std::time::Duration;

use futures::future::join_all;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::address::Address;
use crate::deep;
use crate::plaintext::{Answer, exchange, ping};
use crate::request::Dns;
use crate::route::{Route, Start, addresses};
use crate::stage::Stopwatch;

/// What a PING without TLS came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WithoutTls {
    /// A Redis took it, or only asked for a password.
    Accepted,
    /// It was turned away, on a port that answers TLS.
    Refused,
    /// Nothing came back that tells, such as from a network that cannot be reached from here.
    NotSeen,
}

/// Sends a PING without TLS, and a ClientHello where that is turned away: a server that is down
/// turns away both. Of several addresses, one that accepts is enough. No password is sent.
pub async fn without_tls(
    address: &Address,
    route: &Route,
    dns: &Dns,
    timeout: Duration,
) -> WithoutTls {
    let watch = Stopwatch::start(timeout);
    let (addresses, _) = addresses(route, address, dns, watch.deadline(100)).await;
    let starts = Start::all(route, address, &addresses);
    let seen = join_all(starts.iter().map(|start| look(start, watch))).await;
    if seen.contains(&WithoutTls::Accepted) {
        WithoutTls::Accepted
    } else if !seen.is_empty() && seen.iter().all(|seen| *seen == WithoutTls::Refused) {
        WithoutTls::Refused
    } else {
        WithoutTls::NotSeen
    }
}

async fn look(start: &Start, watch: Stopwatch) -> WithoutTls {
    let deadline = watch.deadline(100);
    let Some(peer) = start.peer(watch).await else {
        return WithoutTls::NotSeen;
    };
    match ping(&peer, deadline).await {
        Answer::Redis { serves: true, .. } => WithoutTls::Accepted,
        Answer::Tls => WithoutTls::Refused,
        Answer::Closed | Answer::Redis { serves: false, .. } => {
            match exchange(&peer, &deep::open_hello(None), deadline).await {
                Answer::Tls => WithoutTls::Refused,
                _ => WithoutTls::NotSeen,
            }
        }
        Answer::Silent | Answer::Unreachable | Answer::Protocol(_) | Answer::Unknown(_) => {
            WithoutTls::NotSeen
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that answers by the first byte it gets: a TLS record, or anything else.
    async fn server(to_tls: &'static [u8], to_plain: &'static [u8]) -> Address {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let mut buffer = [0; 512];
                    let n = stream.read(&mut buffer).await.unwrap_or(0);
                    let answer = match buffer.get(..n) {
                        Some([22, ..]) => to_tls,
                        _ => to_plain,
                    };
                    let _ = stream.write_all(answer).await;
                });
            }
        });
        Address::parse(&address.to_string()).unwrap()
    }

    #[tokio::test]
    async fn a_refusal_takes_a_port_that_answers_tls() {
        const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";
        for (to_tls, to_plain, expected) in [
            (ALERT, &b"+PONG\r\n"[..], WithoutTls::Accepted),
            (
                ALERT,
                b"-NOAUTH Authentication required.\r\n",
                WithoutTls::Accepted,
            ),
            (ALERT, b"", WithoutTls::Refused),
            (ALERT, b"-ERR TLS is required\r\n", WithoutTls::Refused),
            (ALERT, ALERT, WithoutTls::Refused),
            (b"", b"", WithoutTls::NotSeen),
            (ALERT, b"SSH-2.0-OpenSSH_9.2\r\n", WithoutTls::NotSeen),
        ] {
            let address = server(to_tls, to_plain).await;
            let seen = without_tls(
                &address,
                &Route::Direct,
                &Dns::System,
                Duration::from_secs(10),
            )
            .await;
            assert_eq!(seen, expected, "{}", to_plain.escape_ascii());
        }
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Address::parse(&closed.local_addr().unwrap().to_string()).unwrap();
        drop(closed);
        let seen = without_tls(
            &address,
            &Route::Direct,
            &Dns::System,
            Duration::from_secs(10),
        )
        .await;
        assert_eq!(seen, WithoutTls::NotSeen);
    }
}
