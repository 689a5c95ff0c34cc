//! Turning SSL on and off, and every reason not to.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    client::{Client, GUANGZHOU, still},
    redis::Redis,
};

const READY: &str = "crs-d3s0yk6b";
const OLD_PROXY: &str = "crs-81zzc9hn";
const REDIS_2_8: &str = "crs-z1c4fa9t";
const CKV: &str = "crs-t6b1ru8d";
const ON: &str = "crs-5k2mfx7q";

fn id(id: &str) -> Value {
    json!({ "InstanceId": id })
}

async fn task(client: &Client, region: &str, task: &Value) -> String {
    let answer = client
        .call("DescribeTaskInfo", region, json!({ "TaskId": task }))
        .await;
    answer["Status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ssl_is_turned_on_in_time_and_off_again() {
    let (sandbox, client) = still().await;
    let before = client.ssl(GUANGZHOU, READY).await;
    assert_eq!(before["SSLConfig"], false);
    assert_eq!(before["FeatureSupport"], true);
    assert_eq!(before["Status"], 2);
    assert_eq!(before["AddressType"], -1);

    let opened = client.call("OpenSSL", GUANGZHOU, id(READY)).await;
    assert!(opened["TaskId"].as_i64().unwrap() > 0);
    assert_eq!(
        task(&client, GUANGZHOU, &opened["TaskId"]).await,
        "preparing"
    );
    assert_eq!(client.ssl(GUANGZHOU, READY).await["Status"], 1);
    assert_eq!(client.instance(GUANGZHOU, READY).await["Status"], 1);
    for action in ["OpenSSL", "CloseSSL"] {
        let refusal = client.refusal(action, GUANGZHOU, id(READY)).await;
        assert_eq!(refusal, "ResourceUnavailable.InstanceStatusError");
    }

    sandbox.advance(Duration::from_secs(30));
    assert_eq!(task(&client, GUANGZHOU, &opened["TaskId"]).await, "running");
    let list = client.call("DescribeTaskList", GUANGZHOU, id(READY)).await;
    assert_eq!(list["Tasks"][0]["TaskId"], opened["TaskId"]);
    assert_eq!(list["Tasks"][0]["Result"], 1);
    assert_eq!(list["Tasks"][0]["Progress"], 0.5);

    // The task ends before the status shows it: a client has to wait for both.
    sandbox.advance(Duration::from_secs(31));
    assert_eq!(task(&client, GUANGZHOU, &opened["TaskId"]).await, "succeed");
    let between = client.ssl(GUANGZHOU, READY).await;
    assert_eq!(
        (&between["SSLConfig"], &between["Status"]),
        (&json!(false), &json!(1))
    );
    sandbox.advance(Duration::from_secs(4));
    let after = client.ssl(GUANGZHOU, READY).await;
    assert_eq!(
        (&after["SSLConfig"], &after["Status"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(client.instance(GUANGZHOU, READY).await["Status"], 2);

    let again = client.call("OpenSSL", GUANGZHOU, id(READY)).await;
    assert_eq!(again["TaskId"], -1);

    let closed = client.call("CloseSSL", GUANGZHOU, id(READY)).await;
    sandbox.advance(Duration::from_secs(50));
    assert_eq!(task(&client, GUANGZHOU, &closed["TaskId"]).await, "succeed");
    assert_eq!(client.ssl(GUANGZHOU, READY).await["SSLConfig"], false);
    let again = client.call("CloseSSL", GUANGZHOU, id(READY)).await;
    assert_eq!(again["TaskId"], -1);

    let ledger = sandbox.ledger();
    assert_eq!(ledger.instances[READY]["OpenSSL"], 3);
    assert_eq!(
        ledger
            .tasks
            .iter()
            .filter(|task| task.instance_id == READY)
            .count(),
        2
    );
}

#[tokio::test]
async fn feature_support_says_who_can_have_ssl() {
    let (_sandbox, client) = still().await;
    for (region, instance, supported) in [
        (GUANGZHOU, READY, true),
        (GUANGZHOU, OLD_PROXY, false),
        (GUANGZHOU, REDIS_2_8, false),
        (GUANGZHOU, CKV, false),
        ("ap-beijing", "crs-l3f8yc1h", false),
        ("ap-beijing", "crs-b6j1xm4s", true),
        ("ap-singapore", "crs-x5u9kd3g", true),
    ] {
        let status = client.ssl(region, instance).await;
        assert_eq!(status["FeatureSupport"], supported, "{instance}");
    }
}

#[tokio::test]
async fn every_reason_against_ssl_has_its_code() {
    let (_sandbox, client) = still().await;
    for (action, region, instance, code) in [
        (
            "OpenSSL",
            GUANGZHOU,
            OLD_PROXY,
            "UnsupportedOperation.LimitProxyVersion",
        ),
        (
            "OpenSSL",
            GUANGZHOU,
            REDIS_2_8,
            "FailedOperation.UnSupportError",
        ),
        (
            "CloseSSL",
            GUANGZHOU,
            REDIS_2_8,
            "UnsupportedOperation.InstanceNotOperation",
        ),
        (
            "OpenSSL",
            GUANGZHOU,
            CKV,
            "InvalidParameterValue.UnSupportedType",
        ),
        (
            "CloseSSL",
            GUANGZHOU,
            CKV,
            "InvalidParameterValue.UnSupportedType",
        ),
        (
            "OpenSSL",
            "ap-beijing",
            "crs-l3f8yc1h",
            "InvalidParameterValue.UnSupportedType",
        ),
        (
            "OpenSSL",
            "ap-beijing",
            "crs-b6j1xm4s",
            "UnsupportedOperation.InstanceNotOperation",
        ),
        (
            "OpenSSL",
            "ap-hongkong",
            "crs-y3f7kg0p",
            "ResourceUnavailable.InstanceStatusError",
        ),
        (
            "OpenSSL",
            "ap-shanghai",
            "crs-g2n7ov6y",
            "ResourceUnavailable.InstanceStatusError",
        ),
        (
            "DescribeSSLStatus",
            "ap-shanghai",
            "crs-g2n7ov6y",
            "ResourceUnavailable.InstanceStatusError",
        ),
        (
            "OpenSSL",
            "ap-shanghai",
            READY,
            "ResourceNotFound.InstanceNotExists",
        ),
        (
            "DescribeSSLStatus",
            "ap-shanghai",
            READY,
            "ResourceNotFound.InstanceNotExists",
        ),
        (
            "OpenSSL",
            GUANGZHOU,
            "crs-00000000",
            "ResourceNotFound.InstanceNotExists",
        ),
    ] {
        assert_eq!(
            client.refusal(action, region, id(instance)).await,
            code,
            "{action} {instance}"
        );
    }
    let ipv6 = json!({ "InstanceId": READY, "AddressType": 2 });
    assert_eq!(
        client.refusal("OpenSSL", GUANGZHOU, ipv6).await,
        "InvalidParameter"
    );
    let public = json!({ "InstanceId": READY, "AddressType": 3 });
    assert_eq!(
        client.refusal("OpenSSL", GUANGZHOU, public).await,
        "InvalidParameter"
    );
    let beyond = json!({ "InstanceId": READY, "AddressType": 4 });
    assert_eq!(
        client.refusal("OpenSSL", GUANGZHOU, beyond).await,
        "InvalidParameterValue"
    );
}

#[tokio::test]
async fn the_address_type_decides_what_the_certificate_names() {
    let (sandbox, client) = still().await;
    let bound = json!({ "InstanceId": READY, "AddressType": 1 });
    client.call("OpenSSL", GUANGZHOU, bound).await;
    sandbox.advance(Duration::from_secs(70));
    let status = client.ssl(GUANGZHOU, READY).await;
    assert_eq!(status["AddressType"], 1);
    assert_eq!(status["EncryptAddress"], "127.0.0.1");
    let redis = Redis::of(&client, GUANGZHOU, READY).await;
    redis.tls("127.0.0.1").await.unwrap();

    client.call("CloseSSL", GUANGZHOU, id(READY)).await;
    sandbox.advance(Duration::from_secs(70));
    client.call("OpenSSL", GUANGZHOU, id(READY)).await;
    sandbox.advance(Duration::from_secs(70));
    let status = client.ssl(GUANGZHOU, READY).await;
    assert_eq!(
        (&status["AddressType"], &status["EncryptAddress"]),
        (&json!(-1), &json!(""))
    );
    let error = redis.tls("127.0.0.1").await.unwrap_err();
    assert!(error.to_string().contains("not valid for name"), "{error}");
    redis.tls_without_name().await.unwrap();
}

#[tokio::test]
async fn one_instance_answers_minus_one_though_it_takes_time() {
    const FRANKFURT: &str = "eu-frankfurt";
    const NO_TASK_ID: &str = "crs-z7g1xo6w";

    let (sandbox, client) = still().await;
    let opened = client.call("OpenSSL", FRANKFURT, id(NO_TASK_ID)).await;
    assert_eq!(opened["TaskId"], -1);
    assert_eq!(client.ssl(FRANKFURT, NO_TASK_ID).await["Status"], 1);
    let list = client
        .call("DescribeTaskList", FRANKFURT, id(NO_TASK_ID))
        .await;
    assert_eq!(list["TotalCount"], 0);
    sandbox.advance(Duration::from_secs(70));
    let status = client.ssl(FRANKFURT, NO_TASK_ID).await;
    assert_eq!(
        (&status["SSLConfig"], &status["Status"]),
        (&json!(true), &json!(2))
    );
}

#[tokio::test]
async fn the_fleet_starts_with_one_task_that_ends_and_one_that_takes_hours() {
    const UPDATING: &str = "crs-9t3hb1ny";
    const LONG: &str = "crs-y3f7kg0p";

    let (sandbox, client) = still().await;
    assert_eq!(client.ssl("ap-shanghai", UPDATING).await["Status"], 1);
    sandbox.advance(Duration::from_secs(70));
    assert_eq!(client.ssl("ap-shanghai", UPDATING).await["SSLConfig"], true);
    assert_eq!(client.instance("ap-hongkong", LONG).await["Status"], 1);
    sandbox.advance(Duration::from_secs(6 * 60 * 60));
    assert_eq!(client.instance("ap-hongkong", LONG).await["Status"], 2);
}

#[tokio::test]
async fn ssl_and_password_free_access_exclude_each_other() {
    let (sandbox, client) = still().await;
    let free = json!({ "InstanceId": ON, "NoAuth": true });
    let refusal = client.refusal("ResetPassword", GUANGZHOU, free).await;
    assert_eq!(refusal, "InvalidParameterValue.PasswordFreeDenied");

    const PASSWORD_FREE: &str = "crs-b6j1xm4s";
    let password =
        json!({ "InstanceId": PASSWORD_FREE, "NoAuth": false, "Password": "Correct-horse1" });
    client.call("ResetPassword", "ap-beijing", password).await;
    sandbox.advance(Duration::from_secs(11));
    assert_eq!(
        client.instance("ap-beijing", PASSWORD_FREE).await["NoAuth"],
        false
    );
    let opened = client
        .call("OpenSSL", "ap-beijing", id(PASSWORD_FREE))
        .await;
    assert!(opened["TaskId"].as_i64().unwrap() > 0);
}
