use axum::http::{StatusCode, header::DATE};
use rediseal_tencent::{
    Class, Client, Error,
    redis::{ResetPasswordRequest, SwitchSslRequest},
};
use serde_json::json;

use crate::server::{NOW, options, refusal, serve, success};

#[tokio::test]
async fn an_error_body_with_status_200_is_an_error() {
    let server = serve(|_, _| refusal("ResourceNotFound.InstanceNotExists")).await;
    let error = server
        .client()
        .describe_ssl_status("ap-shanghai", "crs-1")
        .await
        .unwrap_err();
    assert_eq!(error.class(), Class::NotFound);
    assert_eq!(error.request_id(), Some("req-1"));
    let Error::Api(api) = error else {
        panic!("{error}")
    };
    assert_eq!(api.code, "ResourceNotFound.InstanceNotExists");
    assert_eq!(api.message, "said by the cloud");
    assert_eq!(api.action, "DescribeSSLStatus");
    assert_eq!(api.region.as_deref(), Some("ap-shanghai"));
}

#[tokio::test]
async fn a_null_error_is_none() {
    let server = serve(|_, _| success(json!({"Error": null, "Arn": "qcs::cam::uin/1"}))).await;
    let identity = server.client().caller_identity().await.unwrap();
    assert_eq!(identity.arn.as_deref(), Some("qcs::cam::uin/1"));
}

#[tokio::test]
async fn the_older_form_of_an_error_is_one_too() {
    let old = |body: &'static str| async move {
        let server = serve(move |_, _| body).await;
        server.client().caller_identity().await.unwrap_err()
    };
    let error = old(r#"{"code":4100,"message":"no","codeDesc":"AuthFailure"}"#).await;
    assert_eq!(error.code(), Some("AuthFailure"));
    assert_eq!(error.class(), Class::Credentials);
    let error = old(r#"{"code":4100,"message":"no"}"#).await;
    assert_eq!(error.code(), Some("4100"));
    assert_eq!(error.class(), Class::Unknown);
}

#[tokio::test]
async fn what_is_not_the_protocol_is_said_to_be_so() {
    for body in [
        "<html>\n\t<title>Sign\u{7} in</title>",
        "",
        "[]",
        "null",
        r#"{"Response":"fine"}"#,
        r#"{"Response":{"#,
        r#"{"code":0}"#,
    ] {
        let server = serve(move |_, _| body).await;
        let error = server.client().caller_identity().await.unwrap_err();
        assert_eq!(error.class(), Class::Protocol, "{body}");
        assert!(!error.provably_not_accepted(), "{body}");
        assert_eq!(server.received().len(), 1, "not tried again: {body}");
        let Error::NotJson { excerpt, .. } = error else {
            panic!("{body}: {error}")
        };
        assert!(!excerpt.contains(char::is_control), "{excerpt}");
        if body.starts_with('<') {
            assert_eq!(excerpt, "<html> <title>Sign in</title>");
        }
    }
}

#[tokio::test]
async fn an_error_quotes_no_secret() {
    let server = serve(|_, request| {
        let token = request.header("x-tc-token");
        let body = String::from_utf8_lossy(&request.body);
        (StatusCode::BAD_GATEWAY, format!("got {token} {body}"))
    })
    .await;
    let mut options = options(&server.url);
    options.credentials.token = Some("the-token".into());
    let client = Client::new(options);
    let error = format!("{:?}", client.caller_identity().await.unwrap_err());
    assert!(error.contains("got *** {}"), "{error}");
    let request = ResetPasswordRequest {
        instance_id: "crs-1".to_owned(),
        password: Some("pass-word1".into()),
        no_auth: false,
    };
    let error = client.reset_password("ap-x", &request).await.unwrap_err();
    assert!(!format!("{error:?}").contains("pass-word1"));
}

#[tokio::test]
async fn a_status_is_an_error_whatever_the_body_says() {
    for (status, class, retryable) in [
        (StatusCode::INTERNAL_SERVER_ERROR, Class::Service, true),
        (StatusCode::BAD_GATEWAY, Class::Service, true),
        (StatusCode::TOO_MANY_REQUESTS, Class::Throttled, true),
        (StatusCode::FORBIDDEN, Class::Protocol, false),
        (StatusCode::FOUND, Class::Protocol, false),
        (StatusCode::CREATED, Class::Protocol, false),
    ] {
        let server = serve(move |_, _| (status, success(json!({"TaskId": 1})))).await;
        let request = SwitchSslRequest {
            instance_id: "crs-1".to_owned(),
            address_type: None,
        };
        let error = server
            .client()
            .open_ssl("ap-x", &request)
            .await
            .unwrap_err();
        assert_eq!(error.class(), class, "{status}");
        assert_eq!(error.is_retryable(), retryable, "{status}");
        assert!(!error.provably_not_accepted(), "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = serve(|_, _| success(json!({}))).await;
    let location = target.url.clone();
    let server = serve(move |_, _| {
        (
            StatusCode::TEMPORARY_REDIRECT,
            [("location", location.clone())],
        )
    })
    .await;
    let error = server.client().caller_identity().await.unwrap_err();
    assert!(matches!(error, Error::Http { status: 307, .. }), "{error}");
    assert!(target.received().is_empty());
}

#[tokio::test]
async fn the_clock_is_compared_with_the_services() {
    let ahead = jiff::Timestamp::from_second(NOW + 600).unwrap();
    let date = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&ahead)
        .unwrap();
    let server = serve(move |_, _| {
        (
            [(DATE, date.clone())],
            refusal("AuthFailure.SignatureExpire"),
        )
    })
    .await;
    let client = server.client();
    assert_eq!(client.clock_offset(), None);
    let error = client.caller_identity().await.unwrap_err();
    assert_eq!(error.class(), Class::Clock);
    assert!(error.provably_not_accepted() && !error.is_retryable());
    let Error::Api(api) = error else {
        panic!("{error}")
    };
    assert_eq!(api.clock_offset, Some(600));
    assert_eq!(client.clock_offset(), Some(600));
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let server = serve(|_, _| vec![b' '; (16 << 20) + 1]).await;
    let error = server.client().caller_identity().await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit, .. } if limit == 16 << 20));
    assert_eq!(error.class(), Class::Protocol);
}
