//! Certificates that were seen: proven, compared, changed, in a calendar, and told on the desktop
//! before they end.

use std::path::Path;
use std::process::Stdio;

use crate::app::{SOON, Start, TASK, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::desktop::{Desktop, spawn};
use crate::journey::Album;
use crate::scene::Scene;
use crate::wait::eventually;

/// Its certificate ends in 21 days.
const ENDING: &str = "crs-u8n2vc6d";

#[tokio::test]
async fn in_english_on_light() {
    walk(
        "en",
        "light",
        "Save calendar file",
        "A certificate ends in 20 days",
    )
    .await;
}

#[tokio::test]
async fn in_chinese_on_dark() {
    walk("zh", "dark", "保存日历文件", "有证书将在 20 天后到期").await;
}

async fn walk(language: &str, theme: &str, dialog: &str, told: &str) {
    let cloud = sandbox(60.0).await;
    let name = format!("history-{language}-{theme}");
    Scene::play(&name, Start::default(), async |scene| {
        let album = Album::new(&name);
        let heard = scene.desktop.home().join("notifications");
        let _listener = listen(&scene.desktop, &heard);
        let app = scene.app();
        app.click(&hook(&format!("lang-{language}"))).await;
        app.click(&hook(&format!("theme-{theme}"))).await;
        enter(app, &cloud).await;

        app.open_row(ENDING).await;
        app.click(&hook("download-certificate")).await;
        app.click(&hook("compare-certificate")).await;
        app.find("[data-testid='proof'][data-signed='true']").await;

        app.click(&hook("nav-instances")).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("tab-certificates")).await;
        app.click(&hook("compare-certificate")).await;
        app.find(&hook("sighting-download")).await;
        app.find(&hook("sighting-live")).await;
        app.click(&hook("tab-ssl")).await;
        assert!(
            !app.has(&hook("certificate-news")).await,
            "nothing changed yet"
        );
        app.click(&hook("update-certificate")).await;
        app.click(&hook("apply-plan")).await;
        app.find_within(&hook("certificate-news"), TASK).await;
        album.add(scene, "changed").await;

        app.click(&hook("tab-certificates")).await;
        eventually("both periods of the server are there", SOON, async || {
            app.count(&hook("sighting-live")).await == 2
        })
        .await;
        assert!(app.has(&format!("{} .diff", hook("sighting-live"))).await);
        album.add(scene, "history").await;

        app.click(&hook("nav-activity")).await;
        app.find(&hook(&format!("certificate-event-{ENCRYPTED}")))
            .await;
        app.find("tr[data-action='certificate_changed'][data-result='seen']")
            .await;
        album.add(scene, "activity").await;

        app.click(&hook("nav-certificates")).await;
        let soon = app.text("tr[data-threshold='30']").await;
        assert!(
            soon.contains("20") && soon.contains("feature-flags-hk"),
            "{soon}"
        );
        album.add(scene, "certificates").await;
        app.click(&hook("save-calendar")).await;
        let file = scene.desktop.home().join("ends.ics");
        scene.desktop.answer_file_dialog(dialog, &file).await;
        eventually("the calendar is there", SOON, async || file.exists()).await;
        let calendar = std::fs::read_to_string(&file).unwrap();
        // Two servers and two CAs; the server's certificate before the change is none of them.
        assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 4, "{calendar}");
        assert!(calendar.ends_with("END:VCALENDAR\r\n"));

        app.click(&hook("nav-settings")).await;
        app.find(&format!("{}[aria-checked='true']", hook("warn-of-expiry")))
            .await;
        album.add(scene, "settings").await;

        // The next start looks whether a threshold was passed.
        assert!(!has_heard(&heard, told));
        scene.quit().await;
        scene.open().await;
        eventually("the desktop is told", SOON, async || {
            has_heard(&heard, told)
        })
        .await;
    })
    .await;
}

/// Writes down what programs ask the notification service to show. There is none on this desktop:
/// what is asked of it goes over the bus all the same.
fn listen(desktop: &Desktop, to: &Path) -> tokio::process::Child {
    let file = std::fs::File::create(to).unwrap();
    let rule = "interface='org.freedesktop.Notifications',member='Notify'";
    spawn(
        desktop
            .command("dbus-monitor")
            .args(["--session", rule])
            .stdout(Stdio::from(file)),
    )
}

fn has_heard(heard: &Path, told: &str) -> bool {
    let text = std::fs::read(heard).unwrap();
    String::from_utf8_lossy(&text).contains(told)
}
