//! Bytes that no server should send: there is always a report, and never a good one.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rediseal_probe::{Request, StageId, Status, Verdict};

use crate::case::{report, request, stage};
use crate::pki::Authority;
use crate::servers::{REDIS, Replies, replying, tls, tls_with};

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
