//! Finding out more about a server, and taking the report out of the window.

use rediseal_probe::Report;

use crate::app::SOON;
use crate::app::{App, Start, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::scene::Scene;
use crate::wait::eventually;

const DIALOG: &str = "Save report";

#[tokio::test]
async fn what_the_server_accepts_and_costs_is_found_out_on_demand_and_saved() {
    let cloud = sandbox(100.0).await;
    Scene::play("report", Start::default(), async |scene| {
        let (app, desktop) = (scene.app(), &scene.desktop);
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("test-open")).await;
        app.click(&hook("test-run")).await;
        app.find(&hook("verdict")).await;
        assert!(!app.has(&hook("survey")).await, "nobody asked");

        app.click(&hook("run-deep")).await;
        app.find(&hook("survey")).await;
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
        let cold = app.attribute(&hook("cost-handshake"), "data-p50-us").await;
        assert!(cold.parse::<u64>().unwrap() > 0, "{cold}");
        app.find(&hook("survey")).await;

        let saved = desktop.home().join("Downloads/report.json");
        app.click(&hook("report-save")).await;
        app.click(&hook("save-json")).await;
        desktop.answer_file_dialog(DIALOG, &saved).await;
        eventually("the report is there", SOON, async || saved.exists()).await;
        let json = std::fs::read_to_string(&saved).unwrap();
        let report: Report = serde_json::from_str(&json).unwrap();
        assert!(report.survey.is_some() && report.cost.is_some());

        let page = desktop.home().join("Downloads/report.html");
        app.click(&hook("report-save")).await;
        app.click(&hook("save-html")).await;
        desktop.answer_file_dialog(DIALOG, &page).await;
        eventually("the page is there", SOON, async || page.exists()).await;
        let html = std::fs::read_to_string(&page).unwrap();
        assert!(html.contains(&report.target.address), "another report");
    })
    .await;
}

async fn accepted(app: &App, version: &str) -> String {
    let row = hook(&format!("protocol-{version}"));
    app.attribute(&row, "data-accepted").await
}
