//! Real proxies, each started for one test.

use std::process::Command;

use tempfile::TempDir;

use crate::program::{Program, listening};

/// `microsocks`, a SOCKS5 proxy, with more arguments.
pub(crate) fn microsocks(arguments: &[&str]) -> Program {
    listening(TempDir::new().unwrap(), |address, _| {
        let mut command = Command::new("microsocks");
        command
            .args(["-i", "127.0.0.1", "-p", &address.port().to_string()])
            .args(arguments);
        command
    })
}

/// `tinyproxy`, an HTTP proxy, with more lines of configuration.
pub(crate) fn tinyproxy(settings: &str) -> Program {
    listening(TempDir::new().unwrap(), |address, folder| {
        let port = address.port();
        let general = format!("Port {port}\nListen 127.0.0.1\nTimeout 30\nMaxClients 20");
        let config = format!("{general}\n{settings}\n");
        std::fs::write(folder.join("tinyproxy.conf"), config).unwrap();
        let mut command = Command::new("tinyproxy");
        command.args(["-d", "-c", "tinyproxy.conf"]);
        command
    })
}
