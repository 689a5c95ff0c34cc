//! `docs/DIAGNOSES.md`: the table, and what the usual tools say about the same servers.

use std::fmt::Write as _;
use std::path::PathBuf;

use futures::StreamExt as _;
use rediseal_probe::{StageId, Verdict};

use crate::peers::{self, Peer, Target};
use crate::scenario::{Make, Scenario};
use crate::scenarios::{self, groups};

/// Servers that the tools are asked about at the same time.
const AT_ONCE: usize = 8;

/// Set by `cargo xtask diagnoses`, which writes the document.
const WRITE: &str = "REDISEAL_WRITE_DIAGNOSES";

/// The columns that are RediSeal's; those of the tools follow.
const OWN_COLUMNS: usize = 6;

fn document() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/DIAGNOSES.md")
}

/// What the tests of the table prove, as cells.
fn own(scenario: &Scenario) -> [String; OWN_COLUMNS] {
    let expected = scenario.expected;
    let verdict = match expected.verdict {
        Verdict::Secure => "secure",
        Verdict::ChainOnly => "chain_only",
        Verdict::Insecure => "insecure",
        Verdict::Unreachable => "unreachable",
    };
    let surveyed = scenario.surveyed.map(|cause| (StageId::Tls, cause));
    let found = expected.finding.map(|(stage, _, cause)| (stage, cause));
    let (layer, cause) = match found.or(surveyed) {
        Some((stage, cause)) => {
            let layer = serde_json::to_value(stage).unwrap();
            (
                layer.as_str().unwrap().to_owned(),
                format!("`{}`", cause.id()),
            )
        }
        None => (String::new(), String::new()),
    };
    [
        format!("`{}`", scenario.id),
        scenario.make.to_string(),
        scenario.about.to_owned(),
        verdict.to_owned(),
        layer,
        cause,
    ]
}

fn row(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The document says of every server what the table says. What the tools say is as old as the
/// document.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn the_document_is_fresh() {
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(document(), written().await).unwrap();
    }
    let written = std::fs::read_to_string(document()).unwrap();
    let found: Vec<Vec<String>> = written
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells = line.trim_matches('|').split(" | ").take(OWN_COLUMNS);
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect();
    let expected: Vec<Vec<String>> = scenarios::all().iter().map(|s| own(s).to_vec()).collect();
    assert_eq!(found, expected, "run `cargo xtask diagnoses`");
}

async fn written() -> String {
    let peers = peers::all();
    let asked: Vec<&Peer> = peers.iter().filter(|peer| peer.version.is_some()).collect();
    let all = scenarios::all();
    let mut rows = futures::stream::iter(&all)
        .map(|scenario| answers(scenario, &asked))
        .buffered(AT_ONCE);
    let own_heads = [
        "Server",
        "Made with",
        "What is wrong with it",
        "Verdict",
        "Layer",
        "Cause",
    ];
    let heads = own_heads
        .into_iter()
        .chain(asked.iter().map(|peer| peer.name));
    let heads: Vec<String> = heads.map(str::to_owned).collect();
    let lines = row(heads.iter().map(|_| "---".to_owned()));
    let heads = row(heads) + &lines;

    let mut text = introduction(&peers);
    for (title, scenarios) in groups() {
        let _ = write!(text, "\n## {title}\n\n{heads}");
        for _ in scenarios {
            text.push_str(&rows.next().await.unwrap());
        }
    }
    text
}

async fn answers(scenario: &Scenario, peers: &[&Peer]) -> String {
    let site = scenario.start().await;
    let mut cells = own(scenario).to_vec();
    match Target::of(&site.request) {
        Some(target) => {
            for peer in peers {
                cells.push(peer.ask(scenario, &target).await);
            }
        }
        None => cells.extend(peers.iter().map(|_| String::new())),
    }
    row(cells)
}

fn introduction(peers: &[Peer]) -> String {
    let now = jiff::Timestamp::now().to_string();
    let today = now.split_once('T').map_or("", |(day, _)| day);
    let versions: Vec<String> = peers
        .iter()
        .filter_map(|peer| Some(format!("{} {}", peer.name, peer.version.as_ref()?)))
        .collect();
    let missing: Vec<&str> = peers
        .iter()
        .filter(|peer| peer.version.is_none())
        .map(|peer| peer.name)
        .collect();
    let all = scenarios::all();
    let wrong = all.iter().filter(|s| s.cause().is_some()).count();
    let makes: Vec<String> = [
        Make::Bytes,
        Make::Rustls,
        Make::OpenSsl,
        Make::GnuTls,
        Make::Stunnel,
        Make::Redis,
    ]
    .map(|make| make.to_string())
    .into();
    let missing = match missing.as_slice() {
        [] => String::new(),
        names => format!(" Not installed, and so not asked: {}.", names.join(", ")),
    };
    format!(
        "# Diagnoses\n\n\
         What RediSeal says about {} servers, {wrong} of which are wrong in exactly one way, and \
         what the usual tools say about the same servers. Written by `cargo xtask diagnoses` on \
         {today}; the servers are those of `tests/lab`, whose tests prove RediSeal's columns at \
         every run. Those of the tools are from that day.\n\n\
         Made with: {} (`bytes` are our own, `network` is no server at all).\n\n\
         The tools: {}.{missing} A cell has the exit code and the line that a reader would go by. \
         It is empty where a tool was not asked: where the test has a DNS server or a clock of \
         its own, and testssl.sh, which takes a minute for each, except about certificates and \
         names that redis-server presents. Each tool had the CA file and the server name (SNI) \
         that RediSeal had.\n",
        all.len(),
        makes.join(", "),
        versions.join(", "),
    )
}
