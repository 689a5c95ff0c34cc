//! Finding out more about a server, and taking the report out of the window.

use rediseal_probe::{Format, Language, Report};

use crate::app::{App, SOON, Start, TASK, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::journey::Album;
use crate::scene::Scene;
use crate::wait::eventually;

#[tokio::test]
async fn in_english_on_light() {
    walk("en", "light", Language::En, "Save report").await;
}

#[tokio::test]
async fn in_chinese_on_dark() {
    walk("zh", "dark", Language::ZhCn, "保存报告").await;
}

async fn walk(language: &str, theme: &str, written_in: Language, dialog: &str) {
    let cloud = sandbox(100.0).await;
    let name = format!("report-{language}-{theme}");
    Scene::play(&name, Start::default(), async |scene| {
        let album = Album::new(&name);
        let (app, desktop) = (scene.app(), &scene.desktop);
        app.wear(language, theme).await;
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("test-open")).await;
        app.click(&hook("test-run")).await;
        app.find(&hook("verdict")).await;
        assert!(!app.has(&hook("survey")).await, "nobody asked");

        app.click(&hook("run-deep")).await;
        app.find_within(&hook("survey"), TASK).await;
        assert_eq!(accepted(app, "TLSv1.3").await, "true");
        assert_eq!(accepted(app, "SSLv3").await, "false");
        let connections: u32 = app
            .attribute(&hook("survey"), "data-connections")
            .await
            .parse()
            .unwrap();
        assert!(connections > 5, "{connections}");
        app.find(&hook("suites-TLSv1.3")).await;

        app.click(&hook("run-cost")).await;
        let handshake = app.find_within(&hook("cost-handshake"), TASK).await;
        let cold = handshake.attr("data-p50-us").await.unwrap().unwrap();
        assert!(cold.parse::<u64>().unwrap() > 0, "{cold}");
        app.find(&hook("survey")).await;
        for (part, name) in [("survey", "deep"), ("cost", "cost"), ("clients", "clients")] {
            app.show(&hook(part)).await;
            album.add(scene, name).await;
        }

        let saved = desktop.home().join("Downloads/report.json");
        app.click(&hook("report-save")).await;
        app.click(&hook("save-json")).await;
        desktop.answer_file_dialog(dialog, &saved).await;
        eventually("the report is there", SOON, async || saved.exists()).await;
        let json = std::fs::read_to_string(&saved).unwrap();
        let report: Report = serde_json::from_str(&json).unwrap();
        assert!(report.survey.is_some() && report.cost.is_some());
        shows_every_client(app, &report).await;

        let page = desktop.home().join("Downloads/report.html");
        app.click(&hook("report-save")).await;
        app.click(&hook("save-html")).await;
        desktop.answer_file_dialog(dialog, &page).await;
        eventually("the page is there", SOON, async || page.exists()).await;
        let html = std::fs::read_to_string(&page).unwrap();
        assert_eq!(html, report.document(Format::Html, written_in));
    })
    .await;
}

/// What the page says of each is what the report says.
async fn shows_every_client(app: &App, report: &Report) {
    assert!(report.clients.len() > 10, "{:?}", report.clients);
    for client in &report.clients {
        let row = hook(&format!("client-{}", client.id));
        let outcome = serde_json::to_value(client.outcome).unwrap();
        assert_eq!(app.attribute(&row, "data-outcome").await, outcome);
        let said = app.content(&row).await;
        assert!(said.contains(&client.configured), "{said}");
    }
}

async fn accepted(app: &App, version: &str) -> String {
    let row = hook(&format!("protocol-{version}"));
    app.attribute(&row, "data-accepted").await
}
