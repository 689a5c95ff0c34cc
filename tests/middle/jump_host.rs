//! A real SSH host, with its keys and an agent, started for one test.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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

    /// It also lets those in who know a password, of which it asks PAM.
    pub(crate) fn asking(password: &str, settings: &str) -> Self {
        let settings = format!(
            "{settings}\nUsePAM yes\nPasswordAuthentication yes\nKbdInteractiveAuthentication yes"
        );
        Self::run(&["ed25519"], &settings, |folder| {
            let write = |name: &str, text: &str| {
                let file = folder.join(name);
                std::fs::write(&file, text).unwrap();
                file
            };
            let secret = write("password", password);
            let check = format!("#!/bin/sh\ntr -d '\\0' | cmp -s - {}\n", secret.display());
            let check = write("check", &check);
            std::fs::set_permissions(&check, PermissionsExt::from_mode(0o700)).unwrap();
            let rules = write(
                "pam",
                &format!(
                    "auth requisite pam_exec.so expose_authtok quiet {}\nauth required pam_permit.so\n\
                     account required pam_permit.so\nsession required pam_permit.so\n",
                    check.display()
                ),
            );
            with_pam(&rules, &folder.join("sshd_config"))
        })
    }

    fn run(kinds: &[&str], settings: &str, sshd: impl Fn(&Path) -> Command) -> Self {
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

/// `sshd` that finds these rules in the place of the system's: in a mount namespace, which
/// somebody else than root may only make in a user namespace, and is who he was in one more.
fn with_pam(rules: &Path, config: &Path) -> Command {
    const ROOT: &str = "exec unshare --mount";
    const OTHERS: &str = "exec unshare --user --map-root-user --mount";
    let id = |option: &str| {
        let output = Command::new("id").arg(option).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let (user, group) = (id("-u"), id("-g"));
    let (unshare, again) = match user.as_str() {
        "0" => (ROOT, String::new()),
        _ => (
            OTHERS,
            format!("unshare --user --map-user={user} --map-group={group}"),
        ),
    };
    let script = format!(
        "{unshare} sh -c 'mount --bind {} /etc/pam.d/sshd && \
         exec {again} /usr/sbin/sshd -D -f {}'",
        rules.display(),
        config.display()
    );
    let mut command = Command::new("sh");
    command.arg("-c").arg(script);
    command
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

/// `ssh-agent` with these keys; it ends with the test.
pub(crate) struct Agent {
    child: Child,
    folder: TempDir,
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Agent {
    pub(crate) fn with(keys: &[&Path]) -> Self {
        let folder = TempDir::new().unwrap();
        let socket = folder.path().join("agent");
        let child = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let agent = Self { child, folder };
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while !socket.exists() {
            assert!(std::time::Instant::now() < deadline, "no agent");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        for key in keys {
            let mut add = Command::new("ssh-add");
            add.arg("-q").arg(key).env("SSH_AUTH_SOCK", &socket);
            assert!(add.stderr(Stdio::null()).status().unwrap().success());
        }
        agent
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("agent")
    }
}
