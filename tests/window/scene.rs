//! A scenario: a desktop, an application on it, and evidence when it fails.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;

use crate::app::{App, Start};
use crate::desktop::{Desktop, evidence};

/// For a whole scenario: what hangs must not hang its runner.
const LIMIT: Duration = Duration::from_secs(300);

/// What a scenario acts on.
pub(crate) struct Scene {
    pub(crate) desktop: Desktop,
    pub(crate) start: Start,
    name: String,
    app: Option<App>,
}

impl Scene {
    /// Runs a scenario with the window open. When it fails its last picture and the log are
    /// under `target/window`.
    pub(crate) async fn play(name: &str, start: Start, scenario: impl AsyncFnOnce(&mut Self)) {
        let _ = std::fs::remove_file(evidence().join(format!("{name}.log")));
        let mut scene = Self {
            desktop: Desktop::start(start.keychain).await,
            start,
            name: name.to_owned(),
            app: None,
        };
        let whole = async {
            scene.open().await;
            scenario(&mut scene).await;
            scene.quit().await;
        };
        let whole = async {
            tokio::time::timeout(LIMIT, whole)
                .await
                .unwrap_or_else(|_| panic!("not over within {LIMIT:?}"));
        };
        let outcome = AssertUnwindSafe(whole).catch_unwind().await;
        if let Err(failure) = outcome {
            let picture = evidence().join(format!("{name}.png"));
            scene.desktop.picture(&picture).await;
            eprintln!("the screen at the failure: {}", picture.display());
            std::panic::resume_unwind(failure);
        }
    }

    /// The window that is open.
    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// Starts the application, again or for the first time.
    pub(crate) async fn open(&mut self) {
        self.app = Some(App::start(&self.desktop, &self.name, &self.start).await);
    }

    /// Closes the window as its user does.
    pub(crate) async fn quit(&mut self) {
        if let Some(app) = self.app.take() {
            app.quit(&self.desktop).await;
        }
    }

    /// Waits for the end of an application that closed by itself.
    pub(crate) async fn gone(&mut self) {
        self.app.take().unwrap().gone().await;
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.app.take().unwrap().kill().await;
    }
}
