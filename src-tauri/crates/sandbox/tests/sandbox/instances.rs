//! Regions and `DescribeInstances`.

use std::collections::HashSet;

use rediseal_sandbox::Options;
use serde_json::{Value, json};

use crate::client::{Client, GUANGZHOU, still, with};

async fn ids(client: &Client, region: &str, body: Value) -> Vec<String> {
    let answer = client.call("DescribeInstances", region, body).await;
    let set = answer["InstanceSet"].as_array().unwrap();
    set.iter()
        .map(|one| one["InstanceId"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_region_is_listed_and_answers() {
    let (sandbox, client) = still().await;
    let answer = client
        .call("DescribeRegions", "", json!({ "Product": "redis" }))
        .await;
    let regions = answer["RegionSet"].as_array().unwrap();
    let names: Vec<_> = regions
        .iter()
        .map(|one| one["Region"].as_str().unwrap())
        .collect();
    assert_eq!(names, sandbox.ready().regions);
    let mut total = 0;
    let mut used = 0;
    for region in names {
        let page = client.call("DescribeInstances", region, json!({})).await;
        total += page["TotalCount"].as_u64().unwrap();
        used += usize::from(page["TotalCount"] != 0);
    }
    assert!(total >= 24 && used >= 6, "{total} in {used}");
}

#[tokio::test]
async fn pages_cover_a_region_once() {
    let (_sandbox, client) = with(Options {
        speed: 0.0,
        fleet: Some(1000),
        ..Options::default()
    })
    .await;
    let all = ids(&client, GUANGZHOU, json!({ "Limit": 1000 })).await;
    let mut paged = Vec::new();
    for offset in [0, 40, 80, 120] {
        paged.extend(ids(&client, GUANGZHOU, json!({ "Limit": 40, "Offset": offset })).await);
    }
    assert!(all.len() > 80 && all.len() <= 160, "{}", all.len());
    assert_eq!(paged, all);
    assert_eq!(ids(&client, GUANGZHOU, json!({})).await, all[..20]);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let (_sandbox, client) = still().await;
    let ready = "crs-d3s0yk6b";
    for (body, expected) in [
        (json!({ "InstanceId": ready }), vec![ready]),
        (
            json!({ "InstanceIds": [ready, "crs-m4x8za2j"] }),
            vec![ready],
        ),
        (json!({ "InstanceName": "job-queue-prod" }), vec![ready]),
        (json!({ "SearchKey": "job-" }), vec![ready]),
        (
            json!({ "SearchKeys": ["job-", "crs-z1c4fa9t"] }),
            vec!["crs-z1c4fa9t", ready],
        ),
        (json!({ "Type": 2 }), vec!["crs-z1c4fa9t"]),
        (json!({ "EngineName": "Redis-5.0" }), vec!["crs-p4k9we2m"]),
        (
            json!({ "InstanceTags": [{ "TagKey": "env", "TagValue": "staging" }] }),
            vec!["crs-f9u7lp2z"],
        ),
        (json!({ "Status": [-2] }), vec![]),
        (
            json!({ "ProjectIds": [0], "Type": 2 }),
            vec!["crs-z1c4fa9t"],
        ),
    ] {
        assert_eq!(
            ids(&client, GUANGZHOU, body.clone()).await,
            expected,
            "{body}"
        );
    }
    assert_eq!(
        ids(&client, "ap-shanghai", json!({ "Status": [-2] })).await,
        ["crs-g2n7ov6y"]
    );
    let up = ids(
        &client,
        GUANGZHOU,
        json!({ "OrderBy": "createtime", "OrderType": 0 }),
    )
    .await;
    let mut down = ids(&client, GUANGZHOU, json!({ "OrderBy": "createtime" })).await;
    assert_eq!(up[0], "crs-t6b1ru8d");
    down.reverse();
    assert_eq!(up, down);
}

#[tokio::test]
async fn the_fleet_shows_every_state_that_the_documents_name() {
    let (_sandbox, client) = still().await;
    let mut instances = Vec::new();
    for region in &client.ready.regions {
        let mut page = client
            .call("DescribeInstances", region, json!({ "Limit": 100 }))
            .await;
        let Value::Array(set) = page["InstanceSet"].take() else {
            unreachable!("InstanceSet is a list")
        };
        instances.extend(set);
    }
    let has = |condition: &dyn Fn(&Value) -> bool| instances.iter().any(condition);
    let mut ready_types = Vec::new();
    for instance in &instances {
        let region = instance["Region"].as_str().unwrap();
        if instance["Status"] == 2 && instance["NoAuth"] == false {
            let id = instance["InstanceId"].as_str().unwrap();
            let ssl = loop {
                let request = client.request("DescribeSSLStatus", &json!({ "InstanceId": id }));
                let answer = client
                    .answer(crate::client::Request {
                        region: region.to_owned(),
                        ..request
                    })
                    .await;
                if answer["Error"].is_null() {
                    break answer;
                }
                assert_eq!(answer["Error"]["Code"], "RequestLimitExceeded");
            };
            if ssl["FeatureSupport"] == true && ssl["SSLConfig"] == false {
                ready_types.push(instance["Type"].as_i64().unwrap());
            }
        }
    }
    for kind in [7, 8, 15, 16, 17, 18, 19, 23] {
        assert!(ready_types.contains(&kind), "{kind} in {ready_types:?}");
    }
    for status in [0, 1, 2, -2, -3, 7] {
        assert!(has(&|one| one["Status"] == status), "status {status}");
    }
    for kind in [2, 3, 200] {
        assert!(has(&|one| one["Type"] == kind), "type {kind}");
    }
    assert!(has(
        &|one| one["CurrentProxyVersion"] == "5.5.0" && one["UpgradeProxyVersion"] == "5.8.20"
    ));
    assert!(has(&|one| one["NoAuth"] == true));
    assert!(has(&|one| one["WanAddress"] != ""));
    assert!(has(&|one| one["UpgradeRedisVersion"] != ""));
}
