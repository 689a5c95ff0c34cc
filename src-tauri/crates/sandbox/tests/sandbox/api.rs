//! Signature, envelope, parameters, paging and limits.

use serde_json::json;

use crate::client::{GUANGZHOU, still};

#[tokio::test]
async fn a_signed_request_is_answered_with_the_caller() {
    let (_sandbox, client) = still().await;
    let answer = client.call("GetCallerIdentity", GUANGZHOU, json!({})).await;
    assert_eq!(answer["Type"], "CAMUser");
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
        .map(|region| region["Region"].as_str().unwrap())
        .collect();
    assert_eq!(names, sandbox.ready().regions);
    let mut total = 0;
    for region in names {
        let page = client.call("DescribeInstances", region, json!({})).await;
        total += page["TotalCount"].as_u64().unwrap();
    }
    assert!(total >= 24, "{total}");
}
