//! Faults, the ledger and the clock, as options, in process and over HTTP.

use std::time::Duration;

use rediseal_sandbox::Options;
use serde_json::{Value, json};

use crate::client::{GUANGZHOU, code, still, with};

const READY: &str = "crs-d3s0yk6b";

#[tokio::test]
async fn answers_fail_before_or_after_the_effect() {
    let (sandbox, client) = still().await;
    let open = || client.request("OpenSSL", &json!({ "InstanceId": READY }));
    let set = |fault: &str| sandbox.add_fault(fault.parse().unwrap());
    let opened = || {
        sandbox
            .ledger()
            .actions
            .get("OpenSSL")
            .copied()
            .unwrap_or(0)
    };

    set("status500:OpenSSL@1");
    assert_eq!(client.send(open()).await.unwrap().status(), 500);
    set("reset:OpenSSL@1");
    client.send(open()).await.unwrap_err();
    for (fault, expected) in [
        ("throttle:OpenSSL@1", "RequestLimitExceeded"),
        ("denied:OpenSSL@1", "UnauthorizedOperation"),
        ("expired_token:*@1", "AuthFailure.TokenFailure"),
        ("region_down:ap-guangzhou@1", "ServiceUnavailable"),
    ] {
        set(fault);
        assert_eq!(code(&client.answer(open()).await), expected);
    }
    assert_eq!(opened(), 0);

    set("reset_after:OpenSSL@1");
    client.send(open()).await.unwrap_err();
    assert_eq!(opened(), 1);
    set("notjson@1");
    let page = client.send(open()).await.unwrap();
    assert!(page.text().await.unwrap().starts_with("<html>"));
    set("truncate@1");
    let cut = client.send(open()).await.unwrap();
    cut.bytes().await.unwrap_err();
    assert_eq!(opened(), 3);
    assert_eq!(
        sandbox
            .ledger()
            .tasks
            .iter()
            .filter(|task| task.instance_id == READY)
            .count(),
        1
    );
}

#[tokio::test]
async fn a_held_request_has_its_effect_and_waits_for_its_answer() {
    let (sandbox, client) = still().await;
    let url = format!("{}/sandbox/faults", client.endpoint);
    let set = client
        .http
        .post(&url)
        .body(r#"["hold:OpenSSL"]"#)
        .send()
        .await
        .unwrap();
    assert_eq!(set.text().await.unwrap(), r#"["hold:OpenSSL"]"#);
    let held = client.answer(client.request("OpenSSL", &json!({ "InstanceId": READY })));
    tokio::pin!(held);
    let deadline = tokio::time::sleep(Duration::from_secs(10));
    tokio::pin!(deadline);
    while !sandbox.ledger().instances.contains_key(READY) {
        tokio::select! {
            _ = &mut held => unreachable!("the answer is held"),
            () = &mut deadline => unreachable!("the request has its effect"),
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
    }
    assert_eq!(client.ssl(GUANGZHOU, READY).await["Status"], 1);
    let cleared = client.http.delete(&url).send().await.unwrap();
    assert_eq!(cleared.text().await.unwrap(), "[]");
    assert!(held.await["TaskId"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn tasks_fail_stall_and_hide() {
    let (sandbox, client) = with(Options {
        speed: 0.0,
        faults: [
            "task_fail:crs-d3s0yk6b@1",
            "task_stall:crs-m4x8za2j",
            "task_minus_one:crs-h0p9dl3w",
        ]
        .map(|fault| fault.parse().unwrap())
        .into(),
        ..Options::default()
    })
    .await;
    let open = async |region, id: &str| {
        client
            .call("OpenSSL", region, json!({ "InstanceId": id }))
            .await["TaskId"]
            .clone()
    };
    let fails = open(GUANGZHOU, READY).await;
    let stalls = open("ap-singapore", "crs-m4x8za2j").await;
    assert_eq!(open("ap-beijing", "crs-h0p9dl3w").await, -1);
    sandbox.advance(Duration::from_secs(31));
    let info = client
        .call("DescribeTaskInfo", GUANGZHOU, json!({ "TaskId": fails }))
        .await;
    assert_eq!(info["Status"], "failed");
    assert_ne!(info["TaskMessage"], "");
    let status = client.ssl(GUANGZHOU, READY).await;
    assert_eq!(
        (&status["SSLConfig"], &status["Status"]),
        (&json!(false), &json!(2))
    );
    assert_eq!(client.instance(GUANGZHOU, READY).await["Status"], 2);
    sandbox.advance(Duration::from_secs(100_000));
    let info = client
        .call(
            "DescribeTaskInfo",
            "ap-singapore",
            json!({ "TaskId": stalls }),
        )
        .await;
    assert_eq!(info["Status"], "running");
    assert_eq!(
        client.ssl("ap-singapore", "crs-m4x8za2j").await["Status"],
        1
    );
    assert_eq!(
        client.ssl("ap-beijing", "crs-h0p9dl3w").await["SSLConfig"],
        true
    );
}

#[tokio::test]
async fn latency_delays_and_an_unknown_status_shows() {
    let (sandbox, client) = still().await;
    sandbox.add_fault("latency:DescribeInstances:300@1".parse().unwrap());
    sandbox.add_fault("unknown_status:crs-d3s0yk6b".parse().unwrap());
    let asked = std::time::Instant::now();
    assert_eq!(client.instance(GUANGZHOU, READY).await["Status"], 42);
    assert!(asked.elapsed() >= Duration::from_millis(300));
    sandbox.clear_faults();
    assert_eq!(client.instance(GUANGZHOU, READY).await["Status"], 2);
}

#[tokio::test]
async fn ledger_and_clock_are_there_over_http() {
    let (_sandbox, client) = still().await;
    let at = |path: &str| format!("{}/sandbox/{path}", client.endpoint);
    client
        .call("OpenSSL", GUANGZHOU, json!({ "InstanceId": READY }))
        .await;
    let moved = client
        .http
        .post(at("clock"))
        .body(r#"{"advance_seconds":70}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(moved.text().await.unwrap(), r#"{"simulated_seconds":70.0}"#);
    let ledger = client.http.get(at("ledger")).send().await.unwrap();
    let ledger: Value = serde_json::from_slice(&ledger.bytes().await.unwrap()).unwrap();
    assert_eq!(ledger["actions"]["OpenSSL"], 1);
    assert_eq!(ledger["instances"][READY]["OpenSSL"], 1);
    let tasks = ledger["tasks"].as_array().unwrap();
    let task = tasks
        .iter()
        .find(|task| task["instance_id"] == READY)
        .unwrap();
    assert_eq!(task["status"], "succeed");
    for (path, body) in [
        ("faults", "[\"flood\"]"),
        ("faults", "hold"),
        ("clock", "{}"),
    ] {
        let refused = client.http.post(at(path)).body(body).send().await.unwrap();
        assert_eq!(refused.status(), 400, "{path} {body}");
    }
}
