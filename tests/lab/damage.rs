//! Bytes that no server should send: there is always a report, and never a good one.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::StreamExt as _;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rediseal_probe::{Request, StageId, Status, Verdict};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::case::{report, request, stage, trusting};
use crate::pki::{Authority, Key};
use crate::relay::{Damage, damaging};
use crate::servers::{REDIS, Replies, Server, replying, scripted, tls, tls_with};

/// Any flipped bit of the certificate is noticed.
#[tokio::test]
async fn a_certificate_that_was_damaged() {
    let ca = Authority::new("Lab CA");
    let identity = ca.issue();
    let leaf = identity.leaf();
    for position in (0..leaf.len()).step_by(5) {
        let mut damaged = leaf.clone();
        damaged[position] ^= 1 << (position % 8);
        let server = tls(&identity.clone().presenting(damaged)).await;
        let report = report(request(server.address, &ca)).await;
        assert_eq!(report.verdict, Verdict::Insecure, "byte {position}");
        let chain = stage(&report, StageId::Chain);
        assert_eq!(chain.status, Status::Failed, "byte {position}");
        assert_eq!(server.heard(), "");
    }
}

/// The first byte of a record with a ClientHello (RFC 8446 5.1).
const HANDSHAKE: u8 = 22;

/// Reports under way at the same time.
const AT_ONCE: usize = 8;

/// What a server says in answer to a ClientHello.
async fn first_flight(server: &Server, ca: &Authority) -> Vec<u8> {
    let flight = Arc::new(OnceLock::new());
    let heard = Arc::clone(&flight);
    let upstream = server.address;
    let relay = scripted(move |mut client, _| {
        let heard = Arc::clone(&heard);
        async move {
            let mut upstream = TcpStream::connect(upstream).await.unwrap();
            let mut buffer = vec![0; 64 * 1024];
            let n = client.read(&mut buffer).await.unwrap();
            upstream.write_all(&buffer[..n]).await.unwrap();
            // Beside it goes the question in plaintext.
            let asked_in_tls = buffer[0] == HANDSHAKE;
            // It is written at once, and is there at once.
            let n = upstream.read(&mut buffer).await.unwrap();
            if asked_in_tls {
                heard.get_or_init(|| buffer[..n].to_vec());
            }
        }
    })
    .await;
    report(impatient(request(relay.address, ca))).await;
    flight.get().unwrap().clone()
}

/// A real handshake that is damaged on its way, in each place: there is a report in time, and the
/// damage does not go unnoticed.
async fn damaged(damage: impl Fn(usize) -> Damage) {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let ca = Authority::new("Lab CA");
        // Its signatures all have one length, so the records begin in the same places.
        let identity = ca.issue_for(Key::Ed25519, |_| {});
        let server = tls_with(&identity, REDIS, &[version]).await;
        let flight = first_flight(&server, &ca).await;
        assert!(flight.len() > 400, "{flight:?}");
        let mut reports = futures::stream::iter(0..flight.len())
            .map(|place| {
                let damage = damage(place);
                let (address, ca) = (server.address, ca.der());
                tokio::spawn(async move {
                    let relay = damaging(address, damage).await;
                    let request = Request {
                        timeout: Duration::from_secs(1),
                        ..trusting(relay.address, [ca])
                    };
                    (damage, report(request).await.verdict)
                })
            })
            .buffer_unordered(AT_ONCE);
        while let Some(done) = reports.next().await {
            let (damage, verdict) = done.unwrap();
            let noticed = verdict == Verdict::Insecure;
            assert!(noticed || is_harmless(damage, &flight), "{damage:?}");
        }
    }
}

/// The version in a record's header means nothing (RFC 8446 5.1).
fn is_harmless(damage: Damage, flight: &[u8]) -> bool {
    let Damage::Changed { at, .. } = damage else {
        return false;
    };
    let mut record = 0;
    while let Some(header) = flight.get(record..record + 5) {
        if (record + 1..record + 3).contains(&at) {
            return true;
        }
        record += 5 + usize::from(u16::from_be_bytes([header[3], header[4]]));
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_beginning_of_a_handshake() {
    damaged(Damage::CutAt).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_byte_of_a_handshake_is_another() {
    // Any but 0, and the same at every run.
    let by = |at: usize| u8::try_from(at * 151 % 255).unwrap() + 1;
    damaged(|at| Damage::Changed { at, by: by(at) }).await;
}

proptest! {
    #![proptest_config(Config {
        cases: 48,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..Config::default()
    })]

    #[test]
    fn whatever_answers_a_client_hello(bytes in first_bytes()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let server = replying(&bytes, true).await;
            let report = report(impatient(request(server.address, &Authority::new("Lab CA")))).await;
            assert_eq!(report.verdict, Verdict::Insecure);
            assert_eq!(stage(&report, StageId::Tls).status, Status::Failed);
        });
    }

    #[test]
    fn whatever_answers_a_ping(bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let ca = Authority::new("Lab CA");
            let bytes: &'static [u8] = bytes.leak();
            let replies = Replies { ping: Some(bytes), ..REDIS };
            let server = tls_with(&ca.issue(), replies, &[]).await;
            let report = report(impatient(request(server.address, &ca))).await;
            assert_eq!(report.verdict, Verdict::Secure);
            assert_ne!(stage(&report, StageId::Redis).status, Status::Skipped);
        });
    }
}

fn impatient(request: Request) -> Request {
    Request {
        timeout: Duration::from_secs(3),
        ..request
    }
}

/// Noise, and records of every type around it.
fn first_bytes() -> impl Strategy<Value = Vec<u8>> {
    let noise = proptest::collection::vec(any::<u8>(), 0..100);
    (proptest::option::of(20u8..24), noise).prop_map(|(kind, noise)| match kind {
        None => noise,
        Some(kind) => {
            let length = u16::try_from(noise.len()).unwrap().to_be_bytes();
            [&[kind, 3, 3][..], &length, &noise].concat()
        }
    })
}
