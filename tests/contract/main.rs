//! Client and sandbox against what the vendor publishes: its tools, its description of the API
//! and its examples. What they say and accept is the protocol.
//!
//! The Python SDK speaks http to the sandbox. `tccli` speaks nothing but https, so it gets the
//! TLS listener and its CA; the description of the API is a part of it. Both come from PyPI into
//! a virtual environment, see [`vendor`].
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod answers;
mod codes;
mod description;
mod fleet;
mod requests;
mod surface;
mod vendor;

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

#[test]
fn the_sdk_over_http() {
    run("vendor_sdk.py");
}

#[test]
fn tccli_over_https() {
    run("vendor_cli.py");
}

fn run(script: &str) {
    let python = vendor::python();
    let sandbox = Sandbox::start();
    let home = tempfile::tempdir().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/contract");
    let mut command = Command::new(&python);
    for (name, _) in env::vars_os() {
        let name_text = name.to_string_lossy().to_ascii_uppercase();
        if name_text.starts_with("TENCENTCLOUD_") || name_text.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    let output = command
        .arg(folder.join(script))
        .env("SANDBOX", &sandbox.ready)
        .env("HOME", home.path())
        .env("PYTHONPATH", folder.join("trust"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
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
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
