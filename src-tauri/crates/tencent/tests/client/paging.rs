use std::collections::BTreeSet;

use rediseal_tencent::Listing;
use serde_json::{Value, json};

use crate::server::{Received, Server, serve, success};

#[tokio::test]
async fn all_pages_are_read() {
    let server = region_of(1_250, |_| 1_250).await;
    let listing = list(&server).await;
    assert_eq!(ids(&listing).len(), 1_250);
    assert_eq!(listing.instances.len(), 1_250);
    assert_eq!((listing.total, listing.complete), (Some(1_250), true));
    let offsets: Vec<Value> = requests(&server)
        .map(|body| body["Offset"].clone())
        .collect();
    assert_eq!(offsets, [json!(0), json!(500), json!(1_000)]);
    assert!(requests(&server).all(|body| body["Limit"] == 500));
}

#[tokio::test]
async fn an_empty_region_is_one_request() {
    let server = region_of(0, |_| 0).await;
    let listing = list(&server).await;
    assert!(listing.instances.is_empty() && listing.complete);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_full_last_page_needs_no_other() {
    let server = region_of(1_000, |_| 1_000).await;
    assert_eq!(list(&server).await.instances.len(), 1_000);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn without_a_total_a_short_page_is_the_last() {
    let server = serve(|_, request| page(request, 750, None)).await;
    let listing = list(&server).await;
    assert_eq!(listing.instances.len(), 750);
    assert_eq!((listing.total, listing.complete), (None, true));
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_total_that_grows_is_followed() {
    let server = region_of(1_250, |before| if before == 0 { 750 } else { 1_250 }).await;
    let listing = list(&server).await;
    assert_eq!(listing.instances.len(), 1_250);
    assert!(listing.complete);
}

#[tokio::test]
async fn an_instance_that_slipped_through_is_found_by_a_second_pass() {
    // The first instance is destroyed after the first page: number 500 moves to the first page.
    let server = serve(|before, request| {
        let gone = usize::from(before > 0);
        slice(request, (gone..1_250).collect(), Some(1_250 - gone))
    })
    .await;
    let listing = list(&server).await;
    let found = ids(&listing);
    assert!((1..1_250).all(|number| found.contains(&format!("crs-{number}"))));
    assert!(listing.complete);
}

#[tokio::test]
async fn an_answer_that_promises_more_than_it_has_is_incomplete() {
    let server = region_of(520, |_| 530).await;
    let listing = list(&server).await;
    assert_eq!(listing.instances.len(), 520);
    assert_eq!((listing.total, listing.complete), (Some(530), false));
    assert_eq!(server.received().len(), 4);
}

#[tokio::test]
async fn pages_that_repeat_end() {
    let server = serve(|_, _| {
        let same: Vec<Value> = (0..500).map(|_| json!({"InstanceId": "crs-1"})).collect();
        success(json!({"TotalCount": 1_000_000, "InstanceSet": same}))
    })
    .await;
    let listing = list(&server).await;
    assert_eq!(listing.instances.len(), 1);
    assert!(!listing.complete);
    assert_eq!(server.received().len(), 4);
}

#[tokio::test]
async fn one_element_that_cannot_be_read_is_kept_and_loses_no_other() {
    let server = serve(|_, _| {
        success(json!({"TotalCount": 3, "InstanceSet": [
            {"InstanceId": "crs-1"}, ["nonsense"], {"InstanceId": "crs-2", "Port": "high"},
        ]}))
    })
    .await;
    let listing = list(&server).await;
    assert_eq!(listing.instances.len(), 3);
    assert_eq!(listing.instances[1].other["raw"], json!(["nonsense"]));
    assert_eq!(listing.instances[2].other["Port"], "high");
}

async fn region_of(
    count: usize,
    total: impl Fn(usize) -> usize + Clone + Send + Sync + 'static,
) -> Server {
    serve(move |before, request| page(request, count, Some(total(before)))).await
}

fn page(request: &Received, count: usize, total: Option<usize>) -> axum::response::Response {
    slice(request, (0..count).collect(), total)
}

fn slice(
    request: &Received,
    numbers: Vec<usize>,
    total: Option<usize>,
) -> axum::response::Response {
    let body = request.json();
    let number = |name: &str| usize::try_from(body[name].as_u64().unwrap()).unwrap();
    let set: Vec<Value> = numbers
        .into_iter()
        .skip(number("Offset"))
        .take(number("Limit"))
        .map(|number| json!({"InstanceId": format!("crs-{number}")}))
        .collect();
    success(json!({"TotalCount": total, "InstanceSet": set}))
}

async fn list(server: &Server) -> Listing {
    server.client().all_instances("ap-x").await.unwrap()
}

fn ids(listing: &Listing) -> BTreeSet<String> {
    listing
        .instances
        .iter()
        .filter_map(|instance| instance.instance_id.clone())
        .collect()
}

fn requests(server: &Server) -> impl Iterator<Item = Value> {
    server.received().into_iter().map(|request| request.json())
}
