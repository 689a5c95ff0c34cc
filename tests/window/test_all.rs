//! Every encrypted instance tested from the fleet, with its verdict in its row, and some of them.

use crate::app::{App, SOON, Start, TASK, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::journey::Album;
use crate::scene::Scene;
use crate::wait::eventually;

#[tokio::test]
async fn in_english_on_light() {
    walk("en", "light").await;
}

#[tokio::test]
async fn in_chinese_on_dark() {
    walk("zh", "dark").await;
}

async fn walk(language: &str, theme: &str) {
    let cloud = sandbox(60.0).await;
    let name = format!("test-all-{language}-{theme}");
    Scene::play(&name, Start::default(), async |scene| {
        let album = Album::new(&name);
        let app = scene.app();
        app.wear(language, theme).await;
        enter(app, &cloud).await;
        app.find(&format!(
            "{}[data-ssl='on']",
            hook(&format!("row-{ENCRYPTED}"))
        ))
        .await;
        app.click(&hook("group-encrypted")).await;
        eventually("every state is read", SOON, async || {
            !app.has("tr[data-ssl='unknown']").await && untested(app).await > 3
        })
        .await;

        // The cloud does not answer: none has an end, and all are given up at a word.
        cloud.add_fault("latency:DescribeInstances:60000".parse().unwrap());
        app.click(&hook("fleet-test-all")).await;
        app.find(&format!("{}[data-state='running']", hook("test-run")))
            .await;
        album.add(scene, "running").await;
        app.click(&hook("test-run-cancel")).await;
        app.find(&format!("{}[data-state='cancelled']", hook("test-run")))
            .await;
        cloud.clear_faults();

        // Of those that are selected, each has its verdict in its row.
        app.click(&format!(
            "{} [data-check]",
            hook(&format!("row-{ENCRYPTED}"))
        ))
        .await;
        app.click(&hook("bulk-test")).await;
        finishes(app, 1).await;
        let all = untested(app).await + 1;
        assert_eq!(verdicts(app).await, 1);

        app.click(&hook("fleet-test-all")).await;
        finishes(app, all).await;
        assert_eq!(untested(app).await, 0);
        album.add(scene, "finished").await;
        app.click(&hook("test-run-show")).await;
        eventually("the failed are shown", SOON, async || {
            let rows = app.count("tbody tr[data-ssl]").await;
            rows > 0 && app.count("tbody td:last-child .st--bad").await == rows
        })
        .await;
        app.click(&hook("test-run-dismiss")).await;
        assert!(!app.has(&hook("test-run")).await);
    })
    .await;
}

async fn finishes(app: &App, count: u64) {
    let finished = format!(
        "{}[data-state='finished'][data-done='{count}']",
        hook("test-run")
    );
    app.find_within(&finished, TASK).await;
}

/// Rows of encrypted instances that show no verdict.
async fn untested(app: &App) -> u64 {
    let script = "return [...document.querySelectorAll(\"tbody tr[data-ssl='on'] td:last-child .st--none\")].length";
    app.script(script).await.as_u64().unwrap()
}

async fn verdicts(app: &App) -> u64 {
    app.count("tbody tr[data-ssl='on'] td:last-child .st").await - untested(app).await
}
