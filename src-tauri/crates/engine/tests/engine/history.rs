//! What is remembered of the certificates that instances were seen with.

use rediseal_certificate::Aspect;
use rediseal_engine::Engine;
use rediseal_engine::view::{
    Action, CertificateChange, CertificateHistory, CertificateRole, Keep, Sighting, Source,
    TestFiles, TestForm, TrustChoice,
};
use rediseal_probe::Verdict;

use crate::support::{Lab, ON, READY, run};

const NOT_SIGNED: &str = "crs-w8x3jd5c";

fn update(certificate_id: Option<&str>) -> Action {
    Action::UpdateCertificate {
        address: None,
        min_version: None,
        certificate_id: certificate_id.map(str::to_owned),
    }
}

fn of(history: &CertificateHistory, source: Source) -> Vec<&Sighting> {
    let sightings = history.sightings.iter();
    sightings.filter(|seen| seen.source == source).collect()
}

fn aspects(change: &CertificateChange) -> Vec<Aspect> {
    let differences = change.differences.iter();
    differences.map(|difference| difference.aspect).collect()
}

async fn test(engine: &Engine, instance: &str, trust: TrustChoice) -> Verdict {
    let form = TestForm {
        test_id: "one".to_owned(),
        instance_id: Some(instance.to_owned()),
        address: None,
        name: None,
        sni: None,
        trust,
        username: None,
        password: None,
        deep: false,
        cost: false,
        via: None,
    };
    let report = engine.test(form, TestFiles::default()).await.unwrap();
    report.verdict
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_seen_again_is_one_period_and_nothing_changed() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let before = engine.certificate_history(ON).await.unwrap();
    assert!(before.sightings.is_empty() && before.proof.is_none());
    engine.certificate(ON).await.unwrap();
    assert_eq!(
        test(&engine, ON, TrustChoice::Instance).await,
        Verdict::Secure
    );
    let early = engine.certificate_history(ON).await.unwrap();
    *lab.ahead.lock().unwrap() = jiff::SignedDuration::from_secs(60);
    let again = engine.compare_certificate(ON).await.unwrap();
    assert!(again.compared && again.changed.is_empty(), "{again:#?}");
    assert_eq!(again.verdict, Verdict::Secure);
    let late = engine.certificate_history(ON).await.unwrap();
    assert_eq!(late.sightings.len(), 2, "{late:#?}");
    for (early, late) in early.sightings.iter().zip(&late.sightings) {
        assert_eq!(early.first_seen, late.first_seen);
        assert!(early.last_seen < late.last_seen);
        assert_eq!(late.changes, None);
    }
    let proof = late.proof.unwrap();
    assert!(proof.signed);
    let ca = &again.certificate.certificates[0];
    assert_eq!(proof.signers, std::slice::from_ref(&ca.sha256));
    assert_eq!(again.certificate.proof.unwrap().signers, proof.signers);
    assert!(engine.certificate_changes().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_leaf_and_a_new_ca_are_changes_that_are_noted_once() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let first = engine.compare_certificate(ON).await.unwrap();
    assert!(!first.compared && first.changed.is_empty());
    run(&engine, update(None), ON).await;
    let history = engine.certificate_history(ON).await.unwrap();
    assert_eq!(of(&history, Source::Download).len(), 1);
    let live = of(&history, Source::Live);
    assert_eq!(live.len(), 2, "{history:#?}");
    let changes = live[0].changes.as_ref().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].role, CertificateRole::Leaf);
    let changed = aspects(&changes[0]);
    assert!(changed.starts_with(&[Aspect::Key]), "{changed:?}");
    assert!(changed.contains(&Aspect::Validity) && changed.contains(&Aspect::Serial));
    assert!(!changed.contains(&Aspect::Issuer), "{changed:?}");

    // A certificate of one's own comes with another authority.
    run(&engine, update(Some("rs2K7mXq")), ON).await;
    let history = engine.certificate_history(ON).await.unwrap();
    let downloads = of(&history, Source::Download);
    assert_eq!(downloads.len(), 2);
    let changes = downloads[0].changes.as_ref().unwrap();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert!(aspects(&changes[0]).contains(&Aspect::Subject));
    assert_eq!(changes[0].role, CertificateRole::Ca);
    let live = of(&history, Source::Live);
    assert!(aspects(&live[0].changes.as_ref().unwrap()[0]).contains(&Aspect::Issuer));
    assert!(history.proof.unwrap().signed);

    // Newest first over all instances, and each in the audit log, whose chain holds.
    let events = engine.certificate_changes().await.unwrap();
    let sources: Vec<_> = events.iter().map(|event| event.source).collect();
    assert_eq!(sources, [Source::Download, Source::Live, Source::Live]);
    assert!(
        events
            .iter()
            .all(|event| event.seen_before <= event.at && !event.name.is_empty())
    );
    let log = engine.audit_log().await.unwrap();
    assert_eq!(log.broken_at, None);
    let noted: Vec<_> = log
        .entries
        .iter()
        .filter(|entry| entry.action == "certificate_changed")
        .collect();
    assert_eq!(noted.len(), 3);
    assert!(
        noted
            .iter()
            .all(|entry| entry.target == ON && entry.result == "seen")
    );
    let changed = noted[0].facts["changed"].as_array().unwrap();
    assert!(changed.contains(&"issuer".into()), "{changed:?}");

    // After a restart it is all there, and the next look is no change.
    drop(engine);
    let engine = lab.open().await;
    let again = engine.certificate_history(ON).await.unwrap();
    assert_eq!(again.sightings.len(), 5);
    let compared = engine.compare_certificate(ON).await.unwrap();
    assert!(
        compared.compared && compared.changed.is_empty(),
        "{compared:#?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_another_ca_signed_is_proven_not_to_be_signed() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    // Whatever it is compared with, the server shows what it shows.
    assert_eq!(
        test(&engine, NOT_SIGNED, TrustChoice::Os).await,
        Verdict::Insecure
    );
    let history = engine.certificate_history(NOT_SIGNED).await.unwrap();
    assert_eq!((history.sightings.len(), &history.proof), (1, &None));
    let view = engine.certificate(NOT_SIGNED).await.unwrap();
    let proof = view.proof.unwrap();
    assert!(!proof.signed && proof.signers.is_empty());
    assert!(engine.certificate_changes().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_speaks_no_tls_any_more_is_a_change() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    // One that never did is not remembered.
    test(&engine, READY, TrustChoice::Instance).await;
    let history = engine.certificate_history(READY).await.unwrap();
    assert!(of(&history, Source::Live).is_empty());
    test(&engine, ON, TrustChoice::Instance).await;
    run(&engine, Action::DISABLE_SSL, ON).await;
    let history = engine.certificate_history(ON).await.unwrap();
    let live = of(&history, Source::Live);
    assert_eq!(live.len(), 2, "{history:#?}");
    assert!(live[0].certificates.is_empty());
    let gone = &live[0].changes.as_ref().unwrap()[0];
    assert!(gone.before.is_some() && gone.after.is_none());
    assert_eq!(history.proof, None);
    let row = engine.instance_detail(ON).await.unwrap().row;
    assert_eq!(row.certificate_ends, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_account_has_its_own_and_takes_it_away() {
    let lab = Lab::fast().await;
    let engine = lab.open().await;
    // Also of a key that is not kept, so that the next run can compare.
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    engine.compare_certificate(ON).await.unwrap();
    drop(engine);
    let engine = lab.open().await;
    let account = engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    let history = engine.certificate_history(ON).await.unwrap();
    assert_eq!(history.sightings.len(), 2);
    let leaf = of(&history, Source::Live)[0].certificates[0]
        .facts
        .sha256
        .clone();
    assert!(lab.is_on_disk(&leaf));
    engine.remove_account(&account.id).await.unwrap();
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    let history = engine.certificate_history(ON).await.unwrap();
    assert!(history.sightings.is_empty());
    // The sandbox of another start is another cloud.
    engine.enter_sandbox(lab.form(Keep::Session)).await.unwrap();
    engine.compare_certificate(ON).await.unwrap();
    engine.enter_sandbox(lab.form(Keep::Session)).await.unwrap();
    let same = engine.certificate_history(ON).await.unwrap();
    assert_eq!(same.sightings.len(), 2);
    let other = Lab::fast().await;
    engine
        .enter_sandbox(other.form(Keep::Session))
        .await
        .unwrap();
    let history = engine.certificate_history(ON).await.unwrap();
    assert!(history.sightings.is_empty());
}
