//! Nothing is wrong: versions, keys, groups and chains that have to work.

use std::time::Duration;

use rediseal_probe::Request;
use rustls::pki_types::CertificateDer;

use crate::children::{redis_with_tls, stunnel_for};
use crate::pki::{Authority, Identity, Key};
use crate::relay::dribble;
use crate::scenario::{Make, Scenario, Site};
use crate::servers::{REDIS, plain, tls, tls_at};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [versions(), keys(), chains(), addresses()]
        .into_iter()
        .flatten()
        .collect()
}

fn versions() -> Vec<Scenario> {
    let through = |id, about, settings: &'static [&'static str]| {
        Scenario::good(id, Make::Stunnel, about).at(move || async move {
            let ca = Authority::new("Lab CA");
            stunnel(&ca.issue_rsa(), &ca, settings).await
        })
    };
    vec![
        through(
            "good-tls-1.2",
            "TLS 1.2",
            &["sslVersionMin = TLSv1.2", "sslVersionMax = TLSv1.2"],
        ),
        through("good-tls-1.3", "TLS 1.3", &["sslVersionMin = TLSv1.3"]),
        through(
            "good-tls-1.0-to-1.3",
            "TLS 1.0 to 1.3, of which the client takes the best",
            &["sslVersionMin = TLSv1", "ciphers = DEFAULT@SECLEVEL=0"],
        ),
        through(
            "good-chacha20",
            "Only ChaCha20-Poly1305 of TLS 1.2",
            &[
                "sslVersionMax = TLSv1.2",
                "ciphers = ECDHE-RSA-CHACHA20-POLY1305",
            ],
        ),
        through(
            "good-hello-retry",
            "Only P-384 for the key exchange, so that the client has to start over",
            &["sslVersionMin = TLSv1.3", "curves = secp384r1"],
        ),
        Scenario::good(
            "good-client-certificate-optional",
            Make::Redis,
            "Asks for a client certificate and goes on without",
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let optional = ["tls-auth-clients optional"];
            let server = redis_with_tls(&ca.issue(), &ca.pem(), &optional);
            Site::program(server, &ca)
        }),
    ]
}

fn keys() -> Vec<Scenario> {
    [
        ("good-rsa-2048", "RSA 2048", Key::Rsa2048),
        ("good-rsa-4096", "RSA 4096", Key::Rsa4096),
        ("good-rsa-8192", "RSA 8192", Key::Rsa8192),
        ("good-p-256", "P-256", Key::P256),
        ("good-p-384", "P-384", Key::P384),
        ("good-p-521", "P-521", Key::P521),
        ("good-ed25519", "Ed25519", Key::Ed25519),
    ]
    .map(|(id, about, key)| {
        Scenario::good(id, Make::Redis, about).at(move || async move {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_for(key, |_| {});
            let server = redis_with_tls(&identity, &ca.pem(), &["tls-auth-clients no"]);
            Site::program(server, &ca)
        })
    })
    .into()
}

/// A chain of this length below a root, and what of it is sent in which order.
fn chain(
    id: &'static str,
    about: &'static str,
    length: usize,
    sent: fn(Vec<CertificateDer<'static>>) -> Vec<CertificateDer<'static>>,
) -> Scenario {
    Scenario::good(id, Make::Stunnel, about).at(move || async move {
        let root = Authority::new("Lab Root");
        let mut ladder = vec![];
        for depth in 1..length {
            let above = ladder.last().unwrap_or(&root);
            let below = above.intermediate(&format!("Lab Intermediate {depth}"), |_| {});
            ladder.push(below);
        }
        let mut identity = ladder.last().unwrap_or(&root).issue();
        let above = ladder.iter().rev().chain([&root]);
        let rest = sent(above.map(|ca| ca.der().into()).collect());
        identity.chain.extend(rest);
        stunnel(&identity, &root, &[]).await
    })
}

fn chains() -> Vec<Scenario> {
    let without_root = |mut above: Vec<CertificateDer<'static>>| {
        above.pop();
        above
    };
    vec![
        chain("good-chain-1", "Signed by the root", 1, without_root),
        chain("good-chain-2", "One intermediate", 2, without_root),
        chain("good-chain-3", "Two intermediates", 3, without_root),
        chain("good-chain-4", "Three intermediates", 4, without_root),
        chain("good-chain-with-root", "The root is sent too", 3, |above| {
            above
        }),
        chain(
            "good-chain-reversed",
            "Three intermediates and the root, sent in reverse",
            4,
            |mut above| {
                above.reverse();
                above
            },
        ),
        chain(
            "good-chain-twice",
            "Every intermediate is sent twice",
            3,
            |mut above| {
                above.pop();
                let again = above.clone();
                above.extend(again);
                above
            },
        ),
        chain(
            "good-chain-with-stranger",
            "A certificate that has nothing to do with it is sent first",
            2,
            |mut above| {
                above.insert(0, Authority::new("Stranger").der().into());
                above
            },
        ),
    ]
}

fn addresses() -> Vec<Scenario> {
    vec![
        Scenario::good("good-ipv6", Make::Rustls, "At an IPv6 address").at(|| async {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_with(|p| p.subject_alt_names = vec![ipv6_loopback()]);
            Site::of(tls_at("[::1]:0", &identity, REDIS).await, &ca)
        }),
        Scenario::good(
            "good-name",
            Make::Rustls,
            "Known by a name, which is sent (SNI) and checked",
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            Site::of(tls(&ca.issue()).await, &ca).with(|request| {
                request.name = Some("localhost".to_owned());
            })
        }),
        Scenario::good(
            "good-slow",
            Make::Rustls,
            "A byte at a time, with half a millisecond between two",
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let server = tls(&ca.issue()).await;
            let slow = dribble(server.address, Duration::from_micros(500)).await;
            let request = crate::case::request(slow.address, &ca);
            Site::new(request, (server, slow)).with(|r: &mut Request| {
                r.timeout = Duration::from_secs(20);
            })
        }),
    ]
}

pub(crate) fn ipv6_loopback() -> rcgen::SanType {
    rcgen::SanType::IpAddress(std::net::Ipv6Addr::LOCALHOST.into())
}

async fn stunnel(identity: &Identity, ca: &Authority, settings: &[&str]) -> Site {
    let redis = plain(REDIS).await;
    let stunnel = stunnel_for(identity, redis.address, settings);
    let request = crate::case::request(stunnel.address, ca);
    Site::new(request, (redis, stunnel))
}
