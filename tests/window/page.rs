//! A saved report in a real browser: whatever a server put into it, nothing runs and nothing is
//! asked of the network.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rediseal_probe::{Format, Language, Report};
use serde_json::Value;
use tempfile::TempDir;

use crate::app::{App, SOON};
use crate::desktop::{Desktop, Keychain};
use crate::hostile;
use crate::wait::eventually;

/// Everything that makes a browser fetch something or run something.
const PAYLOAD: &str = r#"EVIL"'></title></style></pre></textarea></svg>
<script>window.hacked = 1; fetch('URL/script')</script>
<script src="URL/script-src"></script>
<img src="URL/img" onerror="window.hacked = 1"><svg onload="window.hacked = 1"></svg>
<link rel="stylesheet" href="URL/css"><style>@import url(URL/import); body { background: url(URL/background) }</style>
<iframe src="URL/iframe"></iframe><object data="URL/object"></object><embed src="URL/embed">
<video src="URL/video" autoplay></video><audio src="URL/audio" autoplay></audio>
<link rel="prefetch" href="URL/prefetch"><link rel="icon" href="URL/icon">
<form action="URL/form"><input autofocus onfocus="window.hacked = 1"></form>
<p style="background: url(URL/style)" onclick="window.hacked = 1">&lt;b&gt;</p>"#;

/// A server that counts what it is asked for.
struct Ears {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Ears {
    fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let mut socket = socket.unwrap();
                let mut request = [0; 1024];
                let read = socket.read(&mut request).unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..read]);
                let line = request.lines().next().unwrap_or_default().to_owned();
                ears.lock().unwrap().push(line);
                let _ = socket.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            }
        });
        Self { url, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn saved(folder: &TempDir, name: &str, page: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, page).unwrap();
    path
}

async fn hacked(browser: &App) -> Value {
    browser.script("return window.hacked ?? null").await
}

#[tokio::test]
async fn a_hostile_server_reaches_nothing_through_a_saved_report() {
    let folder = tempfile::tempdir().unwrap();
    let ears = Ears::open();
    let payload = PAYLOAD.replace("URL", &ears.url);
    let report: Report = serde_json::from_value(hostile::report(&payload)).unwrap();
    let page = report.document(Format::Html, Language::En);
    let desktop = Desktop::start(Keychain::Absent).await;
    let browser = App::browser(&desktop, "page").await;

    // What is saved: every text is a text.
    browser.visit(&saved(&folder, "report.html", &page)).await;
    let foreign = "script, img, link, iframe, object, embed, video, audio, form, [style], [onload]";
    assert_eq!(browser.count(foreign).await, 0);
    assert_eq!(browser.count("style").await, 1);
    let shown = browser.text("main.english .subject").await;
    assert!(shown.contains("<script>window.hacked"), "{shown}");
    let size = "return getComputedStyle(document.querySelector('h1')).fontSize";
    assert_eq!(
        browser.script(size).await,
        "22px",
        "its own style is in force"
    );

    // Both languages, without a script.
    assert_eq!(browser.text("main.chinese h1").await, "", "one is shown");
    browser.click("label[for=chinese]").await;
    assert!(!browser.text("main.chinese h1").await.is_empty());
    assert_eq!(browser.text("main.english h1").await, "");

    // The policy alone: had a text become a part of the page, that would not run or load either.
    let (before, after) = page.split_once("</main>").unwrap();
    let injected = format!("{before}{payload}</main>{after}");
    browser
        .visit(&saved(&folder, "injected.html", &injected))
        .await;
    assert!(
        browser.count("script").await > 0,
        "it is a part of the page"
    );
    assert_eq!(hacked(&browser).await, Value::Null);

    // Without the policy it does both, and whatever was asked before has been heard by then.
    let (_, unguarded) = injected.split_once("<meta name=\"referrer\"").unwrap();
    let unguarded = format!("<!DOCTYPE html><html><head><meta name=\"referrer\"{unguarded}");
    assert_eq!(ears.heard(), Vec::<String>::new());
    browser
        .visit(&saved(&folder, "unguarded.html", &unguarded))
        .await;
    eventually("the browser asks", SOON, async || {
        let heard = ears.heard();
        heard.iter().any(|line| line.contains("/img")) && hacked(&browser).await == 1
    })
    .await;
    assert!(!ears.heard().iter().any(|line| line.contains("report.html")));
    browser.close().await;
}
