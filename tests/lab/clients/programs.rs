//! The client libraries as programs: one process each, which is given many targets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::LazyLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;
use tokio::time::timeout;

use crate::clients::{go_redis, redis_rs};
use crate::packages;

/// What a client is told of a server.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) id: String,
    /// The name or address to connect to.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// In the library's own language, as the report shows it, with its files where they are.
    pub(crate) setting: String,
    /// `ca.pem`, the only trusted certificates; `client.pem` and `client.key` where they are
    /// asked for.
    pub(crate) files: PathBuf,
    /// Seconds until no answer is an answer.
    pub(crate) patience: u32,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) id: String,
    /// TLS came about.
    pub(crate) connects: bool,
    /// What the library said; empty when nothing.
    pub(crate) message: String,
}

/// A library that runs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Library {
    RedisCli,
    RedisPy5,
    RedisPy7,
    Ioredis,
    NodeRedis,
    GoRedis,
    Phpredis,
    RedisRb,
    RedisRs,
}

impl Library {
    pub(crate) const ALL: [Self; 9] = [
        Self::RedisCli,
        Self::RedisPy5,
        Self::RedisPy7,
        Self::Ioredis,
        Self::NodeRedis,
        Self::GoRedis,
        Self::Phpredis,
        Self::RedisRb,
        Self::RedisRs,
    ];

    /// As the report calls it.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::RedisCli => "redis-cli",
            Self::RedisPy5 => "redis-py-5",
            Self::RedisPy7 => "redis-py-7",
            Self::Ioredis => "ioredis-5",
            Self::NodeRedis => "node-redis-4",
            Self::GoRedis => "go-redis-5",
            Self::Phpredis => "phpredis-5",
            Self::RedisRb => "redis-rb-4",
            Self::RedisRs => "redis-rs-1",
        }
    }

    /// Asks each target; the answers by id.
    pub(crate) async fn ask(self, targets: &[Target]) -> BTreeMap<String, Answer> {
        let answers = match self {
            Self::RedisCli => redis_cli(targets).await,
            _ => self.process(targets).await,
        };
        let answers: BTreeMap<_, _> = answers.into_iter().map(|a| (a.id.clone(), a)).collect();
        assert_eq!(answers.len(), targets.len(), "{self:?} answers all");
        answers
    }

    /// One process for all of them.
    async fn process(self, targets: &[Target]) -> Vec<Answer> {
        let given = tempfile::tempdir().unwrap();
        let file = given.path().join("targets.json");
        std::fs::write(&file, serde_json::to_string(targets).unwrap()).unwrap();
        let (made_in, targets) = (given.path().to_owned(), targets.to_vec());
        let command = tokio::task::spawn_blocking(move || self.command(&made_in, &targets));
        let (mut words, environment) = command.await.unwrap();
        let is_child = self == Self::RedisRs;
        if !is_child {
            words.push(file.to_str().unwrap().to_owned());
        }
        let output = at_lab_time(&words)
            .envs(environment)
            .env(redis_rs::TARGETS, &file)
            .output()
            .await
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().filter(|line| line.starts_with("{\"id\""));
        let answers: Vec<_> = lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert!(
            output.status.success(),
            "{self:?}: {}{text}",
            String::from_utf8_lossy(&output.stderr)
        );
        answers
    }

    /// Program and arguments, and what its environment needs. A program that has to be compiled
    /// for its targets is put into `made_in`.
    fn command(
        self,
        made_in: &Path,
        targets: &[Target],
    ) -> (Vec<String>, Vec<(&'static str, PathBuf)>) {
        let script = |name: &str| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/lab/clients");
            folder.join(name).to_str().unwrap().to_owned()
        };
        let python = |name: &str, requirements: &str| {
            let python = packages::python(&folder(), name, requirements);
            vec![python.to_str().unwrap().to_owned(), script("redis_py.py")]
        };
        let node = |library: &str| {
            let packages = packages::node(&folder(), "node", NODE_PACKAGES, NODE_LOCK);
            let words = [
                "node".to_owned(),
                script("node/ask.mjs"),
                library.to_owned(),
            ];
            (words.to_vec(), vec![("PACKAGES", packages)])
        };
        match self {
            Self::RedisCli => (Vec::new(), Vec::new()),
            Self::RedisPy5 => (python("redis-py-5", REQUIREMENTS_5), Vec::new()),
            Self::RedisPy7 => (python("redis-py-7", REQUIREMENTS_7), Vec::new()),
            Self::Ioredis => node("ioredis"),
            Self::NodeRedis => node("node_redis"),
            Self::GoRedis => {
                let program = go_redis::program(&folder().join("go"), made_in, targets);
                (vec![program.to_str().unwrap().to_owned()], Vec::new())
            }
            Self::Phpredis => (vec!["php".to_owned(), script("phpredis.php")], Vec::new()),
            Self::RedisRb => (vec!["ruby".to_owned(), script("redis_rb.rb")], Vec::new()),
            // This program itself, so that it can be told another time.
            Self::RedisRs => {
                let itself = std::env::current_exe().unwrap();
                let test = ["clients::redis_rs::asks", "--exact", "--nocapture"];
                let words = [itself.to_str().unwrap()].into_iter().chain(test);
                (words.map(str::to_owned).collect(), Vec::new())
            }
        }
    }
}

pub(crate) const REQUIREMENTS_5: &str = include_str!("requirements-5.txt");
pub(crate) const REQUIREMENTS_7: &str = include_str!("requirements-7.txt");
pub(crate) const NODE_PACKAGES: &str = include_str!("node/package.json");
pub(crate) const NODE_LOCK: &str = include_str!("node/package-lock.json");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients")
}

/// Certificates are judged by the lab's time. `faketime` itself fails when several start at once,
/// so it is only asked where its library is.
fn at_lab_time(words: &[String]) -> Command {
    static PRELOAD: LazyLock<String> = LazyLock::new(|| {
        let asked = std::process::Command::new("faketime")
            .args(["now", "printenv", "LD_PRELOAD"])
            .output()
            .unwrap();
        String::from_utf8(asked.stdout).unwrap().trim().to_owned()
    });
    let (program, arguments) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("LD_PRELOAD", &*PRELOAD)
        .env("FAKETIME", "@2026-11-24 12:00:00")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// It takes one server: one process after another. It hangs when it is told another time.
async fn redis_cli(targets: &[Target]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for target in targets {
        let output = Command::new("redis-cli")
            .args(["-h", &target.host, "-p", &target.port.to_string()])
            .args(target.setting.split(' '))
            .arg("PING")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let patience = Duration::from_secs(target.patience.into());
        let (connects, message) = match timeout(patience, output).await {
            Err(_) => (false, "no answer".to_owned()),
            Ok(output) => {
                let output = output.unwrap();
                let text = [output.stdout, output.stderr].concat();
                let text = String::from_utf8_lossy(&text).trim().to_owned();
                let failed = ["Could not connect", "Error: ", "I/O error"];
                (!failed.iter().any(|words| text.contains(words)), text)
            }
        };
        answers.push(Answer {
            id: target.id.clone(),
            connects,
            message,
        });
    }
    answers
}
