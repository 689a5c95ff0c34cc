//! The sandbox against the vendor's own tools: what they accept is the protocol.
//!
//! The Python SDK speaks http to it. `tccli` speaks nothing but https, so it gets the TLS
//! listener and its CA. Both come from PyPI into a virtual environment under the target folder,
//! which is made once for each version of `requirements.txt`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const REQUIREMENTS: &str = include_str!("requirements.txt");

#[test]
fn the_sdk_over_http() {
    run("vendor_sdk.py");
}

#[test]
fn tccli_over_https() {
    run("vendor_cli.py");
}

fn run(script: &str) {
    let python = environment();
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

/// The interpreter of the virtual environment, which is made if it is not there.
fn environment() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract");
    let venv = folder.join("venv");
    let done = folder.join("requirements.txt");
    let python = venv.join("bin/python");
    fs::create_dir_all(&folder).unwrap();
    // The tests are threads of one process or processes of their own: one of them makes it.
    let lock = fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    if fs::read_to_string(&done).is_ok_and(|made| made == REQUIREMENTS) {
        return python;
    }
    if venv.exists() {
        fs::remove_dir_all(&venv).unwrap();
    }
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, REQUIREMENTS).unwrap();
    must(
        Command::new("python3").args(["-m", "venv"]).arg(&venv),
        "a virtual environment needs python3 and python3-venv",
    );
    must(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(&wanted),
        "the vendor's SDK comes from PyPI: this test needs the network once",
    );
    fs::rename(&wanted, &done).unwrap();
    python
}

fn must(command: &mut Command, why: &str) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{why}: {command:?}: {error}"));
    assert!(
        output.status.success(),
        "{why}: {command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
