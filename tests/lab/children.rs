//! Real programs: started for one test, killed with it.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
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

/// `openssl s_server` with this identity. It picks its port itself and says which.
pub(crate) fn openssl_server_for(identity: &Identity, arguments: &[&str]) -> Program {
    let folder = TempDir::new().unwrap();
    identity.write(folder.path());
    let chain: &[&str] = match identity.chain.len() {
        0 | 1 => &[],
        _ => &["-cert_chain", "rest.pem"],
    };
    let mut child = Command::new("openssl")
        .args(["s_server", "-accept", "127.0.0.1:0"])
        .args(["-cert", "cert.pem", "-key", "key.pem"])
        .args(chain)
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
    let general = ["bind 127.0.0.1", "save \"\"", "appendonly no"];
    listening(folder, |address, path| {
        let port = format!("{port_setting} {}", address.port());
        let config = [&general[..], settings, &[&port]].concat().join("\n");
        std::fs::write(path.join("redis.conf"), config).unwrap();
        let mut command = Command::new("redis-server");
        command.arg("redis.conf");
        command
    })
}

/// `gnutls-serv` with this identity; it answers what it is told, line by line.
pub(crate) fn gnutls_server_for(identity: &Identity, arguments: &[&str]) -> Program {
    let folder = TempDir::new().unwrap();
    identity.write(folder.path());
    listening(folder, |address, _| {
        let mut command = Command::new("gnutls-serv");
        command
            .args(["--port", &address.port().to_string()])
            .args(["--x509certfile", "cert.pem", "--x509keyfile", "key.pem"])
            .args(["--quiet", "--echo"])
            .args(arguments);
        command
    })
}

/// `stunnel` with this identity, before another server.
pub(crate) fn stunnel_for(identity: &Identity, behind: SocketAddr, settings: &[&str]) -> Program {
    let folder = TempDir::new().unwrap();
    identity.write(folder.path());
    listening(folder, |address, path| {
        let config = format!(
            "foreground = yes\npid =\nsyslog = no\n[redis]\naccept = {address}\n\
             connect = {behind}\ncert = cert.pem\nkey = key.pem\n{}\n",
            settings.join("\n")
        );
        std::fs::write(path.join("stunnel.conf"), config).unwrap();
        let mut command = Command::new("stunnel4");
        command.arg("stunnel.conf");
        command
    })
}

/// Starts what listens at the address that it is given. Another program may have taken the port
/// meanwhile: then there is another try.
fn listening(folder: TempDir, command: impl Fn(SocketAddr, &Path) -> Command) -> Program {
    for _ in 0..3 {
        let address = free_address();
        let mut child = command(address, folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if opens(address, &mut child) {
            return Program {
                address,
                child,
                _folder: folder,
            };
        }
    }
    panic!(
        "it does not start: {:?}",
        command(free_address(), folder.path())
    );
}

/// Waits until the program itself listens at `address`: that something does proves nothing, for
/// another program may have taken the port. False when the program ended.
fn opens(address: SocketAddr, child: &mut Child) -> bool {
    let begun = Instant::now();
    while !listens(child.id(), address.port()) {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it never opened");
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Whether one of the process's files is a socket that listens on this port: see proc(5).
fn listens(process: u32, port: u16) -> bool {
    const LISTEN: &str = "0A";
    let Ok(files) = std::fs::read_dir(format!("/proc/{process}/fd")) else {
        return false;
    };
    let open: HashSet<_> = files
        .filter_map(|file| std::fs::read_link(file.ok()?.path()).ok())
        .filter_map(|link| {
            let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect();
    ["tcp", "tcp6"].into_iter().any(|table| {
        let sockets = std::fs::read_to_string(format!("/proc/{process}/net/{table}"));
        sockets.unwrap_or_default().lines().any(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            matches!(columns[..], [_, local, _, LISTEN, _, _, _, _, _, inode, ..]
                if local.ends_with(&format!(":{port:04X}")) && open.contains(inode))
        })
    })
}

fn free_address() -> SocketAddr {
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
