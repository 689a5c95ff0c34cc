//! A sandbox of the test's own: the window reaches it as it reaches the real cloud.

use std::net::SocketAddr;

use rediseal_sandbox::{Options, Sandbox};

use crate::app::{App, hook};

/// Has SSL, and a certificate that names its address.
pub(crate) const ENCRYPTED: &str = "crs-5k2mfx7q";
/// Could have SSL.
pub(crate) const READY: &str = "crs-d3s0yk6b";

/// The name under which the tests sign in.
pub(crate) const ACCOUNT: &str = "Night shift";

pub(crate) async fn sandbox(speed: f64) -> Sandbox {
    Sandbox::start(Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        speed,
        ..Options::default()
    })
    .await
    .unwrap()
}

/// Fills the form in and sends it.
pub(crate) async fn sign_in(app: &App, sandbox: &Sandbox, secret_key: &str) {
    let ready = sandbox.ready();
    app.click(&hook("field-site-custom")).await;
    app.fill(&hook("field-endpoint"), &ready.endpoint).await;
    app.fill(&hook("field-secret-id"), &ready.secret_id).await;
    app.fill(&hook("field-secret-key"), secret_key).await;
    app.fill(&hook("field-name"), ACCOUNT).await;
    app.click(&hook("door-signin-submit")).await;
}

/// Signs in with the right key and waits for the fleet.
pub(crate) async fn enter(app: &App, sandbox: &Sandbox) {
    sign_in(app, sandbox, &sandbox.ready().secret_key).await;
    app.find(&hook(&format!("row-{READY}"))).await;
}
