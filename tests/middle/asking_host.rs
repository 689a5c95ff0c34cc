//! A real SSH host that asks for a password.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::jump_host::JumpHost;

impl JumpHost {
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
