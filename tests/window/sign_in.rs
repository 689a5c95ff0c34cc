//! Accounts: a key is checked, kept in the keychain and nowhere else, and there after a restart.

use std::path::{Path, PathBuf};

use crate::app::{SOON, Start, TASK, hook};
use crate::cloud::{ACCOUNT, READY, enter, sandbox, sign_in};
use crate::desktop::{Keychain, evidence};
use crate::scene::Scene;
use crate::wait::eventually;

#[tokio::test]
async fn an_account_is_there_after_a_restart_and_its_key_in_no_file() {
    let cloud = sandbox(100.0).await;
    Scene::play("sign-in", Start::default(), async |scene| {
        enter(scene.app(), &cloud).await;
        scene.quit().await;
        scene.open().await;
        scene.app().find(&hook(&format!("row-{READY}"))).await;
        assert!(
            !scene.app().has(&hook("door-sandbox")).await,
            "it asks to sign in again"
        );
        let account = scene.app().attribute(&hook("account-menu"), "title").await;
        assert!(account.contains(ACCOUNT), "{account}");
        scene.quit().await;

        let keychain = scene.desktop.home().join(".local/share/keyrings");
        let mut files = files(scene.desktop.home(), &keychain);
        files.push(evidence().join("sign-in.log"));
        // What may be in a file is found, so what is not found is not there.
        assert!(
            !holding(&files, ACCOUNT).is_empty(),
            "the data folder was not read"
        );
        let secret = &cloud.ready().secret_key;
        assert_eq!(holding(&files, secret), Vec::<PathBuf>::new());
        scene.open().await;
    })
    .await;
}

#[tokio::test]
async fn a_key_for_the_session_is_gone_after_it() {
    let cloud = sandbox(100.0).await;
    Scene::play("session-key", Start::default(), async |scene| {
        scene.app().click(&hook("keep-session")).await;
        enter(scene.app(), &cloud).await;
        scene.quit().await;
        scene.open().await;
        eventually("the key is asked for", SOON, async || {
            scene.app().has(&hook("door-signin-submit")).await
                || scene
                    .app()
                    .has("[data-testid='error'][data-code='credentials_missing']")
                    .await
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn without_a_keychain_the_key_can_be_kept_for_the_session() {
    let cloud = sandbox(100.0).await;
    let start = Start {
        keychain: Keychain::Absent,
        ..Start::default()
    };
    Scene::play("no-keychain", start, async |scene| {
        let app = scene.app();
        app.find("[data-testid='vault-state'][data-vault='unavailable']")
            .await;
        app.click(&hook("keep-keychain")).await;
        sign_in(app, &cloud, &cloud.ready().secret_key).await;
        app.find("[data-testid='error'][data-code='keychain_unavailable']")
            .await;
        app.click(&hook("error-action")).await;
        app.find(&hook(&format!("row-{READY}"))).await;
    })
    .await;
}

/// The sandbox ends with the application. What ran in it cannot have succeeded.
#[tokio::test]
async fn a_sandbox_is_new_after_a_restart() {
    Scene::play("new-sandbox", Start::default(), async |scene| {
        scene.app().click(&hook("door-sandbox")).await;
        scene.app().open_row(READY).await;
        scene.app().click(&hook("enable-ssl")).await;
        scene.app().click(&hook("apply-plan")).await;
        scene.app().find(&hook("job-phase")).await;
        scene.quit().await;
        scene.open().await;
        let app = scene.app();
        app.click(&hook("door-sandbox")).await;
        app.find(&format!(
            "{}[data-ssl='off']",
            hook(&format!("row-{READY}"))
        ))
        .await;
        app.click(&hook("nav-activity")).await;
        let over =
            "[data-testid^='job-row-']:is([data-phase='failed'], [data-phase='interrupted'])";
        app.find_within(over, TASK).await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_key_says_so_and_what_was_typed_stays() {
    let cloud = sandbox(100.0).await;
    Scene::play("wrong-key", Start::default(), async |scene| {
        let app = scene.app();
        sign_in(app, &cloud, "not-the-key").await;
        app.find("[data-testid='error'][data-code='credentials_rejected']")
            .await;
        let kept = app
            .find(&hook("field-secret-id"))
            .await
            .prop("value")
            .await
            .unwrap();
        assert_eq!(kept.as_deref(), Some(cloud.ready().secret_id.as_str()));
        app.fill(&hook("field-secret-key"), &cloud.ready().secret_key)
            .await;
        app.click(&hook("door-signin-submit")).await;
        app.find(&hook(&format!("row-{READY}"))).await;
    })
    .await;
}

/// Every file below a folder but those of one folder in it.
fn files(folder: &Path, except: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path == except {
            continue;
        }
        let kind = path.symlink_metadata().unwrap().file_type();
        if kind.is_dir() {
            found.extend(files(&path, except));
        } else if kind.is_file() {
            found.push(path);
        }
    }
    found
}

fn holding(files: &[PathBuf], text: &str) -> Vec<PathBuf> {
    files
        .iter()
        .filter(|file| {
            let bytes = std::fs::read(file).unwrap();
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        })
        .cloned()
        .collect()
}
