//! What stands between a client and the cloud: servers with TLS, proxies.

use std::{
    net::TcpListener as StdListener,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::ServerConfig;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::inspecting::pass_on;

/// Takes TLS off in front of `inner`, a `host:port`.
pub(crate) async fn tls_in_front_of(inner: &str, config: ServerConfig) -> String {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let target = inner.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(pass_on(acceptor.clone(), stream, target.clone()));
        }
    });
    url
}

/// A real proxy program; it ends with the test.
pub(crate) struct Program {
    pub(crate) address: String,
    child: Child,
    _folder: TempDir,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    /// `tinyproxy` with more lines of configuration.
    pub(crate) fn tinyproxy(more: &str) -> Self {
        Self::start(|port, folder| {
            let file = folder.path().join("tinyproxy.conf");
            let text =
                format!("Port {port}\nListen 127.0.0.1\nTimeout 30\nMaxClients 20\n{more}\n");
            std::fs::write(&file, text).unwrap();
            let mut command = Command::new("tinyproxy");
            command.arg("-d").arg("-c").arg(file);
            command
        })
    }

    /// `microsocks` with more arguments.
    pub(crate) fn microsocks(more: &[&str]) -> Self {
        Self::start(|port, _| {
            let mut command = Command::new("microsocks");
            command
                .args(["-i", "127.0.0.1", "-p"])
                .arg(port.to_string())
                .args(more);
            command
        })
    }

    fn start(command: impl Fn(u16, &TempDir) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut command = command(port, &folder);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}; see `cargo xtask run`"));
        let mut program = Self {
            address: format!("127.0.0.1:{port}"),
            child,
            _folder: folder,
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(&program.address).is_err() {
            let ended = program.child.try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "{command:?}: {ended:?}"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        program
    }
}

/// A port that nothing listens on.
pub(crate) fn free_port() -> u16 {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
