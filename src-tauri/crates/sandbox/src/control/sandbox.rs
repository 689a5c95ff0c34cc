//! The sandbox's own controls under `/sandbox`, for tests and scripts: no signature, loopback
//! only as everything here.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::{Deserialize, Serialize};

use crate::{Fault, cloud::Cloud};

/// `GET /sandbox/ledger`.
pub(crate) async fn ledger(State(cloud): State<Arc<Cloud>>) -> Response {
    json(&cloud.with(|state, now| state.ledger(now)))
}

/// `GET /sandbox/faults`: the faults that are set, as a list of texts.
pub(crate) async fn faults(State(cloud): State<Arc<Cloud>>) -> Response {
    json(&cloud.faults.list())
}

/// `POST /sandbox/faults` with a list of texts, such as `["hold:OpenSSL"]`; all or none are set.
pub(crate) async fn add_faults(State(cloud): State<Arc<Cloud>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Vec<Fault>>(&body) {
        Ok(faults) => {
            for fault in faults {
                cloud.faults.add(fault);
            }
            json(&cloud.faults.list())
        }
        Err(error) => malformed(&error),
    }
}

/// `DELETE /sandbox/faults`: clears all and lets held answers go.
pub(crate) async fn clear_faults(State(cloud): State<Arc<Cloud>>) -> Response {
    cloud.faults.clear();
    json(&cloud.faults.list())
}

#[derive(Deserialize)]
struct Advance {
    advance_seconds: u64,
}

/// `POST /sandbox/clock` with `{"advance_seconds":N}`: moves simulated time on.
pub(crate) async fn advance(State(cloud): State<Arc<Cloud>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Advance>(&body) {
        Ok(by) => {
            cloud.advance(Duration::from_secs(by.advance_seconds));
            json(&serde_json::json!({ "simulated_seconds": cloud.clock.now().as_secs_f64() }))
        }
        Err(error) => malformed(&error),
    }
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => text_response(StatusCode::OK, text),
        Err(error) => text_response(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

fn malformed(error: &serde_json::Error) -> Response {
    let message = serde_json::json!({ "error": error.to_string() });
    text_response(StatusCode::BAD_REQUEST, message.to_string())
}

fn text_response(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
