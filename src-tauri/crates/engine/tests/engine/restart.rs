//! The process ends in the middle of a job; the next one finds it again.

use std::time::Duration;

use rediseal_engine::Engine;
use rediseal_engine::view::{Action, EventCode, JobSnapshot, Keep, Phase};
use tokio::runtime::Runtime;

use crate::support::{Lab, READY, apply, codes, until, until_event, until_phase};

/// An engine in a runtime of its own, which can be taken away from it at any point.
pub(crate) struct Process {
    runtime: Option<Runtime>,
    pub(crate) engine: Engine,
}

impl Process {
    pub(crate) async fn start(lab: &Lab, keep: Keep) -> Self {
        let process = Self::open(lab).await;
        process.engine.sign_in(lab.form(keep)).await.unwrap();
        process
    }

    async fn in_sandbox(lab: &Lab) -> Self {
        let process = Self::open(lab).await;
        let form = lab.form(Keep::Session);
        process.engine.enter_sandbox(form).await.unwrap();
        process
    }

    async fn open(lab: &Lab) -> Self {
        let runtime = Runtime::new().unwrap();
        let config = lab.config();
        let opening = runtime.spawn(async move { Engine::open(config).await.unwrap() });
        let engine = opening.await.unwrap();
        Self {
            runtime: Some(runtime),
            engine,
        }
    }

    async fn apply(&self, action: Action) -> JobSnapshot {
        self.apply_to(READY, action).await
    }

    pub(crate) async fn apply_to(&self, instance: &'static str, action: Action) -> JobSnapshot {
        let engine = self.engine.clone();
        let runtime = self.runtime.as_ref().unwrap();
        let applied = runtime.spawn(async move { apply(&engine, action, instance).await.unwrap() });
        applied.await.unwrap()
    }

    /// Every task stops where it waits, nothing is tidied up.
    pub(crate) async fn kill(mut self) {
        let runtime = self.runtime.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(10)))
            .await
            .unwrap();
    }
}

/// Opens the folder again and lets the jobs go on.
pub(crate) async fn reopen(lab: &Lab) -> Engine {
    let engine = lab.open().await;
    engine.resume().await.unwrap();
    engine
}

fn proven(lab: &Lab, job: &JobSnapshot) {
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert!(
        codes(job).contains(&EventCode::ResumedAfterRestart),
        "{job:#?}"
    );
    assert!(job.test.is_some(), "{job:#?}");
    assert_eq!(lab.calls("OpenSSL"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_the_intent_and_the_answer() {
    let lab = Lab::still().await;
    let process = Process::start(&lab, Keep::Keychain).await;
    lab.fault("hold:OpenSSL");
    let job = process.apply(Action::ENABLE_SSL).await;
    until("the request", || lab.calls("OpenSSL") == 1).await;
    process.kill().await;
    lab.sandbox.clear_faults();

    let engine = reopen(&lab).await;
    let found = until_phase(&engine, &job.id, Phase::Updating).await;
    assert!(
        codes(&found).contains(&EventCode::FoundRunning),
        "{found:#?}"
    );
    lab.advance(600);
    proven(&lab, &engine.wait_for(&job.id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_request_had_an_effect() {
    let lab = Lab::still().await;
    let process = Process::start(&lab, Keep::Keychain).await;
    lab.fault("reset:OpenSSL");
    let job = process.apply(Action::ENABLE_SSL).await;
    until_event(&process.engine, &job.id, EventCode::AnswerLost).await;
    process.kill().await;
    lab.sandbox.clear_faults();

    let engine = reopen(&lab).await;
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Interrupted, "{job:#?}");
    assert!(codes(&job).contains(&EventCode::NothingInCloud), "{job:#?}");
    assert_eq!(lab.calls("OpenSSL"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_updating() {
    let lab = Lab::still().await;
    let process = Process::start(&lab, Keep::Keychain).await;
    let job = process.apply(Action::ENABLE_SSL).await;
    until_phase(&process.engine, &job.id, Phase::Updating).await;
    process.kill().await;
    lab.advance(600);
    let engine = reopen(&lab).await;
    let job = engine.wait_for(&job.id).await.unwrap();
    proven(&lab, &job);
    assert!(job.task_id.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_confirming() {
    let lab = Lab::still().await;
    let process = Process::start(&lab, Keep::Keychain).await;
    let job = process.apply(Action::ENABLE_SSL).await;
    until_phase(&process.engine, &job.id, Phase::Updating).await;
    // The task is over, the instance does not show it yet.
    lab.advance(61);
    until_phase(&process.engine, &job.id, Phase::Confirming).await;
    process.kill().await;
    lab.advance(600);
    let engine = reopen(&lab).await;
    proven(&lab, &engine.wait_for(&job.id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_certificate() {
    let lab = Lab::still().await;
    let process = Process::start(&lab, Keep::Keychain).await;
    let job = process.apply(Action::ENABLE_SSL).await;
    until_phase(&process.engine, &job.id, Phase::Updating).await;
    lab.fault("hold:DescribeInstances");
    lab.advance(600);
    until_phase(&process.engine, &job.id, Phase::Certificate).await;
    process.kill().await;
    lab.sandbox.clear_faults();
    let engine = reopen(&lab).await;
    proven(&lab, &engine.wait_for(&job.id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_a_session_account_waits_for_its_key() {
    let lab = Lab::still().await;
    let process = Process::start(&lab, Keep::Session).await;
    let job = process.apply(Action::ENABLE_SSL).await;
    until_phase(&process.engine, &job.id, Phase::Updating).await;
    process.kill().await;
    lab.advance(600);

    let engine = reopen(&lab).await;
    until_phase(&engine, &job.id, Phase::Updating).await;
    until_event(&engine, &job.id, EventCode::WaitingForKey).await;
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    proven(&lab, &engine.wait_for(&job.id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_a_living_process_is_left_to_it() {
    let lab = Lab::still().await;
    let process = Process::start(&lab, Keep::Keychain).await;
    lab.fault("hold:OpenSSL");
    let job = process.apply(Action::ENABLE_SSL).await;
    until("the request", || lab.calls("OpenSSL") == 1).await;

    let other = reopen(&lab).await;
    let seen = other.job(&job.id).await.unwrap();
    assert_eq!(seen.phase, Phase::Submitting);
    assert!(!codes(&seen).contains(&EventCode::ResumedAfterRestart));
    lab.sandbox.clear_faults();
    lab.advance(600);
    let engine = process.engine.clone();
    let done = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(done.phase, Phase::Succeeded, "{done:#?}");
    drop(engine);
    process.kill().await;
    assert_eq!(lab.calls("OpenSSL"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_comes_again_after_the_restart_is_not_sent_again() {
    let lab = Lab::still().await;
    let process = Process::start(&lab, Keep::Keychain).await;
    let job = process.apply(Action::ENABLE_SSL).await;
    until_phase(&process.engine, &job.id, Phase::Updating).await;
    process.kill().await;
    let engine = reopen(&lab).await;
    let again = apply(&engine, Action::ENABLE_SSL, READY).await;
    assert!(again.is_err(), "{again:?}");
    lab.advance(600);
    proven(&lab, &engine.wait_for(&job.id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_the_built_in_sandbox_ends_with_it() {
    let lab = Lab::still().await;
    let process = Process::in_sandbox(&lab).await;
    let job = process.apply(Action::ENABLE_SSL).await;
    until_phase(&process.engine, &job.id, Phase::Updating).await;
    process.kill().await;
    let engine = reopen(&lab).await;
    let job = engine.wait_for(&job.id).await.unwrap();
    assert_eq!(job.phase, Phase::Interrupted, "{job:#?}");
}
