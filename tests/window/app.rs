//! The real application in a real window, driven through WebKitWebDriver.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::desktop::{Desktop, Keychain, evidence, spawn};
use crate::wait::{INTERVAL, eventually};

/// For what the page does on its own.
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// For what the cloud does.
pub(crate) const TASK: Duration = Duration::from_secs(120);

/// Of its window, as `xdotool` looks for it.
pub(crate) const TITLE: &str = "^RediSeal$";

/// How the application is started.
#[derive(Clone, Default)]
pub(crate) struct Start {
    /// `REDISEAL_DATA_DIR`; none for the default below the home folder.
    pub(crate) data_folder: Option<PathBuf>,
    /// Simulated seconds a second in the built-in sandbox.
    pub(crate) sandbox_speed: Option<u32>,
    pub(crate) keychain: Keychain,
}

/// A running application.
pub(crate) struct App {
    client: Client,
    driver: Child,
}

impl App {
    pub(crate) async fn start(desktop: &Desktop, name: &str, start: &Start) -> Self {
        let mut driver = desktop.command("WebKitWebDriver");
        if let Some(folder) = &start.data_folder {
            driver.env("REDISEAL_DATA_DIR", folder);
        }
        if let Some(speed) = start.sandbox_speed {
            driver.env("REDISEAL_SANDBOX_SPEED", speed.to_string());
        }
        let application = json!({
            "webkitgtk:browserOptions": { "binary": env!("CARGO_BIN_EXE_rediseal"), "args": [] }
        });
        Self::driven(driver, name, application).await
    }

    /// WebKit's own browser, for pages that are opened outside of the application.
    pub(crate) async fn browser(desktop: &Desktop, name: &str) -> Self {
        Self::driven(desktop.command("WebKitWebDriver"), name, json!({})).await
    }

    async fn driven(mut driver: Command, name: &str, capabilities: Value) -> Self {
        let port = free_port();
        let log = File::options()
            .create(true)
            .append(true)
            .open(evidence().join(format!("{name}.log")))
            .unwrap();
        driver
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let driver = spawn(&mut driver);
        eventually("the driver listens", SOON, async || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        })
        .await;
        let Value::Object(capabilities) = capabilities else {
            unreachable!()
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self { client, driver }
    }

    /// Opens a file in a browser and waits until it is loaded.
    pub(crate) async fn visit(&self, page: &Path) {
        let url = format!("file://{}", page.display());
        self.client.goto(&url).await.unwrap();
    }

    /// Ends a browser.
    pub(crate) async fn close(self) {
        self.client.clone().close().await.unwrap();
        self.gone().await;
    }

    /// Closes the window as its user does and waits until nothing of it runs.
    pub(crate) async fn quit(self, desktop: &Desktop) {
        let processes = self.processes();
        eventually("the window closes", SOON, async || {
            // A key that is pressed while the focus still moves reaches nobody.
            if desktop.focus(TITLE).await {
                desktop.press(&["alt+F4"]).await;
            }
            have_ended(&processes)
        })
        .await;
    }

    /// Waits until nothing of it runs.
    pub(crate) async fn gone(self) {
        let processes = self.processes();
        eventually("the application ends", SOON, async || {
            have_ended(&processes)
        })
        .await;
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub(crate) async fn kill(self) {
        let processes = self.processes();
        let application = processes.first().unwrap();
        let killed = std::process::Command::new("kill")
            .args(["-KILL", application])
            .status()
            .unwrap();
        assert!(killed.success());
        eventually("the application ends", SOON, async || {
            have_ended(&processes)
        })
        .await;
    }

    /// The first element that matches, once there is one.
    pub(crate) async fn find(&self, css: &str) -> Element {
        self.find_within(css, SOON).await
    }

    pub(crate) async fn find_within(&self, css: &str, limit: Duration) -> Element {
        self.client
            .wait()
            .at_most(limit)
            .every(INTERVAL)
            .for_element(Locator::Css(css))
            .await
            .unwrap_or_else(|error| panic!("not within {limit:?}: {css}: {error}"))
    }

    // By the page itself: the driver fails when an element goes while it counts.
    pub(crate) async fn count(&self, css: &str) -> u64 {
        let script = "return document.querySelectorAll(arguments[0]).length";
        let found = self.client.execute(script, vec![Value::from(css)]).await;
        found.unwrap().as_u64().unwrap()
    }

    pub(crate) async fn has(&self, css: &str) -> bool {
        self.count(css).await > 0
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    /// The text, what is scrolled out of sight included.
    pub(crate) async fn content(&self, css: &str) -> String {
        let text = self.find(css).await.prop("textContent").await.unwrap();
        text.unwrap_or_default()
    }

    pub(crate) async fn attribute(&self, css: &str, name: &str) -> String {
        let value = self.find(css).await.attr(name).await.unwrap();
        value.unwrap_or_else(|| panic!("{css} has no {name}"))
    }

    /// Scrolls to where it begins.
    pub(crate) async fn show(&self, css: &str) {
        self.find(css).await;
        let script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'start' })";
        let found = self.client.execute(script, vec![Value::from(css)]).await;
        found.unwrap();
    }

    /// Clicks as soon as that is possible: the page may be drawing the element anew.
    pub(crate) async fn click(&self, css: &str) {
        let begun = Instant::now();
        while let Err(error) = self.find(css).await.click().await {
            assert!(begun.elapsed() < SOON, "{css} cannot be clicked: {error:?}");
            // The driver clicks what it sees a part of, even when that part is covered.
            self.client
                .execute(
                    "document.querySelector(arguments[0])?.scrollIntoView({ block: 'center' })",
                    vec![Value::from(css)],
                )
                .await
                .unwrap();
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Chooses language and theme, as the tests of a screen in all its looks begin.
    pub(crate) async fn wear(&self, language: &str, theme: &str) {
        self.click(&hook(&format!("lang-{language}"))).await;
        self.click(&hook(&format!("theme-{theme}"))).await;
    }

    /// Opens an instance from the fleet.
    pub(crate) async fn open_row(&self, instance_id: &str) {
        self.click(&format!("{} .name", hook(&format!("row-{instance_id}"))))
            .await;
    }

    /// Replaces the text of a field, with what a keyboard does.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        const SELECT_ALL: &str = "\u{e009}a";
        const BACKSPACE: &str = "\u{e003}";
        eventually(&format!("{css} can be typed into"), SOON, async || {
            let field = self.find(css).await;
            // Control is held to the end of a call.
            field.send_keys(SELECT_ALL).await.is_ok()
                && field.send_keys(&format!("{BACKSPACE}{text}")).await.is_ok()
        })
        .await;
        let value = self.find(css).await.prop("value").await.unwrap();
        assert_eq!(value.as_deref(), Some(text), "{css} after typing");
    }

    /// Runs a script and returns what it returns.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Loads the page anew, as F5 in a browser does.
    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Waits until fonts are there and nothing moves.
    pub(crate) async fn settled(&self) {
        eventually("the page is at rest", SOON, async || {
            self.script(
                "return document.fonts.status === 'loaded' && document.getAnimations().every(\
                 (each) => each.playState !== 'running' || \
                 each.effect.getTiming().iterations === Infinity)",
            )
            .await
                == Value::Bool(true)
        })
        .await;
    }

    /// The application and what it started, the application first.
    fn processes(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut queue = vec![self.driver.id().unwrap().to_string()];
        while let Some(parent) = queue.pop() {
            let children = children(&parent);
            found.extend(children.iter().cloned());
            queue.extend(children);
        }
        found
    }
}

/// An element by its hook in the page.
pub(crate) fn hook(id: &str) -> String {
    format!("[data-testid='{id}']")
}

fn have_ended(processes: &[String]) -> bool {
    processes
        .iter()
        .all(|process| !Path::new("/proc").join(process).exists())
}

fn children(process: &str) -> Vec<String> {
    std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"))
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
