//! What the usual scanners find on the same servers as the deep report.

use std::collections::BTreeSet;

use rediseal_probe::Report;
use tempfile::TempDir;

use crate::case::{report, request};
use crate::children::{openssl, openssl_server_for, redis_with_tls, run};
use crate::deep::{deep, names};
use crate::pki::Authority;

#[tokio::test]
async fn sslscan_finds_the_same_suites() {
    let ca = Authority::new("Lab CA");
    let everything = ["-rev", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"];
    for server in [
        openssl_server_for(&ca.issue_rsa(), &everything),
        openssl_server_for(&ca.issue(), &everything),
    ] {
        let found = report(deep(request(server.address, &ca))).await;
        let theirs = by_sslscan(&server.address.to_string());
        assert_eq!(ours(&found), theirs, "{}", server.address);
    }
}

#[tokio::test]
async fn openssl_agrees_suite_by_suite() {
    let ca = Authority::new("Lab CA");
    let server = redis_with_tls(&ca.issue_rsa(), &ca.pem(), &["tls-auth-clients no"]);
    let found = report(deep(request(server.address, &ca))).await;
    let address = server.address.to_string();
    assert_eq!(ours(&found), by_openssl(&address));
    assert_eq!(ours(&found), by_sslscan(&address));
}

fn ours(report: &Report) -> BTreeSet<(String, String)> {
    ["TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"]
        .into_iter()
        .flat_map(|version| {
            let names = names(report, version).into_iter();
            names.map(move |name| (version.to_owned(), name))
        })
        .collect()
}

fn by_sslscan(address: &str) -> BTreeSet<(String, String)> {
    let folder = TempDir::new().unwrap();
    let output = run(
        "sslscan",
        folder.path(),
        &["--no-colour", "--no-heartbleed", "--no-groups", address],
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .filter(|line| line.starts_with("Accepted") || line.starts_with("Preferred"))
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let version = words[1].replace("TLSv1.0", "TLSv1");
            (version, words[4].to_owned())
        })
        .collect()
}

/// One by one.
fn by_openssl(address: &str) -> BTreeSet<(String, String)> {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let mut found = BTreeSet::new();
    for (version, option) in [("TLSv1.3", "-tls1_3"), ("TLSv1.2", "-tls1_2")] {
        let known = openssl(
            path,
            &["ciphers", "-s", option, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
        );
        let known = String::from_utf8_lossy(&known.stdout).trim().to_owned();
        for suite in known.split(':').filter(|name| !name.is_empty()) {
            let legacy = format!("{suite}:@SECLEVEL=0");
            let choice = match option {
                "-tls1_3" => ["-ciphersuites", suite],
                _ => ["-cipher", &legacy],
            };
            let asked = ["s_client", "-connect", address, option];
            let answer = openssl(path, &[&asked[..], &choice].concat());
            let text = String::from_utf8_lossy(&answer.stdout);
            if text.contains(&format!("Cipher is {suite}\n")) {
                found.insert((version.to_owned(), suite.to_owned()));
            }
        }
    }
    found
}
