//! The native dialog: closed, answered with a place that cannot be written, and with a file that
//! is there.

use crate::app::{SOON, Start, TITLE, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::scene::Scene;
use crate::wait::eventually;

const DIALOG: &str = "Save certificate";

#[tokio::test]
async fn a_certificate_is_saved_where_the_user_says_and_nowhere_else() {
    let cloud = sandbox(100.0).await;
    Scene::play("files", Start::default(), async |scene| {
        let (app, desktop) = (scene.app(), &scene.desktop);
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("download-certificate")).await;
        app.find(&hook("certificate")).await;

        app.click(&hook("save-pem")).await;
        desktop.dismiss_dialog(DIALOG).await;
        eventually("it can be saved again", SOON, async || {
            app.attribute(&hook("save-pem"), "aria-disabled").await == "false"
        })
        .await;
        assert!(
            !app.has(&hook("error")).await,
            "closing the dialog is no error"
        );

        app.click(&hook("save-pem")).await;
        desktop
            .answer_file_dialog(DIALOG, "/proc/rediseal.pem".as_ref())
            .await;
        let error = "[data-testid='error'][data-code='save_failed']";
        let said = app.text(error).await;
        assert!(said.contains("/proc/rediseal.pem"), "{said}");
        desktop.focus(TITLE).await;
        desktop.press(&["Escape"]).await;
        eventually("Esc closes it", SOON, async || !app.has(error).await).await;

        let path = desktop.home().join(format!("Downloads/{ENCRYPTED}-ca.zip"));
        std::fs::write(&path, "precious").unwrap();
        app.click(&hook("save-zip")).await;
        desktop.replace_with_file_dialog(DIALOG).await;
        eventually("the archive is there", SOON, async || {
            std::fs::read(&path).unwrap().starts_with(b"PK")
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_name_without_an_extension_gets_one_and_replaces_nothing_unasked() {
    let cloud = sandbox(100.0).await;
    Scene::play("extension", Start::default(), async |scene| {
        let (app, desktop) = (scene.app(), &scene.desktop);
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("download-certificate")).await;

        let typed = desktop.home().join("Downloads/ours");
        let archive = typed.with_extension("zip");
        app.click(&hook("save-zip")).await;
        desktop.answer_file_dialog(DIALOG, &typed).await;
        eventually("the archive is there", SOON, async || archive.exists()).await;
        assert!(!typed.exists(), "a file without an extension is there too");

        std::fs::write(&archive, "precious").unwrap();
        app.click(&hook("save-zip")).await;
        desktop.answer_file_dialog(DIALOG, &typed).await;
        let said = app
            .text("[data-testid='error'][data-code='file_exists']")
            .await;
        assert!(said.contains(archive.to_str().unwrap()), "{said}");
        assert_eq!(std::fs::read(&archive).unwrap(), b"precious");
    })
    .await;
}
