//! Chains that hold, and names that do not, or that are not there.

use rcgen::{DnType, SanType};
use rediseal_probe::{Cause, StageId};

use crate::children::{openssl_server_for, redis_with_tls};
use crate::pki::Authority;
use crate::scenario::{Make, Scenario, Site};
use crate::scenarios::good::ipv6_loopback;
use crate::servers::{REDIS, tls, tls_at};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [mismatches(), nameless()].into_iter().flatten().collect()
}

fn mismatch(id: &'static str, make: Make, about: &'static str) -> Scenario {
    Scenario::fails(
        id,
        make,
        about,
        StageId::Name,
        Cause::CertificateNameMismatch,
    )
}

fn named(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn mismatches() -> Vec<Scenario> {
    vec![
        mismatch(
            "other-name",
            Make::Redis,
            "Its certificate is for another name",
        )
        .fact("expected", "127.0.0.1")
        .fact(
            "presented",
            ["redis.example.com"].map(str::to_owned).to_vec(),
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let identity =
                ca.issue_with(|p| p.subject_alt_names = vec![named("redis.example.com")]);
            let server = redis_with_tls(&identity, &ca.pem(), &["tls-auth-clients no"]);
            Site::program(server, &ca)
        }),
        mismatch(
            "name-in-cn-only",
            Make::OpenSsl,
            "The name is right in the common name only; the SAN has another",
        )
        .fact("common_name", "127.0.0.1")
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_with(|p| {
                p.subject_alt_names = vec![named("redis.example.com")];
                p.distinguished_name.push(DnType::CommonName, "127.0.0.1");
            });
            // A program that never answers a PING: it must not come to that.
            Site::program(openssl_server_for(&identity, &[]), &ca)
        }),
        mismatch(
            "wildcard-too-short",
            Make::Rustls,
            "A wildcard that covers one label, and a name with two",
        )
        .fact("expected", "a.b.example.com")
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_with(|p| p.subject_alt_names = vec![named("*.example.com")]);
            Site::of(tls(&identity).await, &ca)
                .with(|request| request.name = Some("a.b.example.com".to_owned()))
        }),
        mismatch(
            "address-as-name",
            Make::Rustls,
            "The address stands in the SAN as a name",
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_with(|p| p.subject_alt_names = vec![named("127.0.0.1")]);
            Site::of(tls(&identity).await, &ca)
        }),
        mismatch(
            "other-ipv6",
            Make::Rustls,
            "Its certificate is for another IPv6 address",
        )
        .fact("expected", "::1")
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_with(|p| {
                p.subject_alt_names = vec![SanType::IpAddress("2001:db8::1".parse().unwrap())];
            });
            Site::of(tls_at("[::1]:0", &identity, REDIS).await, &ca)
        }),
        mismatch(
            "private-address-in-certificate",
            Make::Rustls,
            "Its certificate is for the private address, and it was asked at another",
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_with(|p| {
                p.subject_alt_names = vec![
                    SanType::IpAddress("10.0.0.7".parse().unwrap()),
                    ipv6_loopback(),
                ];
            });
            Site::of(tls(&identity).await, &ca)
        }),
    ]
}

fn nameless() -> Vec<Scenario> {
    let nameless = |id, about, common_name: Option<&'static str>| {
        Scenario::warns(
            id,
            Make::Redis,
            about,
            StageId::Name,
            Cause::CertificateNameNotCheckable,
        )
        .fact("common_name", common_name)
        .at(move || async move {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_with(|p| {
                p.subject_alt_names.clear();
                p.distinguished_name = rcgen::DistinguishedName::new();
                match common_name {
                    Some(name) => p.distinguished_name.push(DnType::CommonName, name),
                    None => p.distinguished_name.push(DnType::OrganizationName, "Lab"),
                }
            });
            let server = redis_with_tls(&identity, &ca.pem(), &["tls-auth-clients no"]);
            Site::program(server, &ca)
        })
    };
    vec![
        nameless(
            "no-san-right-cn",
            "No SAN, and the address as common name",
            Some("127.0.0.1"),
        ),
        nameless(
            "no-san-other-cn",
            "No SAN, and another common name: as TencentDB does it",
            Some("TencentDB"),
        ),
        nameless("no-name-at-all", "Neither SAN nor common name", None),
    ]
}
