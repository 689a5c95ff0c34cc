//! What the usual tools say about the same servers.

use std::process::Stdio;
use std::time::Duration;

use rediseal_probe::{Dns, Request, Trust};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use crate::case::now;
use crate::scenario::Scenario;

/// A cell of the table is not longer.
const LONGEST: usize = 110;

/// A tool of others.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// As it tells it; none when it is not installed.
    pub(crate) version: Option<String>,
    command: fn(&Target) -> Command,
    /// The one thing in the output that a reader would go by.
    decisive: fn(&Target, &str) -> Option<String>,
    patience: Duration,
    /// Whether it is asked at all.
    is_asked: fn(&Scenario) -> bool,
}

/// A server as a tool is told of it.
pub(crate) struct Target {
    host: String,
    port: String,
    sni: Option<String>,
    user: Option<String>,
    password: Option<String>,
    trusts_system: bool,
    folder: TempDir,
}

impl Target {
    /// None for what no tool can be told: a DNS server and a clock of the test's own.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        if request.dns != Dns::System || request.now != now() {
            return None;
        }
        let folder = TempDir::new().unwrap();
        if let Trust::Authorities(ders) = &request.trust {
            let pem: String = ders
                .iter()
                .map(|der| rediseal_certificate::pem_block(der))
                .collect();
            std::fs::write(folder.path().join(CA_FILE), pem).unwrap();
        }
        let auth = request.auth.as_ref();
        Some(Self {
            host: request.address.host(),
            port: request.address.port().to_string(),
            sni: request.sni.clone().or_else(|| request.name.clone()),
            user: auth.and_then(|auth| auth.user.clone()),
            password: auth.map(|auth| auth.password.expose_secret().to_owned()),
            trusts_system: matches!(request.trust, Trust::Os),
            folder,
        })
    }

    fn address(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// A command in the folder where the CA file is.
    fn command(&self, program: &str, trust: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        if !self.trusts_system {
            command.args([trust, CA_FILE]);
        }
        command
    }
}

const CA_FILE: &str = "ca.pem";

/// All of them, whether or not they are there.
pub(crate) fn all() -> Vec<Peer> {
    vec![
        Peer {
            name: "redis-cli --tls",
            version: version("redis-cli", "--version", 1),
            command: redis_cli,
            decisive: |_, output| output.lines().find_map(said),
            patience: Duration::from_secs(10),
            is_asked: |_| true,
        },
        Peer {
            name: "openssl s_client",
            version: version("openssl", "version", 1),
            command: s_client,
            decisive: |_, output| s_client_says(output),
            patience: Duration::from_secs(10),
            is_asked: |_| true,
        },
        Peer {
            name: "sslyze",
            version: version(&sslyze_program(), "--help", 2),
            command: sslyze,
            decisive: |_, output| sslyze_says(output),
            patience: Duration::from_secs(30),
            is_asked: |_| true,
        },
        Peer {
            name: "testssl.sh",
            version: version("testssl", "--version", 1),
            command: testssl,
            decisive: |target, _| testssl_says(target),
            patience: Duration::from_secs(120),
            is_asked: is_for_testssl,
        },
    ]
}

/// It takes a minute for each: only those of which the certificate or its name is at fault, of
/// one make.
fn is_for_testssl(scenario: &Scenario) -> bool {
    use rediseal_probe::StageId::{Chain, Name};
    let stage = scenario.expected.finding.map(|(stage, _, _)| stage);
    matches!(stage, Some(Chain | Name)) && scenario.make == crate::scenario::Make::Redis
}

impl Peer {
    /// Exit code and decisive line, short enough for a cell.
    pub(crate) async fn ask(&self, scenario: &Scenario, target: &Target) -> String {
        if self.version.is_none() || !(self.is_asked)(scenario) {
            return String::new();
        }
        let mut command = (self.command)(target);
        command
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .env("LC_ALL", "C");
        let Ok(output) = timeout(self.patience, command.output()).await else {
            return format!("no end within {} s", self.patience.as_secs());
        };
        let output = output.unwrap();
        let text = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let line =
            (self.decisive)(target, &text.join("\n")).unwrap_or_else(|| "nothing".to_owned());
        let code = output
            .status
            .code()
            .map_or_else(|| "killed".to_owned(), |code| code.to_string());
        format!("{code}: {}", cell(target, &line))
    }
}

/// One line, with nothing in it that differs from run to run.
fn cell(target: &Target, line: &str) -> String {
    let line = line.replace(&target.port, "PORT").replace('|', "\\|");
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn said(line: &str) -> Option<String> {
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

fn redis_cli(target: &Target) -> Command {
    let mut command = target.command("redis-cli", "--cacert");
    command.args(["-h", &target.host, "-p", &target.port, "--tls"]);
    if let Some(sni) = &target.sni {
        command.args(["--sni", sni]);
    }
    if let Some(user) = &target.user {
        command.args(["--user", user]);
    }
    if let Some(password) = &target.password {
        command.env("REDISCLI_AUTH", password);
    }
    command.arg("PING");
    command
}

fn s_client(target: &Target) -> Command {
    let mut command = Command::new("openssl");
    command
        .current_dir(target.folder.path())
        .args(["s_client", "-connect", &target.address()]);
    if !target.trusts_system {
        command.args(["-CAfile", CA_FILE]);
    }
    match &target.sni {
        Some(sni) => command.args(["-servername", sni]),
        None => command.arg("-noservername"),
    };
    command
}

/// What broke, and the verdict that it prints all the same.
fn s_client_says(output: &str) -> Option<String> {
    let broke = output.lines().find_map(|line| {
        let mut parts = line.split(':').skip_while(|part| *part != "error");
        parts.nth(4).map(str::to_owned)
    });
    let errno = || {
        let mut lines = output.lines();
        lines
            .find(|line| line.contains("errno="))
            .map(str::to_owned)
    };
    let verdict = output
        .lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix("Verify return code: "))
        .map(|verdict| format!("Verify return code: {verdict}"));
    let parts: Vec<String> = broke.or_else(errno).into_iter().chain(verdict).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn sslyze_program() -> String {
    std::env::var("REDISEAL_SSLYZE").unwrap_or_else(|_| "sslyze".to_owned())
}

fn sslyze(target: &Target) -> Command {
    let mut command = target.command(&sslyze_program(), "--certinfo_ca_file");
    command.args(["--certinfo", "--mozilla_config", "disable"]);
    if let Some(sni) = &target.sni {
        command.args(["--sni", sni]);
    }
    command.arg(target.address());
    command
}

fn sslyze_says(output: &str) -> Option<String> {
    let value = |label: &str| {
        let mut lines = output.lines();
        let line = lines.find(|line| line.trim_start().starts_with(label))?;
        let (_, value) = line.split_once("):").or_else(|| line.split_once(':'))?;
        said(value)
    };
    let refused = output.lines().find_map(|line| {
        let (_, after) = line.split_once("=> ")?;
        ["ERROR", "WARNING"]
            .iter()
            .any(|word| after.contains(word))
            .then(|| after.to_owned())
    });
    let failed = || {
        let mut lines = output.lines();
        lines
            .find(|line| line.contains("Error when running"))
            .and_then(said)
    };
    let order = value("Received Chain Order").filter(|order| !order.starts_with("OK"));
    refused
        .or_else(|| value("Supplied CA file"))
        .or_else(|| value("Mozilla CA Store"))
        .or_else(failed)
        .map(|trust| match order {
            Some(order) => format!("{trust}; {order}"),
            None => trust,
        })
}

fn testssl(target: &Target) -> Command {
    let mut command = target.command("testssl", "--add-ca");
    command.args([
        "--quiet",
        "--color",
        "0",
        "--warnings",
        "off",
        "--ip",
        "one",
    ]);
    command.args([
        "--jsonfile",
        "found.json",
        "--server-defaults",
        &target.address(),
    ]);
    command
}

/// What it finds bad about chain, name or certificate; that no revocation is possible and the
/// certificate valid for long is true of every server of the lab.
fn testssl_says(target: &Target) -> Option<String> {
    let found = std::fs::read_to_string(target.folder.path().join("found.json")).ok()?;
    let found: Value = serde_json::from_str(&found).ok()?;
    let bad: Vec<String> = found
        .as_array()?
        .iter()
        .filter(|entry| {
            let is = |name: &str, value: &str| entry[name] == value;
            ["MEDIUM", "HIGH", "CRITICAL", "FATAL"]
                .iter()
                .any(|level| is("severity", level))
                && !["cert_revocation", "cert_validityPeriod"]
                    .iter()
                    .any(|id| is("id", id))
        })
        .filter_map(|entry| {
            let (id, finding) = (entry["id"].as_str()?, entry["finding"].as_str()?);
            Some(format!("{id}: {finding}"))
        })
        .collect();
    match bad.is_empty() {
        true => Some("nothing bad".to_owned()),
        false => Some(bad.join("; ")),
    }
}

/// The first version number in what the program prints; some end with another code then.
fn version(program: &str, argument: &str, least_dots: usize) -> Option<String> {
    let output = std::process::Command::new(program)
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
