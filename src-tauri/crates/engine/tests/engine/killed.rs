//! A process of its own, ended by SIGKILL in the middle of a job.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rediseal_engine::view::{Action, EventCode, Keep, NetworkForm, Phase, SignInForm, Site};
use rediseal_engine::{Engine, SessionVault};
use tokio::runtime::Runtime;

use crate::support::{Lab, READY, Recorder, apply, codes, config, until, until_phase};

/// What the process that is to be killed is told, one variable each.
const FOLDER: &str = "REDISEAL_TEST_FOLDER";
const ENDPOINT: &str = "REDISEAL_TEST_ENDPOINT";
const SECRET_ID: &str = "REDISEAL_TEST_SECRET_ID";
const SECRET_KEY: &str = "REDISEAL_TEST_SECRET_KEY";

#[test]
fn killed() {
    let runtime = Runtime::new().unwrap();
    match std::env::var(FOLDER) {
        Ok(folder) => runtime.block_on(victim(&folder)),
        Err(_) => runtime.block_on(async {
            survives(Phase::Submitting).await;
            survives(Phase::Updating).await;
            survives(Phase::Confirming).await;
        }),
    }
}

/// Starts a job and waits for its end, which it does not see.
async fn victim(folder: &str) {
    let variable = |name| std::env::var(name).unwrap();
    let config = config(
        folder.as_ref(),
        Arc::new(SessionVault::default()),
        Arc::new(Recorder::default()),
        Arc::new(jiff::Timestamp::now),
    );
    let engine = Engine::open(config).await.unwrap();
    let form = SignInForm {
        name: "Test".to_owned(),
        site: Site::Custom {
            url: variable(ENDPOINT),
        },
        secret_id: variable(SECRET_ID),
        secret_key: variable(SECRET_KEY).into(),
        token: None,
        expires: None,
        keep: Keep::Keychain,
        network: NetworkForm::default(),
        replaces: None,
    };
    engine.sign_in(form).await.unwrap();
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    engine.wait_for(&job.id).await.unwrap();
}

/// Killed at the latest when the test ends, in whatever way.
struct Victim(Child);

impl Victim {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(lab: &Lab) -> Victim {
    let ready = lab.sandbox.ready();
    let process = Command::new(std::env::current_exe().unwrap())
        .args(["killed::killed", "--exact"])
        .env(FOLDER, lab.folder.path())
        .env(ENDPOINT, &ready.endpoint)
        .env(SECRET_ID, &ready.secret_id)
        .env(SECRET_KEY, &ready.secret_key)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Victim(process)
}

async fn survives(phase: Phase) {
    let lab = Lab::still().await;
    // The account is there, and this process watches the journal of the other.
    let watcher = lab.engine().await;
    if phase == Phase::Submitting {
        lab.fault("hold:OpenSSL");
    }
    let mut process = start(&lab);
    until("the request", || lab.calls("OpenSSL") == 1).await;
    let id = watcher.job_snapshots().await.unwrap().remove(0).id;
    if phase == Phase::Confirming {
        until_phase(&watcher, &id, Phase::Updating).await;
        // The task is over, the instance does not show it yet.
        lab.advance(61);
    }
    until_phase(&watcher, &id, phase).await;
    process.kill();
    drop(watcher);
    lab.sandbox.clear_faults();
    lab.advance(600);

    let engine = lab.open().await;
    engine.resume().await.unwrap();
    let job = engine.wait_for(&id).await.unwrap();
    assert_eq!(job.phase, Phase::Succeeded, "{phase:?}: {job:#?}");
    assert!(
        codes(&job).contains(&EventCode::ResumedAfterRestart),
        "{job:#?}"
    );
    assert!(job.test.is_some(), "{job:#?}");
    assert_eq!(lab.calls("OpenSSL"), 1, "{phase:?}");
    assert_eq!(engine.audit_log().await.unwrap().broken_at, None);
}
