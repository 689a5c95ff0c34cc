//! Jobs that are watched no more, and watched again.

use rediseal_engine::view::{Action, EventCode, JobSnapshot, Phase, When};
use rediseal_engine::{Code, Engine};

use crate::support::{Lab, OLD_PROXY, READY, apply, codes, run, until_event, until_phase};

/// Begins a job and stops watching it while its task runs.
async fn detached(engine: &Engine) -> JobSnapshot {
    let job = apply(engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(engine, &job.id, Phase::Updating).await;
    engine.detach(&job.id).await.unwrap();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Detached, "{job:#?}");
    job
}

async fn ids(engine: &Engine) -> Vec<String> {
    let jobs = engine.detached().await.unwrap();
    jobs.into_iter().map(|job| job.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_watched_again_to_its_end() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let job = detached(&engine).await;
    assert_eq!(ids(&engine).await, [job.id.as_str()]);
    let again = engine.reattach(&job.id).await.unwrap();
    assert_eq!((again.phase, again.finished), (Phase::Updating, None));
    assert_eq!(again.events.last().unwrap().code, EventCode::WatchedAgain);
    assert_eq!(ids(&engine).await, [] as [String; 0]);
    // It runs: a second call changes nothing, nor does one of another process.
    let other = lab.open().await;
    for engine in [&engine, &other] {
        let same = engine.reattach(&job.id).await.unwrap();
        assert_eq!((same.id, same.phase), (job.id.clone(), Phase::Updating));
    }
    let busy = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap_err();
    assert_eq!(busy.code(), Code::PreconditionFailed);
    lab.advance(600);
    let done = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(done.phase, Phase::Succeeded, "{done:#?}");
    assert!(done.test.is_some());
    let told = codes(&done);
    let count = |code| told.iter().filter(|&each| each == code).count();
    assert_eq!(count(&EventCode::WatchedAgain), 1, "{told:?}");
    assert_eq!(count(&EventCode::ResumedAfterRestart), 0, "{told:?}");
    let error = engine.reattach(&job.id).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    assert_eq!(lab.calls("OpenSSL"), 1);
    // The time in which nobody watched is no estimate.
    let job = apply(&engine, Action::DISABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;
    lab.advance(600);
    engine.wait_for(&job.id).await.unwrap();
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    assert_eq!(job.past_runs_ms, [] as [u64; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_watches_a_job_again_after_its_task_ended() {
    let lab = Lab::still().await;
    let first = lab.engine().await;
    let job = detached(&first).await;
    drop(first);
    lab.advance(600);
    let engine = lab.open().await;
    engine.resume().await.unwrap();
    assert_eq!(engine.job(&job.id).await.unwrap().phase, Phase::Detached);
    engine.reattach(&job.id).await.unwrap();
    let done = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(done.phase, Phase::Succeeded, "{done:#?}");
    assert!(done.test.is_some());
    assert_eq!(lab.calls("OpenSSL"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_failed_unwatched_is_told() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    lab.fault(&format!("task_fail:{READY}"));
    let job = detached(&engine).await;
    lab.advance(600);
    engine.reattach(&job.id).await.unwrap();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Failed, "{job:#?}");
    assert_eq!(job.error.unwrap().code, Code::TaskFailed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_a_later_one_replaced_is_not_watched_again() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let job = detached(&engine).await;
    lab.advance(600);
    let later = apply(&engine, Action::DISABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &later.id, Phase::Updating).await;
    assert_eq!(ids(&engine).await, [] as [String; 0]);
    for id in [&job.id, "no-such-job"] {
        let error = engine.reattach(id).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_for_the_maintenance_window_is_looked_at_once() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let later = Action::UpgradeProxy {
        when: When::MaintenanceWindow,
    };
    let job = run(&engine, later, OLD_PROXY).await;
    assert_eq!(job.phase, Phase::Detached, "{job:#?}");
    engine.reattach(&job.id).await.unwrap();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Detached, "{job:#?}");
    assert_eq!(ids(&engine).await, [job.id.as_str()]);
    lab.advance(2 * 24 * 3600);
    engine.reattach(&job.id).await.unwrap();
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(lab.calls("UpgradeProxyVersion"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_waits_for_its_key_can_be_left_and_taken_up() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;
    lab.fault("expired_token");
    until_event(&engine, &job.id, EventCode::WaitingForKey).await;
    engine.detach(&job.id).await.unwrap();
    let left = engine.wait_for(&job.id).await.unwrap();
    assert_eq!((left.phase, left.trouble), (Phase::Detached, None));
    lab.sandbox.clear_faults();
    lab.advance(600);
    let again = engine.reattach(&job.id).await.unwrap();
    assert_eq!(again.error, None);
    let done = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(done.phase, Phase::Succeeded, "{done:#?}");
}
