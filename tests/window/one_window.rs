//! A second start, and the end of the window while jobs are watched.

use std::process::ExitStatus;

use crate::app::{SOON, Start, TITLE, hook};
use crate::cloud::{READY, enter, sandbox};
use crate::scene::Scene;
use crate::wait::eventually;

#[tokio::test]
async fn a_second_start_shows_the_first_window_and_ends() {
    Scene::play("second-start", Start::default(), async |scene| {
        scene.app().find(&hook("door-sandbox")).await;
        let desktop = &scene.desktop;
        let mut second = desktop.command(env!("CARGO_BIN_EXE_rediseal"));
        let ended = tokio::time::timeout(SOON, second.status()).await;
        let ended = ended.ok().and_then(Result::ok);
        assert!(ended.is_some_and(|status: ExitStatus| status.success()));
        assert_eq!(desktop.windows(TITLE).await, 1);

        // Another folder is another application.
        let folder = tempfile::tempdir().unwrap();
        let mut other = desktop
            .command(env!("CARGO_BIN_EXE_rediseal"))
            .env("REDISEAL_DATA_DIR", folder.path())
            .spawn()
            .unwrap();
        eventually("it has a window of its own", SOON, async || {
            desktop.windows(TITLE).await == 2
        })
        .await;
        other.kill().await.unwrap();
        eventually("that is gone", SOON, async || {
            desktop.windows(TITLE).await == 1
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn quitting_while_a_job_is_watched_is_asked_about() {
    let cloud = sandbox(1.0).await;
    Scene::play("quit", Start::default(), async |scene| {
        let app = scene.app();
        enter(app, &cloud).await;
        app.open_row(READY).await;
        app.click(&hook("enable-ssl")).await;
        app.click(&hook("apply-plan")).await;
        app.find(&hook("job-phase")).await;

        let dialog = hook("quit-dialog");
        asks_to_close(scene, &dialog).await;
        app.click(&hook("quit-stay")).await;
        eventually("it stays", SOON, async || !app.has(&dialog).await).await;

        // The answer is over: it asks again.
        asks_to_close(scene, &dialog).await;
        // Not by the driver, whose click has no page to answer.
        scene.desktop.press(&["Tab", "space"]).await;
        eventually("the window closes", SOON, async || {
            scene.desktop.windows(TITLE).await == 0
        })
        .await;
        scene.gone().await;
        scene.open().await;
        scene.app().find(&hook("nav-activity")).await;
    })
    .await;
}

async fn asks_to_close(scene: &Scene, dialog: &str) {
    scene.desktop.focus(TITLE).await;
    scene.desktop.press(&["alt+F4"]).await;
    scene.app().find(dialog).await;
}
