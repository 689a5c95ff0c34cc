//! Upgrades, orders and the maintenance window.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{GUANGZHOU, still};

const OLD_PROXY: &str = "crs-81zzc9hn";
const REDIS_2_8: &str = "crs-z1c4fa9t";
const SILICON_VALLEY: &str = "na-siliconvalley";
const OLD_KERNEL: &str = "crs-k2r6jw4z";

fn proxy(from: &str, to: &str, now: i64) -> Value {
    json!({
        "InstanceId": OLD_PROXY,
        "CurrentProxyVersion": from,
        "UpgradeProxyVersion": to,
        "InstanceTypeUpgradeNow": now,
    })
}

#[tokio::test]
async fn a_proxy_upgrade_makes_ssl_possible() {
    let (sandbox, client) = still().await;
    for (body, code) in [
        (
            proxy("5.5.0", "5.9.0", 1),
            "InvalidParameterValue.CheckNotPass",
        ),
        (
            proxy("5.4.0", "5.8.20", 1),
            "InvalidParameterValue.CheckNotPass",
        ),
        (proxy("5.5.0", "5.8.20", 2), "InvalidParameterValue"),
    ] {
        assert_eq!(
            client.refusal("UpgradeProxyVersion", GUANGZHOU, body).await,
            code
        );
    }
    let answer = client
        .call(
            "UpgradeProxyVersion",
            GUANGZHOU,
            proxy("5.5.0", "5.8.20", 1),
        )
        .await;
    assert_eq!(client.instance(GUANGZHOU, OLD_PROXY).await["Status"], 1);
    let again = client
        .refusal(
            "UpgradeProxyVersion",
            GUANGZHOU,
            proxy("5.5.0", "5.8.20", 1),
        )
        .await;
    assert_eq!(again, "ResourceUnavailable.InstanceStatusError");
    sandbox.advance(Duration::from_secs(41));
    let task = json!({ "TaskId": answer["FlowId"] });
    let info = client.call("DescribeTaskInfo", GUANGZHOU, task).await;
    assert_eq!(info["Status"], "succeed");
    assert_eq!(info["InstanceId"], OLD_PROXY);
    let instance = client.instance(GUANGZHOU, OLD_PROXY).await;
    assert_eq!(instance["CurrentProxyVersion"], "5.8.20");
    assert_eq!(instance["UpgradeProxyVersion"], "");
    assert_eq!(
        client.ssl(GUANGZHOU, OLD_PROXY).await["FeatureSupport"],
        true
    );
}

#[tokio::test]
async fn an_upgrade_can_wait_for_the_window() {
    let (sandbox, client) = still().await;
    // A window that is half a day away, whatever the time is.
    let opens = jiff::tz::offset(8)
        .to_datetime(jiff::Timestamp::now())
        .time();
    let opens = opens.wrapping_add(jiff::SignedDuration::from_hours(12));
    let closes = opens.wrapping_add(jiff::SignedDuration::from_hours(1));
    let window = json!({
        "InstanceId": OLD_PROXY,
        "StartTime": opens.strftime("%H:%M").to_string(),
        "EndTime": closes.strftime("%H:%M").to_string(),
    });
    client
        .call("ModifyMaintenanceWindow", GUANGZHOU, window.clone())
        .await;
    let read = client
        .call(
            "DescribeMaintenanceWindow",
            GUANGZHOU,
            json!({ "InstanceId": OLD_PROXY }),
        )
        .await;
    assert_eq!(read["StartTime"], window["StartTime"]);

    let answer = client
        .call(
            "UpgradeProxyVersion",
            GUANGZHOU,
            proxy("5.5.0", "5.8.20", 0),
        )
        .await;
    assert_eq!(client.instance(GUANGZHOU, OLD_PROXY).await["Status"], 2);
    let again = client
        .refusal(
            "UpgradeProxyVersion",
            GUANGZHOU,
            proxy("5.5.0", "5.8.20", 0),
        )
        .await;
    assert_eq!(again, "InvalidParameterValue.CheckNotPass");
    let change = client
        .refusal("ModifyMaintenanceWindow", GUANGZHOU, window)
        .await;
    assert_eq!(change, "UnsupportedOperation.IsAutoRenewError");
    sandbox.advance(Duration::from_secs(11 * 60 * 60));
    assert_eq!(
        client.instance(GUANGZHOU, OLD_PROXY).await["CurrentProxyVersion"],
        "5.5.0"
    );
    sandbox.advance(Duration::from_secs(2 * 60 * 60));
    assert_eq!(
        client.instance(GUANGZHOU, OLD_PROXY).await["CurrentProxyVersion"],
        "5.8.20"
    );
    let info = client
        .call(
            "DescribeTaskInfo",
            GUANGZHOU,
            json!({ "TaskId": answer["FlowId"] }),
        )
        .await;
    assert_eq!(info["Status"], "succeed");
}

#[tokio::test]
async fn windows_have_the_documented_lengths() {
    let (_sandbox, client) = still().await;
    for (start, end, ok) in [
        ("03:00", "03:30", true),
        ("23:00", "02:00", true),
        ("03:00", "03:45", false),
        ("3 am", "06:00", false),
    ] {
        let body = json!({ "InstanceId": OLD_PROXY, "StartTime": start, "EndTime": end });
        let code = client
            .refusal("ModifyMaintenanceWindow", GUANGZHOU, body)
            .await;
        assert_eq!(
            code,
            if ok { "" } else { "InvalidParameterValue" },
            "{start} {end}"
        );
    }
}

#[tokio::test]
async fn a_version_upgrade_is_an_order() {
    let (sandbox, client) = still().await;
    let upgrade = |target: &str, option: i64| json!({ "InstanceId": REDIS_2_8, "TargetInstanceType": target, "SwitchOption": option });
    for (target, code) in [
        ("16", "FailedOperation.SystemError"),
        ("5", "FailedOperation.SystemError"),
        ("99", "FailedOperation.SystemError"),
        ("new", "InvalidParameterValue"),
    ] {
        let found = client
            .refusal("UpgradeInstanceVersion", GUANGZHOU, upgrade(target, 2))
            .await;
        assert_eq!(found, code, "{target}");
    }
    let answer = client
        .call("UpgradeInstanceVersion", GUANGZHOU, upgrade("15", 2))
        .await;
    let order = json!({ "DealName": answer["DealName"] });
    let status = async || {
        let answer = client
            .call("DescribeInstanceDealDetail", GUANGZHOU, order.clone())
            .await;
        assert_eq!(answer["DealDetails"][0]["InstanceIds"], json!([REDIS_2_8]));
        answer["DealDetails"][0]["Status"].as_i64().unwrap()
    };
    assert_eq!(status().await, 3);
    sandbox.advance(Duration::from_secs(91));
    assert_eq!(status().await, 4);
    assert_eq!(client.instance(GUANGZHOU, REDIS_2_8).await["Type"], 15);
    assert_eq!(
        client.ssl(GUANGZHOU, REDIS_2_8).await["FeatureSupport"],
        true
    );
    let unknown = json!({ "DealName": "20260101x" });
    let found = client
        .refusal("DescribeInstanceDealDetail", GUANGZHOU, unknown)
        .await;
    assert_eq!(found, "FailedOperation.SystemError");
    let none = client
        .refusal("DescribeInstanceDealDetail", GUANGZHOU, json!({}))
        .await;
    assert_eq!(none, "MissingParameter");
}

#[tokio::test]
async fn a_kernel_upgrade_takes_what_is_offered() {
    let (sandbox, client) = still().await;
    let kernel = |to: &str| {
        json!({
            "InstanceId": OLD_KERNEL,
            "CurrentRedisVersion": "7.0.9",
            "UpgradeRedisVersion": to,
            "InstanceTypeUpgradeNow": 1,
        })
    };
    let refused = client
        .refusal("UpgradeSmallVersion", SILICON_VALLEY, kernel("8.0"))
        .await;
    assert_eq!(refused, "UnsupportedOperation.InstanceNotOperation");
    client
        .call("UpgradeSmallVersion", SILICON_VALLEY, kernel("7.0.15"))
        .await;
    sandbox.advance(Duration::from_secs(51));
    let instance = client.instance(SILICON_VALLEY, OLD_KERNEL).await;
    assert_eq!(instance["CurrentRedisVersion"], "7.0.15");
    assert_eq!(instance["UpgradeRedisVersion"], "");
}
