//! Sweeps over more than a screen of instances.

use std::time::{Duration, Instant};

use rediseal_engine::Engine;
use rediseal_engine::view::{InstanceRow, InventorySnapshot, Keep, RegionState, Ssl};
use rediseal_sandbox::Options;
use tokio::runtime::Runtime;

use crate::support::{Lab, READY};

const ASK: &str = "DescribeSSLStatus";

async fn lab(fleet: usize) -> Lab {
    Lab::with(Options {
        speed: 0.0,
        fleet: Some(fleet),
        ..Options::default()
    })
    .await
}

/// Starts a sweep and waits until every region is listed.
async fn listed(engine: &Engine, fleet: usize) -> InventorySnapshot {
    engine.refresh_inventory().await.unwrap();
    until_fleet(engine, |now| now.rows.len() == fleet).await
}

async fn until_fleet(
    engine: &Engine,
    holds: impl Fn(&InventorySnapshot) -> bool,
) -> InventorySnapshot {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let now = engine.inventory_snapshot().await.unwrap();
        if holds(&now) {
            return now;
        }
        assert!(Instant::now() < deadline, "in vain");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn asked(fleet: &InventorySnapshot) -> usize {
    let asked = |row: &&InstanceRow| row.asked.is_some();
    fleet.rows.iter().filter(asked).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_is_never_throttled_and_holds_up_nobody() {
    let lab = lab(200).await;
    let engine = lab.engine().await;
    let fleet = listed(&engine, 200).await;

    // What a person waits for goes before what is left of the sweep.
    let before = lab.calls(ASK);
    engine.instance_detail(READY).await.unwrap();
    assert!(lab.calls(ASK) - before <= 4, "{before}: {}", lab.calls(ASK));

    // So does what a person looks at, and after that no region is left behind.
    let last: Vec<_> = fleet.rows.iter().rev().take(20).collect();
    assert!(last.iter().any(|row| row.asked.is_none()), "too late");
    let ids: Vec<_> = last.iter().map(|row| row.instance_id.clone()).collect();
    let before = lab.calls(ASK);
    engine.show_first(ids.clone());
    let is_seen = |row: &&InstanceRow| ids.contains(&row.instance_id);
    let seen = until_fleet(&engine, |now| {
        now.rows
            .iter()
            .filter(is_seen)
            .all(|row| row.asked.is_some())
    })
    .await;
    assert!(
        lab.calls(ASK) - before <= 25,
        "{before}: {}",
        lab.calls(ASK)
    );
    assert!(asked(&seen) < 150, "the sweep was not over");
    let more = until_fleet(&engine, |now| asked(now) >= 60).await;
    for region in &more.regions {
        let mut rows = more.rows.iter().filter(|row| row.region == region.region);
        assert!(rows.any(|row| row.asked.is_some()), "{region:?}");
    }

    let fleet = engine.inventory_refreshed().await.unwrap();
    assert_eq!(asked(&fleet), 200);
    assert!(fleet.regions.iter().all(|region| region.pending == 0));
    assert_eq!(lab.sandbox.ledger().throttled, 0);
    // Everyone once, and one of them twice.
    assert_eq!(lab.calls(ASK), 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_that_is_throttled_slows_down_and_ends_whole() {
    let lab = lab(40).await;
    let mut config = lab.config();
    config.patience.total = Duration::from_secs(20);
    let engine = Engine::open(config).await.unwrap();
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    // More often than a call is tried.
    lab.fault("throttle:DescribeSSLStatus@5");
    lab.fault("throttle:DescribeInstances@2");
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    assert_eq!(lab.sandbox.ledger().throttled, 7);
    assert!(fleet.updated.is_some());
    assert_eq!(asked(&fleet), 40);
    assert!(fleet.rows.iter().all(|row| row.error.is_none()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_region_that_failed_is_read_again() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    lab.fault("region_down:ap-shanghai");
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    assert_eq!(fleet.updated, None);
    lab.sandbox.clear_faults();

    let (lists, asked) = (lab.calls("DescribeInstances"), lab.calls(ASK));
    engine.refresh_region("ap-nowhere").await.unwrap();
    engine.refresh_region("ap-shanghai").await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    let shanghai = fleet.rows.iter().filter(|row| row.region == "ap-shanghai");
    assert_eq!(lab.calls("DescribeInstances") - lists, 1);
    assert_eq!(lab.calls(ASK) - asked, shanghai.count() as u64);
    assert!(fleet.regions.iter().all(|r| r.state == RegionState::Loaded));
    assert!(fleet.updated.is_some(), "now every region is read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_that_falls_silent_is_left_alone_with_what_is_known_of_it() {
    let lab = lab(100).await;
    let engine = lab.engine().await;
    listed(&engine, 100).await;
    lab.fault("region_down:ap-guangzhou");
    let fleet = engine.inventory_refreshed().await.unwrap();
    for region in &fleet.regions {
        let failed = region.region == "ap-guangzhou";
        assert_eq!(region.state == RegionState::Failed, failed, "{region:?}");
        let mut rows = fleet.rows.iter().filter(|row| row.region == region.region);
        assert_eq!(rows.any(|row| row.asked.is_none()), failed, "{region:?}");
    }
    let is_unread = |row: &&InstanceRow| row.asked.is_none();
    let mut unread = fleet.rows.iter().filter(is_unread);
    assert!(unread.all(|row| row.error.is_some()), "they say why");
    // It was not asked in vain for each of its instances.
    assert!(lab.sandbox.ledger().refused["ServiceUnavailable"] <= 15 + 6);
    // Retried while nothing else runs, and whole again.
    lab.sandbox.clear_faults();
    engine.refresh_region("ap-guangzhou").await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    assert_eq!(asked(&fleet), 100);
    assert!(fleet.updated.is_some());
}

#[test]
fn a_crash_in_the_middle_of_a_sweep_keeps_what_came() {
    let outside = Runtime::new().unwrap();
    let lab = outside.block_on(lab(120));
    let inside = Runtime::new().unwrap();
    let engine = inside.block_on(lab.engine());
    inside.block_on(engine.refresh_inventory()).unwrap();
    // Another process sees the cache fill.
    outside.block_on(async {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let cached = lab.open().await.inventory_snapshot().await.unwrap();
            if asked(&cached) >= 20 {
                return;
            }
            assert!(Instant::now() < deadline, "in vain");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    drop(engine);
    inside.shutdown_background();
    lab.fault("status500");
    let (cached, after) = outside.block_on(async {
        let engine = lab.open().await;
        let cached = engine.inventory_snapshot().await.unwrap();
        engine.refresh_inventory().await.unwrap();
        (cached, engine.inventory_refreshed().await.unwrap())
    });
    assert_eq!(cached.rows.len(), 120, "the list is whole");
    assert!((20..120).contains(&asked(&cached)), "{}", asked(&cached));
    assert_eq!(cached.updated, None, "the sweep was not");
    let is_known = |row: &&InstanceRow| row.ssl != Ssl::Unknown;
    assert!(cached.rows.iter().filter(is_known).count() >= 15);
    assert_eq!(after.rows, cached.rows, "nothing is lost without the cloud");
    assert!(after.error.is_some());
}
