//! Everything that a server accepts, whether or not this side would use it.
//!
//! `hello` says what is offered, `answer` reads what comes back, `asker` keeps connections few
//! and slow enough, `eliminate` turns single choices into lists. `versions` asks about one
//! protocol version, `sessions` about what only whole handshakes show; `summary` draws the
//! conclusions.

pub(crate) mod answer;
mod asker;
mod eliminate;
pub(crate) mod groups;
pub(crate) mod hello;
mod openssl_names;
mod report;
mod sessions;
mod signatures;
pub(crate) mod suites;
mod summary;
mod versions;

use tokio::time::Instant;

use self::answer::Answer;
use self::asker::{Asker, Refusal, Reply};
pub use self::report::{
    CipherSuite, Gap, Group, HelloFacts, Order, Part, Presentation, Protocol, Reason, Survey,
    Warning, Weakness,
};
use self::sessions::Tls13;
use self::versions::{Begun, KeyExchange, Suites};
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
    /// It was refused in a way that may be about something else.
    doubtful: bool,
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
    if findings
        .iter()
        .all(|found| found.suites.accepted.list.is_empty())
    {
        for found in findings.iter_mut().filter(|found| found.doubtful) {
            found.suites.accepted.incomplete = Some(Reason::Alert);
        }
    }
    summary::sum_up(plan, &asker, &findings, began.elapsed())
}

/// A version that current clients speak.
async fn current(plan: &Plan, asker: &Asker<'_>, version: Version, trusted: bool) -> Findings {
    let opened = versions::open(asker, version).await;
    if !opened.speaks(version) {
        return refused(asker, version, opened).await;
    }
    let supported = match version {
        Version::TLS1_3 => &rustls::version::TLS13,
        _ => &rustls::version::TLS12,
    };
    let ((suites, exchange), tls13, resumption) = tokio::join!(
        Box::pin(async {
            let begun = Begun::together(asker, version, opened).await;
            begun.finish(asker, version).await
        }),
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
    refused(asker, version, opened).await
}

async fn refused(asker: &Asker<'_>, version: Version, opened: Reply) -> Findings {
    Findings {
        doubtful: opened == Reply::Refused(Refusal::OfAnything),
        ..Findings::alone(asker, version, opened).await
    }
}

impl Findings {
    /// The suites and no more.
    async fn alone(asker: &Asker<'_>, version: Version, opened: Reply) -> Self {
        let begun = Begun::with(version, opened);
        Self::new(version, begun.suites(asker, version).await)
    }

    const fn new(version: Version, suites: Suites) -> Self {
        Self {
            version,
            suites,
            exchange: None,
            tls13: None,
            resumption: None,
            doubtful: false,
        }
    }
}

/// What a server does accept that refused what is usual. None when it refuses everything, or says
/// nothing in time.
pub(crate) async fn accepted_instead(
    peer: &Peer,
    sni: Option<&str>,
    deadline: Instant,
) -> Option<Answer> {
    let asker = Asker::new(peer, sni, deadline);
    // The first is for servers of any age, the second for those that know nothing older.
    for version in [Version::TLS1_2, Version::TLS1_3] {
        if let Reply::Answer(answer) = versions::open(&asker, version).await {
            return Some(answer);
        }
    }
    None
}

/// A ClientHello that a server of any age from TLS 1.0 to 1.2 can answer.
pub(crate) fn open_hello(server_name: Option<&str>) -> Vec<u8> {
    versions::everything(Version::TLS1_2, server_name)
}
