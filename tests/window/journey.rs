//! The whole path on the built-in sandbox, from the first door to proven TLS and back. It is also
//! the tour: its pictures are under `target/tour`.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::app::{App, SOON, Start, TASK, TITLE, hook};
use crate::scene::Scene;
use crate::wait::eventually;

const BLOCKED: &str = "crs-81zzc9hn";

#[tokio::test]
async fn in_english_on_light() {
    walk("en", "light", "Save certificate").await;
}

#[tokio::test]
async fn in_chinese_on_dark() {
    walk("zh", "dark", "保存证书").await;
}

async fn walk(language: &str, theme: &str, dialog: &str) {
    let start = Start {
        sandbox_speed: Some(15),
        ..Start::default()
    };
    let name = format!("{language}-{theme}");
    Scene::play(&format!("journey-{name}"), start, async |scene| {
        let album = Album::new(&name);
        let app = scene.app();
        app.wear(language, theme).await;
        album.add(scene, "first-run").await;

        app.click(&hook("door-sandbox")).await;
        lists_the_whole_fleet(app).await;
        album.add(scene, "fleet").await;

        app.open_row(BLOCKED).await;
        is_blocked_by_its_proxy(app).await;
        album.add(scene, "blocked").await;

        upgrades_from_the_checklist(scene, &album).await;
        enables(scene, &album).await;

        let saved = saves_the_certificate(scene, &album, dialog).await;
        let address = reports(scene.app(), "chain_only", "certificate.name_not_checkable").await;
        album.add(scene, "report").await;
        verifies_the_live_chain(&saved, &address).await;

        disables_only_when_typed(scene, &album).await;
        reports(scene.app(), "insecure", "tls.plaintext_server").await;
        album.add(scene, "report-plaintext").await;

        shows_what_happened(scene.app()).await;
        album.add(scene, "activity").await;
        scene.app().click(&hook("nav-settings")).await;
        album.add(scene, "settings").await;
    })
    .await;
}

/// Every instance of the sandbox's fleet, in every region, is a row.
async fn lists_the_whole_fleet(app: &App) {
    let fleet: Value =
        serde_json::from_str(include_str!("../../src-tauri/crates/sandbox/fleet.json")).unwrap();
    let instances = fleet["instances"].as_array().unwrap();
    assert!(instances.len() >= 24, "the fleet has shrunk");
    let rows = (instances.len() + 1).to_string();
    eventually("every instance is listed", SOON, async || {
        app.attribute(&hook("fleet-table"), "aria-rowcount").await == rows
    })
    .await;
    for instance in instances {
        let id = instance["id"].as_str().unwrap();
        app.fill(&hook("fleet-filter"), id).await;
        app.find(&hook(&format!("row-{id}"))).await;
    }
    app.fill(&hook("fleet-filter"), "").await;
}

async fn is_blocked_by_its_proxy(app: &App) {
    let check = hook("check-proxy_version");
    eventually("the proxy blocks", SOON, async || {
        app.attribute(&check, "data-status").await == "blocked"
    })
    .await;
    let reason = app.text(&check).await;
    assert!(reason.contains("5.5.0"), "{reason}");
    assert!(
        !app.has(&hook("enable-ssl")).await,
        "a blocked instance offers to enable"
    );
}

async fn upgrades_from_the_checklist(scene: &Scene, album: &Album) {
    let app = scene.app();
    app.click(&hook("fix-upgrade-proxy-now")).await;
    app.find(&hook("apply-plan")).await;
    album.add(scene, "upgrade-plan").await;
    app.click(&hook("apply-plan")).await;
    app.find(&hook("job-phase")).await;
    album.add(scene, "upgrading").await;
    app.find_within(&hook("enable-ssl"), TASK).await;
    album.add(scene, "ready").await;
}

async fn enables(scene: &Scene, album: &Album) {
    let app = scene.app();
    app.click(&hook("enable-ssl")).await;
    app.find(&hook("apply-plan")).await;
    album.add(scene, "enable-plan").await;
    app.click(&hook("apply-plan")).await;
    app.find(&format!("{}[data-phase='updating']", hook("job-phase")))
        .await;
    album.add(scene, "updating").await;
    app.find_within(&format!("{}[data-ssl='on']", hook("instance-state")), TASK)
        .await;
    eventually("the job ends", TASK, async || {
        !app.has(&hook("job-phase")).await
    })
    .await;
}

async fn saves_the_certificate(scene: &Scene, album: &Album, dialog: &str) -> PathBuf {
    let app = scene.app();
    app.find(&hook("save-pem")).await;
    album.add(scene, "certificate").await;
    app.click(&hook("save-pem")).await;
    let path = album.folder.join(format!("{BLOCKED}-ca.pem"));
    scene.desktop.answer_file_dialog(dialog, &path).await;
    eventually("the certificate is written", SOON, async || path.exists()).await;
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("-----BEGIN CERTIFICATE-----"), "{text}");
    path
}

/// Tests the instance's own address and returns it.
async fn reports(app: &App, verdict: &str, cause: &str) -> String {
    app.click(&hook("nav-instances")).await;
    app.open_row(BLOCKED).await;
    app.click(&hook("test-open")).await;
    app.click(&hook("test-run")).await;
    app.find(&format!("{}[data-verdict='{verdict}']", hook("verdict")))
        .await;
    assert_eq!(app.attribute(&hook("cause"), "data-cause").await, cause);
    let mut total = 0;
    for stage in ["dns", "tcp", "tls", "chain", "name", "redis"] {
        let stage = hook(&format!("stage-{stage}"));
        let status = app.attribute(&stage, "data-status").await;
        let elapsed: u64 = app
            .attribute(&stage, "data-elapsed-us")
            .await
            .parse()
            .unwrap();
        if status == "skipped" {
            assert_eq!(elapsed, 0, "{stage} was not run");
        }
        total += elapsed;
    }
    assert!(total > 0, "no stage took any time");
    app.text(".verdict .mono").await
}

/// OpenSSL trusts the saved file alone, and with it the server that runs.
async fn verifies_the_live_chain(ca: &Path, address: &str) {
    let output = tokio::process::Command::new("openssl")
        .args([
            "s_client",
            "-connect",
            address,
            "-verify_return_error",
            "-CAfile",
        ])
        .arg(ca)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
}

async fn disables_only_when_typed(scene: &Scene, album: &Album) {
    let app = scene.app();
    app.click(&hook("nav-instances")).await;
    app.open_row(BLOCKED).await;
    app.click(&hook("disable-ssl")).await;
    let apply = hook("confirm-apply");
    for wrong in ["", "crs-81zzc9h", "crs-81zzc9hn ", "CRS-81ZZC9HN"] {
        app.fill(&hook("confirm-typed"), wrong).await;
        assert_eq!(
            app.attribute(&apply, "aria-disabled").await,
            "true",
            "{wrong:?}"
        );
        app.click(&apply).await;
        assert!(app.has(&apply).await, "{wrong:?} was enough");
    }
    album.add(scene, "disable-refused").await;
    app.fill(&hook("confirm-typed"), BLOCKED).await;
    eventually("the right id is enough", SOON, async || {
        app.attribute(&apply, "aria-disabled").await == "false"
    })
    .await;
    app.click(&apply).await;
    app.find_within(&format!("{}[data-ssl='off']", hook("instance-state")), TASK)
        .await;
    eventually("the job ends", TASK, async || {
        !app.has(&hook("job-phase")).await
    })
    .await;
}

async fn shows_what_happened(app: &App) {
    app.click(&hook("nav-activity")).await;
    let succeeded = "[data-testid^='job-row-'][data-phase='succeeded']";
    eventually("three jobs succeeded", SOON, async || {
        app.count(succeeded).await == 3
    })
    .await;
    app.find(&hook("audit-chain")).await;
}

/// Numbered pictures of one walk.
pub(crate) struct Album {
    folder: PathBuf,
    number: Cell<u32>,
}

impl Album {
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/tour")
            .join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self {
            folder,
            number: Cell::new(0),
        }
    }

    pub(crate) async fn add(&self, scene: &Scene, name: &str) {
        self.number.set(self.number.get() + 1);
        let number = self.number.get();
        let path = self.folder.join(format!("{number:02}-{name}.png"));
        scene.app().settled().await;
        scene.desktop.picture_of(TITLE, &path).await;
    }
}
