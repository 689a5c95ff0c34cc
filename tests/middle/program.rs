//! Real programs: started for one test, killed with it.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

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

impl Program {
    /// One that says itself where it listens.
    pub(crate) const fn running(address: SocketAddr, child: Child, folder: TempDir) -> Self {
        Self {
            address,
            child,
            _folder: folder,
        }
    }
}

/// Starts what listens at the address that it is given. Another program may have taken the port
/// meanwhile: then there is another try.
pub(crate) fn listening(
    folder: TempDir,
    command: impl Fn(SocketAddr, &Path) -> Command,
) -> Program {
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
            return Program::running(address, child, folder);
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
