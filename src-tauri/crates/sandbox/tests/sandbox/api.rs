//! Signature, envelope, parameters and limits.

use rediseal_sandbox::Options;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde_json::{Value, json};

use crate::client::{Client, GUANGZHOU, Request, Tamper, code, http, still, with};

const READY: &str = "crs-d3s0yk6b";

fn identity(client: &Client) -> Request {
    client.request("GetCallerIdentity", &json!({}))
}

#[tokio::test]
async fn a_signed_request_is_answered_with_the_caller() {
    let (_sandbox, client) = still().await;
    let answer = client.call("GetCallerIdentity", GUANGZHOU, json!({})).await;
    assert_eq!(answer["Type"], "CAMUser");
    let more = Request {
        signed_headers: vec!["content-type", "host", "x-tc-action"],
        content_type: "application/json; charset=utf-8",
        ..identity(&client)
    };
    assert_eq!(code(&client.answer(more).await), "");
}

#[tokio::test]
async fn signatures_are_checked_in_full() {
    let (sandbox, client) = still().await;
    let expect = async |request: Request, expected: &str| {
        assert_eq!(code(&client.answer(request).await), expected);
    };
    let of = || identity(&client);
    let wrong_key = "0".repeat(32);
    expect(
        Request {
            secret_key: wrong_key,
            ..of()
        },
        "AuthFailure.SignatureFailure",
    )
    .await;
    expect(
        Request {
            secret_id: "AKIDnobody".to_owned(),
            ..of()
        },
        "AuthFailure.SecretIdNotFound",
    )
    .await;
    expect(
        Request { ahead: 310, ..of() },
        "AuthFailure.SignatureExpire",
    )
    .await;
    expect(
        Request {
            ahead: -310,
            ..of()
        },
        "AuthFailure.SignatureExpire",
    )
    .await;
    expect(Request { ahead: 290, ..of() }, "").await;
    expect(
        Request {
            signed_headers: vec!["host"],
            ..of()
        },
        "AuthFailure.InvalidAuthorization",
    )
    .await;
    expect(
        Request {
            signed_headers: vec!["content-type"],
            ..of()
        },
        "AuthFailure.InvalidAuthorization",
    )
    .await;
    // A signature for one product does not open another.
    expect(
        Request {
            service: "redis",
            ..of()
        },
        "InvalidAction",
    )
    .await;
    expect(
        Request {
            token: Some("any".to_owned()),
            ..of()
        },
        "AuthFailure.TokenFailure",
    )
    .await;
    assert_eq!(sandbox.ledger().actions["GetCallerIdentity"], 1);
}

#[tokio::test]
async fn the_authorization_header_is_read_strictly() {
    let (_sandbox, client) = still().await;
    let cases: [(Tamper, &str); 7] = [
        (|_| String::new(), "MissingParameter"),
        (
            |_| "Basic abc".to_owned(),
            "AuthFailure.InvalidAuthorization",
        ),
        (
            |text| text.replace("SHA256", "SHA1"),
            "AuthFailure.InvalidAuthorization",
        ),
        (
            |text| text.replace("/tc3_request", "/tc4_request"),
            "AuthFailure.InvalidAuthorization",
        ),
        (
            |text| text.replace("Signature=", "Sign="),
            "AuthFailure.InvalidAuthorization",
        ),
        (
            |text| text.replace("/20", "/19"),
            "AuthFailure.SignatureFailure",
        ),
        (
            |text| text.replace("host", "host;x-not-sent"),
            "AuthFailure.SignatureFailure",
        ),
    ];
    for (tamper, expected) in cases {
        let request = Request {
            tamper,
            ..identity(&client)
        };
        assert_eq!(code(&client.answer(request).await), expected);
    }
    let unsigned = Request {
        unsigned_payload: true,
        ..identity(&client)
    };
    assert_eq!(code(&client.answer(unsigned).await), "");
}

#[tokio::test]
async fn a_body_changed_on_the_way_is_noticed() {
    let (_sandbox, client) = still().await;
    let mut request = client
        .http
        .post(&client.endpoint)
        .body(r#"{"InstanceId":"crs-other"}"#);
    let signed = identity(&client);
    for (name, value) in [
        ("Content-Type", "application/json"),
        ("X-TC-Action", "GetCallerIdentity"),
        ("X-TC-Version", "2018-08-13"),
        ("X-TC-Language", "en-US"),
    ] {
        request = request.header(name, value);
    }
    let now = jiff::Timestamp::now();
    let host = client.endpoint.split("//").nth(1).unwrap();
    let message = rediseal_tencent::tc3::Message {
        method: "POST",
        query: "",
        headers: &[("content-type", "application/json"), ("host", host)],
        body: b"{}",
        service: "sts",
        timestamp: now,
    };
    let signed =
        rediseal_tencent::tc3::sign(&signed.secret_id, &signed.secret_key.into(), &message);
    let response = request
        .header("Authorization", signed.authorization.to_string())
        .header("X-TC-Timestamp", now.as_second().to_string())
        .send()
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(code(&answer["Response"]), "AuthFailure.SignatureFailure");
}

#[tokio::test]
async fn a_temporary_key_needs_its_token_and_ends() {
    let (sandbox, client) = still().await;
    let temporary = || Request {
        secret_id: client.ready.temporary.secret_id.clone(),
        secret_key: client.ready.temporary.secret_key.clone(),
        token: Some(client.ready.temporary.token.clone()),
        ..identity(&client)
    };
    assert_eq!(code(&client.answer(temporary()).await), "");
    for token in [None, Some("another".to_owned())] {
        let request = Request {
            token,
            ..temporary()
        };
        assert_eq!(
            code(&client.answer(request).await),
            "AuthFailure.TokenFailure"
        );
    }
    sandbox.advance(std::time::Duration::from_secs(3 * 60 * 60));
    assert_eq!(
        code(&client.answer(temporary()).await),
        "AuthFailure.TokenFailure"
    );
}

#[tokio::test]
async fn what_is_not_an_action_has_its_code() {
    let (_sandbox, client) = still().await;
    let of = |action: &str| client.request(action, &json!({ "InstanceId": READY }));
    for (request, expected) in [
        (of("DescribeNothing"), "InvalidAction"),
        (of("openssl"), "InvalidAction"),
        (of(""), "MissingParameter"),
        (
            Request {
                version: "2017-03-12",
                ..of("OpenSSL")
            },
            "NoSuchVersion",
        ),
        (
            Request {
                region: "ap-nowhere".to_owned(),
                ..of("OpenSSL")
            },
            "UnsupportedRegion",
        ),
        (
            Request {
                region: String::new(),
                ..of("OpenSSL")
            },
            "MissingParameter",
        ),
    ] {
        let action = request.action.clone();
        assert_eq!(code(&client.answer(request).await), expected, "{action}");
    }
}

#[tokio::test]
async fn only_post_of_json_is_taken() {
    let (_sandbox, client) = still().await;
    let form = Request {
        content_type: "application/x-www-form-urlencoded",
        body: b"Limit=1".to_vec(),
        ..client.request("DescribeInstances", &json!({}))
    };
    assert_eq!(code(&client.answer(form).await), "UnsupportedProtocol");
    let get = client.http.get(&client.endpoint).send().await.unwrap();
    assert!(get.text().await.unwrap().contains("UnsupportedProtocol"));
}

#[tokio::test]
async fn parameters_are_known_typed_and_complete() {
    let (_sandbox, client) = still().await;
    for (action, body, expected) in [
        ("OpenSSL", json!({}), "MissingParameter"),
        ("OpenSSL", json!({ "InstanceId": null }), "MissingParameter"),
        (
            "OpenSSL",
            json!({ "InstanceId": READY, "Force": true }),
            "UnknownParameter",
        ),
        ("OpenSSL", json!({ "InstanceId": 5 }), "InvalidParameter"),
        (
            "OpenSSL",
            json!({ "InstanceId": READY, "AddressType": "1" }),
            "InvalidParameter",
        ),
        ("OpenSSL", json!([READY]), "InvalidParameter"),
        (
            "DescribeTaskInfo",
            json!({ "TaskId": -1 }),
            "InvalidParameter",
        ),
        (
            "DescribeTaskInfo",
            json!({ "TaskId": 1 }),
            "InvalidParameter.InvalidParameter",
        ),
        (
            "DescribeInstances",
            json!({ "InstanceIds": [1] }),
            "InvalidParameter",
        ),
        (
            "DescribeInstances",
            json!({ "Limit": 0 }),
            "InvalidParameterValue",
        ),
        (
            "DescribeInstances",
            json!({ "Limit": 1001 }),
            "InvalidParameterValue",
        ),
        (
            "DescribeInstances",
            json!({ "Limit": 10, "Offset": 5 }),
            "InvalidParameterValue",
        ),
        (
            "DescribeInstances",
            json!({ "OrderBy": "size" }),
            "InvalidParameterValue",
        ),
        (
            "DescribeTaskList",
            json!({ "Limit": 101 }),
            "InvalidParameterValue",
        ),
        (
            "DescribeTaskList",
            json!({ "Limit": -1 }),
            "InvalidParameterValue",
        ),
        ("DescribeRegions", json!({}), "MissingParameter"),
        (
            "DescribeRegions",
            json!({ "Product": "cvm" }),
            "InvalidParameter.ParameterError",
        ),
    ] {
        let found = client.refusal(action, GUANGZHOU, body.clone()).await;
        assert_eq!(found, expected, "{action} {body}");
    }
    let mut broken = client.request("OpenSSL", &json!({}));
    broken.body = b"{\"InstanceId\":".to_vec();
    assert_eq!(code(&client.answer(broken).await), "InvalidParameter");
}

#[tokio::test]
async fn messages_come_in_the_language_asked_for_and_chinese_otherwise() {
    let (_sandbox, client) = still().await;
    let missing = |language| Request {
        language,
        ..client.request("OpenSSL", &json!({}))
    };
    let message = async |language| {
        let answer = client.answer(missing(language)).await;
        answer["Error"]["Message"].as_str().unwrap().to_owned()
    };
    assert!(
        message(Some("en-US"))
            .await
            .contains("required parameter `InstanceId`")
    );
    assert!(message(Some("zh-CN")).await.contains("缺少"));
    assert!(message(None).await.contains("缺少"));
}

#[tokio::test]
async fn a_flood_of_one_action_is_throttled_and_another_is_not() {
    let (sandbox, client) = still().await;
    let flood = (0..300).map(|_| client.answer(identity(&client)));
    let answers = futures::future::join_all(flood).await;
    let refused: Vec<_> = answers
        .iter()
        .map(code)
        .filter(|code| !code.is_empty())
        .collect();
    assert!(
        !refused.is_empty() && refused.len() <= 280,
        "{}",
        refused.len()
    );
    assert!(refused.iter().all(|code| code == "RequestLimitExceeded"));
    client.call("DescribeInstances", GUANGZHOU, json!({})).await;
    let ledger = sandbox.ledger();
    assert_eq!(ledger.throttled, refused.len() as u64);
    assert_eq!(ledger.actions["GetCallerIdentity"], 300 - ledger.throttled);
}

#[tokio::test]
async fn the_date_header_is_the_servers_time() {
    let (sandbox, client) = still().await;
    let date = async || {
        let response = client.send(identity(&client)).await.unwrap();
        let date = response.headers()["date"].to_str().unwrap().to_owned();
        jiff::fmt::rfc2822::parse(&date)
            .unwrap()
            .timestamp()
            .as_second()
    };
    let now = jiff::Timestamp::now().as_second();
    assert!((date().await - now).abs() <= 5);
    sandbox.add_fault("clock:600".parse().unwrap());
    assert!((date().await - now - 600).abs() <= 5);
    assert_eq!(
        code(&client.answer(identity(&client)).await),
        "AuthFailure.SignatureExpire"
    );
    let adjusted = Request {
        ahead: 600,
        ..identity(&client)
    };
    assert_eq!(code(&client.answer(adjusted).await), "");
}

#[tokio::test]
async fn the_same_api_is_served_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, mut client) = with(Options {
        https: true,
        folder: Some(folder.path().to_owned()),
        ..Options::default()
    })
    .await;
    let ca = client.ready.ca_file.clone().unwrap();
    assert_eq!(ca.parent(), Some(folder.path()));
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(ca).unwrap())
        .unwrap();
    client.http = http(roots);
    client.endpoint = client.ready.https_endpoint.clone().unwrap();
    let answer = client.call("GetCallerIdentity", GUANGZHOU, json!({})).await;
    assert_eq!(answer["Type"], "CAMUser");
}
