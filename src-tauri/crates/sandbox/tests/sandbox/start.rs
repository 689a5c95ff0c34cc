//! Options, the ready line and the end.

use std::{collections::BTreeSet, time::Duration};

use rediseal_sandbox::{Error, Options, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::client::{GUANGZHOU, still, with};

#[tokio::test]
async fn the_ready_line_has_the_documented_fields() {
    let (sandbox, _) = still().await;
    let line: Value = serde_json::to_value(sandbox.ready()).unwrap();
    let fields: BTreeSet<_> = line
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "endpoint",
        "redis_password",
        "regions",
        "secret_id",
        "secret_key",
        "temporary",
    ];
    assert_eq!(fields, expected.into());
    let shown = format!("{sandbox:?}");
    assert!(
        !shown.contains(&sandbox.ready().secret_key)
            && !shown.contains(&sandbox.ready().redis_password)
    );
}

#[tokio::test]
async fn the_seed_fixes_keys_and_passwords() {
    let ready = async |seed| {
        let options = Options {
            seed,
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let ready = sandbox.ready().clone();
        (ready.secret_key, ready.redis_password)
    };
    assert_eq!(ready(5).await, ready(5).await);
    assert_ne!(ready(5).await, ready(6).await);
}

#[tokio::test]
async fn what_does_not_hold_is_refused() {
    let outside = Options {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..Options::default()
    };
    assert!(matches!(
        Sandbox::start(outside).await,
        Err(Error::NotLoopback(_))
    ));
    for speed in [-1.0, f64::NAN, f64::INFINITY] {
        let options = Options {
            speed,
            ..Options::default()
        };
        assert!(matches!(
            Sandbox::start(options).await,
            Err(Error::Speed(_))
        ));
    }
    let missing = Options {
        redis_server: Some("/nowhere/redis-server".into()),
        ..Options::default()
    };
    assert!(matches!(
        Sandbox::start(missing).await,
        Err(Error::RedisServer(_))
    ));
    let (sandbox, _) = still().await;
    let taken = sandbox
        .ready()
        .endpoint
        .split("//")
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let options = Options {
        listen: taken,
        ..Options::default()
    };
    assert!(matches!(
        Sandbox::start(options).await,
        Err(Error::Listen { .. })
    ));
}

#[tokio::test]
async fn dropping_it_stops_everything() {
    let (sandbox, client) = still().await;
    let instance = client.instance(GUANGZHOU, "crs-d3s0yk6b").await;
    let redis = format!("127.0.0.1:{}", instance["Port"]);
    let control = client.endpoint.split("//").nth(1).unwrap().to_owned();
    TcpStream::connect(&redis).await.unwrap();
    drop(sandbox);
    for address in [redis, control] {
        let refused = async {
            while TcpStream::connect(&address).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), refused)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn time_runs_by_itself_at_its_speed() {
    let (sandbox, client) = with(Options {
        speed: 500.0,
        ..Options::default()
    })
    .await;
    client
        .call(
            "OpenSSL",
            GUANGZHOU,
            json!({ "InstanceId": "crs-d3s0yk6b" }),
        )
        .await;
    let done = async {
        while client.ssl(GUANGZHOU, "crs-d3s0yk6b").await["SSLConfig"] != true {
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), done)
        .await
        .unwrap();
    assert_eq!(sandbox.ledger().throttled, 0);
}

#[tokio::test]
async fn a_fleet_of_ten_thousand_starts() {
    let (_sandbox, client) = with(Options {
        speed: 0.0,
        fleet: Some(10_000),
        ..Options::default()
    })
    .await;
    let page = client
        .call("DescribeInstances", "ap-tokyo", json!({ "Limit": 1000 }))
        .await;
    assert_eq!(page["InstanceSet"].as_array().unwrap().len(), 830);
}
