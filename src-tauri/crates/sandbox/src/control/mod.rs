//! The control plane: Tencent Cloud API 3.0 over HTTP, the certificate link, and the sandbox's
//! own controls.

mod actions;
mod api;
mod authentication;
mod connection;
mod damage;
mod download;
mod parameters;
mod redis;
mod refusal;
mod region;
mod sandbox;
mod sts;

pub(crate) use connection::{Incoming, Wire};

use std::sync::Arc;

use axum::{Router, routing::get};

use crate::cloud::Cloud;

/// All that the control plane answers.
pub(crate) fn router(cloud: Arc<Cloud>) -> Router {
    Router::new()
        .route("/", axum::routing::any(api::answer))
        .route(
            "/certificates/{token}/TencentDB-SSL-CA.zip",
            get(download::archive),
        )
        .route("/sandbox/ledger", get(sandbox::ledger))
        .route(
            "/sandbox/faults",
            get(sandbox::faults)
                .post(sandbox::add_faults)
                .delete(sandbox::clear_faults),
        )
        .route("/sandbox/clock", axum::routing::post(sandbox::advance))
        .with_state(cloud)
}
