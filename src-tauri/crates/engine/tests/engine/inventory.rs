//! The fleet, as it arrives and from the cache.

use std::collections::BTreeMap;
use std::time::Duration;

use rediseal_engine::Code;
use rediseal_engine::view::{
    Check, FindingStatus, InventoryChange, InventorySnapshot, Readiness, RegionProgress,
    RegionState, Ssl,
};
use rediseal_sandbox::Options;
use serde_json::json;

use crate::support::{
    CKV, ISOLATED, Lab, OLD_PROXY, OLD_VERSION, ON, PASSWORD_FREE, READY, UPDATING, until,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_region_every_state() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    assert_eq!(fleet.error, None);
    assert!(fleet.updated.is_some());
    assert!(fleet.rows.len() >= 24, "{}", fleet.rows.len());
    let regions: Vec<_> = fleet.regions.iter().map(|r| r.region.clone()).collect();
    assert_eq!(regions, lab.sandbox.ready().regions);
    assert!(fleet.regions.iter().all(|r| r.state == RegionState::Loaded));
    let counted: usize = fleet.regions.iter().map(|region| region.count).sum();
    assert_eq!(counted, fleet.rows.len());

    for (id, ssl, readiness, blocked) in [
        (READY, Ssl::Off, Readiness::Ready, None),
        (ON, Ssl::On, Readiness::Done, None),
        (
            OLD_PROXY,
            Ssl::Off,
            Readiness::Blocked,
            Some(Check::ProxyVersion),
        ),
        (
            OLD_VERSION,
            Ssl::Off,
            Readiness::Blocked,
            Some(Check::VersionSupported),
        ),
        (
            PASSWORD_FREE,
            Ssl::Off,
            Readiness::Blocked,
            Some(Check::PasswordRequired),
        ),
        (
            CKV,
            Ssl::Unsupported,
            Readiness::Blocked,
            Some(Check::EngineSupported),
        ),
        (
            ISOLATED,
            Ssl::Busy,
            Readiness::Blocked,
            Some(Check::InstanceRunning),
        ),
        (
            UPDATING,
            Ssl::Updating,
            Readiness::Blocked,
            Some(Check::SslIdle),
        ),
    ] {
        let row = fleet.rows.iter().find(|row| row.instance_id == id).unwrap();
        assert_eq!((row.ssl, row.readiness), (ssl, readiness), "{row:#?}");
        if let Some(check) = blocked {
            let finding = row.findings.iter().find(|f| f.check == check).unwrap();
            assert_eq!(finding.status, FindingStatus::Blocked, "{row:#?}");
        }
        assert_eq!(row.error, None, "{row:#?}");
    }
    let sorted = {
        let mut rows = fleet.rows.clone();
        rows.sort_by(|a, b| (&a.region, &a.name).cmp(&(&b.region, &b.name)));
        rows
    };
    assert_eq!(fleet.rows, sorted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fleet_is_there_at_the_next_start_without_the_cloud() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    engine.refresh_inventory().await.unwrap();
    let before = engine.inventory_refreshed().await.unwrap();
    drop(engine);
    lab.fault("status500");
    *lab.ahead.lock().unwrap() = jiff::SignedDuration::from_hours(5);
    let engine = lab.open().await;
    let cached = engine.inventory_snapshot().await.unwrap();
    assert_eq!(cached.rows, before.rows);
    assert_eq!(cached.updated, before.updated);
    let counts = |fleet: &InventorySnapshot| {
        let with = fleet.regions.iter().filter(|region| region.count > 0);
        let mut counts: Vec<_> = with.map(|r| (r.region.clone(), r.count)).collect();
        counts.sort();
        counts
    };
    assert_eq!(counts(&cached), counts(&before));
    let now = jiff::Timestamp::now();
    for row in &cached.rows {
        let age = now.duration_since(row.asked.unwrap());
        assert!((0..60).contains(&age.as_secs()), "its age is known: {age}");
    }
    engine.refresh_inventory().await.unwrap();
    let after = engine.inventory_refreshed().await.unwrap();
    assert_eq!(after.rows, before.rows, "nothing is lost");
    assert_eq!(after.error.unwrap().code, Code::ServiceFailed);
    assert_eq!(after.updated, before.updated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_that_fails_does_not_stop_the_others() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    lab.fault("region_down:ap-shanghai");
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    for region in &fleet.regions {
        let failed = region.region == "ap-shanghai";
        assert_eq!(region.state == RegionState::Failed, failed, "{region:?}");
        assert_eq!(region.error.is_some(), failed, "{region:?}");
    }
    assert_eq!(fleet.updated, None, "the sweep was not complete");
    assert!(fleet.rows.iter().any(|row| row.instance_id == READY));
    assert!(!fleet.rows.iter().any(|row| row.region == "ap-shanghai"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ssl_status_that_fails_keeps_its_row() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    lab.fault("denied:DescribeSSLStatus");
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    let row = fleet.rows.iter().find(|r| r.instance_id == READY).unwrap();
    assert_eq!((row.ssl, row.readiness), (Ssl::Unknown, Readiness::Blocked));
    let error = row.error.as_ref().unwrap();
    assert_eq!(error.code, Code::PermissionDenied);
    assert_eq!(error.details["cam_action"], "redis:DescribeSSLStatus");
    assert_eq!(
        error.details["cam_policy"]["statement"][0]["action"],
        json!(["redis:DescribeSSLStatus"])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_that_nobody_documented_is_shown() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    lab.fault(&format!("unknown_status:{READY}"));
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    let row = fleet.rows.iter().find(|r| r.instance_id == READY).unwrap();
    assert_eq!(row.readiness, Readiness::Blocked);
    assert!(!matches!(row.status, Some(-3..=2)), "{:?}", row.status);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_stream_and_events_are_few() {
    let lab = Lab::with(Options {
        speed: 0.0,
        fleet: Some(60),
        ..Options::default()
    })
    .await;
    let engine = lab.engine().await;
    engine.refresh_inventory().await.unwrap();
    engine.inventory_refreshed().await.unwrap();
    until("the last event", || {
        let events = lab.events.inventory.lock().unwrap();
        events.last().is_some_and(|(_, c)| c.now.updated.is_some())
    })
    .await;
    let whole = engine.inventory_snapshot().await.unwrap();
    let events = lab.events.inventory.lock().unwrap();
    for pair in events.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= Duration::from_millis(240));
    }
    let listed = |change: &&InventoryChange| change.now.rows.iter().any(|r| r.ssl == Ssl::Unknown);
    let partly = events.iter().map(|(_, change)| change).filter(listed);
    assert!(partly.count() > 0, "rows were told before all was known");

    // What was told, put together, is the whole.
    let mut rows = BTreeMap::new();
    let mut told = 0;
    for (before, (_, change)) in events.iter().zip(&events[1..]) {
        assert_eq!(change.since, before.1.now.revision);
    }
    for (_, change) in events.iter() {
        told += change.now.rows.len();
        rows.extend(
            change
                .now
                .rows
                .iter()
                .map(|row| (row.instance_id.clone(), row.clone())),
        );
    }
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.sort_by(|a, b| (&a.region, &a.name).cmp(&(&b.region, &b.name)));
    assert_eq!(rows, whole.rows);
    assert_eq!(rows.len(), 60);
    assert!(
        told <= 2 * 60,
        "each row when it is listed and when it is asked: {told}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_instance_is_found_without_a_sweep() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let detail = engine.instance_detail(UPDATING).await.unwrap();
    assert_eq!(detail.row.region, "ap-shanghai");
    assert!(detail.maintenance_window.is_some());
    assert_eq!(detail.raw["instance"]["InstanceId"], UPDATING);
    let error = engine.instance_detail("crs-nowhere0").await.unwrap_err();
    assert_eq!(error.code(), Code::InstanceNotFound);
    // What is known is shown when the cloud falls silent.
    lab.fault("reset");
    let detail = engine.instance_detail(UPDATING).await.unwrap();
    let code = detail.row.error.unwrap().code;
    assert_eq!(code, Code::NetworkUnreachable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_may_not_ask_for_regions_still_sees_its_fleet() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    lab.fault("denied:DescribeRegions");
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    assert_eq!(fleet.error, None);
    assert!(fleet.rows.iter().any(|row| row.instance_id == READY));
    let unsaid = fleet.regions_error.unwrap();
    assert_eq!(unsaid.details["cam_action"], "region:DescribeRegions");
    // Those of the built-in list that do not have the product are no failures.
    let failed = |region: &&RegionProgress| region.state != RegionState::Loaded;
    assert_eq!(fleet.regions.iter().find(failed), None);
    assert_eq!(fleet.regions.len(), lab.sandbox.ready().regions.len());
    assert!(fleet.updated.is_some());
    let error = engine.instance_detail("crs-nowhere0").await.unwrap_err();
    assert_eq!(error.code(), Code::InstanceNotFound);
    // The cloud says it again.
    lab.sandbox.clear_faults();
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    assert_eq!(fleet.regions_error, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_with_the_cloud_is_told_apart() {
    for (fault, code) in [
        ("denied", Code::PermissionDenied),
        ("expired_token", Code::TokenExpired),
        ("throttle", Code::Throttled),
        ("status500", Code::ServiceFailed),
        ("notjson", Code::BadAnswer),
        ("reset", Code::NetworkUnreachable),
        ("truncate", Code::NetworkUnreachable),
        ("clock:600", Code::ClockSkewed),
        ("clock:-600", Code::ClockSkewed),
    ] {
        let lab = Lab::still().await;
        let engine = lab.engine().await;
        lab.fault(fault);
        let error = engine.instance_detail(READY).await.unwrap_err();
        assert_eq!(error.code(), code, "{fault}: {error}");
        if code == Code::ClockSkewed {
            let edge = rediseal_engine::view::EdgeError::from(error);
            let offset = edge.details["offset_seconds"].as_i64().unwrap();
            assert!((590..=610).contains(&offset.abs()), "{offset}");
        }
    }
}
