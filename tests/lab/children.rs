//! Real programs: started for one test, killed with it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::pki::Identity;
use crate::program::{Program, listening};

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
    Program::running(address, child, folder)
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
