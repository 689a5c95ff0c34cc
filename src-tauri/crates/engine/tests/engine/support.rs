//! A sandbox, a data folder, and engines over them.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rediseal_engine::view::{
    Action, AppSnapshot, Confirmation, EventCode, ExpiryWarning, InventoryChange, JobSnapshot,
    Keep, NetworkForm, Phase, PutRun, SignInForm, Site, TestForm, TestProgress, TestRun,
    TrustChoice,
};
use rediseal_engine::{
    Clock, Config, Engine, Environment, Error, EventSink, SessionVault, Timings, Vault,
};
use rediseal_sandbox::{Options, Sandbox};
use rediseal_tencent::Patience;
use tempfile::TempDir;

/// Instances of the default fleet.
pub(crate) const READY: &str = "crs-d3s0yk6b";
pub(crate) const READY_CLUSTER: &str = "crs-h0p9dl3w";
pub(crate) const ON: &str = "crs-5k2mfx7q";
pub(crate) const ON_WITHOUT_NAMES: &str = "crs-f9u7lp2z";
pub(crate) const OLD_PROXY: &str = "crs-81zzc9hn";
pub(crate) const OLD_VERSION: &str = "crs-z1c4fa9t";
pub(crate) const PASSWORD_FREE: &str = "crs-b6j1xm4s";
pub(crate) const CKV: &str = "crs-t6b1ru8d";
pub(crate) const ISOLATED: &str = "crs-g2n7ov6y";
pub(crate) const UPDATING: &str = "crs-9t3hb1ny";

/// Everything that outlives an engine.
pub(crate) struct Lab {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
    pub(crate) vault: Arc<SessionVault>,
    pub(crate) events: Arc<Recorder>,
    pub(crate) ahead: Arc<Mutex<jiff::SignedDuration>>,
}

impl Lab {
    /// Simulated time stands still until it is moved.
    pub(crate) async fn still() -> Self {
        Self::with(Options {
            speed: 0.0,
            ..Options::default()
        })
        .await
    }

    /// A minute takes a third of a second.
    pub(crate) async fn fast() -> Self {
        Self::with(Options {
            speed: 200.0,
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self {
            sandbox: Sandbox::start(options).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
            vault: Arc::default(),
            events: Arc::default(),
            ahead: Arc::default(),
        }
    }

    pub(crate) fn config(&self) -> Config {
        config(
            self.folder.path(),
            Arc::clone(&self.vault) as Arc<dyn Vault>,
            Arc::clone(&self.events) as Arc<dyn EventSink>,
            {
                let ahead = Arc::clone(&self.ahead);
                Arc::new(move || Timestamp::now() + *ahead.lock().unwrap())
            },
        )
    }

    pub(crate) async fn open(&self) -> Engine {
        Engine::open(self.config()).await.unwrap()
    }

    /// An engine that is signed in.
    pub(crate) async fn engine(&self) -> Engine {
        let engine = self.open().await;
        engine.sign_in(self.form(Keep::Keychain)).await.unwrap();
        engine
    }

    pub(crate) fn form(&self, keep: Keep) -> SignInForm {
        let ready = self.sandbox.ready();
        SignInForm {
            name: "Test".to_owned(),
            site: Site::Custom {
                url: ready.endpoint.clone(),
            },
            secret_id: ready.secret_id.clone(),
            secret_key: ready.secret_key.clone().into(),
            token: None,
            expires: None,
            keep,
            network: NetworkForm::default(),
            replaces: None,
        }
    }

    pub(crate) fn fault(&self, fault: &str) {
        self.sandbox.add_fault(fault.parse().unwrap());
    }

    /// How often an action was called.
    pub(crate) fn calls(&self, action: &str) -> u64 {
        let ledger = self.sandbox.ledger();
        ledger.actions.get(action).copied().unwrap_or(0)
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
    }

    /// Whether any file of the data folder holds the text.
    pub(crate) fn is_on_disk(&self, text: &str) -> bool {
        std::fs::read_dir(self.folder.path()).unwrap().any(|entry| {
            let bytes = match std::fs::read(entry.unwrap().path()) {
                // An engine that ends takes its mark away meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => return false,
                bytes => bytes.unwrap(),
            };
            bytes.windows(text.len()).any(|w| w == text.as_bytes())
        })
    }
}

/// A test of an instance as it is found when its dialog opens.
pub(crate) fn test_form(instance: &str) -> TestForm {
    TestForm {
        test_id: format!("test-{instance}"),
        instance_id: Some(instance.to_owned()),
        address: None,
        name: None,
        sni: None,
        trust: TrustChoice::Instance,
        username: None,
        password: None,
        deep: false,
        cost: false,
        via: None,
    }
}

pub(crate) fn config(
    folder: &Path,
    vault: Arc<dyn Vault>,
    events: Arc<dyn EventSink>,
    clock: Clock,
) -> Config {
    Config {
        data_folder: folder.to_owned(),
        vault,
        events,
        clock,
        environment: Environment::default(),
        timings: Timings {
            poll: Duration::from_millis(20),
            submit: Duration::from_millis(400),
            task: Duration::from_secs(30),
            confirm: Duration::from_secs(10),
            settle: Duration::from_millis(300),
            refused: Duration::from_millis(50),
            test: Duration::from_secs(30),
            download: Duration::from_secs(30),
            ..Timings::default()
        },
        user_agent: "test".to_owned(),
        patience: Patience {
            request: Duration::from_secs(20),
            attempts: 3,
            pause: Duration::from_millis(20),
            total: Duration::from_secs(1),
        },
        max_database_pages: None,
    }
}

/// Keeps what it is told.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) inventory: Mutex<Vec<(Instant, InventoryChange)>>,
    pub(crate) jobs: Mutex<Vec<JobSnapshot>>,
    pub(crate) tests: Mutex<Vec<TestProgress>>,
    pub(crate) app: Mutex<Vec<AppSnapshot>>,
    pub(crate) runs: Mutex<Vec<(Instant, TestRun)>>,
    pub(crate) warnings: Mutex<Vec<ExpiryWarning>>,
    pub(crate) puts: Mutex<Vec<PutRun>>,
}

impl EventSink for Recorder {
    fn app_changed(&self, snapshot: AppSnapshot) {
        self.app.lock().unwrap().push(snapshot);
    }

    fn inventory_changed(&self, change: InventoryChange) {
        let now = Instant::now();
        self.inventory.lock().unwrap().push((now, change));
    }

    fn job_changed(&self, job: JobSnapshot) {
        self.jobs.lock().unwrap().push(job);
    }

    fn test_progress(&self, progress: TestProgress) {
        self.tests.lock().unwrap().push(progress);
    }

    fn test_run_changed(&self, run: TestRun) {
        self.runs.lock().unwrap().push((Instant::now(), run));
    }

    fn certificates_end(&self, warnings: Vec<ExpiryWarning>) {
        self.warnings.lock().unwrap().extend(warnings);
    }

    fn put_changed(&self, run: PutRun) {
        self.puts.lock().unwrap().push(run);
    }
}

/// Plans and applies with the confirmation asked for.
pub(crate) async fn apply(
    engine: &Engine,
    action: Action,
    instance: &str,
) -> Result<JobSnapshot, Error> {
    let plan = engine.plan(action, &[instance.to_owned()]).await?;
    let confirmation = Confirmation {
        typed: plan.confirmation.clone(),
        password: plan.needs_password.then(|| "Correct-horse-1".into()),
        ..Confirmation::default()
    };
    let mut jobs = engine.apply(&plan.id, confirmation, &plan.id).await?;
    Ok(jobs.remove(0))
}

/// Applies and waits for the end.
pub(crate) async fn run(engine: &Engine, action: Action, instance: &str) -> JobSnapshot {
    let job = apply(engine, action, instance).await.unwrap();
    engine.wait_for(&job.id).await.unwrap()
}

pub(crate) fn codes(job: &JobSnapshot) -> Vec<EventCode> {
    let events = job.events.iter();
    events.map(|event| event.code.clone()).collect()
}

pub(crate) fn phases(job: &JobSnapshot) -> Vec<Phase> {
    let mut phases: Vec<_> = job.events.iter().map(|event| event.phase).collect();
    phases.dedup();
    phases
}

/// Waits for a condition; a test that waits in vain fails.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until a job is in a phase.
pub(crate) async fn until_phase(engine: &Engine, job_id: &str, phase: Phase) -> JobSnapshot {
    until_job(engine, job_id, |job| job.phase == phase).await
}

/// Waits until something happened to a job.
pub(crate) async fn until_event(engine: &Engine, job_id: &str, code: EventCode) -> JobSnapshot {
    until_job(engine, job_id, |job| codes(job).contains(&code)).await
}

async fn until_job(
    engine: &Engine,
    job_id: &str,
    holds: impl Fn(&JobSnapshot) -> bool,
) -> JobSnapshot {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let job = engine.job(job_id).await.unwrap();
        if holds(&job) {
            return job;
        }
        assert!(Instant::now() < deadline, "in vain: {job:#?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
