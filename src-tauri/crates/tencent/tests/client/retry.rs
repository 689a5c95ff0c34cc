use std::time::{Duration, Instant};

use rediseal_tencent::{Client, redis::SwitchSslRequest};
use serde_json::json;

use crate::server::{options, refusal, serve, success};

#[tokio::test]
async fn a_read_is_tried_again_and_signed_anew() {
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
async fn tries_are_counted() {
    let server = serve(|_, _| refusal("RequestLimitExceeded")).await;
    let error = server.client().caller_identity().await.unwrap_err();
    assert_eq!(error.code(), Some("RequestLimitExceeded"));
    assert_eq!(server.received().len(), 3);
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

#[tokio::test]
async fn a_write_is_sent_once_whatever_happens() {
    for code in ["RequestLimitExceeded", "InternalError", "ResourceInUse"] {
        let server = serve(move |_, _| refusal(code)).await;
        let request = SwitchSslRequest {
            instance_id: "crs-1".to_owned(),
            address_type: None,
        };
        let client = server.client();
        client.open_ssl("ap-x", &request).await.unwrap_err();
        client.close_ssl("ap-x", &request).await.unwrap_err();
        assert_eq!(server.received().len(), 2, "{code}");
    }
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
