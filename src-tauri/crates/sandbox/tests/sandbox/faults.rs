//! Faults, the ledger and the clock, as options, in process and over HTTP.

use std::time::Duration;

use rediseal_sandbox::Options;
use serde_json::{Value, json};

use crate::client::{GUANGZHOU, code, still, with};

const READY: &str = "crs-d3s0yk6b";
const OLD_PROXY: &str = "crs-81zzc9hn";

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

#[tokio::test]
async fn gateways_ask_to_come_back_later() {
    let (sandbox, client) = still().await;
    let ask = || client.send(client.request("DescribeInstances", &json!({})));
    for (fault, status, seconds) in [
        ("http429@1", 429, 1),
        ("http503:DescribeInstances:7@1", 503, 7),
        ("http503:*:date+60@1", 503, 60),
    ] {
        sandbox.add_fault(fault.parse().unwrap());
        let answer = ask().await.unwrap();
        assert_eq!(answer.status(), status, "{fault}");
        let asked = answer.headers()["retry-after"].to_str().unwrap();
        match asked.parse::<i64>() {
            Ok(asked) => assert_eq!(asked, seconds, "{fault}"),
            Err(_) => {
                let at = jiff::fmt::rfc2822::parse(asked).unwrap().timestamp();
                let wait = at.duration_since(jiff::Timestamp::now()).as_secs();
                assert!((seconds - 5..=seconds).contains(&wait), "{asked}");
            }
        }
    }
    assert_eq!(ask().await.unwrap().status(), 200);
    assert_eq!(sandbox.ledger().throttled, 1);
}

#[tokio::test]
async fn bodies_are_broken_slow_or_endless() {
    let (sandbox, client) = still().await;
    let ask = || client.send(client.request("DescribeSSLStatus", &json!({ "InstanceId": READY })));
    let set = |fault: &str| sandbox.add_fault(fault.parse().unwrap());
    set("badjson@1");
    let broken = ask().await.unwrap();
    assert_eq!(broken.headers()["content-type"], "application/json");
    let broken = broken.text().await.unwrap();
    assert!(broken.starts_with("{\"Response\""), "{broken}");
    serde_json::from_str::<Value>(&broken).unwrap_err();

    set("dribble:*:20@1");
    let asked = std::time::Instant::now();
    let slow: Value = serde_json::from_slice(&ask().await.unwrap().bytes().await.unwrap()).unwrap();
    assert_eq!(slow["Response"]["SSLConfig"], false);
    assert!(asked.elapsed() >= Duration::from_millis(350));

    set("endless@1");
    let mut endless = ask().await.unwrap();
    assert_eq!(endless.status(), 200);
    for _ in 0..20 {
        assert!(endless.chunk().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_lost_task_runs_and_nobody_knows_it() {
    let (sandbox, client) = still().await;
    sandbox.add_fault(format!("task_lost:{READY}").parse().unwrap());
    let body = json!({ "InstanceId": READY });
    let task = client.call("OpenSSL", GUANGZHOU, body.clone()).await["TaskId"].clone();
    assert!(task.as_i64().unwrap() > 0);
    let info = client.refusal("DescribeTaskInfo", GUANGZHOU, json!({ "TaskId": task }));
    assert_eq!(info.await, "InvalidParameter.InvalidParameter");
    assert_eq!(
        client.call("DescribeTaskList", GUANGZHOU, body).await["TotalCount"],
        0
    );
    assert_eq!(client.ssl(GUANGZHOU, READY).await["Status"], 1);
    sandbox.advance(Duration::from_secs(70));
    assert_eq!(client.ssl(GUANGZHOU, READY).await["SSLConfig"], true);
}

#[tokio::test]
async fn states_lag_and_lists_are_stale() {
    let (sandbox, client) = still().await;
    sandbox.add_fault("status_lag:30".parse().unwrap());
    let body = json!({ "InstanceId": READY });
    client.call("OpenSSL", GUANGZHOU, body.clone()).await;
    let state = async || {
        let status = client.ssl(GUANGZHOU, READY).await;
        (
            status["Status"].as_i64().unwrap(),
            status["SSLConfig"].as_bool().unwrap(),
        )
    };
    assert_eq!(state().await, (1, false));
    sandbox.advance(Duration::from_secs(61));
    assert_eq!(sandbox.ledger().tasks.last().unwrap().status, "succeed");
    assert_eq!(state().await, (2, false));
    sandbox.advance(Duration::from_secs(30));
    assert_eq!(state().await, (2, true));

    sandbox.clear_faults();
    let old = client.instance(GUANGZHOU, OLD_PROXY).await;
    let upgrade = json!({
        "InstanceId": OLD_PROXY,
        "CurrentProxyVersion": old["CurrentProxyVersion"],
        "UpgradeProxyVersion": old["UpgradeProxyVersion"],
        "InstanceTypeUpgradeNow": 1,
    });
    sandbox.advance(Duration::from_secs(1000));
    client.call("UpgradeProxyVersion", GUANGZHOU, upgrade).await;
    sandbox.add_fault("stale:100".parse().unwrap());
    for (advance, status, upgraded) in [(10, 2, false), (95, 1, false), (50, 2, true)] {
        sandbox.advance(Duration::from_secs(advance));
        let seen = client.instance(GUANGZHOU, OLD_PROXY).await;
        assert_eq!(seen["Status"], status, "{advance}");
        let version = &seen["CurrentProxyVersion"];
        assert_eq!(
            version == &old["UpgradeProxyVersion"],
            upgraded,
            "{advance}"
        );
    }
}

#[tokio::test]
async fn a_link_can_be_over_at_once() {
    let (sandbox, client) = still().await;
    sandbox.add_fault("link_expired@1".parse().unwrap());
    let url = client.ssl(GUANGZHOU, READY).await["CertDownloadUrl"].clone();
    let get = async || client.http.get(url.as_str().unwrap()).send().await.unwrap();
    assert_eq!(get().await.status(), 403);
    assert_eq!(get().await.status(), 200);
}

#[tokio::test]
async fn chaos_strikes_the_same_calls_in_whatever_order_they_come() {
    let outcomes = async |order: &[&'static str]| {
        let (sandbox, client) = with(Options {
            speed: 0.0,
            rate: 100.0,
            ..Options::default()
        })
        .await;
        sandbox.add_fault("chaos:5:60".parse().unwrap());
        let mut outcomes = std::collections::BTreeMap::<_, Vec<_>>::new();
        for id in order {
            let request = client.request("DescribeSSLStatus", &json!({ "InstanceId": id }));
            let outcome = match tokio::time::timeout(Duration::from_secs(3), client.send(request))
                .await
            {
                Ok(Ok(answer)) if answer.status() == 200 => {
                    let body = tokio::time::timeout(Duration::from_secs(3), answer.bytes()).await;
                    match body {
                        Ok(Ok(body)) => match serde_json::from_slice::<Value>(&body) {
                            Ok(body) => format!("answered {}", code(&body["Response"])),
                            Err(_) => "no JSON".to_owned(),
                        },
                        Ok(Err(_)) => "cut short".to_owned(),
                        Err(_) => "endless".to_owned(),
                    }
                }
                Ok(Ok(answer)) => answer.status().to_string(),
                Ok(Err(_)) => "cut".to_owned(),
                Err(_) => "silent".to_owned(),
            };
            outcomes.entry(*id).or_default().push(outcome);
        }
        outcomes
    };
    let one_by_one = [[READY; 15], [OLD_PROXY; 15]].concat();
    let in_turn = [READY, OLD_PROXY].repeat(15);
    let (one_by_one, in_turn) = tokio::join!(outcomes(&one_by_one), outcomes(&in_turn));
    assert_eq!(one_by_one, in_turn);
    let kinds: std::collections::BTreeSet<_> = in_turn.values().flatten().collect();
    assert!(kinds.len() >= 6, "{kinds:?}");
}

#[tokio::test]
async fn accepted_changes_are_in_the_ledger_in_their_order() {
    let (sandbox, client) = still().await;
    let body = json!({ "InstanceId": READY });
    sandbox.add_fault("task_minus_one@1".parse().unwrap());
    sandbox.add_fault("denied:CloseSSL@1".parse().unwrap());
    let open = client.call("OpenSSL", GUANGZHOU, body.clone()).await;
    assert_eq!(open["TaskId"], -1);
    sandbox.advance(Duration::from_secs(70));
    let denied = client.refusal("CloseSSL", GUANGZHOU, body.clone()).await;
    assert_eq!(denied, "UnauthorizedOperation");
    let again = client.call("OpenSSL", GUANGZHOU, body.clone()).await;
    let close = client.call("CloseSSL", GUANGZHOU, body).await;
    let writes = sandbox.ledger().writes;
    let seen: Vec<_> = writes
        .iter()
        .map(|write| {
            (
                write.action,
                write.instance_id.as_str(),
                write.task_id.is_some(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("OpenSSL", READY, true),
            ("OpenSSL", READY, false),
            ("CloseSSL", READY, true)
        ]
    );
    let answered: Vec<_> = writes
        .iter()
        .map(|write| write.request_id.as_str())
        .collect();
    assert_eq!(
        answered,
        [&open, &again, &close].map(|answer| answer["RequestId"].as_str().unwrap())
    );
    assert_eq!(writes[2].task_id, close["TaskId"].as_u64());
}
