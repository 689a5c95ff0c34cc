//! A sandbox in a process of its own, and commands run against it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_rediseal-cli");

/// Ends with the test.
pub(crate) struct Sandbox {
    process: Child,
    ready: Value,
    /// Home, data folder and whatever a test writes.
    pub(crate) folder: TempDir,
}

impl Sandbox {
    /// A simulated minute takes about a second.
    pub(crate) fn start() -> Self {
        Self::with(&["--speed", "60"])
    }

    pub(crate) fn with(options: &[&str]) -> Self {
        let mut process = Command::new(BINARY)
            .arg("sandbox")
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            process,
            ready: serde_json::from_str(&line).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.ready[key].as_str().unwrap()
    }

    /// Empty when the sandbox does not say it.
    pub(crate) fn optional(&self, key: &str) -> &str {
        self.ready[key].as_str().unwrap_or_default()
    }

    pub(crate) fn temporary(&self, key: &str) -> &str {
        self.ready["temporary"][key].as_str().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A command with the sandbox's key in its environment and nothing else of this process.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        command
            .env("TENCENTCLOUD_SECRET_ID", self.text("secret_id"))
            .env("TENCENTCLOUD_SECRET_KEY", self.text("secret_key"));
        command
    }

    /// The same without a key.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.folder.path())
            .env("LANG", "C.UTF-8")
            .args(["--endpoint", self.text("endpoint"), "--poll", "0.1"])
            .args(["--retry", "2"])
            .args(["--data-dir", &self.path("data")])
            .args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.finish(self.command(arguments))
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[&["--json"], arguments].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.json()
    }

    /// Nothing that a command says or keeps has a secret in it.
    pub(crate) fn finish(&self, mut command: Command) -> Run {
        let run = Run::new(command.stdin(Stdio::null()).output().unwrap());
        self.without_secrets(run.stdout.as_bytes());
        self.without_secrets(run.stderr.as_bytes());
        self.folder_without_secrets();
        run
    }

    /// As [`Sandbox::run`], with text on stdin.
    pub(crate) fn run_with(&self, input: &str, arguments: &[&str]) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let run = Run::new(child.wait_with_output().unwrap());
        for text in [&run.stdout, &run.stderr] {
            self.without_secrets(text.as_bytes());
            assert!(!text.contains(input.trim()), "{text}");
        }
        self.folder_without_secrets();
        run
    }

    fn folder_without_secrets(&self) {
        let Ok(entries) = fs::read_dir(self.folder.path().join("data")) else {
            return;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if let Ok(bytes) = fs::read(&path) {
                self.without_secrets(&bytes);
            }
        }
    }

    fn without_secrets(&self, bytes: &[u8]) {
        let secrets = [
            self.text("secret_key"),
            self.text("redis_password"),
            self.temporary("secret_key"),
            self.temporary("token"),
        ];
        for secret in secrets {
            assert!(
                !bytes
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes()),
                "a secret is in {}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    pub(crate) fn set_fault(&self, fault: &str) {
        self.http("POST", "/sandbox/faults", &format!("[{fault:?}]"));
    }

    pub(crate) fn clear_faults(&self) {
        self.http("DELETE", "/sandbox/faults", "");
    }

    /// How often an action was called for an instance.
    pub(crate) fn count(&self, instance: &str, action: &str) -> u64 {
        let ledger = self.http("GET", "/sandbox/ledger", "");
        ledger["instances"][instance][action].as_u64().unwrap_or(0)
    }

    /// How often an action was called.
    pub(crate) fn calls(&self, action: &str) -> u64 {
        let ledger = self.http("GET", "/sandbox/ledger", "");
        ledger["actions"][action].as_u64().unwrap_or(0)
    }

    fn http(&self, method: &str, path: &str, body: &str) -> Value {
        let host = self.text("endpoint").trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).unwrap()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The code of the error that was printed as JSON; then there is no result.
    pub(crate) fn error(&self) -> String {
        assert_eq!(self.stdout, "", "{self:?}");
        let error: Value = serde_json::from_str(self.stderr.lines().last().unwrap()).unwrap();
        error["error"]["code"].as_str().unwrap().to_owned()
    }
}

/// Polls until it holds.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Another program's output when it agrees.
pub(crate) fn must(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

pub(crate) fn exists(path: &str) -> bool {
    Path::new(path).exists()
}
