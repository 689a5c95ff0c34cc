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

use axum::{
    Router,
    body::HttpBody,
    http::Response,
    routing::{any, get},
};
use tower_http::compression::{CompressionLayer, Predicate};

use crate::cloud::Cloud;

/// Bytes. An answer that is smaller goes as it is, as gateways have it.
const WORTH_COMPRESSING: u64 = 1024;

/// Whole answers are compressed for who accepts it. One that comes in pieces is a fault, and has to
/// arrive as it was made.
#[derive(Clone, Copy)]
struct Whole;

impl Predicate for Whole {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        let size = response.body().size_hint().exact();
        size.is_some_and(|size| size >= WORTH_COMPRESSING)
    }
}

/// All that the control plane answers.
pub(crate) fn router(cloud: Arc<Cloud>) -> Router {
    Router::new()
        .route("/", any(api::answer))
        .layer(CompressionLayer::new().compress_when(Whole))
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
