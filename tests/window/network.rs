//! The way to the cloud, as its dialog shows and changes it: real proxies, a CA of one's own, and
//! one that reads along.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use rediseal_sandbox::{Options, Sandbox};

use crate::app::{App, SOON, Start, hook};
use crate::cloud::{READY, enter, sandbox, sign_in};
use crate::inspecting::{Authority, Inspecting};
use crate::proxies::{microsocks, tinyproxy};
use crate::scene::Scene;
use crate::wait::eventually;

const CHOOSE_CA: &str = "Choose the CA to trust for the API";

#[tokio::test]
async fn requests_go_through_the_proxy_and_a_wrong_one_is_named_with_its_cause() {
    let cloud = sandbox(100.0).await;
    let host = cloud.ready().endpoint.replace("http://", "");
    Scene::play("proxy", Start::default(), async |scene| {
        let app = scene.app();
        enter(app, &cloud).await;
        open_network(app).await;
        let direct = app.text(&hook("reached")).await;
        assert!(direct.contains(&host), "it names its own cloud: {direct}");

        let log = scene.desktop.home().join("tinyproxy.log");
        let logged = format!("LogFile \"{}\"\nLogLevel Connect", log.display());
        let open = tinyproxy(&logged);
        through(app, "http", open.address).await;
        reached(app, open.address).await;
        let before = passed(&log, &host);
        assert!(before > 0, "the check went through it");
        app.click("[data-testid='network-dialog'] .btn:not(.btn--primary) .kbd")
            .await;
        app.click(&hook("nav-instances")).await;
        swept(app).await;
        app.click(&hook("fleet-refresh")).await;
        eventually("the sweep goes through it", SOON, async || {
            passed(&log, &host) > before + 5
        })
        .await;
        swept(app).await;

        open_network(app).await;
        reached(app, open.address).await;
        let socks = microsocks(&[]);
        through(app, "socks5h", socks.address).await;
        reached(app, socks.address).await;
        let nobody = free_address();
        through(app, "http", nobody).await;
        refused(app, "network_unreachable", &nobody.to_string()).await;

        let closed = tinyproxy("BasicAuth me secret");
        let address = closed.address.to_string();
        through(app, "http", closed.address).await;
        refused(app, "proxy_login", &format!("{address} wants a user")).await;
        for password in ["wrong", "secret"] {
            app.fill(&hook("field-proxy-user"), "me").await;
            app.fill(&hook("field-proxy-password"), password).await;
            app.click(&hook("network-save")).await;
            match password {
                "wrong" => refused(app, "proxy_login", "refused the login").await,
                _ => reached(app, closed.address).await,
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_ca_of_one_s_own_is_chosen_shown_and_removed() {
    let cloud = Sandbox::start(Options {
        speed: 100.0,
        https: true,
        ..Options::default()
    })
    .await
    .unwrap();
    let ready = cloud.ready();
    Scene::play("api-ca", Start::default(), async |scene| {
        let (app, desktop) = (scene.app(), &scene.desktop);
        sign_in(app, &cloud, "").await;
        let endpoint = ready.https_endpoint.as_deref().unwrap();
        app.fill(&hook("field-endpoint"), endpoint).await;
        app.fill(&hook("field-secret-key"), &ready.secret_key).await;
        app.click(&hook("door-signin-submit")).await;
        refused(app, "certificate_untrusted", "RediSeal Sandbox").await;
        // What went wrong opened the part of the form that mends it.
        app.click(&hook("choose-api-ca")).await;
        let file = ready.ca_file.as_ref().unwrap();
        std::fs::copy(file, desktop.home().join("ca.pem")).unwrap();
        desktop.choose_with_file_dialog(CHOOSE_CA, "ca.pem").await;
        app.find(&hook("api-ca")).await;
        app.click(&hook("door-signin-submit")).await;
        app.find(&hook(&format!("row-{READY}"))).await;

        open_network(app).await;
        app.find(&hook("reached")).await;
        assert!(app.content(&hook("peer")).await.contains("127.0.0.1"));
        app.click(&hook("remove-api-ca")).await;
        app.click(&hook("network-save")).await;
        refused(app, "certificate_untrusted", "RediSeal Sandbox").await;
    })
    .await;
}

#[tokio::test]
async fn who_reads_along_is_asked_about_accepted_and_refused_again() {
    let cloud = sandbox(100.0).await;
    let authority = Authority::new("Corp Inspection CA", "Corp");
    let pem = authority.pem.clone();
    let middle = Inspecting::start(authority, &cloud.ready().endpoint).await;
    Scene::play("reads-along", Start::default(), async |scene| {
        let (app, desktop) = (scene.app(), &scene.desktop);
        std::fs::write(desktop.home().join("corp.pem"), &pem).unwrap();
        app.click(&hook("field-site-mainland")).await;
        app.fill(&hook("field-secret-id"), &cloud.ready().secret_id)
            .await;
        app.fill(&hook("field-secret-key"), &cloud.ready().secret_key)
            .await;
        app.click(&hook("network-summary")).await;
        app.click(&hook("proxy-url")).await;
        app.fill(&hook("field-proxy"), &middle.url).await;
        app.click(&hook("choose-api-ca")).await;
        desktop.choose_with_file_dialog(CHOOSE_CA, "corp.pem").await;
        app.find(&hook("api-ca")).await;
        app.click(&hook("door-signin-submit")).await;
        let asked = app.text(&hook("reads-along")).await;
        for part in ["Corp Inspection CA (Corp)", "sts.tencentcloudapi.com"] {
            assert!(asked.contains(part), "{asked}");
        }
        assert_eq!(calls(&cloud, "GetCallerIdentity"), 0, "nothing was sent");
        app.click(&hook("reads-accept")).await;
        app.find(&hook(&format!("row-{READY}"))).await;
        let opened = middle.asked.lock().unwrap().clone();
        assert!(opened.contains(&"redis.tencentcloudapi.com".to_owned()));

        open_network(app).await;
        app.find(&hook("reached")).await;
        assert!(app.content(&hook("accepted")).await.contains("Corp"));
        let before = calls(&cloud, "GetCallerIdentity");
        app.click(&hook("refuse-root")).await;
        app.find(&hook("reads-along")).await;
        // The list is read anew after the answer.
        eventually("the root is not listed", SOON, async || {
            !app.has(&hook("accepted")).await
        })
        .await;
        assert_eq!(calls(&cloud, "GetCallerIdentity"), before);
        app.click(&hook("reads-accept")).await;
        app.find(&hook("reached")).await;
        app.find(&hook("accepted")).await;
    })
    .await;
}

async fn open_network(app: &App) {
    app.click(&hook("nav-settings")).await;
    app.click("li [data-testid^='network-']").await;
    app.find(&hook("network-dialog")).await;
}

async fn swept(app: &App) {
    eventually("no sweep runs", SOON, async || {
        app.attribute(&hook("fleet-refresh"), "aria-disabled").await == "false"
    })
    .await;
}

async fn through(app: &App, scheme: &str, proxy: SocketAddr) {
    app.click(&hook("proxy-url")).await;
    app.fill(&hook("field-proxy"), &format!("{scheme}://{proxy}"))
        .await;
    app.click(&hook("network-save")).await;
}

async fn reached(app: &App, proxy: SocketAddr) {
    let proxy = proxy.to_string();
    eventually("it is reached through the proxy", SOON, async || {
        app.has(&hook("reached")).await && app.text(&hook("reached")).await.contains(&proxy)
    })
    .await;
}

async fn refused(app: &App, code: &str, part: &str) {
    let error = format!("[data-testid='error'][data-code='{code}']");
    eventually(&format!("{code} says {part:?}"), SOON, async || {
        app.has(&error).await && app.text(&error).await.contains(part)
    })
    .await;
}

/// Requests to the cloud that tinyproxy has passed on.
fn passed(log: &Path, host: &str) -> usize {
    let request = format!("POST http://{host}/");
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().filter(|line| line.contains(&request)).count()
}

fn calls(cloud: &Sandbox, action: &str) -> u64 {
    let ledger = cloud.ledger();
    ledger.actions.get(action).copied().unwrap_or(0)
}

/// Nothing listens there.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}
