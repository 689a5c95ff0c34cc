//! A test through a real proxy and a real SSH host: what is shown of the host's key, and what is
//! remembered of the way.

use std::net::SocketAddr;
use std::path::Path;

use crate::app::{App, SOON, Start, TASK, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::journey::Album;
use crate::jump_host::JumpHost;
use crate::proxies::microsocks;
use crate::scene::Scene;
use crate::wait::eventually;

const PASSWORD: &str = "hop-word-4f1c";

#[tokio::test]
async fn in_english_on_light() {
    walk("en", "light", "Choose the private key").await;
}

#[tokio::test]
async fn in_chinese_on_dark() {
    walk("zh", "dark", "选择私钥").await;
}

async fn walk(language: &str, theme: &str, dialog: &str) {
    let cloud = sandbox(60.0).await;
    let name = format!("routes-{language}-{theme}");
    Scene::play(&name, Start::default(), async |scene| {
        let album = Album::new(&name);
        let app = scene.app();
        app.wear(language, theme).await;
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("test-open")).await;

        let proxy = microsocks(&[]);
        app.click(&hook("route-socks5")).await;
        app.fill(&hook("route-address"), &proxy.address.to_string())
            .await;
        album.add(scene, "proxy").await;
        app.click(&hook("test-run")).await;
        is_secure(app).await;
        assert_eq!(hop(app).await, "passed");
        album.add(scene, "through-proxy").await;
        drop(proxy);
        app.click(&hook("test-again")).await;
        stops(app, "proxy.unreachable").await;
        album.add(scene, "proxy-gone").await;

        a_new_host_is_shown(scene, &album, dialog).await;
    })
    .await;
}

/// Its key is compared with what the user knows, and is known from then on.
async fn a_new_host_is_shown(scene: &Scene, album: &Album, dialog: &str) {
    let (app, home) = (scene.app(), scene.desktop.home());
    let host = JumpHost::start("");
    let address = host.program.address;
    std::fs::copy(host.key(), home.join("work-key")).unwrap();
    app.click(&hook("test-change")).await;
    app.click(&hook("route-ssh")).await;
    fill_in(app, &host, address).await;
    app.click(&hook("choose-key-file")).await;
    scene
        .desktop
        .choose_with_file_dialog(dialog, "work-key")
        .await;
    app.find(&hook("route-no-key")).await;
    album.add(scene, "ssh").await;

    app.click(&hook("test-run")).await;
    let shown = app.text(&hook("host-key-fingerprint")).await;
    assert_eq!(shown, host.fingerprint("ed25519"));
    album.add(scene, "new-key").await;
    app.click(&hook("host-key-refuse")).await;
    stops(app, "ssh.host_key_unknown").await;
    let known = home.join(".ssh/known_hosts");
    assert!(!known.exists(), "nothing is kept that was refused");

    // The form begins with the way of the last test, its key file included.
    app.click(&hook("test-change")).await;
    app.find(&hook("route-no-key")).await;
    app.click(&hook("test-run")).await;
    app.click(&hook("host-key-accept")).await;
    is_secure(app).await;
    assert_eq!(hop(app).await, "passed");
    assert_eq!(lines(&known), 1);
    album.add(scene, "through-ssh").await;

    // Another key on record is a change: nobody is asked whether that is all right.
    let other = JumpHost::start("");
    std::fs::copy(other.known_as(address, "ed25519"), &known).unwrap();
    app.click(&hook("test-again")).await;
    stops(app, "ssh.host_key_changed").await;
    assert!(!app.has(&hook("host-key")).await);
    let said = app.content("main").await;
    for each in [&host, &other] {
        assert!(said.contains(&each.fingerprint("ed25519")), "{said}");
    }
    album.add(scene, "changed-key").await;
    assert_eq!(lines(&known), 1);
}

#[tokio::test]
async fn a_password_for_the_hop_is_in_the_keychain_once_the_user_wants_that() {
    let cloud = sandbox(60.0).await;
    let host = JumpHost::asking(PASSWORD, "");
    let address = host.program.address;
    Scene::play("hop-password", Start::default(), async |scene| {
        let folder = scene.desktop.home().join(".ssh");
        std::fs::create_dir(&folder).unwrap();
        let known = host.known_as(address, "ed25519");
        std::fs::copy(known, folder.join("known_hosts")).unwrap();

        let app = scene.app();
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("test-open")).await;
        app.click(&hook("route-ssh")).await;
        fill_in(app, &host, address).await;
        app.click(&hook("test-run")).await;
        stops(app, "ssh.auth_failed").await;
        app.click(&hook("test-change")).await;
        app.fill(&hook("route-password"), PASSWORD).await;
        app.click(&hook("route-remember")).await;
        app.click(&hook("test-run")).await;
        is_secure(app).await;

        // Started anew it goes deeper without a word from the user.
        scene.quit().await;
        scene.open().await;
        let app = scene.app();
        app.find(&hook(&format!("row-{ENCRYPTED}"))).await;
        app.script(&format!("location.hash = '#/instances/{ENCRYPTED}/report'"))
            .await;
        app.click(&hook("run-deep")).await;
        app.find_within(&hook("survey"), TASK).await;
        assert_eq!(hop(app).await, "passed");

        // Not wanted any more, it is asked for again after the next start.
        app.click(&hook("test-change")).await;
        app.click(&format!("{}:checked", hook("route-remember")))
            .await;
        app.click(&hook("test-run")).await;
        is_secure(app).await;
        scene.quit().await;
        scene.open().await;
        let app = scene.app();
        app.find(&hook(&format!("row-{ENCRYPTED}"))).await;
        app.script(&format!("location.hash = '#/instances/{ENCRYPTED}/test'"))
            .await;
        app.find(&format!("{}:not(:checked)", hook("route-remember")))
            .await;
        app.click(&hook("test-run")).await;
        stops(app, "ssh.auth_failed").await;
    })
    .await;
}

/// The host's address and its user, who is whoever runs the tests.
async fn fill_in(app: &App, host: &JumpHost, address: SocketAddr) {
    let url = host.url(address);
    let (_, rest) = url.split_once("://").unwrap();
    let (user, _) = rest.split_once('@').unwrap();
    app.fill(&hook("route-address"), &address.to_string()).await;
    app.fill(&hook("route-user"), user).await;
}

async fn is_secure(app: &App) {
    let verdict = format!("{}[data-verdict='secure']", hook("verdict"));
    app.find_within(&verdict, TASK).await;
}

/// The test ends with this cause.
async fn stops(app: &App, cause: &str) {
    let found = format!("{}[data-cause='{cause}']", hook("cause"));
    app.find_within(&found, TASK).await;
    eventually("the test is over", SOON, async || {
        !app.has(&hook("test-cancel")).await
    })
    .await;
}

async fn hop(app: &App) -> String {
    app.attribute(&hook("stage-hop"), "data-status").await
}

fn lines(file: &Path) -> usize {
    std::fs::read_to_string(file).unwrap().lines().count()
}
