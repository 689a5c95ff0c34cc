//! Plaintext refused and taken again, a certificate with a name, and a cloud that knows neither.

use rediseal_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::app::{App, SOON, Start, TASK, hook};
use crate::cloud::{ENCRYPTED, READY, enter, sandbox};
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
    let name = format!("encryption-{language}-{theme}");
    Scene::play(&name, Start::default(), async |scene| {
        let album = Album::new(&name);
        let app = scene.app();
        app.wear(language, theme).await;
        enter(app, &cloud).await;

        app.open_row(ENCRYPTED).await;
        app.click(&hook("try-plaintext")).await;
        mode_becomes(app, "flexible").await;
        album.add(scene, "flexible").await;
        let address = app.text(".rail dd.mono").await;
        assert_eq!(plaintext(&address).await, "-NOAUTH");

        app.click(&hook("mode-required")).await;
        app.fill(&hook("confirm-typed"), ENCRYPTED).await;
        album.add(scene, "required-plan").await;
        app.click(&hook("confirm-apply")).await;
        mode_becomes(app, "required").await;
        album.add(scene, "required").await;
        assert_eq!(plaintext(&address).await, "");

        app.click(&hook("mode-flexible")).await;
        app.click(&hook("apply-plan")).await;
        mode_becomes(app, "flexible").await;
        assert_eq!(plaintext(&address).await, "-NOAUTH");
        assert_eq!(calls(&cloud, "ModifySSLEncryptionMode"), 2);

        cloud.add_fault("older".parse().unwrap());
        app.click(&hook("update-certificate")).await;
        app.click(&hook("version-TLSv1.3")).await;
        app.find(&format!("{}[aria-checked='true']", hook("version-TLSv1.3")))
            .await;
        album.add(scene, "certificate-plan").await;
        app.click(&hook("apply-plan")).await;
        app.find("[data-testid='error'][data-code='not_available_yet']")
            .await;
        album.add(scene, "not-yet").await;

        app.click(&hook("nav-instances")).await;
        app.open_row(READY).await;
        app.click(&hook("enable-ssl")).await;
        app.click(&hook("address-private_ipv4")).await;
        app.find("[data-consequence='certificate_for_address']")
            .await;
        album.add(scene, "address-plan").await;
        cloud.clear_faults();
        app.click(&hook("apply-plan")).await;
        app.find_within(&format!("{}[data-ssl='on']", hook("instance-state")), TASK)
            .await;

        cloud.add_fault("denied:CloseSSL".parse().unwrap());
        eventually("the job ends", TASK, async || {
            !app.has(&hook("job-phase")).await
        })
        .await;
        app.click(&hook("disable-ssl")).await;
        app.fill(&hook("confirm-typed"), READY).await;
        app.click(&hook("confirm-apply")).await;
        app.click(&format!("{} summary", hook("policy"))).await;
        album.add(scene, "policy").await;
        app.click(&hook("error-cloud-code")).await;
        app.find(&hook("code-UnauthorizedOperation")).await;
        album.add(scene, "codes").await;
    })
    .await;
}

async fn mode_becomes(app: &App, mode: &str) {
    app.find_within(
        &format!("{}[data-mode='{mode}']", hook("ssl-options")),
        TASK,
    )
    .await;
    eventually("nothing runs", SOON, async || {
        !app.has(&hook("job-phase")).await
    })
    .await;
}

/// The first word that a server answers to a PING without TLS.
async fn plaintext(address: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"PING\r\n").await.unwrap();
    let mut buffer = [0; 64];
    let n = stream.read(&mut buffer).await.unwrap_or(0);
    let text = String::from_utf8_lossy(&buffer[..n]);
    text.split_whitespace().next().unwrap_or("").to_owned()
}

fn calls(cloud: &Sandbox, action: &str) -> u64 {
    let ledger = cloud.ledger();
    ledger.actions.get(action).copied().unwrap_or(0)
}
