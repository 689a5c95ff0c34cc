//! Jobs when the cloud, the network or the key fails.

use rediseal_engine::Code;
use rediseal_engine::view::{Action, EventCode, JobEvent, Keep, Phase, When};

use crate::support::{Lab, OLD_PROXY, READY, apply, codes, run, until, until_event, until_phase};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_fails_is_reported_at_once() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault(&format!("task_fail:{READY}"));
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Failed, "{job:#?}");
    let error = job.error.unwrap();
    assert_eq!(error.code, Code::TaskFailed);
    assert_ne!(error.details["task_message"], "");
    let log = engine.audit_log().await.unwrap();
    assert_eq!(log.entries[0].result, "failed");
    // The instance is free again.
    lab.sandbox.clear_faults();
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_task_id_the_state_is_watched() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault("task_minus_one");
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(job.task_id, None);
    assert_eq!(lab.calls("DescribeTaskInfo"), 0);
    assert_eq!(lab.calls("OpenSSL"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_was_refused_fails_with_the_reason() {
    for (fault, code, retryable) in [
        ("denied:OpenSSL", Code::PermissionDenied, false),
        ("throttle:OpenSSL", Code::Throttled, true),
        ("busy:OpenSSL", Code::InstanceBusy, true),
        ("expired_token:OpenSSL", Code::TokenExpired, false),
    ] {
        let lab = Lab::fast().await;
        let engine = lab.engine().await;
        lab.fault(fault);
        let job = run(&engine, Action::ENABLE_SSL, READY).await;
        assert_eq!(job.phase, Phase::Failed, "{job:#?}");
        let error = job.error.unwrap();
        assert_eq!((error.code, error.retryable), (code, retryable));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_is_looked_for() {
    for fault in [
        "reset_after:OpenSSL@1",
        "notjson:OpenSSL@1",
        "truncate:OpenSSL@1",
    ] {
        let lab = Lab::fast().await;
        let engine = lab.engine().await;
        lab.fault(fault);
        let job = run(&engine, Action::ENABLE_SSL, READY).await;
        assert_eq!(job.phase, Phase::Succeeded, "{fault}: {job:#?}");
        assert!(
            codes(&job).contains(&EventCode::AnswerLost),
            "{fault}: {job:#?}"
        );
        assert!(
            codes(&job).contains(&EventCode::FoundRunning),
            "{fault}: {job:#?}"
        );
        assert_eq!(lab.calls("OpenSSL"), 1, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_without_effect_fails_and_is_not_repeated() {
    for fault in ["reset:OpenSSL@1", "status500:OpenSSL@1"] {
        let lab = Lab::fast().await;
        let engine = lab.engine().await;
        lab.fault(fault);
        let job = run(&engine, Action::ENABLE_SSL, READY).await;
        assert_eq!(job.phase, Phase::Failed, "{fault}: {job:#?}");
        assert!(codes(&job).contains(&EventCode::NothingInCloud), "{job:#?}");
        assert!(job.error.unwrap().retryable);
        assert!(
            lab.sandbox
                .ledger()
                .tasks
                .iter()
                .all(|t| t.instance_id != READY)
        );
        let job = run(&engine, Action::ENABLE_SSL, READY).await;
        assert_eq!(job.phase, Phase::Succeeded, "{fault}: {job:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_of_an_upgrade_is_found_in_the_task_list() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault("reset_after:UpgradeProxyVersion@1");
    let upgrade = Action::UpgradeProxy { when: When::Now };
    let job = run(&engine, upgrade, OLD_PROXY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert!(codes(&job).contains(&EventCode::FoundRunning), "{job:#?}");
    assert!(job.task_id.is_some(), "{job:#?}");
    assert_eq!(lab.calls("UpgradeProxyVersion"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_waited_out() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;
    lab.fault("reset");
    let waiting = until_event(&engine, &job.id, EventCode::CloudDoesNotAnswer).await;
    let trouble = waiting.trouble.unwrap();
    assert_eq!(trouble.error.code, Code::NetworkUnreachable);
    assert!(trouble.since <= waiting.events.last().unwrap().at);
    lab.advance(600);
    lab.sandbox.clear_faults();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(
        (job.phase, &job.trouble),
        (Phase::Succeeded, &None),
        "{job:#?}"
    );
    let told = codes(&job);
    let count = |code| told.iter().filter(|&each| each == code).count();
    assert_eq!(count(&EventCode::CloudDoesNotAnswer), 1, "{told:?}");
    assert_eq!(count(&EventCode::CloudAnswersAgain), 1, "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_ends_on_the_way_is_waited_for() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;
    lab.fault("expired_token");
    let waiting = until_event(&engine, &job.id, EventCode::WaitingForKey).await;
    assert_eq!(waiting.phase, Phase::Updating);
    assert_eq!(waiting.trouble.unwrap().error.code, Code::TokenExpired);
    lab.sandbox.clear_faults();
    lab.advance(600);
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(job.error, None);
    assert!(codes(&job).contains(&EventCode::KeyIsBack), "{job:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_passes_by_itself_heals() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;
    lab.fault("expired_token");
    let waiting = until_event(&engine, &job.id, EventCode::WaitingForKey).await;
    let told = waiting.events.last().unwrap();
    assert_eq!(told.facts["code"], "token_expired");
    assert_ne!(told.facts["message"], "");
    lab.sandbox.clear_faults();
    lab.advance(600);
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(job.error, None);
    let told = codes(&job);
    let count = |code| told.iter().filter(|&each| each == code).count();
    assert_eq!(count(&EventCode::WaitingForKey), 1, "{told:?}");
    assert_eq!(count(&EventCode::KeyIsBack), 1, "{told:?}");

    // Refused more than once in a row, it goes on trying.
    lab.fault("expired_token:DescribeTaskInfo@4");
    let job = apply(&engine, Action::DISABLE_SSL, READY).await.unwrap();
    until_event(&engine, &job.id, EventCode::KeyIsBack).await;
    lab.advance(600);
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    let waited = |code: &EventCode| *code == EventCode::WaitingForKey;
    assert_eq!(codes(&job).into_iter().filter(waited).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_never_ends_is_watched_for_a_while() {
    let lab = Lab::fast().await;
    let mut config = lab.config();
    config.timings.task = std::time::Duration::from_millis(400);
    let engine = rediseal_engine::Engine::open(config).await.unwrap();
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    lab.fault(&format!("task_stall:{READY}"));
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Failed, "{job:#?}");
    assert_eq!(job.error.unwrap().code, Code::Timeout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_fails_does_not_undo_the_job() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault("zip_truncated");
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    let failed = job
        .events
        .iter()
        .find(|e| e.code == EventCode::CertificateFailed);
    assert_eq!(failed.unwrap().facts["code"], "certificate_invalid");
    assert_eq!(job.test, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn detaching_stops_the_watching_only() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;
    engine.detach(&job.id).await.unwrap();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Detached);
    lab.advance(600);
    until("the task's end", || {
        let tasks = lab.sandbox.ledger().tasks;
        tasks
            .iter()
            .any(|t| t.instance_id == READY && t.status == "succeed")
    })
    .await;
    let log = engine.audit_log().await.unwrap();
    assert_eq!(log.entries[0].action, "stop_watching");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_accepted_for_the_moment_is_sent_again() {
    for (fault, told) in [
        ("throttle:OpenSSL@4", EventCode::Throttled),
        ("busy:OpenSSL@2", EventCode::InstanceIsBusy),
    ] {
        let lab = Lab::fast().await;
        let mut config = lab.config();
        config.timings.submit = std::time::Duration::from_secs(20);
        let engine = rediseal_engine::Engine::open(config).await.unwrap();
        engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
        lab.fault(fault);
        let job = run(&engine, Action::ENABLE_SSL, READY).await;
        assert_eq!(
            (job.phase, &job.error),
            (Phase::Succeeded, &None),
            "{job:#?}"
        );
        assert!(codes(&job).contains(&told), "{job:#?}");
        assert!(codes(&job).contains(&EventCode::SendingAgain), "{job:#?}");
        let writes = lab.sandbox.ledger().writes;
        assert_eq!(writes.len(), 1, "{writes:?}");
        assert_eq!(
            writes[0].task_id,
            job.task_id.and_then(|id| id.try_into().ok())
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_waits_to_send_can_be_given_up() {
    let lab = Lab::fast().await;
    let mut config = lab.config();
    config.timings.submit = std::time::Duration::from_secs(60);
    let engine = rediseal_engine::Engine::open(config).await.unwrap();
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    lab.fault("busy:OpenSSL");
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    let waiting = until_event(&engine, &job.id, EventCode::InstanceIsBusy).await;
    assert_eq!(waiting.phase, Phase::Submitting);
    assert_eq!(waiting.trouble.unwrap().error.code, Code::InstanceBusy);
    engine.detach(&job.id).await.unwrap();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Interrupted, "{job:#?}");
    assert_eq!(job.trouble, None);
    assert!(codes(&job).contains(&EventCode::NotSent), "{job:#?}");
    assert_eq!(lab.sandbox.ledger().writes, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_may_not_be_read_for_a_while_is_no_failure_of_the_change() {
    for fault in [
        "denied:DescribeSSLStatus",
        "action_not_found:DescribeSSLStatus",
    ] {
        let lab = Lab::still().await;
        let engine = lab.engine().await;
        let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
        until_phase(&engine, &job.id, Phase::Updating).await;
        lab.fault(fault);
        lab.advance(600);
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while engine.job(&job.id).await.unwrap().trouble.is_none() {
            assert!(
                std::time::Instant::now() < deadline,
                "{fault}: it does not wait"
            );
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        lab.sandbox.clear_faults();
        let job = engine.wait_for(&job.id).await.unwrap();
        assert_eq!(job.phase, Phase::Succeeded, "{fault}: {job:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_the_key_may_not_read_is_watched_by_its_effect() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault("denied:DescribeTaskInfo");
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    let told = |event: &&JobEvent| event.code == EventCode::TaskNotReadable;
    let unread: Vec<_> = job.events.iter().filter(told).collect();
    assert_eq!(unread.len(), 1, "{job:#?}");
    assert_eq!(unread[0].facts["cam_action"], "redis:DescribeTaskInfo");
    assert!(!codes(&job).contains(&EventCode::WaitingForKey), "{job:#?}");

    // When it may again, the task says how it ends.
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    lab.fault(&format!("task_fail:{READY}"));
    lab.fault("denied:DescribeTaskInfo");
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_event(&engine, &job.id, EventCode::TaskNotReadable).await;
    lab.sandbox.clear_faults();
    lab.advance(600);
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.error.unwrap().code, Code::TaskFailed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_found_without_the_list_of_tasks() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault("reset_after:OpenSSL@1");
    lab.fault("denied:DescribeTaskList");
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(lab.calls("OpenSSL"), 1);
}
