//! `test --via`: through real proxies, with secrets that are no arguments.

use std::fs;
use std::io::copy;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::spawn;

use crate::agent::Agent;
use crate::jump_host::JumpHost;
use crate::proxies::{microsocks, tinyproxy};
use crate::run::{Run, Sandbox};

/// An instance that has TLS.
const ID: &str = "crs-5k2mfx7q";

#[test]
fn an_instance_is_tested_through_a_proxy() {
    let sandbox = Sandbox::start();
    let proxy = microsocks(&[]);
    let via = format!("socks5://{}", proxy.address);
    let report = sandbox.json(&["test", ID, "--via", &via]);
    assert_eq!(report["route"], via.as_str());
    assert_eq!(report["verdict"], "secure");
    assert_eq!(report["stages"][2]["id"], "hop");
    let run = sandbox.run(&["test", ID, "--via", &via]);
    assert!(run.stdout.contains(&format!("through: {via}")), "{run:?}");
    drop(proxy);
    let run = sandbox.run(&["--json", "test", ID, "--via", &via]);
    assert_eq!(
        (run.code, &run.json()["cause"]),
        (3, &"proxy.unreachable".into())
    );
}

#[test]
fn a_password_comes_from_stdin_or_the_environment() {
    let sandbox = Sandbox::start();
    let proxy = tinyproxy("BasicAuth me hunter2");
    let via = format!("http://me@{}", proxy.address);
    let arguments = ["--json", "test", ID, "--via", &via];
    let given = [&arguments[..], &["--via-password-stdin"]].concat();
    let run = sandbox.run_with("hunter2\n", &given);
    assert_eq!((run.code, &run.json()["verdict"]), (0, &"secure".into()));
    let run = sandbox.run_with("guess\n", &given);
    assert_eq!(
        (run.code, &run.json()["cause"]),
        (3, &"proxy.auth_required".into())
    );

    let mut command = sandbox.command(&arguments);
    command.env("REDISEAL_VIA_PASSWORD", "hunter2");
    let run = sandbox.finish(command);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.stdout.contains("hunter2"));
}

/// Through an SSH host with more arguments.
fn through(sandbox: &Sandbox, host: &JumpHost, more: &[&str]) -> Run {
    let via = host.url(host.program.address);
    let arguments = ["test", ID, "--timeout", "60", "--via", &via];
    sandbox.run(&[&arguments[..], more].concat())
}

#[test]
fn a_new_host_key_is_accepted_by_its_fingerprint_and_a_changed_one_never() {
    let sandbox = Sandbox::start();
    let host = JumpHost::start("");
    let key = host.key().display().to_string();
    let with_key = ["--via-key", key.as_str()];
    let known_hosts = sandbox.path(".ssh/known_hosts");
    let shown = host.fingerprint("ed25519");

    let run = through(&sandbox, &host, &with_key);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stdout.contains("ssh.host_key_unknown"), "{run:?}");
    assert!(
        run.stdout.contains(&format!("--accept-host-key {shown}")),
        "{run:?}"
    );
    let other = JumpHost::start("");
    let guess = other.fingerprint("ed25519");
    let wrong = [&with_key[..], &["--accept-host-key", &guess]].concat();
    let run = through(&sandbox, &host, &wrong);
    assert_eq!(run.code, 3);
    assert!(
        run.stdout.contains("not the one that was accepted"),
        "{run:?}"
    );
    assert!(run.stdout.contains(&guess) && run.stdout.contains(&shown));
    assert!(!run.stdout.contains("To accept the key"), "{run:?}");
    assert!(fs::metadata(&known_hosts).is_err(), "nothing was accepted");

    let right = [&with_key[..], &["--accept-host-key", &shown]].concat();
    let run = through(&sandbox, &host, &right);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(through(&sandbox, &host, &with_key).code, 0);

    fs::copy(
        other.known_as(host.program.address, "ed25519"),
        &known_hosts,
    )
    .unwrap();
    let run = through(&sandbox, &host, &right);
    assert_eq!(run.code, 3, "{run:?}");
    for part in ["ssh.host_key_changed", &shown, &guess] {
        assert!(run.stdout.contains(part), "{part}: {run:?}");
    }
    let nonsense = [&with_key[..], &["--accept-host-key", "yes"]].concat();
    assert_eq!(through(&sandbox, &host, &nonsense).code, 2);
}

#[test]
fn keys_come_from_a_file_the_agent_or_the_usual_place() {
    let sandbox = Sandbox::start();
    let host = JumpHost::start("");
    let ssh = sandbox.folder.path().join(".ssh");
    fs::create_dir(&ssh).unwrap();
    fs::copy(
        host.known_as(host.program.address, "ed25519"),
        ssh.join("known_hosts"),
    )
    .unwrap();
    let run = through(&sandbox, &host, &["--json"]);
    assert_eq!(
        (run.code, &run.json()["cause"]),
        (3, &"ssh.auth_failed".into())
    );

    let agent = Agent::with(&[&host.key()]);
    let via = host.url(host.program.address);
    let mut command = sandbox.command(&["--json", "test", ID, "--timeout", "60", "--via", &via]);
    command.env("SSH_AUTH_SOCK", agent.socket());
    let report = sandbox.finish(command).json();
    assert_eq!(report["stages"][2]["facts"]["login"], "agent");

    fs::copy(host.key(), ssh.join("id_ed25519")).unwrap();
    let report = through(&sandbox, &host, &["--json"]).json();
    assert_eq!(report["stages"][2]["facts"]["login"], "publickey");

    let locked = sandbox.folder.path().join("locked");
    crate::jump_host::generate(&locked, &["-N", "hunter2", "-a", "1"]);
    let line = fs::read_to_string(locked.with_extension("pub")).unwrap();
    fs::write(host.key().with_file_name("authorized"), line).unwrap();
    let file = locked.display().to_string();
    let arguments = [
        "test",
        ID,
        "--timeout",
        "60",
        "--via",
        &via,
        "--via-key",
        &file,
    ];
    assert_eq!(sandbox.run(&arguments).code, 2, "it needs its passphrase");
    let given = [&arguments[..], &["--via-password-stdin"]].concat();
    assert_eq!(sandbox.run_with("guess\n", &given).code, 2);
    assert_eq!(sandbox.run_with("hunter2\n", &given).code, 0);
}

/// Before `behind` until the test ends, and how many connections came by.
fn counting(behind: SocketAddr) -> (SocketAddr, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            counted.fetch_add(1, Ordering::Relaxed);
            let far = TcpStream::connect(behind).unwrap();
            for (mut from, mut to) in [
                (near.try_clone().unwrap(), far.try_clone().unwrap()),
                (far, near),
            ] {
                spawn(move || {
                    let _ = copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Write);
                });
            }
        }
    });
    (address, count)
}

#[test]
fn all_targets_go_through_one_session_with_an_ssh_host() {
    const EACH: usize = 8;
    let sandbox = Sandbox::start();
    let host = JumpHost::start("");
    let (front, sessions) = counting(host.program.address);
    let ssh = sandbox.path(".ssh");
    fs::create_dir(&ssh).unwrap();
    let known_hosts = format!("{ssh}/known_hosts");
    fs::copy(host.known_as(front, "ed25519"), known_hosts).unwrap();
    let file = sandbox.path("targets.txt");
    // Instances and addresses.
    fs::write(&file, format!("{ID}\n127.0.0.1:1\n").repeat(EACH)).unwrap();
    let (via, key) = (host.url(front), host.key().display().to_string());
    let more = ["--via", &via, "--via-key", &key, "--timeout", "60"];
    let run = sandbox.run(&[&["--json", "test", "--targets", &file][..], &more].concat());
    let said = |what: &str| run.stdout.matches(what).count();
    assert_eq!(said(r#""verdict":"secure""#), 2 * EACH, "{run:?}");
    assert_eq!(said(r#""verdict":"unreachable""#), 2 * EACH, "{run:?}");
    assert_eq!(said(&format!(r#""route":"{via}""#)), 2 * EACH, "{run:?}");
    assert_eq!(sessions.load(Ordering::Relaxed), 1);
}
