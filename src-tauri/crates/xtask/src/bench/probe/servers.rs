//! The servers, each kind in a process of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::{Programs, Server};
use crate::process::answers;

/// What the servers' certificates and their CA are made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// RSA of 2048 bits: what most Redis servers have, and TencentDB's documentation shows.
    Rsa,
    /// P-256.
    Ecdsa,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "RSA 2048",
            Self::Ecdsa => "P-256",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ecdsa => "ecdsa",
        }
    }
}

/// Many servers, until they are dropped.
pub(super) struct Servers {
    process: Child,
    /// Its end is theirs.
    _stdin: ChildStdin,
    folder: PathBuf,
    pub(super) addresses: Vec<String>,
}

impl Servers {
    pub(super) fn start(programs: &Programs, kind: Kind, count: usize) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!(
            "rediseal-bench-{}-{}",
            std::process::id(),
            kind.word()
        ));
        fs::create_dir_all(&folder)?;
        // Each server listens, and has connections: more than many systems begin with.
        let mut process = Command::new("sh")
            .args(["-c", "ulimit -n 16384 2>/dev/null; exec \"$0\" \"$@\""])
            .arg(&programs.bench)
            .args(["serve", kind.word(), &count.to_string()])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = process.stdin.take().context("its stdin is a pipe")?;
        let stdout = process.stdout.take().context("its stdout is a pipe")?;
        let mut servers = Self {
            process,
            _stdin: stdin,
            folder,
            addresses: Vec::new(),
        };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).context("the servers do not start")?;
        servers.addresses = serde_json::from_value(said["addresses"].clone())?;
        ensure!(servers.addresses.len() == count, "{line}");
        Ok(servers)
    }

    pub(super) fn first(&self) -> Server {
        Server {
            address: self.addresses.first().cloned().unwrap_or_default(),
            ca: self.ca(),
        }
    }

    pub(super) fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// For what is measured on them.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A real `redis-server` with the same certificate, where there is one.
    pub(super) fn redis(&self) -> Result<Option<Redis>> {
        match answers("redis-server", &["--version"]) {
            true => Redis::start(&self.folder, self.ca()).map(Some),
            false => Ok(None),
        }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Until it is dropped.
pub(super) struct Redis {
    process: Child,
    server: Server,
}

impl Redis {
    fn start(folder: &Path, ca: PathBuf) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let process = Command::new("redis-server")
            .current_dir(folder)
            .args(["--bind", "127.0.0.1", "--port", "0", "--save", ""])
            .args(["--tls-port", &port.to_string(), "--tls-auth-clients", "no"])
            .args(["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"])
            .args(["--tls-ca-cert-file", "ca.pem"])
            .stdout(Stdio::null())
            .spawn()?;
        let redis = Self {
            process,
            server: Server {
                address: format!("127.0.0.1:{port}"),
                ca,
            },
        };
        let begun = Instant::now();
        while TcpStream::connect(&redis.server.address).is_err() {
            if begun.elapsed() > Duration::from_secs(10) {
                bail!("redis-server does not listen");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(redis)
    }

    pub(super) const fn server(&self) -> &Server {
        &self.server
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
