//! Names, addresses and what happens before TLS.

use std::net::Ipv4Addr;
use std::time::Duration;

use rediseal_probe::{Address, Dns, Request, StageId, Trust, Verdict, test};
use tokio::sync::Notify;

use crate::case::{fact, holds, now, report, request};
use crate::dns_server::{self, NO_ERROR};
use crate::pki::Authority;
use crate::servers::{scripted, scripted_at, tls};

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

async fn asking(
    code: Option<u8>,
    addresses: &'static [Ipv4Addr],
    port: u16,
    ca: &Authority,
) -> (Request, dns_server::DnsServer) {
    let server = dns_server::start(code, addresses).await;
    let address = Address::new("redis.example.com", port).unwrap();
    let trust = Trust::Authorities(vec![ca.der()]);
    let request = Request {
        dns: Dns::Servers(vec![server.address]),
        name: Some("localhost".to_owned()),
        timeout: Duration::from_secs(2),
        ..Request::new(address, trust, now())
    };
    (request, server)
}

#[tokio::test]
async fn a_name_is_looked_up() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let port = server.address.port();
    let (request, _dns) = asking(Some(NO_ERROR), &[LOOPBACK], port, &ca).await;
    let report = holds(request, Verdict::Secure).await;
    assert_eq!(fact(&report, StageId::Dns, "addresses")[0], "127.0.0.1");
    assert_eq!(report.target.sni.as_deref(), Some("localhost"));
}

#[tokio::test]
async fn localhost_needs_no_network() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let local = Address::new("localhost", server.address.port()).unwrap();
    let request = Request {
        address: local,
        ..request(server.address, &ca)
    };
    holds(request, Verdict::Secure).await;
}

#[tokio::test]
async fn of_several_addresses_the_worst_decides() {
    const BOTH: &[Ipv4Addr] = &[LOOPBACK, Ipv4Addr::new(127, 0, 0, 2)];
    let ca = Authority::new("Lab CA");
    let good = tls(&ca.issue()).await;
    let port = good.address.port();
    let bad = scripted_at(&format!("127.0.0.2:{port}"), |socket, _| async move {
        drop(socket);
    })
    .await;
    let (request, _dns) = asking(Some(NO_ERROR), BOTH, port, &ca).await;
    let report = report(request).await;
    assert_eq!(report.verdict, Verdict::Insecure);
    let verdicts: Vec<_> = report
        .addresses
        .iter()
        .map(|a| (a.address.clone(), a.verdict))
        .collect();
    assert_eq!(
        verdicts,
        [
            (good.address.to_string(), Verdict::Secure),
            (bad.address.to_string(), Verdict::Insecure)
        ]
    );
    assert_eq!(report.stages, report.addresses[1].stages);
}

#[tokio::test]
async fn a_second_loopback_address_that_refuses_says_nothing() {
    const BOTH: &[Ipv4Addr] = &[Ipv4Addr::new(127, 0, 0, 3), LOOPBACK];
    let ca = Authority::new("Lab CA");
    let good = tls(&ca.issue()).await;
    let (request, _dns) = asking(Some(NO_ERROR), BOTH, good.address.port(), &ca).await;
    let report = report(request).await;
    assert_eq!(report.verdict, Verdict::Secure);
    assert_eq!(report.addresses[0].verdict, Verdict::Unreachable);
}

#[tokio::test]
async fn a_test_that_is_dropped_lets_go_of_the_server() {
    let ca = Authority::new("Lab CA");
    let connected: &'static Notify = Box::leak(Box::new(Notify::new()));
    let closed: &'static Notify = Box::leak(Box::new(Notify::new()));
    let server = scripted(move |mut socket, _| async move {
        connected.notify_one();
        let mut buffer = [0; 4096];
        while let Ok(1..) = tokio::io::AsyncReadExt::read(&mut socket, &mut buffer).await {}
        closed.notify_one();
    })
    .await;
    let running = tokio::spawn(test(request(server.address, &ca), |_| {}));
    connected.notified().await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    tokio::time::timeout(Duration::from_secs(5), closed.notified())
        .await
        .unwrap();
}
