//! A sandbox in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Stopped when dropped.
pub(crate) struct Sandbox {
    process: Child,
    /// The line it says when it serves.
    ready: Value,
}

impl Sandbox {
    pub(crate) fn start(cli: &Path, instances: usize) -> Result<Self> {
        let mut process = Command::new(cli)
            .args(["sandbox", "--https", "--fleet", &instances.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", cli.display()))?;
        let stdout = process.stdout.take().context("its output is a pipe")?;
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        let mut sandbox = Self {
            process,
            ready: Value::Null,
        };
        read?;
        sandbox.ready = serde_json::from_str(&line).context("the sandbox does not start")?;
        Ok(sandbox)
    }

    /// A field of the line it says.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.ready[field].as_str().unwrap_or_default()
    }

    pub(crate) fn ready(&self) -> &Value {
        &self.ready
    }

    /// A command of this sandbox's account.
    pub(crate) fn sign_in<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("TENCENTCLOUD_SECRET_ID", self.text("secret_id"))
            .env("TENCENTCLOUD_SECRET_KEY", self.text("secret_key"))
    }

    /// What was asked of it.
    pub(crate) fn ledger(&self) -> Result<Value> {
        let address = self.text("endpoint").trim_start_matches("http://");
        let mut stream = TcpStream::connect(address)?;
        let request = format!("GET /sandbox/ledger HTTP/1.0\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer
            .split_once("\r\n\r\n")
            .context("the ledger has no body")?;
        Ok(serde_json::from_str(body)?)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
