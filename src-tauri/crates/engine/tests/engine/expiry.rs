//! When certificates end, and who is told.

use jiff::{SignedDuration, Timestamp};
use rediseal_engine::Engine;
use rediseal_engine::view::{
    CertificateEnd, CertificateRole, Expiry, Keep, RunState, Settings, Source, TestRun,
};

use crate::support::{Lab, ON, READY, until};

const ENDS_IN_21_DAYS: &str = "crs-u8n2vc6d";
const EXPIRED: &str = "crs-r1m5ta8x";

/// Sees what all of these have.
async fn see(lab: &Lab, engine: &Engine, ids: &[&str]) {
    let ids: Vec<_> = ids.iter().map(|id| (*id).to_owned()).collect();
    lab.events.runs.lock().unwrap().clear();
    engine.test_instances(&ids).await.unwrap();
    let ended = |run: &TestRun| run.state != RunState::Running;
    until("the run ends", || {
        let runs = lab.events.runs.lock().unwrap();
        runs.last().is_some_and(|(_, run)| ended(run))
    })
    .await;
}

fn leaf_of<'a>(expiry: &'a Expiry, id: &str) -> &'a CertificateEnd {
    let mut all = expiry.certificates.iter();
    let is_its = |end: &&CertificateEnd| {
        end.role == CertificateRole::Leaf && end.instances.iter().any(|one| one.instance_id == id)
    };
    all.find(is_its).unwrap()
}

/// Moves the clock of the engine alone.
fn at(lab: &Lab, then: Timestamp) {
    *lab.ahead.lock().unwrap() = then.duration_since(Timestamp::now());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_certificate_is_listed_once_the_first_to_end_first() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    engine.refresh_inventory().await.unwrap();
    engine.inventory_refreshed().await.unwrap();
    let before = engine.expiry().await.unwrap();
    assert!(before.certificates.is_empty());
    assert!(before.unseen.len() > 10 && before.unseen.contains(&ON.to_owned()));
    // Of an instance without SSL an archive can be had, too.
    engine.certificate(READY).await.unwrap();
    see(&lab, &engine, &[ON, ENDS_IN_21_DAYS, EXPIRED]).await;

    let expiry = engine.expiry().await.unwrap();
    assert!(expiry.certificates.is_sorted_by_key(|end| end.not_after));
    // Two regions, three servers.
    assert_eq!(expiry.certificates.len(), 5, "{expiry:#?}");
    assert_eq!(before.unseen.len(), expiry.unseen.len() + 3);
    let expired = &expiry.certificates[0];
    assert_eq!(
        (expired.threshold, expired.days),
        (Some(0), -4),
        "{expired:#?}"
    );
    assert_eq!(expired.instances[0].instance_id, EXPIRED);
    let soon = leaf_of(&expiry, ENDS_IN_21_DAYS);
    assert_eq!((soon.threshold, soon.days), (Some(30), 20), "{soon:#?}");
    assert!(soon.instances[0].first);
    assert_eq!(leaf_of(&expiry, ON).threshold, None);
    // The CA of a region is one, and ends after all that it signed.
    let shared = expiry
        .certificates
        .iter()
        .find(|end| end.instances.len() == 2);
    let shared = shared.unwrap();
    assert_eq!(shared.role, CertificateRole::Ca);
    assert!(shared.instances.iter().all(|one| !one.first));
    assert_eq!(shared.instances[0].sources, [Source::Download]);
    assert!(!shared.instances[0].region.is_empty());

    // The fleet says the same, also after a restart, and not where SSL is off.
    drop(engine);
    let engine = lab.open().await;
    let rows = engine.inventory_snapshot().await.unwrap().rows;
    let row = |id: &str| rows.iter().find(|row| row.instance_id == id).unwrap();
    let ends = |id: &str| row(id).certificate_ends;
    assert_eq!(ends(ENDS_IN_21_DAYS), Some(soon.not_after));
    assert_eq!(row(ENDS_IN_21_DAYS).certificate_ends_of, None);
    assert_eq!((ends(READY), ends("crs-k7r4te5a")), (None, None));
    // Before its server is seen, what counts is the CA of the archive, by its name.
    engine.certificate("crs-k7r4te5a").await.unwrap();
    let row = engine.instance_detail("crs-k7r4te5a").await.unwrap().row;
    let of = row.certificate_ends_of.unwrap();
    assert!(row.certificate_ends.is_some() && of.contains("CA"), "{of}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_threshold_is_told_once_and_never_again_after_a_restart() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    see(&lab, &engine, &[ON, ENDS_IN_21_DAYS]).await;
    let end = leaf_of(&engine.expiry().await.unwrap(), ENDS_IN_21_DAYS).not_after;
    let day = |days: i64| SignedDuration::from_hours(24 * days);
    let mut engine = engine;
    for (then, expected) in [
        (end - day(91), None),
        (end - day(90), Some(90)),
        (end - day(89), None),
        // 30 was passed while nobody looked.
        (end - day(5), Some(7)),
        (end - day(1), Some(1)),
        (end + day(1), Some(0)),
        (end + day(400), None),
    ] {
        // Each time by another process.
        drop(engine);
        engine = lab.open().await;
        at(&lab, then);
        engine.warn_of_expiry().unwrap();
        engine.warn_of_expiry().unwrap();
        if let Some(threshold) = expected {
            until("it is told", || {
                !lab.events.warnings.lock().unwrap().is_empty()
            })
            .await;
            let told = lab.events.warnings.lock().unwrap();
            assert_eq!(told.len(), 1, "{told:#?}");
            assert_eq!(told[0].certificate.threshold, Some(threshold));
            assert_eq!(
                told[0].certificate.instances[0].instance_id,
                ENDS_IN_21_DAYS
            );
            assert_eq!(told[0].account, "Test");
        }
        lab.events.warnings.lock().unwrap().clear();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_want_to_be_told_is_told_once_it_is_wanted() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    see(&lab, &engine, &[ENDS_IN_21_DAYS]).await;
    let settings = |warn_of_expiry| Settings {
        warn_of_expiry,
        ..Settings::default()
    };
    engine.change_settings(settings(false)).await.unwrap();
    engine.warn_of_expiry().unwrap();
    engine.change_settings(settings(true)).await.unwrap();
    assert!(lab.events.warnings.lock().unwrap().is_empty());
    engine.watch_expiry();
    until("it is told", || {
        lab.events.warnings.lock().unwrap().len() == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewed_certificate_counts_and_the_old_one_no_more() {
    let lab = Lab::fast().await;
    let engine = lab.open().await;
    // With a key of this session there is no cache of the fleet.
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    see(&lab, &engine, &[ENDS_IN_21_DAYS]).await;
    let old = leaf_of(&engine.expiry().await.unwrap(), ENDS_IN_21_DAYS).clone();
    let action = rediseal_engine::view::Action::UpdateCertificate {
        address: None,
        min_version: None,
        certificate_id: None,
    };
    crate::support::run(&engine, action, ENDS_IN_21_DAYS).await;
    let expiry = engine.expiry().await.unwrap();
    let new = leaf_of(&expiry, ENDS_IN_21_DAYS);
    assert!(new.not_after > old.not_after && new.threshold.is_none());
    assert_eq!(expiry.certificates.len(), 2);
    drop(engine);
    let engine = lab.open().await;
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    assert_eq!(
        engine.expiry().await.unwrap().certificates,
        expiry.certificates
    );
}
