//! Servers that are reached through an SSH host, and hosts that are in the way.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rediseal_probe::{
    Address, Cause, Hop, Key, KeyError, Request, Route, SharedSession, Ssh, StageId, Verdict,
};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use crate::agent::Agent;
use crate::case::{self, request};
use crate::jump_host::{JumpHost, generate};
use crate::pki::Authority;
use crate::scenario::{Make, Scenario, Site, check};
use crate::servers::{Server, closed, greeting, replying, scripted, silent, tls};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [
        let_through(),
        out_of_reach(),
        host_keys(),
        logins(),
        refusals(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn through(url: &str, ssh: Ssh) -> Route {
    Route::Through(Box::new(Hop {
        via: url.parse().unwrap(),
        password: None,
        ssh,
        shared: SharedSession::default(),
    }))
}

/// What usually lets one through.
fn known(host: &JumpHost) -> Ssh {
    Ssh {
        keys: vec![Key::read(&host.key(), None).unwrap()],
        known_hosts: vec![host.known_as(host.program.address, "ed25519")],
        ..Ssh::default()
    }
}

/// A good server behind the host.
async fn server(host: &JumpHost, ssh: Ssh) -> (Request, Server) {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let mut request = request(server.address, &ca);
    request.route = through(&host.url(host.program.address), ssh);
    (request, server)
}

async fn behind(host: JumpHost, ssh: Ssh) -> Site {
    let (request, server) = server(&host, ssh).await;
    Site::new(request, (host, server))
}

/// A host without a server that matters.
fn stuck(address: SocketAddr, running: impl std::any::Any + Send) -> Site {
    let nowhere: SocketAddr = ([127, 0, 0, 1], 6379).into();
    let mut request = request(nowhere, &Authority::new("Lab CA"));
    request.route = through(&format!("ssh://ops@{address}"), Ssh::default());
    Site::new(request, running)
}

fn let_through() -> Vec<Scenario> {
    let good = |id, about| Scenario::good(id, Make::Network, about);
    vec![
        good("ssh-key", "A key file").at(|| async {
            let host = JumpHost::start("");
            let ssh = known(&host);
            behind(host, ssh).await
        }),
        good("ssh-key-with-passphrase", "A key file with a passphrase").at(|| async {
            let host = JumpHost::start("");
            lock(&host.key(), "p:w d");
            let key = Key::read(&host.key(), Some(&"p:w d".into())).unwrap();
            let known = host.known_as(host.program.address, "ed25519");
            let ssh = Ssh {
                keys: vec![key],
                known_hosts: vec![known],
                ..Ssh::default()
            };
            behind(host, ssh).await
        }),
        good("ssh-key-rsa", "RSA, of the host and of the user").at(|| async {
            let host = JumpHost::with_keys(&["rsa"], "");
            let folder = TempDir::new().unwrap();
            let file = folder.path().join("rsa");
            generate(&file, &["-t", "rsa", "-b", "2048"]);
            authorize(&host, &file);
            let ssh = Ssh {
                keys: vec![Key::read(&file, None).unwrap()],
                known_hosts: vec![host.known_as(host.program.address, "rsa")],
                ..Ssh::default()
            };
            behind(host, ssh).await
        }),
        good(
            "ssh-agent",
            "An agent with two keys, of which the second does",
        )
        .at(|| async {
            let host = JumpHost::start("");
            let folder = TempDir::new().unwrap();
            let other = folder.path().join("other");
            generate(&other, &[]);
            let agent = Agent::with(&[&other, &host.key()]);
            let ssh = Ssh {
                keys: Vec::new(),
                agent: Some(agent.socket()),
                ..known(&host)
            };
            let (request, server) = server(&host, ssh).await;
            Site::new(request, (host, agent, server))
        }),
        good("ssh-hashed-name", "The host's name is hashed in the file").at(|| async {
            let host = JumpHost::start("");
            let ssh = known(&host);
            hash(&ssh.known_hosts[0]);
            behind(host, ssh).await
        }),
        good(
            "ssh-recorded-kind",
            "Of the host's two keys one is known: it shows that one",
        )
        .at(|| async {
            let host = JumpHost::with_keys(&["ed25519", "ecdsa"], "");
            let ssh = Ssh {
                known_hosts: vec![host.known_as(host.program.address, "ecdsa")],
                ..known(&host)
            };
            behind(host, ssh).await
        }),
    ]
}

fn out_of_reach() -> Vec<Scenario> {
    let fails =
        |id, about, stage| Scenario::fails(id, Make::Network, about, stage, Cause::SshUnreachable);
    vec![
        fails(
            "ssh-closed",
            "Nothing listens where the host should be",
            StageId::Tcp,
        )
        .fact("reason", "tcp.refused")
        .at(|| async {
            let (address, taken) = closed();
            stuck(address, taken)
        }),
        fails(
            "ssh-silent",
            "The host takes the connection and says nothing",
            StageId::Hop,
        )
        .fact("hint", "silent")
        .at(|| async {
            let server = silent().await;
            stuck(server.address, server).impatient()
        }),
        fails(
            "ssh-is-smtp",
            "Something else than SSH answers",
            StageId::Hop,
        )
        .fact("hint", "protocol")
        .at(|| async {
            let server = greeting(b"220 mail.example.com ESMTP\r\n").await;
            stuck(server.address, server)
        }),
        fails(
            "ssh-is-http",
            "A web server, which speaks only when it is spoken to",
            StageId::Hop,
        )
        .fact("hint", "protocol")
        .fact("protocol_found", "HTTP")
        .at(|| async {
            let server = replying(b"HTTP/1.1 400 Bad Request\r\n\r\n", false).await;
            stuck(server.address, server).impatient()
        }),
        fails("ssh-endless", "Lines without end", StageId::Hop)
            .fact("hint", "protocol")
            .at(|| async {
                let server = scripted(|mut socket, _| async move {
                    while socket
                        .write_all(&b"no shell here\r\n".repeat(64))
                        .await
                        .is_ok()
                    {}
                })
                .await;
                stuck(server.address, server).impatient()
            }),
        fails(
            "ssh-old",
            "The host has only algorithms that are broken",
            StageId::Hop,
        )
        .fact("hint", "algorithms")
        .at(|| async {
            let host = JumpHost::start("KexAlgorithms diffie-hellman-group1-sha1");
            let ssh = known(&host);
            behind(host, ssh).await
        }),
    ]
}

fn host_keys() -> Vec<Scenario> {
    let fails = |id, about, cause| Scenario::fails(id, Make::Network, about, StageId::Hop, cause);
    vec![
        fails(
            "ssh-unknown",
            "The host was never seen",
            Cause::SshHostKeyUnknown,
        )
        .fact("host_key", "ssh-ed25519")
        .at(|| async {
            let host = JumpHost::start("");
            let ssh = Ssh {
                known_hosts: vec![host.key().with_file_name("none")],
                ..known(&host)
            };
            behind(host, ssh).await
        }),
        fails(
            "ssh-other-accepted",
            "Another key was accepted",
            Cause::SshHostKeyUnknown,
        )
        .fact("hint", "other")
        .at(|| async {
            let host = JumpHost::start("");
            let other = JumpHost::start("").fingerprint("ed25519");
            let ssh = Ssh {
                known_hosts: vec![host.key().with_file_name("none")],
                accept: Some(other.parse().unwrap()),
                ..known(&host)
            };
            behind(host, ssh).await
        }),
        fails(
            "ssh-unreadable",
            "The file of known hosts cannot be read",
            Cause::SshHostKeyUnknown,
        )
        .at(|| async {
            let host = JumpHost::start("");
            let ssh = Ssh {
                known_hosts: vec![host.key().parent().unwrap().to_owned()],
                accept: Some(host.fingerprint("ed25519").parse().unwrap()),
                ..known(&host)
            };
            behind(host, ssh).await
        }),
        fails(
            "ssh-changed",
            "The host has another key than before",
            Cause::SshHostKeyChanged,
        )
        .fact("known_hosts_line", vec![1])
        .at(|| async { changed(false).await }),
        fails(
            "ssh-changed-accepted",
            "A changed key cannot be accepted like a new one",
            Cause::SshHostKeyChanged,
        )
        .at(|| async { changed(true).await }),
        fails(
            "ssh-revoked",
            "The host's key was revoked",
            Cause::SshHostKeyChanged,
        )
        .fact("hint", "revoked")
        .at(|| async {
            let host = JumpHost::start("");
            let ssh = known(&host);
            let file = &ssh.known_hosts[0];
            let line = std::fs::read_to_string(file).unwrap();
            std::fs::write(file, format!("{line}@revoked {line}")).unwrap();
            behind(host, ssh).await
        }),
    ]
}

/// The key of another host is on record.
async fn changed(accepted: bool) -> Site {
    let host = JumpHost::start("");
    let other = JumpHost::start("");
    let recorded = other.known_as(host.program.address, "ed25519");
    let ssh = Ssh {
        known_hosts: vec![recorded],
        accept: accepted.then(|| host.fingerprint("ed25519").parse().unwrap()),
        ..known(&host)
    };
    let (request, server) = server(&host, ssh).await;
    Site::new(request, (host, other, server))
}

fn logins() -> Vec<Scenario> {
    let fails =
        |id, about| Scenario::fails(id, Make::Network, about, StageId::Hop, Cause::SshAuthFailed);
    vec![
        fails("ssh-nothing", "Nothing to log in with")
            .fact("hint", "nothing")
            .fact("methods", vec!["publickey"])
            .at(|| async {
                let host = JumpHost::start("");
                let ssh = Ssh {
                    keys: Vec::new(),
                    ..known(&host)
                };
                behind(host, ssh).await
            }),
        fails("ssh-wrong-key", "A key that the host does not let in").at(|| async {
            let host = JumpHost::start("");
            let folder = TempDir::new().unwrap();
            let other = folder.path().join("other");
            generate(&other, &[]);
            let ssh = Ssh {
                keys: vec![Key::read(&other, None).unwrap()],
                ..known(&host)
            };
            behind(host, ssh).await
        }),
        fails("ssh-empty-agent", "An agent without keys").at(|| async {
            let host = JumpHost::start("");
            let agent = Agent::with(&[]);
            let ssh = Ssh {
                keys: Vec::new(),
                agent: Some(agent.socket()),
                ..known(&host)
            };
            behind(host, ssh).await
        }),
        fails("ssh-no-agent", "An agent that is not there").at(|| async {
            let host = JumpHost::start("");
            let ssh = Ssh {
                keys: Vec::new(),
                agent: Some(PathBuf::from("/none/agent")),
                ..known(&host)
            };
            behind(host, ssh).await
        }),
    ]
}

/// Of the host, or of the server behind it.
fn refusals() -> Vec<Scenario> {
    let fails = |id, about, cause| Scenario::fails(id, Make::Network, about, StageId::Hop, cause);
    let behind_with = |settings: &'static str| async move {
        let host = JumpHost::start(settings);
        let ssh = known(&host);
        behind(host, ssh).await
    };
    vec![
        fails(
            "ssh-no-forwarding",
            "The host forwards nothing",
            Cause::SshForwardRefused,
        )
        .at(move || behind_with("AllowTcpForwarding no")),
        fails(
            "ssh-forwards-elsewhere",
            "The host forwards to another port",
            Cause::SshForwardRefused,
        )
        .at(move || behind_with("PermitOpen 127.0.0.1:1")),
        fails(
            "ssh-server-closed",
            "Nothing listens behind the host",
            Cause::TcpRefused,
        )
        .fact("hint", "hop")
        .at(move || async move {
            let (address, _taken) = closed();
            let address = Address::parse(&address.to_string()).unwrap();
            behind_with("")
                .await
                .with(|request| request.address = address)
        }),
        fails(
            "ssh-unknown-name",
            "The host does not know the server's name",
            Cause::TcpUnreachable,
        )
        .fact("hint", "hop")
        .at(move || async move {
            let address = Address::parse("redis.invalid:6379").unwrap();
            behind_with("")
                .await
                .with(|request| request.address = address)
        }),
    ]
}

fn lock(key: &Path, passphrase: &str) {
    let mut command = std::process::Command::new("ssh-keygen");
    command.args(["-q", "-p", "-a", "1", "-P", "", "-N", passphrase, "-f"]);
    assert!(command.arg(key).status().unwrap().success());
}

fn hash(known_hosts: &Path) {
    let mut command = std::process::Command::new("ssh-keygen");
    let status = command.args(["-q", "-H", "-f"]).arg(known_hosts).status();
    assert!(status.unwrap().success());
    let text = std::fs::read_to_string(known_hosts).unwrap();
    assert!(text.starts_with("|1|"), "{text}");
}

/// Lets this key in as well.
fn authorize(host: &JumpHost, key: &Path) {
    let line = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let file = host.key().with_file_name("authorized");
    let before = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, before + &line).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn each_is_reported_as_it_should() {
    check(scenarios()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_key_is_kept_once_it_is_accepted_by_its_fingerprint() {
    let host = JumpHost::start("");
    let file = host.key().with_file_name("new").join("known_hosts");
    let unknown = Ssh {
        known_hosts: vec![file.clone()],
        ..known(&host)
    };
    let (mut request, _server) = server(&host, unknown.clone()).await;
    let report = case::fails(request.clone(), StageId::Hop, Cause::SshHostKeyUnknown).await;
    let shown = case::fact(&report, StageId::Hop, "host_key_sha256").clone();
    assert_eq!(shown, host.fingerprint("ed25519"));
    assert!(!file.exists(), "nothing is kept that was not accepted");

    let url = host.url(host.program.address);
    let accepted = Ssh {
        accept: Some(shown.as_str().unwrap().parse().unwrap()),
        ..unknown.clone()
    };
    request.route = through(&url, accepted.clone());
    let report = case::holds(request.clone(), Verdict::Secure).await;
    assert_eq!(case::fact(&report, StageId::Hop, "host_key_added"), true);
    // From now on it is known, to OpenSSH as well, and accepting it again adds nothing.
    for ssh in [unknown, accepted] {
        request.route = through(&url, ssh);
        case::holds(request.clone(), Verdict::Secure).await;
    }
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    let address = host.program.address;
    let name = format!("[{}]:{}", address.ip(), address.port());
    let mut find = std::process::Command::new("ssh-keygen");
    let found = find.args(["-F", &name, "-l", "-f"]).arg(&file).output();
    let found = String::from_utf8(found.unwrap().stdout).unwrap();
    assert!(found.contains(&host.fingerprint("ed25519")), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_changed_key_is_named_beside_the_one_on_record() {
    let (host, other) = (JumpHost::start(""), JumpHost::start(""));
    let ssh = Ssh {
        known_hosts: vec![other.known_as(host.program.address, "ed25519")],
        ..known(&host)
    };
    let (request, _server) = server(&host, ssh).await;
    let report = case::fails(request, StageId::Hop, Cause::SshHostKeyChanged).await;
    let fact = |name| case::fact(&report, StageId::Hop, name).clone();
    assert_eq!(fact("host_key_sha256"), host.fingerprint("ed25519"));
    assert_eq!(fact("known_sha256"), json!([other.fingerprint("ed25519")]));
}

/// Before the host, and how many connections to it came by.
async fn counting(host: &JumpHost) -> (Server, Arc<AtomicU32>) {
    let sessions = Arc::new(AtomicU32::new(0));
    let (counted, behind) = (Arc::clone(&sessions), host.program.address);
    let front = scripted(move |mut socket, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            let mut host = TcpStream::connect(behind).await.unwrap();
            let _ = copy_bidirectional(&mut socket, &mut host).await;
        }
    });
    (front.await, sessions)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_connections_are_channels_of_one_session() {
    let host = JumpHost::start("");
    let (front, sessions) = counting(&host).await;
    let ssh = Ssh {
        known_hosts: vec![host.known_as(front.address, "ed25519")],
        ..known(&host)
    };
    let (mut request, _server) = server(&host, ssh.clone()).await;
    let url = host.url(front.address);
    request.route = through(&url, ssh);
    request.deep = true;
    request.cost = true;
    request.timeout = Duration::from_secs(60);
    let report = case::holds(request, Verdict::Secure).await;
    assert_eq!(report.route, url);
    let (survey, cost) = (report.survey.unwrap(), report.cost.unwrap());
    assert_eq!(survey.gaps, []);
    assert!(survey.connections > 10 && cost.handshake.is_some());
    assert_eq!(sessions.load(Ordering::Relaxed), 1);
}

/// Tests that go the same way at once: of a good server, one that is closed and one that has no
/// address. What the host says of one is not taken for another.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tests_that_go_the_same_way_share_one_session() {
    const EACH: usize = 8;
    // More than that who are not logged in yet are turned away.
    let host = JumpHost::start("MaxStartups 2");
    let (front, sessions) = counting(&host).await;
    let ssh = Ssh {
        known_hosts: vec![host.known_as(front.address, "ed25519")],
        ..known(&host)
    };
    let (mut good, _server) = server(&host, ssh.clone()).await;
    good.route = through(&host.url(front.address), ssh);
    good.timeout = Duration::from_secs(60);
    let (closed, _taken) = closed();
    let at = |address: &str| Request {
        address: Address::parse(address).unwrap(),
        ..good.clone()
    };
    let (closed, unknown) = (at(&closed.to_string()), at("redis.invalid:6379"));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..EACH {
        running.spawn(case::holds(good.clone(), Verdict::Secure));
        for (request, cause) in [
            (&closed, Cause::TcpRefused),
            (&unknown, Cause::TcpUnreachable),
        ] {
            running.spawn(case::fails(request.clone(), StageId::Hop, cause));
        }
    }
    assert_eq!(running.join_all().await.len(), 3 * EACH);
    assert_eq!(sessions.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn files_that_are_no_keys_are_told_apart() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("key");
    let read = |passphrase: Option<&str>| {
        let passphrase = passphrase.map(Into::into);
        Key::read(&file, passphrase.as_ref()).err()
    };
    assert!(matches!(read(None), Some(KeyError::Unreadable { .. })));
    for kind in [
        &["-t", "ed25519"][..],
        &["-t", "ecdsa"],
        &["-t", "rsa", "-b", "2048", "-m", "PEM"],
    ] {
        let _ = std::fs::remove_file(&file);
        generate(&file, kind);
        assert_eq!(read(None), None, "{kind:?}");
        lock(&file, "secret");
        assert_eq!(read(None), Some(KeyError::Encrypted), "{kind:?}");
        assert_eq!(
            read(Some("guess")),
            Some(KeyError::WrongPassphrase),
            "{kind:?}"
        );
        assert_eq!(read(Some("secret")), None, "{kind:?}");
    }
    for text in [
        "",
        "nonsense",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n",
    ] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(read(Some("secret")), Some(KeyError::NoKey), "{text}");
    }
}
