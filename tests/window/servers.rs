//! Certificates put on servers: a real one of OpenSSH that is new, and one that is not there.

use std::fs;

use crate::app::{SOON, Start, TASK, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::jump_host::JumpHost;
use crate::scene::Scene;
use crate::wait::eventually;

const DEAD: &str = "ops@127.0.0.1:9";

#[tokio::test]
async fn a_certificate_is_put_on_a_new_server_once_its_key_is_accepted() {
    let cloud = sandbox(100.0).await;
    let server = tempfile::tempdir().unwrap();
    let tls = server.path().join("tls");
    fs::create_dir(&tls).unwrap();
    let file = tls.join(format!("{ENCRYPTED}-ca.pem"));
    fs::write(&file, "old").unwrap();
    let sftp = format!(
        "Subsystem sftp internal-sftp -d {}",
        server.path().display()
    );
    let host = JumpHost::start(&sftp);
    Scene::play("servers", Start::default(), async |scene| {
        let (app, desktop) = (scene.app(), &scene.desktop);
        let ssh = desktop.home().join(".ssh");
        fs::create_dir_all(&ssh).unwrap();
        let url = host.url(host.program.address);
        let (user, _) = url.trim_start_matches("ssh://").split_once('@').unwrap();
        let config = format!(
            "Host web\n  HostName 127.0.0.1\n  Port {}\n  User {user}\n  IdentityFile {}\n",
            host.program.address.port(),
            host.key().display()
        );
        fs::write(ssh.join("config"), config).unwrap();
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("download-certificate")).await;
        app.click(&hook("put-on-servers")).await;

        // What is missing is said, and nothing is asked.
        app.click(&hook("put-look")).await;
        app.find(&format!("{}[aria-invalid='true']", hook("put-hosts")))
            .await;
        app.click(&hook("host-web")).await;
        app.fill(&hook("put-hosts"), DEAD).await;
        app.fill(&hook("put-folder"), "~/tls").await;
        app.click(&hook("put-look")).await;

        let planned = |name: &str, step: &str| {
            format!("{}[data-step='{step}']", hook(&format!("host-plan-{name}")))
        };
        app.find(&planned("web", "blocked")).await;
        app.find(&planned(DEAD, "blocked")).await;
        let shown = app.text(&hook("put-host-key")).await;
        assert_eq!(shown, host.fingerprint("ed25519"));
        assert!(!ssh.join("known_hosts").exists(), "nothing was accepted");
        app.click(&hook("put-accept")).await;
        app.find(&planned("web", "replace")).await;
        let kept = fs::read_to_string(ssh.join("known_hosts")).unwrap();
        let known = fs::read_to_string(host.known_as(host.program.address, "ed25519")).unwrap();
        assert!(known.starts_with(kept.trim_end()), "{kept}");
        assert_eq!(
            app.text(&hook("put-path")).await,
            file.display().to_string()
        );
        assert_eq!(fs::read(&file).unwrap(), b"old", "a plan changes nothing");

        app.click(&hook("put-apply")).await;
        let ended = |name: &str, outcome: &str| {
            let row = hook(&format!("host-row-{name}"));
            format!("{row}[data-outcome='{outcome}']")
        };
        app.find_within(&ended("web", "replaced"), TASK).await;
        app.find(&ended(DEAD, "failed")).await;
        let verdict = app.attribute(&hook("put-verdict"), "data-verdict").await;
        assert_eq!(verdict, "secure");
        let pem = fs::read_to_string(&file).unwrap();
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
        let backup = app.text(&hook("put-backup")).await;
        assert_eq!(fs::read(&backup).unwrap(), b"old");

        // Those that failed are tried again, and no others.
        app.click(&hook("put-again")).await;
        app.find(&planned(DEAD, "blocked")).await;
        assert!(!app.has(&planned("web", "same")).await);
        app.click(&hook("put-back")).await;
        app.fill(&hook("put-hosts"), "").await;
        app.click(&hook("put-look")).await;
        app.find(&planned("web", "same")).await;
        desktop.press(&["Escape"]).await;
        eventually("Esc closes it", SOON, async || !app.has(&hook("put")).await).await;
        app.find(&hook("put-on-servers")).await;
    })
    .await;
}
