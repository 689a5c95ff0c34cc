//! Snippets as programs.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rediseal_certificate::snippet::{Evidence, Library, PASSWORD_VARIABLE};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

use super::{packages_folder, python, source};
use crate::clients::programs::{NODE_LOCK, NODE_PACKAGES};
use crate::packages;

/// Until a program that says nothing is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a program said.
#[derive(Debug)]
pub(super) enum Said {
    Pong,
    /// TLS did not come about, in the library's words.
    Tls(String),
    Else(String),
}

/// What the libraries say of a certificate that they do not take.
const OF_CERTIFICATES: [&str; 6] = [
    "certificate",
    "Hostname/IP does not match",
    "altnames",
    "SSL_connect",
    "x509",
    "InvalidCertificate",
];

impl Said {
    fn by(words: &str) -> Option<Self> {
        // redis-py makes a truth of the reply.
        if words.contains("PONG") || words == "True" {
            return Some(Self::Pong);
        }
        let lower = words.to_lowercase();
        let is_of_certificates = OF_CERTIFICATES
            .iter()
            .any(|said| lower.contains(&said.to_lowercase()));
        is_of_certificates.then(|| Self::Tls(words.to_owned()))
    }
}

pub(super) fn runs(library: Library) -> bool {
    !matches!(library.evidence(), Evidence::Read { .. })
}

/// Where the programs are made. What others publish is installed once.
pub(super) struct Workshop {
    folder: TempDir,
    /// Cargo builds one program after the other: how many so far.
    cargo: Mutex<usize>,
}

impl Workshop {
    pub(super) fn new() -> Self {
        Self {
            // Node.js looks for packages in the folders above the program.
            folder: tempfile::tempdir_in(node_packages()).unwrap(),
            cargo: Mutex::new(0),
        }
    }

    /// Runs it until it has said what it has to say.
    pub(super) async fn run(&self, library: Library, code: &str, password: &str) -> Said {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let file = folder.path().join(library.file_name());
        std::fs::write(&file, code).unwrap();
        match self.command(library, folder.path(), &file).await {
            Ok(command) => listen(command, password).await,
            Err(why) => Said::Else(why),
        }
    }

    async fn command(
        &self,
        library: Library,
        folder: &Path,
        file: &Path,
    ) -> Result<Command, String> {
        let interpreted = |program: &str| {
            let mut command = Command::new(program);
            command.arg(file);
            Ok(command)
        };
        match library {
            Library::RedisCli => interpreted("sh"),
            Library::RedisPy => {
                let python = tokio::task::spawn_blocking(python).await.unwrap();
                interpreted(python.to_str().unwrap())
            }
            Library::Ioredis | Library::NodeRedis => interpreted("node"),
            Library::Phpredis => interpreted("php"),
            Library::RedisRb => interpreted("ruby"),
            Library::GoRedis => go(folder, file).await,
            Library::Hiredis => c(folder, file).await,
            Library::RedisRs => {
                let mut built = self.cargo.lock().await;
                *built += 1;
                rust(folder, *built).await
            }
            other => panic!("{other:?} cannot be run"),
        }
    }
}

fn node_packages() -> PathBuf {
    let packages = packages::node(&packages_folder(), "node", NODE_PACKAGES, NODE_LOCK);
    packages.parent().unwrap().to_owned()
}

/// Debian's libraries are found in the old way, by their folders: nothing is asked of the network,
/// and the stand-in is where go-redis would be.
async fn go(folder: &Path, file: &Path) -> Result<Command, String> {
    let package = folder.join("src/github.com/redis/go-redis/v9");
    std::fs::create_dir_all(&package).unwrap();
    std::fs::write(package.join("redis.go"), include_str!("go/redis.go")).unwrap();
    let program = folder.join("program");
    let mut build = Command::new("go");
    build
        .args(["build", "-o"])
        .args([&program, file])
        .env("GO111MODULE", "off")
        .env("GOFLAGS", "")
        .env("GOPATH", format!("{}:/usr/share/gocode", folder.display()))
        .env("GOPROXY", "off")
        .env("GOCACHE", packages_folder().join("go"));
    built(build).await?;
    Ok(Command::new(program))
}

async fn c(folder: &Path, file: &Path) -> Result<Command, String> {
    let source = tokio::task::spawn_blocking(source::hiredis).await.unwrap();
    let program = folder.join("program");
    let mut build = Command::new("cc");
    build
        .args(["-std=gnu99", "-Wall", "-Wextra", "-Werror", "-I"])
        .args([source.as_path(), file])
        .arg("-L")
        .arg(&source)
        .args(["-lhiredis", "-lssl", "-lcrypto", "-o"])
        .arg(&program);
    built(build).await?;
    Ok(Command::new(program))
}

/// A package of its own, with the versions that this workspace is locked to. What it depends on
/// is compiled once.
async fn rust(folder: &Path, number: usize) -> Result<Command, String> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    // Cargo takes packages of one name for one, and a source older than its last build for built.
    let name = format!("[package]\nname = \"snippet-{number}\"\n");
    let manifest = "version = \"0.1.0\"\nedition = \"2024\"\n\
        [[bin]]\nname = \"snippet\"\npath = \"redis_tls.rs\"\n[workspace]\n\
        [dependencies]\n\
        redis = { version = \"1\", default-features = false, features = [\"tls-rustls-insecure\"] }\n\
        rustls = { version = \"0.23\", default-features = false, features = [\"std\", \"tls12\", \"aws_lc_rs\", \"logging\"] }\n";
    std::fs::write(folder.join("Cargo.toml"), name + manifest).unwrap();
    std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let target = packages_folder().join("rust");
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--quiet"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", &target);
    built(build).await?;
    let program = folder.join("program");
    std::fs::copy(target.join("debug/snippet"), &program).unwrap();
    Ok(Command::new(program))
}

async fn built(mut command: Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}\n{said}")),
    }
}

/// Until it says PONG or what is wrong with the certificate, or ends: some libraries try again
/// for ever.
async fn listen(mut command: Command, password: &str) -> Said {
    let mut child = command
        .env(PASSWORD_VARIABLE, password)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (sender, mut lines) = mpsc::unbounded_channel();
    tell(child.stdout.take().unwrap(), sender.clone());
    tell(child.stderr.take().unwrap(), sender);
    let hear = async {
        let mut heard = String::new();
        while let Some(line) = lines.recv().await {
            if let Some(said) = Said::by(&line) {
                return said;
            }
            heard += &line;
            heard.push('\n');
        }
        Said::Else(heard)
    };
    match timeout(PATIENCE, hear).await {
        Ok(said) => said,
        Err(_) => Said::Else("nothing".to_owned()),
    }
}

fn tell(stream: impl AsyncRead + Unpin + Send + 'static, to: mpsc::UnboundedSender<String>) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if to.send(line).is_err() {
                return;
            }
        }
    });
}
