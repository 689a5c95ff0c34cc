//! A real SSH host with its keys, started for one test.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::program::{Program, listening};

/// `sshd` for the user who runs the tests, with one who may log in.
pub(crate) struct JumpHost {
    pub(crate) program: Program,
    folder: TempDir,
}

impl JumpHost {
    /// With more lines of configuration. Its key is an Ed25519 one, the user's as well.
    pub(crate) fn start(settings: &str) -> Self {
        Self::with_keys(&["ed25519"], settings)
    }

    pub(crate) fn with_keys(kinds: &[&str], settings: &str) -> Self {
        Self::run(kinds, settings, |folder| {
            let mut command = Command::new("/usr/sbin/sshd");
            command.arg("-D").arg("-f").arg(folder.join("sshd_config"));
            command
        })
    }

    /// With the command for a folder in which its configuration is.
    pub(crate) fn run(kinds: &[&str], settings: &str, sshd: impl Fn(&Path) -> Command) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_owned();
        generate(&path.join("user"), &[]);
        std::fs::copy(path.join("user.pub"), path.join("authorized")).unwrap();
        // Of two lines about the same the first counts.
        let mut config = format!(
            "{settings}\nListenAddress 127.0.0.1\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
             StrictModes no\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nPermitRootLogin yes\n",
            path.join("authorized").display()
        );
        for kind in kinds {
            let key = path.join(format!("host_{kind}"));
            generate(&key, &["-t", kind]);
            config += &format!("HostKey {}\n", key.display());
        }
        // Started by root it wants this folder, which a system that boots makes.
        let _ = std::fs::create_dir_all("/run/sshd");
        let program = listening(TempDir::new().unwrap(), |address, folder| {
            let config = format!("Port {}\n{config}", address.port());
            std::fs::write(folder.join("sshd_config"), config).unwrap();
            sshd(folder)
        });
        Self { program, folder }
    }

    /// `ssh://user@host:port`, or with another address in front of it.
    pub(crate) fn url(&self, address: std::net::SocketAddr) -> String {
        let user = Command::new("id").arg("-un").output().unwrap().stdout;
        format!(
            "ssh://{}@{address}",
            String::from_utf8(user).unwrap().trim()
        )
    }

    /// The private key that it lets in.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("user")
    }

    /// A file of known hosts that has its key of this kind under the name of an address.
    pub(crate) fn known_as(&self, address: std::net::SocketAddr, kind: &str) -> PathBuf {
        let key = std::fs::read_to_string(self.folder.path().join(format!("host_{kind}.pub")));
        let line = format!("[{}]:{} {}", address.ip(), address.port(), key.unwrap());
        let name = format!("known_{kind}_{}", address.port());
        let file = self.folder.path().join(name);
        std::fs::write(&file, line).unwrap();
        file
    }

    /// `SHA256:…` of its key, as its administrator sees it.
    pub(crate) fn fingerprint(&self, kind: &str) -> String {
        let key = self.folder.path().join(format!("host_{kind}.pub"));
        let output = Command::new("ssh-keygen")
            .arg("-lf")
            .arg(key)
            .output()
            .unwrap();
        let line = String::from_utf8(output.stdout).unwrap();
        line.split(' ').nth(1).unwrap().to_owned()
    }
}

/// A key pair of `ssh-keygen`, without a passphrase unless the arguments say so.
pub(crate) fn generate(file: &Path, arguments: &[&str]) {
    let mut command = Command::new("ssh-keygen");
    command.arg("-q").arg("-f").arg(file).args(arguments);
    if !arguments.contains(&"-N") {
        command.args(["-N", ""]);
    }
    assert!(command.status().unwrap().success(), "{command:?}");
}
