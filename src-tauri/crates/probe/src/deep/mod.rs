//! Everything that a server accepts, whether or not this side would use it.
//!
//! `hello` says what is offered, `answer` reads what comes back, `asker` keeps connections few
//! and slow enough, `eliminate` turns single choices into lists. `versions` asks about one
//! protocol version, `sessions` about what only whole handshakes show; `summary` draws the
//! conclusions.

pub(crate) mod answer;
mod asker;
mod eliminate;
mod groups;
pub(crate) mod hello;
mod openssl_names;
mod report;
mod sessions;
mod signatures;
pub(crate) mod suites;
mod summary;
mod versions;

use tokio::time::Instant;

use self::asker::{Asker, Reply};
pub use self::report::{
    CipherSuite, Gap, Group, HelloFacts, Order, Part, Presentation, Protocol, Reason, Survey,
    Warning, Weakness,
};
use self::sessions::Tls13;
use self::versions::{KeyExchange, Suites};
use crate::plan::Plan;
use crate::route::Peer;
use crate::wire::Version;

/// The deep part of a report.
#[derive(Debug)]
pub(crate) struct Deep {
    pub(crate) protocols: Vec<Protocol>,
    pub(crate) ciphers: Vec<CipherSuite>,
    pub(crate) survey: Survey,
}

/// What was found out about one version.
#[derive(Debug)]
struct Findings {
    version: Version,
    suites: Suites,
    exchange: Option<KeyExchange>,
    tls13: Option<Tls13>,
    resumption: Option<Result<bool, Reason>>,
}

pub(crate) async fn survey(plan: &Plan, peer: &Peer, trusted: bool, deadline: Instant) -> Deep {
    let began = Instant::now();
    let sni = plan.sni.as_ref().map(|sni| sni.to_str());
    let asker = Asker::new(peer, sni.as_deref(), deadline);
    let (tls1_3, tls1_2) = tokio::join!(
        Box::pin(current(plan, &asker, Version::TLS1_3, trusted)),
        Box::pin(current(plan, &asker, Version::TLS1_2, trusted)),
    );
    let (tls1_1, tls1_0, ssl3) = tokio::join!(
        old(&asker, Version::TLS1_1),
        old(&asker, Version::TLS1_0),
        old(&asker, Version::SSL3),
    );
    let mut findings = [tls1_3, tls1_2, tls1_1, tls1_0, ssl3];
    // Groups are a matter of the library more than of the version: the newest old one is asked.
    if let Some(newest) = findings
        .iter_mut()
        .filter(|found| found.version < Version::TLS1_3)
        .find(|found| !found.suites.accepted.list.is_empty())
        && newest.exchange.is_none()
    {
        newest.exchange = Some(versions::key_exchange(&asker, newest.version).await);
    }
    // A server may have closed on a version before it had answered to any.
    let closed = |found: &Findings| {
        found.suites.accepted.list.is_empty()
            && found.suites.accepted.incomplete == Some(Reason::Closed)
    };
    if findings.iter().any(closed) && asker.still_answers().await {
        for found in findings.iter_mut().filter(|found| closed(found)) {
            found.suites.accepted.incomplete = None;
        }
    }
    summary::sum_up(plan, &asker, &findings, began.elapsed())
}

/// A version that current clients speak.
async fn current(plan: &Plan, asker: &Asker<'_>, version: Version, trusted: bool) -> Findings {
    let opened = versions::open(asker, version).await;
    if !opened.speaks(version) {
        return Findings::new(version, versions::suites(asker, version, opened).await);
    }
    let supported = match version {
        Version::TLS1_3 => &rustls::version::TLS13,
        _ => &rustls::version::TLS12,
    };
    let (suites, exchange, tls13, resumption) = tokio::join!(
        Box::pin(versions::suites(asker, version, opened)),
        Box::pin(versions::key_exchange(asker, version)),
        Box::pin(async {
            match version {
                Version::TLS1_3 => Some(sessions::tls13(plan, asker).await),
                _ => None,
            }
        }),
        Box::pin(async {
            match trusted {
                true => Some(sessions::resumption(plan, asker, supported).await),
                false => None,
            }
        }),
    );
    Findings {
        exchange: Some(exchange),
        tls13,
        resumption,
        ..Findings::new(version, suites)
    }
}

/// A version that none speaks.
async fn old(asker: &Asker<'_>, version: Version) -> Findings {
    let opened = versions::open(asker, version).await;
    Findings::new(version, versions::suites(asker, version, opened).await)
}

impl Findings {
    const fn new(version: Version, suites: Suites) -> Self {
        Self {
            version,
            suites,
            exchange: None,
            tls13: None,
            resumption: None,
        }
    }
}

/// What a server does accept that refused everything current: its version and suite. None when it
/// refuses these as well, or says nothing in time.
pub(crate) async fn accepted_instead(
    peer: &Peer,
    sni: Option<&str>,
    deadline: Instant,
) -> Option<(Version, u16)> {
    let asker = Asker::new(peer, sni, deadline);
    match versions::open(&asker, Version::TLS1_2).await {
        Reply::Answer(answer) => Some((answer.version, answer.suite)),
        Reply::Refused | Reply::Unknown(_) => None,
    }
}

/// A ClientHello that a server of any age from TLS 1.0 to 1.2 can answer.
pub(crate) fn open_hello(server_name: Option<&str>) -> Vec<u8> {
    versions::everything(Version::TLS1_2, server_name)
}
