//! `put`: certificates on real servers of OpenSSH.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::jump_host::JumpHost;
use crate::run::{Run, Sandbox};

/// An instance that has TLS.
const ID: &str = "crs-5k2mfx7q";
const NAME: &str = "crs-5k2mfx7q-ca.pem";

/// A server that `~/.ssh/config` calls `web`, and what its users call home.
struct Web {
    host: JumpHost,
    home: TempDir,
}

impl Web {
    /// Known to the user of a sandbox, or not.
    fn start(sandbox: &Sandbox, known: bool) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("tls")).unwrap();
        let here = home.path().display();
        let host = JumpHost::start(&format!("Subsystem sftp internal-sftp -d {here}"));
        let ssh = sandbox.folder.path().join(".ssh");
        fs::create_dir(&ssh).unwrap();
        let address = host.program.address;
        if known {
            fs::copy(host.known_as(address, "ed25519"), ssh.join("known_hosts")).unwrap();
        }
        let url = host.url(address);
        let (user, _) = url.trim_start_matches("ssh://").split_once('@').unwrap();
        let config = format!(
            "Host web\n  HostName 127.0.0.1\n  Port {}\n  User {user}\n  IdentityFile {}\n",
            address.port(),
            host.key().display()
        );
        fs::write(ssh.join("config"), config).unwrap();
        Self { host, home }
    }

    fn file(&self) -> PathBuf {
        self.home.path().join("tls").join(NAME)
    }
}

fn put(sandbox: &Sandbox, more: &[&str]) -> Run {
    let arguments = ["put", ID, "--host", "web", "--folder", "~/tls"];
    sandbox.run(&[&arguments[..], more].concat())
}

#[test]
fn a_plan_is_shown_and_the_file_is_put_once() {
    let sandbox = Sandbox::start();
    let web = Web::start(&sandbox, true);
    let path = web.file().display().to_string();
    let run = put(&sandbox, &["--plan"]);
    assert_eq!(run.code, 0, "{run:?}");
    for part in ["CREATE  web", &path, "0644", "SHA-256"] {
        assert!(run.stdout.contains(part), "{part}: {run:?}");
    }
    assert!(!web.file().exists(), "a plan writes nothing");

    let run = put(&sandbox, &["--test", "--mode", "0640"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout.contains(&format!("CREATED  web  {path}")),
        "{run:?}"
    );
    assert!(run.stdout.contains("tested from there"), "{run:?}");
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    sandbox.json(&["certificate", ID, "--out", &out, "--format", "pem"]);
    let saved = fs::read(format!("{out}/{NAME}")).unwrap();
    assert_eq!(fs::read(web.file()).unwrap(), saved);

    let run = put(&sandbox, &["--language", "zh-CN"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout.contains(&format!("已存在  web  {path}")),
        "{run:?}"
    );

    // A file of one's own, without an account.
    fs::write(web.file(), "old").unwrap();
    let mut command = sandbox.bare(&["put", &format!("{out}/{NAME}"), "--host", "web"]);
    command.args(["--folder", "~/tls", "--name", NAME]);
    let run = sandbox.finish(command);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("REPLACED  web"), "{run:?}");
    assert!(
        run.stdout.contains(&format!("the old file: {path}.bak-")),
        "{run:?}"
    );
    assert_eq!(fs::read(web.file()).unwrap(), saved);
}

#[test]
fn every_server_is_a_line_and_one_that_fails_is_a_no() {
    let sandbox = Sandbox::start();
    let web = Web::start(&sandbox, true);
    let run = put(&sandbox, &["--json", "--host", "nobody@127.0.0.1:9"]);
    assert_eq!(run.code, 1, "{run:?}");
    let lines = run.stdout.lines();
    let rows: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let row = |host: &str| rows.iter().find(|row| row["host"] == host).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(row("web")["outcome"], "created");
    let dead = row("nobody@127.0.0.1:9");
    assert_eq!(dead["outcome"], "failed");
    assert_eq!(dead["problem"]["code"], "ssh");
    assert_eq!(dead["problem"]["stage"]["cause"], "tcp.refused");
    let summary: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(summary["summary"]["there"], 1);
    assert!(web.file().exists());
}

#[test]
fn a_new_server_is_shown_with_its_key_before_it_is_accepted() {
    let sandbox = Sandbox::start();
    let web = Web::start(&sandbox, false);
    let known = sandbox.folder.path().join(".ssh/known_hosts");
    let shown = web.host.fingerprint("ed25519");
    let run = put(&sandbox, &["--plan"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("ssh.host_key_unknown"), "{run:?}");
    let advice = format!("--accept-host-key {shown}");
    assert!(run.stdout.contains(&advice), "{run:?}");
    assert!(!known.exists());
    let run = put(&sandbox, &["--accept-host-key", &shown]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains(&shown), "it is said: {run:?}");
    assert!(known.exists());
}

#[test]
fn what_cannot_be_used_is_named_by_its_option() {
    let sandbox = Sandbox::start();
    for (more, part) in [
        (["--mode", "0666"], "mode is not acceptable"),
        (["--owner", "a b"], "owner is not acceptable"),
        (["--name", "a/b"], "name is not acceptable"),
    ] {
        let run = put(&sandbox, &more);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(part), "{run:?}");
    }
    let file = sandbox.path("ca.pem");
    fs::write(&file, "no certificate").unwrap();
    let arguments = ["put", &file, "--host", "web", "--folder", "/etc"];
    assert_eq!(sandbox.run(&arguments).code, 2);
    let test = [&arguments[..], &["--test"]].concat();
    assert_eq!(sandbox.run(&test).code, 2);
}
