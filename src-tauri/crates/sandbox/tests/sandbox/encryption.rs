//! What can be changed while SSL is on, and an API that cannot do it yet.

use std::time::Duration;

use rediseal_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::client::TlsStream;

use crate::{
    client::{Client, GUANGZHOU, still},
    redis::{Redis, ended, talk},
};

const READY: &str = "crs-d3s0yk6b";
const WITH_NAME: &str = "crs-5k2mfx7q";
const WITHOUT_NAME: &str = "crs-f9u7lp2z";
const WRONG_ISSUER: &str = "crs-w8x3jd5c";
const NOAUTH: &str = "-NOAUTH Authentication required.\r\n";

fn mode(id: &str, mode: &str) -> Value {
    json!({ "InstanceId": id, "EncryptionMode": mode })
}

/// Does it, and waits until the status shows it.
async fn done(sandbox: &Sandbox, client: &Client, action: &str, region: &str, body: Value) {
    let id = body["InstanceId"].as_str().unwrap().to_owned();
    let answer = client.call(action, region, body).await;
    assert!(answer["TaskId"].as_i64().unwrap() > 0, "{answer}");
    let status = client.ssl(region, &id).await;
    assert_eq!(
        (&status["SSLConfig"], &status["Status"]),
        (&json!(true), &json!(1))
    );
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(client.ssl(region, &id).await["Status"], 2);
}

fn leaf(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

/// `PING` is answered: the connection is served.
async fn served(redis: &Redis) -> bool {
    let answer = talk(&mut redis.plain().await, "PING\r\n", "\r\n").await;
    assert!([NOAUTH, ""].contains(&answer.as_str()), "{answer}");
    !answer.is_empty()
}

#[tokio::test]
async fn required_cuts_and_refuses_plaintext_and_flexible_takes_it_back() {
    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, WITH_NAME).await;
    let mut plain = redis.plain().await;
    let mut tls = redis.tls("127.0.0.1").await.unwrap();
    assert_eq!(talk(&mut plain, "PING\r\n", "\r\n").await, NOAUTH);
    assert_eq!(talk(&mut tls, "PING\r\n", "\r\n").await, NOAUTH);

    let action = "ModifySSLEncryptionMode";
    let required = mode(WITH_NAME, "required");
    done(&sandbox, &client, action, GUANGZHOU, required.clone()).await;
    assert!(ended(&mut plain).await);
    assert_eq!(talk(&mut tls, "PING\r\n", "\r\n").await, NOAUTH);
    assert!(!served(&redis).await);
    redis.tls("127.0.0.1").await.unwrap();
    assert_eq!(sandbox.ledger().connections[WITH_NAME].refused, 1);

    let again = client.call(action, GUANGZHOU, required).await;
    assert_eq!(again["TaskId"], -1);
    let flexible = mode(WITH_NAME, "flexible");
    done(&sandbox, &client, action, GUANGZHOU, flexible).await;
    assert!(served(&redis).await);

    let ledger = sandbox.ledger();
    assert_eq!(ledger.instances[WITH_NAME][action], 3);
    assert_eq!(ledger.connections[WITH_NAME].refused, 1);
    assert!(ledger.tasks.iter().any(|task| task.task_type == "073"));
}

#[tokio::test]
async fn turning_ssl_off_ends_the_requirement() {
    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, WITH_NAME).await;
    let required = mode(WITH_NAME, "required");
    done(
        &sandbox,
        &client,
        "ModifySSLEncryptionMode",
        GUANGZHOU,
        required,
    )
    .await;
    assert!(!served(&redis).await);
    let id = json!({ "InstanceId": WITH_NAME });
    client.call("CloseSSL", GUANGZHOU, id.clone()).await;
    sandbox.advance(Duration::from_secs(60));
    assert!(served(&redis).await);
    client.call("OpenSSL", GUANGZHOU, id).await;
    sandbox.advance(Duration::from_secs(70));
    assert!(served(&redis).await);
}

#[tokio::test]
async fn a_certificate_is_replaced_by_one_that_names_the_address() {
    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, WITHOUT_NAME).await;
    redis.tls("127.0.0.1").await.unwrap_err();
    let mut old = redis.tls_without_name().await.unwrap();
    let bound = json!({ "InstanceId": WITHOUT_NAME, "AddressType": 1 });
    done(&sandbox, &client, "UpdateSSLCert", GUANGZHOU, bound).await;
    assert!(ended(&mut old).await);
    let new = redis.tls("127.0.0.1").await.unwrap();
    assert_ne!(leaf(&old), leaf(&new));
    let status = client.ssl(GUANGZHOU, WITHOUT_NAME).await;
    assert_eq!(
        (&status["AddressType"], &status["EncryptAddress"]),
        (&json!(1), &json!("127.0.0.1"))
    );

    // What is not given stays.
    let id = json!({ "InstanceId": WITHOUT_NAME });
    done(&sandbox, &client, "UpdateSSLCert", GUANGZHOU, id).await;
    let newer = redis.tls("127.0.0.1").await.unwrap();
    assert_ne!(leaf(&new), leaf(&newer));
    let unbound = json!({ "InstanceId": WITHOUT_NAME, "AddressType": 0 });
    done(&sandbox, &client, "UpdateSSLCert", GUANGZHOU, unbound).await;
    redis.tls("127.0.0.1").await.unwrap_err();
    redis.tls_without_name().await.unwrap();
}

#[tokio::test]
async fn a_new_certificate_is_of_the_ca_in_the_archive() {
    const SHANGHAI: &str = "ap-shanghai";

    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, SHANGHAI, WRONG_ISSUER).await;
    redis.tls("127.0.0.1").await.unwrap_err();
    let id = json!({ "InstanceId": WRONG_ISSUER });
    done(&sandbox, &client, "UpdateSSLCert", SHANGHAI, id).await;
    redis.tls("127.0.0.1").await.unwrap();
}

#[tokio::test]
async fn the_lowest_version_of_tls_is_enforced_and_kept() {
    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, WITH_NAME).await;
    redis.tls_1_2("127.0.0.1").await.unwrap();
    let newest = json!({
        "InstanceId": WITH_NAME, "SSLMinVersion": "TLSv1.3", "EncryptionMode": "required",
    });
    done(&sandbox, &client, "UpdateSSLCert", GUANGZHOU, newest).await;
    let error = redis.tls_1_2("127.0.0.1").await.unwrap_err().to_string();
    assert!(error.to_lowercase().contains("version"), "{error}");
    redis.tls("127.0.0.1").await.unwrap();
    assert!(!served(&redis).await);
    let flexible = mode(WITH_NAME, "flexible");
    done(
        &sandbox,
        &client,
        "ModifySSLEncryptionMode",
        GUANGZHOU,
        flexible,
    )
    .await;
    redis.tls_1_2("127.0.0.1").await.unwrap_err();
    let both = json!({ "InstanceId": WITH_NAME, "SSLMinVersion": "TLSv1.2" });
    done(&sandbox, &client, "UpdateSSLCert", GUANGZHOU, both).await;
    redis.tls_1_2("127.0.0.1").await.unwrap();
    assert!(served(&redis).await);
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let (sandbox, client) = still().await;
    let update = |more: Value| {
        let mut body = json!({ "InstanceId": WITH_NAME });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    for (action, body, code) in [
        (
            "ModifySSLEncryptionMode",
            mode(READY, "required"),
            "UnsupportedOperation.InstanceNotOperation",
        ),
        (
            "UpdateSSLCert",
            json!({ "InstanceId": READY }),
            "UnsupportedOperation.InstanceNotOperation",
        ),
        (
            "ModifySSLEncryptionMode",
            mode(WITH_NAME, "strict"),
            "InvalidParameterValue",
        ),
        (
            "ModifySSLEncryptionMode",
            json!({ "InstanceId": WITH_NAME }),
            "MissingParameter",
        ),
        (
            "ModifySSLEncryptionMode",
            mode("crs-00000000", "required"),
            "ResourceNotFound.InstanceNotExists",
        ),
        (
            "UpdateSSLCert",
            update(json!({ "EncryptionMode": "strict" })),
            "InvalidParameterValue",
        ),
        (
            "UpdateSSLCert",
            update(json!({ "SSLMinVersion": "SSLv3" })),
            "InvalidParameterValue",
        ),
        (
            "UpdateSSLCert",
            update(json!({ "AddressType": 4 })),
            "InvalidParameterValue",
        ),
        (
            "UpdateSSLCert",
            update(json!({ "AddressType": 3 })),
            "InvalidParameter",
        ),
        (
            "UpdateSSLCert",
            update(json!({ "CertSource": 2 })),
            "InvalidParameterValue",
        ),
        (
            "UpdateSSLCert",
            update(json!({ "CertSource": 1 })),
            "MissingParameter",
        ),
        (
            "UpdateSSLCert",
            update(json!({ "CertSource": 1, "CertId": "aKnH4alS" })),
            "ResourceNotFound",
        ),
    ] {
        let what = format!("{action} {body}");
        assert_eq!(
            client.refusal(action, GUANGZHOU, body).await,
            code,
            "{what}"
        );
    }
    assert!(
        sandbox
            .ledger()
            .tasks
            .iter()
            .all(|task| task.instance_id != WITH_NAME)
    );
}

#[tokio::test]
async fn an_older_api_knows_neither_the_actions_nor_the_parameter() {
    let (sandbox, client) = still().await;
    sandbox.add_fault("older".parse().unwrap());
    let bound = json!({ "InstanceId": READY, "AddressType": 1 });
    for (action, body, code) in [
        (
            "ModifySSLEncryptionMode",
            mode(WITH_NAME, "required"),
            "InvalidAction",
        ),
        (
            "UpdateSSLCert",
            json!({ "InstanceId": WITH_NAME }),
            "InvalidAction",
        ),
        ("OpenSSL", bound.clone(), "UnknownParameter"),
        ("CloseSSL", bound.clone(), "UnknownParameter"),
    ] {
        assert_eq!(
            client.refusal(action, GUANGZHOU, body).await,
            code,
            "{action}"
        );
    }
    let status = client.ssl(GUANGZHOU, WITH_NAME).await;
    assert_eq!(status["SSLConfig"], true);
    assert!(status.get("AddressType").is_none() && status.get("EncryptAddress").is_none());

    sandbox.clear_faults();
    sandbox.add_fault("action_not_found:OpenSSL@1".parse().unwrap());
    let refusal = client.refusal("OpenSSL", GUANGZHOU, bound.clone()).await;
    assert_eq!(refusal, "InvalidParameter.ActionNotFound");
    let opened = client.call("OpenSSL", GUANGZHOU, bound).await;
    assert!(opened["TaskId"].as_i64().unwrap() > 0);
    // Nothing that was refused took effect.
    let redis = Redis::of(&client, GUANGZHOU, WITH_NAME).await;
    let answered = timeout(Duration::from_secs(10), served(&redis)).await;
    assert!(answered.unwrap());
}
