//! The servers that the libraries are asked about: those of the table that answer a PING when a
//! client gets that far, and some that only differ to other clients than this test.

use std::net::IpAddr;

use rcgen::{DnType, ExtendedKeyUsagePurpose};
use rediseal_probe::{Cause, Dns, StageId, Trust};

use crate::case;
use crate::children::{redis_with_tls, stunnel_for};
use crate::old::{Issued, RSA_1024, Recipe, SERVER};
use crate::pki::{Authority, Identity, Key};
use crate::scenario::{Make, Scenario, Site};
use crate::scenarios;
use crate::servers::{REDIS, plain, tls};

/// Of servers with nothing wrong these are enough.
const GOOD: [&str; 9] = [
    "good-tls-1.2",
    "good-tls-1.3",
    "good-chain-2",
    "good-chain-reversed",
    "good-ipv6",
    "good-name",
    "good-client-certificate-optional",
    "password-wanted",
    "plaintext-too",
];

pub(crate) fn rows() -> Vec<Scenario> {
    let table = scenarios::all().into_iter().filter(is_for_clients);
    table.chain(of_our_own()).collect()
}

fn is_for_clients(row: &Scenario) -> bool {
    let answers = matches!(row.make, Make::Redis | Make::Rustls | Make::Stunnel);
    let stage = row.expected.finding.map(|(stage, _, _)| stage);
    let is_about_client = match stage {
        Some(StageId::Chain | StageId::Name) => true,
        Some(StageId::Tls) => !matches!(
            row.cause(),
            Some(Cause::TlsClosed | Cause::TlsReset | Cause::TlsTimeout | Cause::TlsBroken)
        ),
        _ => false,
    };
    answers && (is_about_client || GOOD.contains(&row.id))
}

/// The name that clients connect to; none when a client cannot be told what the test was told.
pub(crate) fn host(site: &Site) -> Option<String> {
    let request = &site.request;
    let host = request.name.clone();
    let host = host.unwrap_or_else(|| request.address.host());
    let resolves = host == "localhost" || host.parse::<IpAddr>().is_ok();
    let is_usual = request.dns == Dns::System
        && request.now == case::now()
        && matches!(request.trust, Trust::Authorities(_));
    (is_usual && resolves).then_some(host)
}

fn of_our_own() -> Vec<Scenario> {
    let row = |id| Scenario::good(id, Make::Redis, "");
    vec![
        row("no-san-name-as-cn").at(|| async {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue_with(|p| {
                p.subject_alt_names.clear();
                p.distinguished_name.push(DnType::CommonName, "localhost");
            });
            real(&identity, &ca).with(|request| request.name = Some("localhost".to_owned()))
        }),
        row("intermediate-trusted").at(|| async {
            let root = Authority::new("Lab Root");
            let below = root.intermediate("Lab Intermediate", |_| {});
            real(&below.issue(), &below)
        }),
        row("leaf-trusted").at(|| async {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue();
            trusting_itself(&identity).await
        }),
        row("self-signed-trusted").at(|| async { trusting_itself(&Identity::self_signed()).await }),
        row("wants-client-1.2").at(|| mutual(&["tls-protocols TLSv1.2"])),
        row("wants-client-1.3").at(|| mutual(&["tls-protocols TLSv1.3"])),
        row("rsa-1024").at(|| weak(RSA_1024, &[])),
        row("sha-1").at(|| weak(SERVER.key, &["-sha1"])),
    ]
}

fn real(identity: &Identity, ca: &Authority) -> Site {
    let server = redis_with_tls(identity, &ca.pem(), &["tls-auth-clients no"]);
    Site::program(server, ca)
}

async fn mutual(settings: &'static [&'static str]) -> Site {
    let ca = Authority::new("Lab CA");
    let settings = [&["tls-auth-clients yes"], settings].concat();
    let server = redis_with_tls(&ca.issue(), &ca.pem(), &settings);
    let client =
        ca.issue_with(|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    Site::program(server, &ca).letting_in(client)
}

async fn trusting_itself(identity: &Identity) -> Site {
    let server = tls(identity).await;
    let request = case::trusting(server.address, [identity.leaf()]);
    Site::trusting(server, request)
}

async fn weak(key: &'static [&'static str], options: &'static [&'static str]) -> Site {
    let ca = Authority::keyed("Lab CA", Key::Rsa2048, |_| {});
    let recipe = Recipe {
        key,
        options,
        ..SERVER
    };
    let identity = Issued::by(&ca, &recipe).identity();
    let redis = plain(REDIS).await;
    let settings = ["securityLevel = 0", "ciphers = DEFAULT@SECLEVEL=0"];
    let stunnel = stunnel_for(&identity, redis.address, &settings);
    let request = case::request(stunnel.address, &ca);
    Site::new(request, (redis, stunnel))
}
