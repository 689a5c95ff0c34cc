//! Before a byte of TLS.

use std::net::Ipv4Addr;
use std::time::Duration;

use rediseal_probe::{Address, Cause, Dns, Request, StageId, Trust};
use tokio::net::{TcpSocket, TcpStream};

use crate::case::{now, request};
use crate::dns_server::{self, NAME_ERROR, NO_ERROR, SERVER_FAILURE};
use crate::pki::Authority;
use crate::scenario::{Make, Scenario, Site};
use crate::servers::{REDIS, closed, scripted, tls, tls_at};

const NAME: &str = "redis.example.com";

pub(crate) fn scenarios() -> Vec<Scenario> {
    [names(), ports(), several()]
        .into_iter()
        .flatten()
        .collect()
}

fn names() -> Vec<Scenario> {
    let dns = |id, about, cause, code, response: Option<&'static str>| {
        Scenario::fails(id, Make::Network, about, StageId::Dns, cause)
            .fact("name", NAME)
            .fact("response", response)
            .at(move || async move {
                let ca = Authority::new("Lab CA");
                resolved(code, &[], 6379, &ca, ()).await.impatient()
            })
    };
    vec![
        dns(
            "name-does-not-exist",
            "The DNS knows no such name",
            Cause::DnsNotFound,
            Some(NAME_ERROR),
            Some("Non-Existent Domain"),
        ),
        dns(
            "name-has-no-address",
            "The DNS knows the name, but no address of it",
            Cause::DnsNotFound,
            Some(NO_ERROR),
            Some("No Error"),
        ),
        dns(
            "dns-failure",
            "The DNS server answers SERVFAIL",
            Cause::DnsFailed,
            Some(SERVER_FAILURE),
            Some("Server Failure"),
        ),
        dns(
            "dns-silent",
            "The DNS server does not answer",
            Cause::DnsTimeout,
            None,
            None,
        ),
    ]
}

fn ports() -> Vec<Scenario> {
    let tcp = |id, about, cause| Scenario::fails(id, Make::Network, about, StageId::Tcp, cause);
    vec![
        tcp("port-closed", "Nothing listens", Cause::TcpRefused).at(|| async {
            let ca = Authority::new("Lab CA");
            let (address, taken) = closed();
            Site::new(request(address, &ca), taken)
        }),
        tcp(
            "port-full",
            "Connection attempts are dropped, as a security group does it",
            Cause::TcpTimeout,
        )
        .at(|| async {
            let (address, full) = full().await;
            Site::new(request(address, &Authority::new("Lab CA")), full).impatient()
        }),
        tcp(
            "no-route",
            "An address that no TCP connection can go to",
            Cause::TcpUnreachable,
        )
        .at(|| async {
            let multicast = Ipv4Addr::new(224, 0, 0, 1);
            let nowhere = (multicast, 6379).into();
            Site::new(request(nowhere, &Authority::new("Lab CA")), ())
        }),
        tcp(
            "port-reset",
            "Reset as soon as it stands, as by a load balancer without servers",
            Cause::TcpReset,
        )
        .at(|| async {
            Site::deaf(scripted(|socket, _| async move { socket.set_zero_linger().unwrap() }).await)
        }),
    ]
}

fn several() -> Vec<Scenario> {
    const BOTH: &[Ipv4Addr] = &[Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 2)];
    vec![
        Scenario::fails(
            "second-address-bad",
            Make::Rustls,
            "One of the name's two addresses has a certificate of another CA",
            StageId::Chain,
            Cause::CertificateWrongCa,
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let good = tls(&ca.issue()).await;
            let port = good.address.port();
            let other = Authority::new("Other CA").issue();
            let bad = tls_at(&format!("127.0.0.2:{port}"), &other, REDIS).await;
            resolved(Some(NO_ERROR), BOTH, port, &ca, (good, bad)).await
        }),
        Scenario::fails(
            "first-address-closes",
            Make::Bytes,
            "One of the name's two addresses closes every connection",
            StageId::Tls,
            Cause::TlsClosed,
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let bad = scripted(|socket, _| async move { drop(socket) }).await;
            let port = bad.address.port();
            let good = tls_at(&format!("127.0.0.2:{port}"), &ca.issue(), REDIS).await;
            resolved(Some(NO_ERROR), BOTH, port, &ca, (bad, good)).await
        }),
    ]
}

/// Under [`NAME`], as a DNS server of its own resolves it.
async fn resolved(
    code: Option<u8>,
    addresses: &'static [Ipv4Addr],
    port: u16,
    ca: &Authority,
    running: impl std::any::Any + Send,
) -> Site {
    let dns = dns_server::start(code, addresses).await;
    let trust = Trust::Authorities(vec![ca.der()]);
    let request = Request {
        dns: Dns::Servers(vec![dns.address]),
        name: Some("localhost".to_owned()),
        ..Request::new(Address::new(NAME, port).unwrap(), trust, now())
    };
    Site::new(request, (dns, running))
}

/// As many connections as wait for a server that never takes them: the next attempt gets no
/// answer at all.
async fn full() -> (std::net::SocketAddr, impl std::any::Any + Send) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    let patience = Duration::from_millis(300);
    while let Ok(socket) = tokio::time::timeout(patience, TcpStream::connect(address)).await {
        waiting.push(socket.unwrap());
        assert!(
            waiting.len() < 64,
            "this system takes connections without end"
        );
    }
    (address, (listener, waiting))
}
