use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{DATE, RETRY_AFTER},
    },
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;
use rediseal_tencent::{Client, Error, action::Action, redis::SwitchSslRequest};
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

use crate::server::{NOW, Server, options, refusal, serve, serve_raw, success};

fn switch() -> SwitchSslRequest {
    SwitchSslRequest {
        instance_id: "crs-1".to_owned(),
        address_type: None,
    }
}

#[tokio::test]
async fn a_read_is_tried_again() {
    let server = serve(|before, _| match before {
        0 => refusal("RequestLimitExceeded.UinLimitExceeded"),
        1 => refusal("InternalError"),
        _ => success(json!({"Status": 2})),
    })
    .await;
    let status = server
        .client()
        .describe_ssl_status("ap-x", "crs-1")
        .await
        .unwrap();
    assert_eq!(status.status, Some(2));
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn what_is_refused_for_the_moment_is_tried_until_the_deadline() {
    for code in ["RequestLimitExceeded", "InternalError"] {
        // More often than tries are counted.
        let server = serve(move |before, _| match before {
            0..5 => refusal(code),
            _ => success(json!({"Status": 2})),
        })
        .await;
        let mut options = options(&server.url);
        options.patience.total = Duration::from_secs(60);
        let client = Client::new(options);
        let status = client.describe_ssl_status("ap-x", "crs-1").await;
        assert_eq!(status.unwrap().status, Some(2));
        assert_eq!(server.received().len(), 6);
    }
    let server = serve(|_, _| refusal("RequestLimitExceeded")).await;
    let started = Instant::now();
    let error = server.client().caller_identity().await.unwrap_err();
    assert_eq!(error.code(), Some("RequestLimitExceeded"));
    assert!(started.elapsed() >= Duration::from_millis(1_500));
    assert!(server.received().len() >= 3);
}

#[tokio::test]
async fn tries_are_counted_for_who_asks_again() {
    for code in ["RequestLimitExceeded", "InternalError"] {
        let server = serve(move |_, _| refusal(code)).await;
        let client = server.client().asking_again();
        let error = client.caller_identity().await.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert_eq!(server.received().len(), 3);
    }
}

#[tokio::test]
async fn in_the_background_a_refusal_for_the_rate_is_no_try() {
    let server = serve(|before, _| match before {
        0..5 => refusal("RequestLimitExceeded.UinLimitExceeded"),
        _ => success(json!({"Status": 2})),
    })
    .await;
    let mut patient = options(&server.url);
    patient.patience.total = Duration::from_secs(60);
    let client = Client::new(patient).in_background();
    let slot = client.slot(Action::DESCRIBE_SSL_STATUS).await;
    let started = Instant::now();
    let status = client.describe_ssl_status_in(slot, "ap-x", "crs-1").await;
    assert_eq!(status.unwrap().status, Some(2));
    assert_eq!(server.received().len(), 6);
    // Each refusal held the action for half a second.
    assert!(started.elapsed() >= Duration::from_millis(2_500));

    let server = serve(|_, _| refusal("InternalError")).await;
    let client = server.client().in_background();
    client
        .describe_ssl_status("ap-x", "crs-1")
        .await
        .unwrap_err();
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_refusal_of_one_client_slows_every_client_of_the_account() {
    let server = serve(|before, _| match before {
        0 => refusal("RequestLimitExceeded"),
        _ => success(json!({})),
    })
    .await;
    let mut first = options(&server.url);
    first.patience.total = Duration::ZERO;
    let second = Client::new(first.clone());
    let first = Client::new(first);
    first.caller_identity().await.unwrap_err();
    let started = Instant::now();
    second.caller_identity().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(450));
}

#[tokio::test]
async fn no_try_begins_after_the_deadline() {
    let server = serve(|_, _| refusal("RequestLimitExceeded")).await;
    let mut options = options(&server.url);
    options.patience.attempts = usize::MAX;
    options.patience.total = Duration::ZERO;
    let client = Client::new(options);
    client.caller_identity().await.unwrap_err();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_refusal_that_stays_is_not_tried_again() {
    let server = serve(|_, _| refusal("AuthFailure.SignatureFailure")).await;
    server.client().caller_identity().await.unwrap_err();
    assert_eq!(server.received().len(), 1);
}

/// Refuses once, with the time to come again, and then answers. The server's clock is ten minutes
/// ahead of the client's.
async fn busy(status: StatusCode, retry_after: &'static str) -> Server {
    serve(move |before, _| -> Response {
        if before > 0 {
            return success(json!({ "Status": 2 }));
        }
        let headers = HeaderMap::from_iter([
            (
                DATE,
                HeaderValue::from_static("Tue, 24 Nov 2026 04:10:00 GMT"),
            ),
            (RETRY_AFTER, HeaderValue::from_static(retry_after)),
        ]);
        (status, headers, "busy").into_response()
    })
    .await
}

#[tokio::test]
async fn a_read_waits_as_long_as_it_is_told() {
    for status in [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        for retry_after in ["1", "Tue, 24 Nov 2026 04:10:01 GMT"] {
            let server = busy(status, retry_after).await;
            let started = Instant::now();
            let answer = server.client().describe_ssl_status("ap-x", "crs-1").await;
            assert_eq!(answer.unwrap().status, Some(2));
            assert!(started.elapsed() >= Duration::from_secs(1), "{retry_after}");
            assert_eq!(server.received().len(), 2);
        }
    }
}

#[tokio::test]
async fn what_is_past_or_not_understood_makes_no_wait() {
    for retry_after in ["0", "Tue, 24 Nov 2026 03:00:00 GMT", "soon", "-5"] {
        let server = busy(StatusCode::SERVICE_UNAVAILABLE, retry_after).await;
        let answer = server.client().describe_ssl_status("ap-x", "crs-1").await;
        assert_eq!(answer.unwrap().status, Some(2), "{retry_after}");
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    for retry_after in [
        "3600",
        "18446744073709551615",
        "Wed, 25 Nov 2026 00:00:00 GMT",
    ] {
        let server = busy(StatusCode::TOO_MANY_REQUESTS, retry_after).await;
        let answer = server.client().describe_ssl_status("ap-x", "crs-1").await;
        let error = answer.unwrap_err();
        assert!(matches!(error, Error::Http { status: 429, .. }), "{error}");
        assert_eq!(server.received().len(), 1, "{retry_after}");
    }
}

#[tokio::test]
async fn a_write_is_not_repeated_because_a_server_says_when() {
    let server = busy(StatusCode::SERVICE_UNAVAILABLE, "0").await;
    let error = server
        .client()
        .open_ssl("ap-x", &switch())
        .await
        .unwrap_err();
    assert!(!error.provably_not_accepted());
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_reset_is_tried_again_for_a_read_and_uncertain_for_a_write() {
    let server = serve_raw(|stream| async move { stream.set_zero_linger().unwrap() }).await;
    let client = server.client();
    let read = client.describe_ssl_status("ap-x", "crs-1").await;
    assert!(read.unwrap_err().is_retryable());
    let reads = server.received().len();
    assert!(reads > 3, "{reads}");
    let error = client.close_ssl("ap-x", &switch()).await.unwrap_err();
    assert!(!error.provably_not_accepted(), "{error:?}");
    assert_eq!(server.received().len(), reads + 1);
}

#[tokio::test]
async fn a_write_that_may_have_been_accepted_is_sent_once() {
    let codes = ["InternalError", "FailedOperation.SystemError", "Unheard.Of"];
    // Another task holds the instance: for who asked to decide.
    for code in codes.into_iter().chain(["ResourceInUse"]) {
        let server = serve(move |_, _| refusal(code)).await;
        let client = server.client();
        client.open_ssl("ap-x", &switch()).await.unwrap_err();
        client.close_ssl("ap-x", &switch()).await.unwrap_err();
        assert_eq!(server.received().len(), 2, "{code}");
    }
    for (status, body) in [(200, "{"), (200, "<html>"), (429, ""), (502, "")] {
        let status = StatusCode::from_u16(status).unwrap();
        let server = serve(move |_, _| (status, body)).await;
        let client = server.client();
        let error = client.open_ssl("ap-x", &switch()).await.unwrap_err();
        assert!(!error.provably_not_accepted(), "{error:?}");
        assert_eq!(server.received().len(), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn a_write_that_was_not_accepted_for_sure_is_sent_again_and_signed_anew() {
    let server = serve(|before, _| match before {
        0 | 1 => refusal("RequestLimitExceeded.UinLimitExceeded"),
        _ => success(json!({ "TaskId": 7 })),
    })
    .await;
    let mut options = options(&server.url);
    let clock = Arc::new(AtomicI64::new(NOW));
    options.clock =
        Arc::new(move || Timestamp::from_second(clock.fetch_add(1, Ordering::Relaxed)).unwrap());
    let client = Client::new(options);
    let answer = client.open_ssl("ap-x", &switch()).await.unwrap();
    assert_eq!(answer.task_id, Some(7));
    let received = server.received();
    let signed: HashSet<_> = received
        .iter()
        .map(|request| {
            (
                request.header("x-tc-timestamp"),
                request.header("authorization"),
            )
        })
        .collect();
    assert_eq!((received.len(), signed.len()), (3, 3));
}

#[tokio::test]
async fn a_write_that_cannot_be_sent_is_tried_as_often_as_a_read() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let mut options = options(&url);
    options.patience.pause = Duration::from_millis(100);
    let started = Instant::now();
    let error = Client::new(options)
        .open_ssl("ap-x", &switch())
        .await
        .unwrap_err();
    assert!(error.provably_not_accepted(), "{error:?}");
    // Three tries with two pauses between, the second twice as long.
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_read_survives_an_idle_connection_that_the_server_gave_up() {
    let connections = Arc::new(AtomicI64::new(0));
    let count = Arc::clone(&connections);
    let server = serve_raw(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            count.fetch_add(1, Ordering::Relaxed);
            let body = r#"{"Response":{"Status":2,"RequestId":"req-1"}}"#;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + body).as_bytes()).await.unwrap();
            tokio::spawn(async move {
                // The next request on this connection is met by a reset.
                stream.readable().await.unwrap();
                stream.set_zero_linger().unwrap();
            });
        }
    })
    .await;
    let client = server.client();
    for _ in 0..3 {
        let status = client.describe_ssl_status("ap-x", "crs-1").await.unwrap();
        assert_eq!(status.status, Some(2));
    }
    assert_eq!(connections.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn clones_keep_the_rate_limit_together() {
    let server = serve(|_, _| success(json!({}))).await;
    let client = server.client();
    let other = client.clone();
    let started = Instant::now();
    for _ in 0..3 {
        client.caller_identity().await.unwrap();
        other.caller_identity().await.unwrap();
    }
    // Six requests have five spaces of a twentieth of a second.
    assert!(started.elapsed() >= Duration::from_millis(250));
}
