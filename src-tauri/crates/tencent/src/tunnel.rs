//! What a proxy says when it opens no tunnel. The HTTP client keeps that to itself, and it is what
//! tells a login that is missing from a destination that is forbidden, so the proxy is asked again.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::{
    Request,
    body::Incoming,
    client::conn::http1,
    header::{
        HOST, HeaderMap, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, WWW_AUTHENTICATE,
    },
};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use crate::route::{host_and_port, login_of};

/// Connecting included.
const PATIENCE: Duration = Duration::from_secs(10);

/// Of the IANA registry of HTTP authentication schemes, those that proxies ask for; NTLM is in no
/// registry and in many companies.
const SCHEMES: [&str; 6] = ["Basic", "Digest", "Negotiate", "NTLM", "Kerberos", "Bearer"];

/// The head of an answer to CONNECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// How it wants to be logged in at, as [`SCHEMES`] writes them.
    pub(crate) schemes: Vec<&'static str>,
}

impl Answer {
    pub(crate) fn of(status: u16, headers: &HeaderMap) -> Self {
        let challenges: Vec<_> = [PROXY_AUTHENTICATE, WWW_AUTHENTICATE]
            .iter()
            .flat_map(|name| headers.get_all(name))
            .filter_map(|value| value.to_str().ok())
            // What is quoted is a parameter's value, commas and all.
            .map(|value| value.split('"').step_by(2).collect::<String>())
            .flat_map(|value| value.split(',').map(str::to_owned).collect::<Vec<_>>())
            .filter_map(|part| part.split_whitespace().next().map(str::to_owned))
            .collect();
        let wanted = |scheme: &&str| challenges.iter().any(|c| c.eq_ignore_ascii_case(scheme));
        Self {
            status,
            schemes: SCHEMES.into_iter().filter(wanted).collect(),
        }
    }
}

/// Asks `proxy` for a tunnel to `destination` and hangs up. `None` when there is no answer, or a
/// tunnel.
pub(crate) async fn ask(proxy: &Url, destination: &Url, tls: Arc<ClientConfig>) -> Option<Answer> {
    tokio::time::timeout(PATIENCE, connect(proxy, destination, tls))
        .await
        .ok()?
}

async fn connect(proxy: &Url, destination: &Url, tls: Arc<ClientConfig>) -> Option<Answer> {
    let stream = TcpStream::connect(host_and_port(proxy)).await.ok()?;
    if proxy.scheme() == "http" {
        return answer(stream, proxy, destination).await;
    }
    let host = proxy.host_str()?.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host).ok()?;
    let stream = TlsConnector::from(tls).connect(name, stream).await.ok()?;
    answer(stream, proxy, destination).await
}

async fn answer<S>(stream: S, proxy: &Url, destination: &Url) -> Option<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let authority = host_and_port(destination);
    let mut request = Request::connect(&authority).header(HOST, &authority);
    if let Some((user, password)) = login_of(proxy) {
        let login = Zeroizing::new(format!("{user}:{password}"));
        let value = Zeroizing::new(format!("Basic {}", STANDARD.encode(login.as_bytes())));
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        request = request.header(PROXY_AUTHORIZATION, value);
    }
    let request = request.body(reqwest::Body::default()).ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let asking = async {
        let answer: hyper::Response<Incoming> = sender.send_request(request).await.ok()?;
        let status = answer.status();
        (!status.is_success()).then(|| Answer::of(status.as_u16(), answer.headers()))
    };
    tokio::select! {
        answer = asking => answer,
        // It ends before it has answered.
        _ = connection => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_schemes_of_all_challenges_are_found_and_nothing_else() {
        for (values, expected) in [
            (vec![], vec![]),
            (vec![r#"Basic realm="a, Digest b""#], vec!["Basic"]),
            (vec!["NTLM", "negotiate"], vec!["Negotiate", "NTLM"]),
            (
                vec![r#"Digest realm="x", nonce="y", basic realm="z""#],
                vec!["Basic", "Digest"],
            ),
            (vec!["Made-Up", ""], vec![]),
        ] {
            let mut headers = HeaderMap::new();
            for value in &values {
                headers.append(PROXY_AUTHENTICATE, value.parse().unwrap());
            }
            assert_eq!(Answer::of(407, &headers).schemes, expected, "{values:?}");
        }
    }
}
