//! Client and sandbox against what the vendor publishes: its tools, its description of the API
//! and its examples. What they say and accept is the protocol.
//!
//! The Python SDK speaks http to the sandbox. `tccli` and the Node.js SDK speak https, so they get
//! the TLS listener and its CA; the description of the API is a part of `tccli`. They come from
//! PyPI and npm, see [`vendor`].
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod answers;
mod codes;
mod credentials;
mod description;
mod fleet;
#[path = "../middle/packages.rs"]
mod packages;
mod requests;
mod surface;
mod vendor;

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use rediseal_tencent::action::Action;
use serde_json::{Value, json};

#[test]
fn the_python_sdk_over_http() {
    python("vendor_sdk.py");
}

#[test]
fn tccli_over_https() {
    python("vendor_cli.py");
}

#[test]
fn the_node_sdk_over_https() {
    let packages = vendor::node_packages();
    let actions: Vec<_> = Action::ALL.iter().map(|action| action.name).collect();
    run("node/journey.mjs", |sandbox, script| {
        let mut command = Command::new("node");
        command
            .arg(script)
            .env("PACKAGES", packages)
            .env("ACTIONS", json!(actions).to_string())
            .env("NODE_EXTRA_CA_CERTS", sandbox.ca_file());
        command
    });
}

fn python(script: &str) {
    let python = vendor::python();
    run(script, |_, script| {
        let trust = script.with_file_name("trust");
        let mut command = Command::new(python);
        command
            .arg(script)
            .env("PYTHONPATH", trust)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    });
}

/// Runs a script of this folder beside a sandbox of its own.
fn run(script: &str, command: impl FnOnce(&Sandbox, &Path) -> Command) {
    let sandbox = Sandbox::start();
    let home = tempfile::tempdir().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/contract");
    let mut command = command(&sandbox, &folder.join(script));
    for (name, _) in env::vars_os() {
        let name_text = name.to_string_lossy().to_ascii_uppercase();
        if name_text.starts_with("TENCENTCLOUD_") || name_text.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    let output = command
        .env("SANDBOX", &sandbox.ready)
        .env("HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(
        output.status.success(),
        "{script} failed, {}\n{said}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The sandbox in a process of its own; it ends when dropped.
struct Sandbox {
    process: Child,
    /// The JSON line it says when it serves.
    ready: String,
}

impl Sandbox {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_rediseal-cli"))
            .args(["sandbox", "--listen", "127.0.0.1:0", "--https"])
            .args(["--speed", "50"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut ready)
            .unwrap();
        assert!(!ready.is_empty(), "the sandbox ended before it served");
        Self { process, ready }
    }

    /// The CA of its TLS listener.
    fn ca_file(&self) -> String {
        let ready: Value = serde_json::from_str(&self.ready).unwrap();
        ready["ca_file"].as_str().unwrap().to_owned()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
