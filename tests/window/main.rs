//! The real window under WebDriver, with the built-in sandbox and with one of the test's own.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod app;
mod desktop;
mod wait;

use app::{App, Start};
use desktop::Desktop;

#[tokio::test]
async fn opens() {
    let desktop = Desktop::start().await;
    let app = App::start(&desktop, "opens", &Start::default()).await;
    println!("{}", app.text("#app, body").await);
    app.picture(&desktop::evidence().join("opens.png")).await;
    app.quit(&desktop).await;
    let app = App::start(&desktop, "opens", &Start::default()).await;
    app.kill().await;
}
