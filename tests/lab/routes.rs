//! Servers that are reached through a proxy, and proxies that are in the way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rediseal_probe::{
    Address, Cause, Dns, Hop, Request, Route, SharedSession, Ssh, StageId, Verdict,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use crate::case::{self, request};
use crate::dns_server::{self, NAME_ERROR};
use crate::pki::Authority;
use crate::program::Program;
use crate::proxies::{microsocks, tinyproxy};
use crate::scenario::{Make, Scenario, Site, check};
use crate::servers::{Server, closed, greeting, replying, scripted, silent, tls};

const LOGIN: [&str; 4] = ["-u", "me", "-P", "p:w d"];

pub(crate) fn scenarios() -> Vec<Scenario> {
    [let_through(), out_of_reach(), logins(), refusals()]
        .into_iter()
        .flatten()
        .collect()
}

/// Through the hop at `url`, as the user in it.
fn through(url: &str, password: Option<&str>) -> Route {
    Route::Through(Box::new(Hop {
        via: url.parse().unwrap(),
        password: password.map(Into::into),
        ssh: Ssh::default(),
        shared: SharedSession::default(),
    }))
}

/// A good server behind a proxy.
async fn behind(proxy: Program, scheme: &str, user: &str, password: Option<&str>) -> Site {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let url = format!("{scheme}://{user}{}", proxy.address);
    let mut request = request(server.address, &ca);
    request.route = through(&url, password);
    Site::new(request, (proxy, server))
}

/// A hop without a server that matters.
fn stuck(hop: &str, running: impl std::any::Any + Send) -> Site {
    let nowhere: SocketAddr = ([127, 0, 0, 1], 6379).into();
    let mut request = request(nowhere, &Authority::new("Lab CA"));
    request.route = through(hop, None);
    Site::new(request, running)
}

fn let_through() -> Vec<Scenario> {
    let good = |id, about| Scenario::good(id, Make::Network, about);
    vec![
        good("socks5", "SOCKS5 without a login").at(|| behind(microsocks(&[]), "socks5", "", None)),
        good("socks5-login", "SOCKS5 with a login")
            .at(|| behind(microsocks(&LOGIN), "socks5", "me@", Some("p:w d"))),
        good("connect", "HTTP CONNECT without a login")
            .at(|| behind(tinyproxy(""), "http", "", None)),
        good("connect-login", "HTTP CONNECT with a login").at(|| {
            behind(
                tinyproxy("BasicAuth me secret"),
                "http",
                "me@",
                Some("secret"),
            )
        }),
    ]
}

fn out_of_reach() -> Vec<Scenario> {
    let fails = |id, about, stage| {
        Scenario::fails(id, Make::Network, about, stage, Cause::ProxyUnreachable)
    };
    vec![
        fails(
            "proxy-closed",
            "Nothing listens where the proxy should be",
            StageId::Tcp,
        )
        .fact("reason", "tcp.refused")
        .at(|| async {
            let (address, taken) = closed();
            stuck(&format!("socks5://{address}"), taken)
        }),
        fails(
            "proxy-name",
            "The proxy's name does not exist",
            StageId::Dns,
        )
        .fact("reason", "dns.not_found")
        .at(|| async {
            let dns = dns_server::start(Some(NAME_ERROR), &[]).await;
            let servers = Dns::Servers(vec![dns.address]);
            stuck("http://proxy.example.com:3128", dns).with(|request| request.dns = servers)
        }),
        fails(
            "proxy-silent",
            "The proxy takes the connection and says nothing",
            StageId::Hop,
        )
        .fact("hint", "silent")
        .at(|| async {
            let server = silent().await;
            stuck(&format!("socks5://{}", server.address), server).impatient()
        }),
        fails("connect-silent", "So does one for HTTP", StageId::Hop)
            .fact("hint", "silent")
            .at(|| async {
                let server = silent().await;
                stuck(&format!("http://{}", server.address), server).impatient()
            }),
        fails(
            "proxy-is-http",
            "An HTTP proxy is spoken to as SOCKS5: it waits for the end of the line",
            StageId::Hop,
        )
        .fact("hint", "silent")
        .at(|| async { behind(tinyproxy(""), "socks5", "", None).await.impatient() }),
        fails(
            "proxy-is-ssh",
            "Something else than a proxy answers",
            StageId::Hop,
        )
        .fact("hint", "protocol")
        .at(|| async {
            let server = greeting(b"SSH-2.0-OpenSSH_9.2\r\n").await;
            stuck(&format!("socks5://{}", server.address), server)
        }),
        fails(
            "proxy-is-web-server",
            "A web server that does not know CONNECT",
            StageId::Hop,
        )
        .fact("hint", "protocol")
        .fact("http_status", 501)
        .at(|| async {
            let server = replying(b"HTTP/1.1 501 Unsupported method\r\n\r\n", true).await;
            stuck(&format!("http://{}", server.address), server)
        }),
        fails(
            "proxy-is-socks5",
            "A SOCKS5 proxy is spoken to as HTTP",
            StageId::Hop,
        )
        .fact("hint", "protocol")
        .at(|| behind(microsocks(&[]), "http", "", None)),
    ]
}

fn logins() -> Vec<Scenario> {
    let fails = |id, about| {
        Scenario::fails(
            id,
            Make::Network,
            about,
            StageId::Hop,
            Cause::ProxyAuthRequired,
        )
    };
    vec![
        fails("socks5-no-login", "SOCKS5 wants a login and gets none")
            .at(|| behind(microsocks(&LOGIN), "socks5", "", None)),
        fails("socks5-wrong-login", "SOCKS5 gets the wrong password")
            .at(|| behind(microsocks(&LOGIN), "socks5", "me@", Some("guess"))),
        fails(
            "connect-no-login",
            "An HTTP proxy wants a login and gets none",
        )
        .fact("http_status", 407)
        .at(|| behind(tinyproxy("BasicAuth me secret"), "http", "", None)),
        fails(
            "connect-wrong-login",
            "An HTTP proxy gets the wrong password",
        )
        .at(|| {
            behind(
                tinyproxy("BasicAuth me secret"),
                "http",
                "me@",
                Some("guess"),
            )
        }),
    ]
}

/// Of the proxy, or of the server behind it.
fn refusals() -> Vec<Scenario> {
    let fails = |id, about, cause| Scenario::fails(id, Make::Network, about, StageId::Hop, cause);
    vec![
        fails(
            "connect-forbidden",
            "The proxy's rules forbid the port",
            Cause::ProxyRefused,
        )
        .fact("http_status", 403)
        .at(|| behind(tinyproxy("ConnectPort 443"), "http", "", None)),
        fails(
            "socks5-server-closed",
            "Nothing listens behind SOCKS5",
            Cause::TcpRefused,
        )
        .fact("hint", "hop")
        .at(|| async {
            let (address, taken) = closed();
            let proxy = microsocks(&[]);
            let hop = format!("socks5://{}", proxy.address);
            stuck(&hop, (proxy, taken)).with(|request| request.address = at(address))
        }),
        fails(
            "connect-server-closed",
            "Nothing listens behind HTTP",
            Cause::TcpUnreachable,
        )
        .fact("hint", "hop")
        .at(|| async {
            let (address, taken) = closed();
            let proxy = tinyproxy("");
            let hop = format!("http://{}", proxy.address);
            stuck(&hop, (proxy, taken)).with(|request| request.address = at(address))
        }),
    ]
}

fn at(address: SocketAddr) -> Address {
    Address::parse(&address.to_string()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn each_is_reported_as_it_should() {
    check(scenarios()).await;
}

/// A SOCKS5 proxy that knows one name, which nobody else does; it counts who asks.
async fn knowing(name: &'static str, server: SocketAddr) -> (Server, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let proxy = scripted(move |mut socket, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            let mut greeting = [0; 3];
            socket.read_exact(&mut greeting).await.unwrap();
            socket.write_all(&[5, 0]).await.unwrap();
            let length = u8::try_from(name.len()).unwrap();
            let port = server.port().to_be_bytes();
            let expected = [&[5, 1, 0, 3, length], name.as_bytes(), &port].concat();
            let mut request = vec![0; expected.len()];
            // A question that is not waited for any more goes away.
            if socket.read_exact(&mut request).await.is_err() {
                return;
            }
            assert_eq!(request, expected);
            let mut behind = TcpStream::connect(server).await.unwrap();
            let reply = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            socket.write_all(&reply).await.unwrap();
            let _ = copy_bidirectional(&mut socket, &mut behind).await;
        }
    })
    .await;
    (proxy, count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn names_are_resolved_at_the_far_end_and_every_connection_goes_there() {
    const NAME: &str = "redis.internal";
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let (proxy, count) = knowing(NAME, server.address).await;
    let dns = dns_server::start(Some(NAME_ERROR), &[]).await;
    let hop = format!("socks5://{}", proxy.address);
    let mut request = Request {
        address: Address::new(NAME, server.address.port()).unwrap(),
        name: Some("localhost".to_owned()),
        dns: Dns::Servers(vec![dns.address]),
        route: through(&hop, None),
        deep: true,
        cost: true,
        timeout: Duration::from_secs(60),
        ..request(server.address, &ca)
    };
    let report = case::holds(request.clone(), Verdict::Secure).await;
    assert_eq!(report.route, hop);
    let address = format!("{NAME}:{}", server.address.port());
    assert_eq!(report.addresses[0].address, address);
    let (survey, cost) = (report.survey.unwrap(), report.cost.unwrap());
    assert_eq!((&survey.address, &cost.address), (&address, &address));
    assert_eq!(survey.gaps, []);
    assert!(cost.handshake.is_some() && cost.ping_tls.is_some());
    // The handshake itself, and the question without TLS.
    let expected = survey.connections + cost.connections + 2;
    assert_eq!(count.load(Ordering::Relaxed), expected);

    request.route = Route::Direct;
    case::fails(request, StageId::Dns, Cause::DnsNotFound).await;
}
