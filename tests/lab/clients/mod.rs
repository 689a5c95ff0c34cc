//! What the report says of each client library, against what those libraries do that run here.

mod go_redis;
pub(crate) mod programs;
mod redis_rs;
mod rows;

use std::collections::BTreeMap;
use std::path::Path;

use futures::StreamExt as _;
use rediseal_probe::{Cause, ClientVerdict, Outcome, Report, Trust};
use tempfile::TempDir;

use self::programs::{Answer, Library, NODE_PACKAGES, REQUIREMENTS_5, REQUIREMENTS_7, Target};
use crate::case;
use crate::scenario::{Scenario, Site};

/// Servers that are started and tested at the same time.
const AT_ONCE: usize = 6;

/// A server that runs, what the report says of it, and how a client is told of it.
struct Row {
    id: &'static str,
    report: Report,
    target: Target,
    /// It asks for a certificate, and the client has one that it knows.
    lets_in: bool,
    _site: Site,
}

impl Row {
    async fn start(scenario: Scenario, folder: &Path) -> Option<Self> {
        let site = scenario.start().await;
        let host = rows::host(&site)?;
        let Trust::Authorities(ders) = &site.request.trust else {
            return None;
        };
        let blocks = ders.iter().map(|der| rediseal_certificate::pem_block(der));
        let files = folder.join(scenario.id);
        std::fs::create_dir(&files).unwrap();
        std::fs::write(files.join("ca.pem"), blocks.collect::<String>()).unwrap();
        if let Some(client) = &site.lets_in {
            client.write_as(&files.join("client.pem"), &files.join("client.key"));
        }
        let report = case::report(site.request.clone()).await;
        let target = Target {
            id: scenario.id.to_owned(),
            host,
            port: site.request.address.port(),
            setting: String::new(),
            files,
            // Of a Redis without TLS nothing is ever heard; all others answer.
            patience: match report.cause {
                Some(Cause::TlsPlaintextServer) => 2,
                _ => 60,
            },
        };
        Some(Self {
            id: scenario.id,
            report,
            target,
            lets_in: site.lets_in.is_some(),
            _site: site,
        })
    }

    fn verdict(&self, library: Library) -> &ClientVerdict {
        let mut verdicts = self.report.clients.iter();
        verdicts
            .find(|verdict| verdict.id == library.id())
            .unwrap_or_else(|| panic!("{}: nothing about {library:?}", self.id))
    }

    /// To be connected to like this, with the files of a row.
    fn target(&self, setting: &str, files: &Path) -> Target {
        let mut setting = setting.to_owned();
        for name in ["ca.pem", "client.pem", "client.key"] {
            setting = setting.replace(name, files.join(name).to_str().unwrap());
        }
        Target {
            setting,
            files: files.to_owned(),
            ..self.target.clone()
        }
    }

    /// redis-cli cannot be told the lab's time; the year after it, these dates are past.
    fn is_for(&self, library: Library) -> bool {
        library != Library::RedisCli || self.report.cause != Some(Cause::CertificateNotYetValid)
    }
}

async fn start(folder: &TempDir) -> Vec<Row> {
    let rows: Vec<_> = futures::stream::iter(rows::rows())
        .map(|scenario| Row::start(scenario, folder.path()))
        .buffered(AT_ONCE)
        .collect()
        .await;
    rows.into_iter().flatten().collect()
}

/// Every library at once, each with these targets.
async fn ask(
    targets: impl Fn(Library) -> Vec<Target>,
) -> BTreeMap<Library, BTreeMap<String, Answer>> {
    let asked = Library::ALL.map(|library| {
        let targets = targets(library);
        tokio::spawn(async move { (library, library.ask(&targets).await) })
    });
    let mut answers = BTreeMap::new();
    for answer in asked {
        answers.extend([answer.await.unwrap()]);
    }
    answers
}

/// What the library did that the verdict does not say.
fn complaint(verdict: &ClientVerdict, answer: &Answer) -> Option<String> {
    let said = &answer.message;
    let expected = match verdict.outcome {
        Outcome::Connects | Outcome::ConnectsUnchecked => true,
        Outcome::Refuses => false,
        Outcome::Unknown => return None,
    };
    if answer.connects != expected {
        return Some(format!("{:?}, but it says {said:?}", verdict.outcome));
    }
    let message = verdict.message.as_ref()?;
    (!said.contains(message)).then(|| format!("says {said:?}, not {message:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn every_library_does_what_the_report_says() {
    let folder = TempDir::new().unwrap();
    let rows = start(&folder).await;
    assert!(rows.len() >= 40, "{}", rows.len());
    let answers = ask(|library| {
        let rows = rows.iter().filter(|row| row.is_for(library));
        rows.map(|row| row.target(&row.verdict(library).configured, &row.target.files))
            .collect()
    })
    .await;
    let mut complaints = Vec::new();
    for (library, answers) in &answers {
        let mut certain = 0;
        for row in rows.iter().filter(|row| row.is_for(*library)) {
            let verdict = row.verdict(*library);
            certain += usize::from(verdict.outcome != Outcome::Unknown);
            let complaint = complaint(verdict, &answers[row.id]);
            complaints.extend(complaint.map(|c| format!("{library:?} at {}: {c}", row.id)));
        }
        assert!(certain >= 25, "{library:?}: {certain}");
    }

    // The setting makes it work, and stays safe: a server of another CA is still refused.
    let stranger = rows.iter().find(|row| row.id == "other-ca").unwrap();
    let set = |library: Library| {
        let rows = rows.iter().filter(move |row| row.is_for(library));
        rows.filter_map(move |row| Some((row, row.verdict(library).setting.as_ref()?)))
            .filter(move |(row, _)| is_to_be_set(library, row))
    };
    let answers = ask(|library| {
        let works = set(library).map(|(row, setting)| row.target(setting, &row.target.files));
        let refuses = set(library).map(|(row, setting)| Target {
            id: format!("{} elsewhere", row.id),
            ..stranger.target(setting, &row.target.files)
        });
        works.chain(refuses).collect()
    })
    .await;
    let mut settings = 0;
    for (library, answers) in &answers {
        assert!(answers.contains_key("wants-client-1.3"), "{library:?}");
        for (id, answer) in answers {
            settings += 1;
            if answer.connects == id.ends_with(" elsewhere") {
                complaints.push(format!("{library:?} with its setting at {id}: {answer:?}"));
            }
        }
    }
    assert!(settings >= 20, "{settings}");
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Only those whose setting says how to connect, not where to.
fn is_to_be_set(library: Library, row: &Row) -> bool {
    match row.verdict(library).cause {
        Some(Cause::CertificateNameNotCheckable) => true,
        Some(Cause::TlsClientCertificateRequired) => row.lets_in,
        Some(Cause::CertificateNameMismatch) => {
            let setting = row.verdict(library).setting.as_deref();
            let said = ["servername", "ServerName", "peer_name'"];
            setting.is_some_and(|s| said.iter().any(|word| s.contains(word)))
        }
        _ => false,
    }
}

/// The report names the versions that are run.
#[test]
fn the_versions_that_are_run_are_those_that_the_report_names() {
    let packages: serde_json::Value = serde_json::from_str(NODE_PACKAGES).unwrap();
    let version = |requirements: &str| {
        let mut lines = requirements.lines();
        lines
            .find_map(|line| line.strip_prefix("redis=="))
            .unwrap()
            .to_owned()
    };
    let node = |name: &str| packages["dependencies"][name].as_str().unwrap().to_owned();
    let lock = include_str!("../../../Cargo.lock");
    let (_, crates) = lock.split_once("name = \"redis\"\nversion = \"").unwrap();
    let (redis_rs, _) = crates.split_once('"').unwrap();
    let expected = [
        ("redis-py-5", version(REQUIREMENTS_5)),
        ("redis-py-7", version(REQUIREMENTS_7)),
        ("ioredis-5", node("ioredis")),
        ("node-redis-4", node("redis")),
        ("redis-rs-1", redis_rs.to_owned()),
    ];
    let page = include_str!("../../../src-tauri/crates/probe/src/clients/family.rs");
    for (id, version) in expected {
        let (_, family) = page.split_once(&format!("id: \"{id}\"")).unwrap();
        let (_, run_with) = family.split_once("run_with: Some(\"").unwrap();
        let (named, _) = run_with.split_once('"').unwrap();
        assert_eq!(named, version, "{id}");
    }
}
