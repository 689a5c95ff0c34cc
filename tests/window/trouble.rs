//! What goes wrong is said in the window, with its cause, and what was there stays.

use crate::app::{Start, hook};
use crate::cloud::{READY, enter, sandbox, sign_in};
use crate::scene::Scene;

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let start = Start {
        data_folder: Some(file.join("data")),
        ..Start::default()
    };
    Scene::play("unwritable", start, async |scene| {
        let error = "[data-testid='error'][data-code='data_folder_unwritable']";
        let text = scene.app().text(error).await;
        assert!(text.contains(file.to_str().unwrap()), "{text}");
    })
    .await;
}

/// Each fault of the cloud, and the code that the sign-in page shows for it.
const FAULTS: &[(&str, &str)] = &[
    ("clock:600", "clock_skewed"),
    ("denied:*", "permission_denied"),
    ("throttle:*", "throttled"),
    ("status500:*", "service_failed"),
    ("notjson:*", "bad_answer"),
    ("truncate:*", "network_unreachable"),
    ("reset:*", "network_unreachable"),
];

#[tokio::test]
async fn what_the_cloud_refuses_is_told_apart() {
    let cloud = sandbox(100.0).await;
    Scene::play("refused", Start::default(), async |scene| {
        let app = scene.app();
        for (fault, code) in FAULTS {
            cloud.add_fault(fault.parse().unwrap());
            sign_in(app, &cloud, &cloud.ready().secret_key).await;
            app.find(&format!("[data-testid='error'][data-code='{code}']"))
                .await;
            cloud.clear_faults();
        }
        enter(app, &cloud).await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_over_is_asked_for_anew() {
    let cloud = sandbox(100.0).await;
    Scene::play("token", Start::default(), async |scene| {
        let app = scene.app();
        cloud.add_fault("expired_token:*".parse().unwrap());
        sign_in(app, &cloud, &cloud.ready().secret_key).await;
        app.find("[data-testid='error'][data-code='token_expired']")
            .await;
        cloud.clear_faults();
        let temporary = &cloud.ready().temporary;
        app.fill(&hook("field-secret-id"), &temporary.secret_id)
            .await;
        app.fill(&hook("field-secret-key"), &temporary.secret_key)
            .await;
        app.fill(&hook("field-token"), &temporary.token).await;
        app.click(&hook("door-signin-submit")).await;
        app.find(&hook(&format!("row-{READY}"))).await;
    })
    .await;
}

#[tokio::test]
async fn a_region_that_is_down_hides_no_other() {
    let cloud = sandbox(100.0).await;
    Scene::play("region-down", Start::default(), async |scene| {
        let app = scene.app();
        cloud.add_fault("region_down:ap-shanghai".parse().unwrap());
        enter(app, &cloud).await;
        app.find(&hook("region-failed-ap-shanghai")).await;
        assert!(app.has(&hook(&format!("row-{READY}"))).await);
    })
    .await;
}
