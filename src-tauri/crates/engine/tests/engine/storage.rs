//! A data folder that cannot be written, and a disk that is full.

use std::path::{Path, PathBuf};
use std::process::Command;

use rediseal_engine::view::{
    Action, CertificateFormat, Confirmation, EdgeError, InventoryFormat, Keep,
};
use rediseal_engine::{Code, Config, Engine};

use crate::support::{Lab, ON, READY, apply};

/// A file system of its own; its tests need to be root, and say so where that is not so.
pub(crate) struct Mount {
    folder: tempfile::TempDir,
}

impl Mount {
    pub(crate) fn new(options: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self { folder })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let mut command = Command::new("mount");
        command.args(["-o", &options]).arg(self.path());
        assert!(command.status().unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

async fn refused(config: Config, code: Code) {
    let folder = config.data_folder.clone();
    let error = Engine::open(config).await.err().unwrap();
    assert_eq!(error.code(), code, "{error}");
    let edge = EdgeError::from(error);
    let path = PathBuf::from(edge.details["path"].as_str().unwrap());
    assert!(
        path.starts_with(&folder) || folder.starts_with(&path),
        "{path:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_cannot_be_made_or_written_is_told_at_once() {
    let lab = Lab::still().await;
    let file = lab.folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let mut config = lab.config();
    config.data_folder = file.join("data");
    refused(config, Code::DataFolderUnwritable).await;
    let mut config = lab.config();
    config.data_folder = "/proc/rediseal".into();
    refused(config, Code::DataFolderUnwritable).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_database_is_left_as_it_is() {
    let lab = Lab::still().await;
    drop(lab.open().await);
    for entry in std::fs::read_dir(lab.folder.path()).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let file = lab.folder.path().join("rediseal.db");
    let text = "this is a text, and longer than the head of a database file is".repeat(100);
    std::fs::write(&file, &text).unwrap();
    refused(lab.config(), Code::Internal).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_when_the_intent_cannot_be_recorded() {
    let lab = Lab::fast().await;
    drop(lab.engine().await);
    let mut config = lab.config();
    // The database may not grow by a single page.
    config.max_database_pages = Some(1);
    let engine = Engine::open(config).await.unwrap();
    // What has nothing to do sends nothing, and fills what is left inside the pages.
    for filler in [4000, 500, 0] {
        let error = loop {
            let instances = [ON.to_owned()];
            let plan = engine.plan(Action::ENABLE_SSL, &instances).await.unwrap();
            let confirmation = Confirmation {
                reason: Some("x".repeat(filler)),
                ..Confirmation::default()
            };
            match engine.apply(&plan.id, confirmation, &plan.id).await {
                Ok(jobs) => drop(engine.wait_for(&jobs[0].id).await.unwrap()),
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), Code::DiskFull, "{error}");
    }
    let error = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap_err();
    assert_eq!(error.code(), Code::DiskFull, "{error}");
    assert_eq!(lab.calls("OpenSSL"), 0);
    // Reading still works.
    engine.audit_log().await.unwrap();
    engine.instance_detail(READY).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_or_full_file_system_is_told() {
    let lab = Lab::fast().await;
    let Some(full) = Mount::new("size=64k") else {
        not_root();
        return;
    };
    std::fs::write(full.path().join("filler"), vec![0; 60 * 1024]).unwrap();
    let mut config = lab.config();
    config.data_folder = full.path().join("data");
    refused(config, Code::DiskFull).await;

    // Whatever SQLite wants to write when there is no room left for it.
    for free in [0, 4, 8, 16, 24, 32, 40] {
        let full = Mount::new("size=512k").unwrap();
        let mut config = lab.config();
        config.data_folder = full.path().to_owned();
        drop(Engine::open(config).await.unwrap());
        let reserve = full.path().join("reserve");
        std::fs::write(&reserve, vec![0; free * 1024]).unwrap();
        let _ = std::fs::write(full.path().join("filler"), vec![0; 512 * 1024]);
        std::fs::remove_file(reserve).unwrap();
        let mut config = lab.config();
        config.data_folder = full.path().to_owned();
        if let Err(error) = Engine::open(config).await {
            assert_eq!(error.code(), Code::DiskFull, "{free} KiB free: {error}");
        }
        let left = std::fs::read_dir(full.path()).unwrap();
        assert!(
            left.flatten()
                .all(|file| !file.file_name().to_string_lossy().ends_with(".tmp"))
        );
    }

    let read_only = Mount::new("size=8m").unwrap();
    let mut config = lab.config();
    config.data_folder = read_only.path().to_owned();
    drop(Engine::open(config).await.unwrap());
    let remounted = Command::new("mount")
        .args(["-o", "remount,ro"])
        .arg(read_only.path())
        .status()
        .unwrap();
    assert!(remounted.success());
    let mut config = lab.config();
    config.data_folder = read_only.path().to_owned();
    refused(config, Code::DataFolderUnwritable).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_up_on_the_way_loses_no_file() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let Some(full) = Mount::new("size=16k") else {
        not_root();
        return;
    };
    std::fs::write(full.path().join("filler"), vec![0; 12 * 1024]).unwrap();
    let target = full.path().join("fleet.json");
    std::fs::write(&target, "old").unwrap();
    engine.refresh_inventory().await.unwrap();
    engine.inventory_refreshed().await.unwrap();
    let error = engine
        .save_inventory_to(InventoryFormat::Json, &target, true)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::DiskFull, "{error}");
    assert_eq!(std::fs::read(&target).unwrap(), b"old");
    let zip = full.path().join("ca.zip");
    let saved = engine
        .save_certificate_to(ON, CertificateFormat::Zip, &zip, false)
        .await;
    if let Err(error) = saved {
        assert_eq!(error.code(), Code::DiskFull, "{error}");
        assert!(!zip.exists());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fleet_and_the_audit_log_are_written_as_files() {
    let lab = Lab::still().await;
    let engine = lab.open().await;
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    engine.refresh_inventory().await.unwrap();
    let rows = engine.inventory_refreshed().await.unwrap().rows;
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("fleet.csv");
    engine
        .save_inventory_to(InventoryFormat::Csv, &csv, false)
        .await
        .unwrap();
    let text = std::fs::read_to_string(csv).unwrap();
    assert_eq!(text.lines().count(), rows.len() + 1);
    let audit = folder.path().join("audit.jsonl");
    engine.save_audit_to(&audit, false).await.unwrap();
    let text = std::fs::read_to_string(audit).unwrap();
    assert!(text.contains("sign_in"));
}

#[expect(clippy::print_stderr, reason = "tests")]
fn not_root() {
    eprintln!("not root: file systems cannot be mounted, the case is not covered here");
}
