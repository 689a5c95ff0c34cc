//! A server that is wrong in one way, and what the report about it has to say: one table, from
//! which the tests are run and `docs/DIAGNOSES.md` is written.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::LazyLock;
use std::time::Duration;

use futures::StreamExt as _;
use rediseal_probe::{Cause, Report, Request, StageId, Status, Verdict};
use serde_json::Value;
use tokio::time::timeout;

use crate::case;
use crate::pki::{Authority, Identity};
use crate::program::Program;
use crate::servers::{Heard, Server};

/// Servers that are up at the same time.
const AT_ONCE: usize = 6;

/// For one server to start and the test of it to end: far longer than any takes, and an end to
/// one that hangs.
const LIMIT: Duration = Duration::from_secs(90);

/// What is said of the report's JSON.
const DOCUMENTED: &str = include_str!("../../src-tauri/docs/REPORT.md");

/// The page's words for evidence, by language. The hint is not shown: it picks a text.
static LABELS: LazyLock<[Value; 2]> = LazyLock::new(|| {
    [
        include_str!("../../ui/src/i18n/en.json"),
        include_str!("../../ui/src/i18n/zh-CN.json"),
    ]
    .map(|language| {
        let mut language: Value = serde_json::from_str(language).unwrap();
        let mut labels = language["fact"].take();
        labels["hint"] = "".into();
        labels
    })
});

/// Who made the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Make {
    /// No server: what happens before one is reached.
    Network,
    /// Bytes of our own.
    Bytes,
    /// `rustls` in this process, with certificates of `rcgen`.
    Rustls,
    /// `openssl s_server`.
    OpenSsl,
    /// `gnutls-serv`.
    GnuTls,
    /// `stunnel` before a Redis.
    Stunnel,
    /// `redis-server`.
    Redis,
}

impl fmt::Display for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Network => "network",
            Self::Bytes => "bytes",
            Self::Rustls => "rustls",
            Self::OpenSsl => "openssl",
            Self::GnuTls => "gnutls",
            Self::Stunnel => "stunnel",
            Self::Redis => "redis",
        })
    }
}

/// One row.
pub(crate) struct Scenario {
    /// Stable: the row's name in the document.
    pub(crate) id: &'static str,
    pub(crate) make: Make,
    /// What is wrong with it; when nothing is, what is unusual.
    pub(crate) about: &'static str,
    pub(crate) expected: Expected,
    /// The only warning of its deep report, when it has one.
    pub(crate) surveyed: Option<Cause>,
    /// Evidence that the finding has to carry.
    facts: Vec<(&'static str, Value)>,
    start: Start,
}

type Start = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Site> + Send>> + Send + Sync>;

/// What the report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) verdict: Verdict,
    /// The only stage that has something to complain about.
    pub(crate) finding: Option<(StageId, Status, Cause)>,
}

impl Scenario {
    /// Nothing is wrong.
    pub(crate) fn good(id: &'static str, make: Make, about: &'static str) -> Self {
        Self {
            id,
            make,
            about,
            expected: Expected {
                verdict: Verdict::Secure,
                finding: None,
            },
            surveyed: None,
            facts: Vec::new(),
            start: Box::new(|| panic!("a scenario without a server")),
        }
    }

    /// This stage fails, and the verdict follows from which it is.
    pub(crate) fn fails(
        id: &'static str,
        make: Make,
        about: &'static str,
        stage: StageId,
        cause: Cause,
    ) -> Self {
        let verdict = match stage {
            StageId::Dns | StageId::Tcp | StageId::Hop => Verdict::Unreachable,
            StageId::Tls | StageId::Chain | StageId::Name => Verdict::Insecure,
            StageId::Redis => Verdict::Secure,
        };
        Self::good(id, make, about).saying(verdict, stage, Status::Failed, cause)
    }

    /// This stage passes with a warning.
    pub(crate) fn warns(
        id: &'static str,
        make: Make,
        about: &'static str,
        stage: StageId,
        cause: Cause,
    ) -> Self {
        let verdict = match stage {
            StageId::Name => Verdict::ChainOnly,
            _ => Verdict::Secure,
        };
        Self::good(id, make, about).saying(verdict, stage, Status::Warning, cause)
    }

    /// Only a deep report has something to say, which does not change the verdict.
    pub(crate) fn surveyed(
        id: &'static str,
        make: Make,
        about: &'static str,
        cause: Cause,
    ) -> Self {
        Self {
            surveyed: Some(cause),
            ..Self::good(id, make, about)
        }
    }

    fn saying(mut self, verdict: Verdict, stage: StageId, status: Status, cause: Cause) -> Self {
        self.expected = Expected {
            verdict,
            finding: Some((stage, status, cause)),
        };
        self
    }

    pub(crate) fn fact(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    pub(crate) fn at<F, Fut>(mut self, start: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Site> + Send + 'static,
    {
        self.start = Box::new(move || Box::pin(start()));
        self
    }

    pub(crate) async fn start(&self) -> Site {
        (self.start)().await
    }

    pub(crate) fn cause(&self) -> Option<Cause> {
        let finding = self.expected.finding.map(|(_, _, cause)| cause);
        finding.or(self.surveyed)
    }

    /// What the report says that it should not, in a line each.
    async fn complaints(&self) -> Vec<String> {
        let site = self.start().await;
        let report = case::report(site.request.clone()).await;
        let mut complaints = Vec::new();
        let said = said(&report);
        if said != self.expected {
            complaints.push(format!("expected {:?}, got {said:?}", self.expected));
        }
        let survey = report.survey.iter().flat_map(|survey| &survey.warnings);
        let warnings: Vec<Cause> = survey.map(|warning| warning.cause).collect();
        if warnings != Vec::from_iter(self.surveyed) {
            complaints.push(format!("the deep report warns of {warnings:?}"));
        }
        if report.cause != self.primary_cause() {
            complaints.push(format!("the report's cause is {:?}", report.cause));
        }
        if let Some((stage, _, _)) = said.finding {
            let facts = &case::stage(&report, stage).facts;
            for language in &*LABELS {
                let without = facts
                    .keys()
                    .filter(|name| language[name.as_str()].is_null());
                complaints.extend(without.map(|name| format!("the page has no word for {name}")));
            }
            let undocumented = facts
                .keys()
                .filter(|name| !DOCUMENTED.contains(&format!("`{name}`")));
            complaints.extend(undocumented.map(|name| format!("docs/REPORT.md has no {name}")));
            for (name, value) in &self.facts {
                let found = facts.get(*name).unwrap_or(&Value::Null);
                if found != value {
                    complaints.push(format!("{name} is {found}, not {value}"));
                }
            }
            if !complaints.is_empty() {
                complaints.push(format!("evidence: {facts:?}"));
            }
        }
        // Nothing is said to a server that has not proven who it is.
        if let (Verdict::Insecure, Some(heard)) = (report.verdict, &site.heard) {
            let heard = heard.lock().unwrap();
            if !heard.is_empty() {
                complaints.push(format!("it heard {:?}", String::from_utf8_lossy(&heard)));
            }
        }
        complaints
    }

    /// A warning is no cause, but for a name that cannot be checked.
    fn primary_cause(&self) -> Option<Cause> {
        match self.expected.finding {
            Some((StageId::Name, _, cause) | (_, Status::Failed, cause)) => Some(cause),
            _ => None,
        }
    }
}

/// The finding, if it is the only one; stages after it are not reached or pass.
fn said(report: &Report) -> Expected {
    let mut findings = report.stages.iter().filter_map(|stage| {
        let found = matches!(stage.status, Status::Failed | Status::Warning);
        found.then_some((stage.id, stage.status, stage.cause?))
    });
    let first = findings.next();
    // A failure after a warning is what counts, and the other way round it cannot be.
    let worse = findings.find(|(_, status, _)| *status == Status::Failed);
    Expected {
        verdict: report.verdict,
        finding: match first {
            Some((_, Status::Warning, _)) => worse.or(first),
            _ => first,
        },
    }
}

/// A server that runs, and how it is asked.
pub(crate) struct Site {
    pub(crate) request: Request,
    /// A client that it knows, where it asks who that is.
    pub(crate) lets_in: Option<Identity>,
    /// What it was told after the handshake, where that is known.
    heard: Option<Heard>,
    /// Runs until this is dropped.
    _running: Box<dyn Any + Send>,
}

impl Site {
    pub(crate) fn new(request: Request, running: impl Any + Send) -> Self {
        Self {
            request,
            lets_in: None,
            heard: None,
            _running: Box::new(running),
        }
    }

    /// One in this process that hears nothing but what comes through TLS.
    pub(crate) fn of(server: Server, ca: &Authority) -> Self {
        let request = case::request(server.address, ca);
        Self::trusting(server, request)
    }

    pub(crate) fn trusting(server: Server, request: Request) -> Self {
        Self {
            heard: Some(server.heard.clone()),
            ..Self::new(request, server)
        }
    }

    /// One that is spoken to without TLS as well.
    pub(crate) fn deaf(server: Server) -> Self {
        let request = case::request(server.address, &Authority::new("Lab CA"));
        Self::new(request, server)
    }

    pub(crate) fn program(program: Program, ca: &Authority) -> Self {
        let request = case::request(program.address, ca);
        Self::new(request, program)
    }

    pub(crate) fn letting_in(mut self, client: Identity) -> Self {
        self.lets_in = Some(client);
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Request)) -> Self {
        change(&mut self.request);
        self
    }

    /// For one that keeps the test waiting to its end.
    pub(crate) fn impatient(self) -> Self {
        self.with(|request| request.timeout = Duration::from_secs(3))
    }
}

/// What a server needs whose certificate is the matter.
pub(crate) struct Case {
    pub(crate) identity: Identity,
    pub(crate) trusted: Vec<u8>,
}

impl Case {
    pub(crate) fn request(&self, address: SocketAddr) -> Request {
        case::trusting(address, [self.trusted.clone()])
    }
}

/// Runs each and says which were not reported as they should.
pub(crate) async fn check(scenarios: Vec<Scenario>) {
    let mut failed: Vec<String> = futures::stream::iter(scenarios)
        .map(complaint)
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    failed.sort();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// What is wrong, with the scenario's name; also when it panics, or never ends.
async fn complaint(scenario: Scenario) -> Option<String> {
    let (id, about) = (scenario.id, scenario.about);
    let complaints = tokio::spawn(async move { scenario.complaints().await });
    let stop = complaints.abort_handle();
    let complaints = match timeout(LIMIT, complaints).await {
        Ok(Ok(complaints)) => complaints,
        Ok(Err(panicked)) => vec![panicked.to_string()],
        Err(_) => {
            stop.abort();
            vec![format!("it hangs: {LIMIT:?} are over")]
        }
    };
    let lines = complaints.join("\n    ");
    (!complaints.is_empty()).then(|| format!("{id} ({about}):\n    {lines}"))
}
