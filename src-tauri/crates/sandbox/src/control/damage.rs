//! Answers that are not what the service said: what networks and gateways make of them.

use std::{io, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header as name},
    response::Response,
};
use futures::{Stream, StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp, tz};

use crate::fault::RetryAfter;

/// Pieces of an answer that dribbles.
const PIECES: usize = 20;

/// A body of a gateway.
pub(super) fn page(status: StatusCode, content_type: &'static str, body: &'static str) -> Response {
    let mut response = typed(Body::from(body), content_type);
    *response.status_mut() = status;
    response
}

/// Come back later, says a gateway. `now` is the server's time.
pub(super) fn later(status: StatusCode, after: RetryAfter, now: Timestamp) -> Response {
    let after = match after {
        RetryAfter::Seconds(seconds) => HeaderValue::from(seconds),
        RetryAfter::Date(seconds) => {
            let at = now.saturating_add(SignedDuration::from_secs(seconds.into()));
            match HeaderValue::from_str(&http_date(at.unwrap_or(Timestamp::MAX))) {
                Ok(date) => date,
                Err(_) => HeaderValue::from(seconds),
            }
        }
    };
    let mut response = page(status, "text/plain", "come back later\n");
    response.headers_mut().insert(name::RETRY_AFTER, after);
    response
}

/// Announces all of `body`, sends half and ends.
pub(super) fn truncated(body: &str) -> Response {
    let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
    // The server writes the half when the stream has nothing more to give for the moment.
    let cut = stream::once(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    of_length(body.len(), stream::iter([Ok(half)]).chain(cut))
}

/// All of HTTP and not of JSON.
pub(super) fn broken_json(body: &str) -> Response {
    let most = &body.as_bytes()[..body.len().saturating_sub(2)];
    typed(Body::from(most.to_vec()), JSON)
}

/// Sends `body` in pieces.
pub(super) fn dribbling(body: &str, pause: Duration) -> Response {
    let size = body.len().div_ceil(PIECES).max(1);
    let pieces: Vec<_> = body
        .as_bytes()
        .chunks(size)
        .map(Bytes::copy_from_slice)
        .collect();
    of_length(body.len(), slowly(stream::iter(pieces), pause))
}

/// Begins as an answer may, with blanks, and goes on with them.
pub(super) fn endless() -> Response {
    static BLANKS: [u8; 256] = [b' '; 256];
    let blanks = stream::repeat_with(|| Bytes::from_static(&BLANKS));
    typed(
        Body::from_stream(slowly(blanks, Duration::from_millis(20))),
        JSON,
    )
}

/// RFC 9110, 5.6.7.
pub(super) fn http_date(at: Timestamp) -> String {
    let at = tz::TimeZone::UTC.to_datetime(at);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub(super) const JSON: &str = "application/json";

fn slowly(
    pieces: impl Stream<Item = Bytes>,
    pause: Duration,
) -> impl Stream<Item = io::Result<Bytes>> {
    pieces.then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok(piece)
    })
}

fn of_length(
    length: usize,
    sent: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response {
    let mut response = typed(Body::from_stream(sent), JSON);
    let headers = response.headers_mut();
    headers.insert(name::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

pub(super) fn typed(body: Body, content_type: &'static str) -> Response {
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(name::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
