//! Real programs: started for one test, killed with it.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::pki::Identity;

/// A server program and its files; both go when this is dropped.
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `openssl s_server` with these certificate files. It picks its port itself and says which.
pub(crate) fn openssl_server(folder: TempDir, arguments: &[&str]) -> Program {
    let mut child = Command::new("openssl")
        .args(["s_server", "-accept", "127.0.0.1:0"])
        .args(["-cert", "cert.pem", "-key", "key.pem"])
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("ACCEPT ")?.parse().ok())
        .unwrap();
    // It must never wait for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    Program {
        address,
        child,
        _folder: folder,
    }
}

pub(crate) fn openssl_server_for(identity: &Identity, arguments: &[&str]) -> Program {
    let folder = TempDir::new().unwrap();
    identity.write(folder.path());
    openssl_server(folder, arguments)
}

/// `redis-server` with TLS on its only port.
pub(crate) fn redis_with_tls(identity: &Identity, ca_pem: &str, settings: &[&str]) -> Program {
    let folder = TempDir::new().unwrap();
    identity.write(folder.path());
    std::fs::write(folder.path().join("ca.pem"), ca_pem).unwrap();
    let tls = [
        "port 0",
        "tls-cert-file cert.pem",
        "tls-key-file key.pem",
        "tls-ca-cert-file ca.pem",
    ];
    redis(folder, "tls-port", &[&tls, settings].concat())
}

/// `redis-server` without TLS.
pub(crate) fn redis_without_tls(settings: &[&str]) -> Program {
    redis(TempDir::new().unwrap(), "port", settings)
}

fn redis(folder: TempDir, port_setting: &str, settings: &[&str]) -> Program {
    let address = free_address();
    let config = [
        &["bind 127.0.0.1", "save \"\"", "appendonly no"][..],
        settings,
        &[&format!("{port_setting} {}", address.port())],
    ]
    .concat()
    .join("\n");
    std::fs::write(folder.path().join("redis.conf"), config).unwrap();
    let mut child = Command::new("redis-server")
        .arg("redis.conf")
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_until_open(address, &mut child);
    Program {
        address,
        child,
        _folder: folder,
    }
}

fn wait_until_open(address: SocketAddr, child: &mut Child) {
    let begun = Instant::now();
    while TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_err() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended");
        assert!(begun.elapsed() < Duration::from_secs(20), "it never opened");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}

pub(crate) fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    run("openssl", folder, arguments)
}

pub(crate) fn run(program: &str, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}
