//! SIGKILL in the middle of a change: the next start finds the job in the cloud and goes on. The
//! request is never sent again.

use rediseal_sandbox::Sandbox;

use crate::app::{App, SOON, Start, TASK, hook};
use crate::cloud::{READY, enter, sandbox};
use crate::scene::Scene;
use crate::wait::eventually;

#[tokio::test]
async fn between_the_intent_and_the_task_id() {
    let cloud = sandbox(10.0).await;
    Scene::play("killed-submitting", Start::default(), async |scene| {
        enter(scene.app(), &cloud).await;
        cloud.add_fault("hold:OpenSSL".parse().unwrap());
        enable(scene.app()).await;
        // It took effect in the cloud, and the answer is on no way back.
        eventually("the request arrives", SOON, async || sent(&cloud) == 1).await;
        scene.kill().await;
        cloud.clear_faults();
        goes_on_by_itself(scene, &cloud).await;
    })
    .await;
}

#[tokio::test]
async fn while_the_cloud_updates() {
    let cloud = sandbox(5.0).await;
    Scene::play("killed-updating", Start::default(), async |scene| {
        enter(scene.app(), &cloud).await;
        enable(scene.app()).await;
        phase(scene.app(), "updating").await;
        scene.kill().await;
        goes_on_by_itself(scene, &cloud).await;
    })
    .await;
}

#[tokio::test]
async fn while_the_new_state_is_confirmed() {
    let cloud = sandbox(10.0).await;
    Scene::play("killed-confirming", Start::default(), async |scene| {
        enter(scene.app(), &cloud).await;
        enable(scene.app()).await;
        phase(scene.app(), "updating").await;
        // The task ends, and the state cannot be read.
        cloud.add_fault("hold:DescribeSSLStatus".parse().unwrap());
        phase(scene.app(), "confirming").await;
        scene.kill().await;
        cloud.clear_faults();
        goes_on_by_itself(scene, &cloud).await;
    })
    .await;
}

/// The webview sends the calls that are under way again when its page is loaded anew.
#[tokio::test]
async fn a_page_that_is_loaded_anew_changes_nothing_twice() {
    let cloud = sandbox(5.0).await;
    Scene::play("reloaded", Start::default(), async |scene| {
        let app = scene.app();
        enter(app, &cloud).await;
        cloud.add_fault("latency:OpenSSL:2000".parse().unwrap());
        enable(app).await;
        app.reload().await;
        phase(app, "updating").await;
        succeeds(app).await;
        assert_eq!(sent(&cloud), 1);
    })
    .await;
}

async fn enable(app: &App) {
    app.open_row(READY).await;
    app.click(&hook("enable-ssl")).await;
    app.click(&hook("apply-plan")).await;
}

async fn phase(app: &App, phase: &str) {
    app.find(&format!("{}[data-phase='{phase}']", hook("job-phase")))
        .await;
}

async fn goes_on_by_itself(scene: &mut Scene, cloud: &Sandbox) {
    scene.open().await;
    let app = scene.app();
    app.click(&hook("nav-activity")).await;
    succeeds(app).await;
    assert_eq!(sent(cloud), 1, "{:?}", cloud.ledger().actions);
    app.click("[data-testid^='job-history-']").await;
    let history = app.text(".history").await;
    assert!(history.contains("RediSeal was started again"), "{history}");
}

async fn succeeds(app: &App) {
    app.click(&hook("nav-activity")).await;
    app.find_within("[data-testid^='job-row-'][data-phase='succeeded']", TASK)
        .await;
}

/// How often `OpenSSL` was asked for.
fn sent(cloud: &Sandbox) -> u64 {
    let ledger = cloud.ledger();
    ledger.actions.get("OpenSSL").copied().unwrap_or_default()
}
