//! Whether a proxy speaks SOCKS at all. One for HTTP waits for the end of a line that never comes,
//! and the HTTP client waits with it.

use std::{io::ErrorKind, time::Duration};

use reqwest::Url;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::route::host_and_port;

/// For each answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Version 5; one method: no login (RFC 1928, 3).
const GREETING: [u8; 3] = [5, 1, 0];

/// What listens in the place of a SOCKS proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    /// Nobody: the connection is refused.
    Nobody,
    /// It answers HTTP.
    Http,
    /// It answers something else than SOCKS 5.
    Something,
}

/// What is at `proxy` when it is not SOCKS. `None` too when it is silent, or not reached.
pub(crate) async fn other(proxy: &Url) -> Option<Other> {
    let connecting = TcpStream::connect(host_and_port(proxy));
    let mut stream = match timeout(PATIENCE, connecting).await.ok()? {
        Ok(stream) => stream,
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => return Some(Other::Nobody),
        Err(_) => return None,
    };
    stream.write_all(&GREETING).await.ok()?;
    let mut answer = [0; 5];
    let first = timeout(PATIENCE, stream.read(&mut answer[..1])).await;
    match first {
        // It may wait for a line's end.
        Err(_) => {
            stream.write_all(b"\r\n\r\n").await.ok()?;
            timeout(PATIENCE, stream.read_exact(&mut answer[..1]))
                .await
                .ok()?
                .ok()?;
        }
        Ok(Ok(1)) => {}
        Ok(_) => return None,
    }
    if answer[0] == 5 {
        return None;
    }
    let rest = timeout(PATIENCE, stream.read_exact(&mut answer[1..])).await;
    Some(match rest {
        Ok(Ok(_)) if answer == *b"HTTP/" => Other::Http,
        _ => Other::Something,
    })
}
