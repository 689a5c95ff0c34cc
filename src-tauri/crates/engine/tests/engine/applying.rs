//! Plans, and what it takes to carry them out.

use jiff::SignedDuration;
use rediseal_engine::Code;
use rediseal_engine::view::{Action, Confirmation, EventCode, Phase, Ssl, When};
use rediseal_probe::{Cause, Verdict};

use crate::support::{
    Lab, OLD_PROXY, ON, READY, READY_CLUSTER, apply, codes, phases, run, until, until_phase,
};

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_plaintext_to_proven_tls_and_back() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(
        phases(&job),
        [
            Phase::Queued,
            Phase::Submitting,
            Phase::Updating,
            Phase::Confirming,
            Phase::Certificate,
            Phase::Testing,
            Phase::Succeeded
        ]
    );
    assert!(job.task_id.is_some());
    assert_eq!(job.test.as_ref().unwrap().verdict, Verdict::ChainOnly);
    assert_eq!(lab.calls("OpenSSL"), 1);
    let detail = engine.instance_detail(READY).await.unwrap();
    assert_eq!(detail.row.ssl, Ssl::On);
    assert_eq!(detail.row.job_id, None);
    assert!(detail.row.certificate_ends.is_some());
    assert_eq!(
        detail.certificate.unwrap().proof.map(|proof| proof.signed),
        Some(true)
    );
    assert_eq!(detail.jobs.len(), 1);

    // No certificate is needed to see that there is none any more.
    lab.fault("zip_404");
    let job = run(&engine, Action::DISABLE_SSL, READY).await;
    lab.sandbox.clear_faults();
    assert_eq!(
        phases(&job),
        [
            Phase::Queued,
            Phase::Submitting,
            Phase::Updating,
            Phase::Confirming,
            Phase::Testing,
            Phase::Succeeded
        ]
    );
    let accepted = job
        .events
        .iter()
        .find(|e| e.code == EventCode::Accepted)
        .unwrap();
    assert!(accepted.facts["request_id"].is_string(), "{accepted:?}");
    let test = job.test.as_ref().unwrap();
    assert_eq!(
        (test.verdict, test.cause),
        (Verdict::Insecure, Some(Cause::TlsPlaintextServer))
    );

    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.past_runs_ms.len(), 1, "the first run is remembered");

    let log = engine.audit_log().await.unwrap();
    assert_eq!(log.broken_at, None);
    let told: Vec<_> = log
        .entries
        .iter()
        .rev()
        .map(|entry| (entry.action.as_str(), entry.result.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("sign_in", "done"),
            ("enable_ssl", "accepted"),
            ("enable_ssl", "done"),
            ("disable_ssl", "accepted"),
            // No TLS any more, and then a new certificate.
            ("certificate_changed", "seen"),
            ("disable_ssl", "done"),
            ("enable_ssl", "accepted"),
            ("certificate_changed", "seen"),
            ("enable_ssl", "done"),
        ]
    );
    let accepted = lab.events.jobs.lock().unwrap();
    assert!(accepted.iter().any(|job| job.phase == Phase::Updating));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_already_is_proven_without_a_request() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let plan = engine.plan(Action::ENABLE_SSL, &ids(&[ON])).await.unwrap();
    let consequences: Vec<_> = plan.consequences.iter().map(|c| c.code.as_str()).collect();
    assert_eq!(consequences, ["nothing_to_do"]);
    let job = run(&engine, Action::ENABLE_SSL, ON).await;
    assert_eq!(job.phase, Phase::Succeeded);
    assert_eq!(
        codes(&job),
        [
            EventCode::IntentRecorded,
            EventCode::NothingToDo,
            EventCode::CertificateOpened,
            EventCode::Tested,
            EventCode::Succeeded
        ]
    );
    assert_eq!(
        phases(&job),
        [
            Phase::Queued,
            Phase::Certificate,
            Phase::Testing,
            Phase::Succeeded
        ]
    );
    assert_eq!(job.test.as_ref().unwrap().verdict, Verdict::Secure);
    // Or it says why it is not proven.
    lab.fault("zip_truncated");
    let job = run(&engine, Action::ENABLE_SSL, ON).await;
    assert_eq!(job.phase, Phase::Succeeded);
    assert_eq!(job.test, None);
    let failed = job
        .events
        .iter()
        .find(|e| e.code == EventCode::CertificateFailed);
    let facts = &failed.unwrap().facts;
    assert_eq!(facts["code"], "certificate_invalid");
    assert_ne!(facts["message"], "");
    assert_eq!(lab.calls("OpenSSL"), 0);
    // What is off already has nothing to prove.
    let job = run(&engine, Action::DISABLE_SSL, READY).await;
    assert_eq!(
        codes(&job),
        [
            EventCode::IntentRecorded,
            EventCode::NothingToDo,
            EventCode::Succeeded
        ]
    );
    assert_eq!(lab.calls("CloseSSL"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_gives_the_same_jobs() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let instances = ids(&[READY, READY_CLUSTER, READY]);
    let plan = engine.plan(Action::ENABLE_SSL, &instances).await.unwrap();
    assert_eq!(plan.targets.len(), 2);
    let call = || engine.apply(&plan.id, Confirmation::default(), "request-1");
    // As the webview does when its page is loaded again.
    let (first, second) = tokio::join!(call(), call());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.len(), 2);
    for job in &first {
        engine.wait_for(&job.id).await.unwrap();
    }
    let third = call().await.unwrap();
    for again in [second, third] {
        for (a, b) in first.iter().zip(again) {
            assert_eq!(a.id, b.id);
        }
    }
    assert_eq!(lab.calls("OpenSSL"), 2);
    // A plan is carried out once.
    let error = engine
        .apply(&plan.id, Confirmation::default(), "request-2")
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::PlanExpired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disabling_takes_the_typed_id() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let plan = engine.plan(Action::DISABLE_SSL, &ids(&[ON])).await.unwrap();
    assert_eq!(plan.confirmation.as_deref(), Some(ON));
    for typed in [None, Some(""), Some("crs-5k2mfx7"), Some("CRS-5K2MFX7Q")] {
        let confirmation = Confirmation {
            typed: typed.map(str::to_owned),
            ..Confirmation::default()
        };
        let error = engine.apply(&plan.id, confirmation, "r").await.unwrap_err();
        assert_eq!(error.code(), Code::ConfirmationMismatch, "{typed:?}");
    }
    assert_eq!(lab.calls("CloseSSL"), 0);
    let log = engine.audit_log().await.unwrap();
    let refused = log.entries.iter().filter(|e| e.result == "refused").count();
    assert_eq!(refused, 4);
    let confirmation = Confirmation {
        typed: Some(ON.to_owned()),
        reason: Some("a test".to_owned()),
        ..Confirmation::default()
    };
    let jobs = engine.apply(&plan.id, confirmation, "r").await.unwrap();
    let job = engine.wait_for(&jobs[0].id).await.unwrap();
    assert_eq!(job.phase, Phase::Succeeded);
    let log = engine.audit_log().await.unwrap();
    let accepted = log.entries.iter().find(|e| e.result == "accepted").unwrap();
    assert_eq!(accepted.facts["reason"], "a test");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_plan_is_refused() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let plan = engine
        .plan(Action::ENABLE_SSL, &ids(&[READY]))
        .await
        .unwrap();
    *lab.ahead.lock().unwrap() = SignedDuration::from_secs(299);
    assert!(plan.expires > jiff::Timestamp::now() + *lab.ahead.lock().unwrap());
    *lab.ahead.lock().unwrap() = SignedDuration::from_secs(301);
    let call = || engine.apply(&plan.id, Confirmation::default(), "r");
    assert_eq!(call().await.unwrap_err().code(), Code::PlanExpired);
    let nobody = engine.apply("no-such-plan", Confirmation::default(), "r");
    assert_eq!(nobody.await.unwrap_err().code(), Code::PlanExpired);
    assert_eq!(lab.calls("OpenSSL"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_whose_facts_changed_is_refused() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let late = engine
        .plan(Action::ENABLE_SSL, &ids(&[READY]))
        .await
        .unwrap();
    lab.fault(&format!("task_stall:{READY}"));
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;
    // Another plan for the same instance, from before: a job runs on it.
    let busy = engine.apply(&late.id, Confirmation::default(), "busy");
    assert_eq!(busy.await.unwrap_err().code(), Code::InstanceBusy);
    // Watched no more, the task still runs there.
    engine.detach(&job.id).await.unwrap();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Detached);
    let changed = engine.apply(&late.id, Confirmation::default(), "changed");
    assert_eq!(changed.await.unwrap_err().code(), Code::PreconditionFailed);
    assert_eq!(lab.calls("OpenSSL"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_blocked_is_not_applicable() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let plan = engine
        .plan(Action::ENABLE_SSL, &ids(&[OLD_PROXY]))
        .await
        .unwrap();
    assert!(!plan.targets[0].applicable);
    let fix = plan.targets[0].findings.iter().find_map(|f| f.fix.clone());
    assert_eq!(fix, Some(Action::UpgradeProxy { when: When::Now }));
    let call = engine.apply(&plan.id, Confirmation::default(), "r");
    assert_eq!(call.await.unwrap_err().code(), Code::PreconditionFailed);
    assert_eq!(lab.calls("OpenSSL"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_confirmation_is_for_one_instance() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    for (action, instances) in [
        (Action::DISABLE_SSL, ids(&[ON, READY])),
        (Action::RequirePassword, ids(&[ON, READY])),
        (Action::ENABLE_SSL, ids(&[])),
    ] {
        let error = engine.plan(action, &instances).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_names_the_job_that_runs_on_it() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    engine.refresh_inventory().await.unwrap();
    engine.inventory_refreshed().await.unwrap();
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until("the event", || {
        let events = lab.events.inventory.lock().unwrap();
        events.iter().any(|(_, change)| {
            let mut rows = change.now.rows.iter();
            rows.any(|row| row.job_id.as_ref() == Some(&job.id))
        })
    })
    .await;
    engine.detach(&job.id).await.unwrap();
    engine.wait_for(&job.id).await.unwrap();
    let fleet = engine.inventory_snapshot().await.unwrap();
    assert!(fleet.rows.iter().all(|row| row.job_id.is_none()));
    let error = engine.detach(&job.id).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}
