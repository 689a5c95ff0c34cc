//! Other programs for the same purpose, as far as they are installed.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::Server;
use crate::diagnoses;

/// What can be compared with, and what is skipped.
pub(super) struct Peers {
    pub(super) openssl: Option<Peer>,
    pub(super) sslscan: Option<Peer>,
    pub(super) sslyze: Option<Peer>,
    pub(super) testssl: Option<Peer>,
    skipped: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Peer {
    pub(super) name: &'static str,
    program: PathBuf,
    version: String,
}

impl Peers {
    pub(super) fn find() -> Self {
        let mut skipped = Vec::new();
        let mut peer = |name: &'static str, program: PathBuf, argument: &str, dots: usize| {
            let found = version(&program, argument, dots);
            if found.is_none() {
                skipped.push(format!("{name} is not installed and skipped."));
            }
            found.map(|version| Peer {
                name,
                program,
                version,
            })
        };
        let sslyze = diagnoses::sslyze().unwrap_or_else(|_| "sslyze".into());
        Self {
            openssl: peer("openssl s_client", "openssl".into(), "version", 2),
            sslscan: peer("sslscan", "sslscan".into(), "--version", 2),
            sslyze: peer("sslyze", sslyze, "--help", 2),
            testssl: peer("testssl.sh", "testssl".into(), "--version", 1),
            skipped,
        }
    }

    pub(super) fn versions(&self) -> String {
        let all = [&self.openssl, &self.sslscan, &self.sslyze, &self.testssl];
        let found = all.into_iter().flatten();
        let words: Vec<_> = found
            .map(|peer| format!("{} {}", peer.name, peer.version))
            .collect();
        words.join(", ")
    }

    pub(super) fn skipped(&self) -> &[String] {
        &self.skipped
    }
}

impl Peer {
    fn command(&self) -> Command {
        Command::new(&self.program)
    }

    /// A handshake with the chain and the name verified, and no word of Redis.
    pub(super) fn handshake(&self, server: &Server) -> Command {
        let mut command = self.command();
        command
            .args(["s_client", "-brief", "-verify_return_error"])
            .args(["-verify_ip", "127.0.0.1", "-connect", &server.address])
            .arg("-CAfile")
            .arg(server.ca());
        command
    }

    /// What the deep report has too: versions, suites in order, groups, signatures, resumption,
    /// certificates; nothing of what it has not, such as attacks of the past.
    pub(super) fn scan(&self, server: &Server) -> Command {
        let mut command = self.command();
        match self.name {
            "sslscan" => command.args([
                "--no-colour",
                "--show-sigs",
                "--no-heartbleed",
                "--no-compression",
                "--no-fallback",
                "--no-renegotiation",
                &server.address,
            ]),
            "sslyze" => command
                .args(["--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3"])
                .args(["--elliptic_curves", "--resum", "--certinfo"])
                .args(["--mozilla_config", "disable", "--certinfo_ca_file"])
                .arg(server.ca())
                .arg(&server.address),
            _ => command
                .args([
                    "--quiet",
                    "--color",
                    "0",
                    "--warnings",
                    "off",
                    "--ip",
                    "one",
                ])
                .args(["--protocols", "--cipher-per-proto", "--server-preference"])
                .args(["--fs", "--server-defaults", "--add-ca"])
                .arg(server.ca())
                .arg(&server.address),
        };
        command
    }

    /// The certificates of many servers.
    pub(super) fn certificates(&self, servers: &[String], ca: &std::path::Path) -> Command {
        let mut command = self.command();
        command
            .args(["--certinfo", "--mozilla_config", "disable"])
            .arg("--certinfo_ca_file")
            .arg(ca)
            .args(servers);
        command
    }
}

/// The first version number in what the program prints.
fn version(program: &std::path::Path, argument: &str, least_dots: usize) -> Option<String> {
    let output = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .find(|word| {
            word.starts_with(|c: char| c.is_ascii_digit())
                && word.matches('.').count() >= least_dots
        })
        .map(str::to_owned)
}
