//! Files of certificates: chosen, dropped on the window, opened with a password, and compared with
//! a live server.

use std::path::Path;

use rediseal_certificate::{Certificate, Format};

use crate::app::{SOON, Start, TITLE, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::desktop::spawn;
use crate::scene::Scene;
use crate::wait::eventually;

const DIALOG: &str = "Choose certificate files";
/// Where the files are dragged from.
const SOURCE: &str = "A folder";

#[tokio::test]
async fn a_file_is_chosen_or_dropped_and_says_what_it_is() {
    let cloud = sandbox(100.0).await;
    Scene::play("inspected", Start::default(), async |scene| {
        let (app, desktop) = (scene.app(), &scene.desktop);
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("download-certificate")).await;
        let address = app.text(".rail dd.mono").await;
        app.click(&hook("save-zip")).await;
        let archive = desktop.home().join("Downloads/ca.zip");
        desktop
            .answer_file_dialog("Save certificate", &archive)
            .await;
        eventually("the archive is there", SOON, async || archive.exists()).await;

        app.click(&hook("nav-files")).await;
        app.find(&hook("files-empty")).await;
        app.click(&hook("choose-certificate-files")).await;
        desktop
            .choose_with_file_dialog(DIALOG, "Downloads/ca.zip")
            .await;
        let open = "[data-testid='inspected-file'][data-state='open']";
        app.find("[data-testid='inspected-file'][data-kind='archive']")
            .await;

        desktop.focus(TITLE).await;
        app.fill(&hook("signer-address"), &address).await;
        app.click(&hook("check-signer")).await;
        app.find("[data-testid='signed'][data-signed='true']").await;
        desktop
            .picture_of(
                TITLE,
                &crate::desktop::evidence().join("inspected-signed.png"),
            )
            .await;

        let locked = desktop.home().join("trust.p12");
        let certificates = certificates(&archive);
        let password = "a password of ours";
        let bytes = Format::P12.write(&certificates, Some(&password.into()));
        std::fs::write(&locked, &bytes.unwrap()[0]).unwrap();
        let garbage = desktop.home().join("garbage.pem");
        std::fs::write(&garbage, "nothing of the kind").unwrap();
        app.click(&hook("nav-instances")).await;
        let source = spawn(
            desktop
                .command("/usr/bin/python3")
                .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/window/drag_source.py"))
                .arg(SOURCE)
                .args([&locked, &garbage]),
        );
        let needed = "[data-testid='inspected-file'][data-state='password_needed']";
        eventually("the files are dropped", SOON, async || {
            desktop.drag(SOURCE, TITLE).await;
            app.has(needed).await
        })
        .await;
        drop(source);
        let unreadable = "[data-testid='inspected-file'][data-state='unreadable']";
        app.find(unreadable).await;

        desktop.focus(TITLE).await;
        app.fill(&hook("file-password"), "another").await;
        app.click(&hook("unlock-file")).await;
        app.find("[data-testid='inspected-file'][data-state='password_wrong']")
            .await;
        app.fill(&hook("file-password"), password).await;
        app.click(&hook("unlock-file")).await;
        eventually("both are open", SOON, async || app.count(open).await == 2).await;
        desktop
            .picture(&crate::desktop::evidence().join("inspected-dropped.png"))
            .await;
        // After a drop GTK has a second window of this name, which is in the way of Alt+F4.
        scene.kill().await;
    })
    .await;
}

fn certificates(archive: &Path) -> Vec<Certificate> {
    let bytes = std::fs::read(archive).unwrap();
    let contents = rediseal_certificate::Contents::read(&bytes, None).unwrap();
    let found = contents.certificates.into_iter();
    found.map(|found| found.certificate).collect()
}
