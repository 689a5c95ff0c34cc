//! A thousand operations with every fault on, an engine that is killed and a key that is taken
//! away. In the end each job says what the sandbox's own ledger says.

#![expect(
    clippy::print_stdout,
    reason = "shown when the test fails, and what was measured"
)]

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rediseal_engine::view::{
    Action, AppSnapshot, Confirmation, EventCode, ExpiryWarning, InstanceRow, InventoryChange,
    JobSnapshot, Keep, Phase, Plan, PutRun, Ssl, TestProgress, TestRun,
};
use rediseal_engine::{Code, Config, Engine, Error, EventSink, Vault as _};
use rediseal_sandbox::{Options, WriteRecord};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::{Lab, codes};

const OPERATIONS: usize = 1000;
/// How often the engine is killed.
const KILLS: usize = 6;
/// Regions whose keys are made in no time.
const REGIONS: [&str; 4] = ["ap-shanghai", "ap-hongkong", "eu-frankfurt", "ap-chengdu"];
/// How many more bytes may be in use at the peak of the last quarter of the operations than at that
/// of the second, when every instance has had its first.
const GROWTH: usize = 8 << 20;
/// What is in use, and not what the allocator keeps for each of its threads.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Storms in one process take turns.
static TURN: Mutex<()> = Mutex::new(());

/// Set beside the chaos. Links and archives only matter to the proof at the end of a job.
const WEATHER: [&str; 11] = [
    "status_lag:8",
    "stale:8",
    "region_down:ap-hongkong@30",
    "unknown_status:*@10",
    "link_expired@9",
    "zip_truncated@9",
    "zip_bomb@1",
    "zip_traversal@9",
    "zip_empty@9",
    "zip_garbage_pem@9",
    "zip_404@9",
];
/// Set now and then for the next task of an instance.
const TASK_FAULTS: [&str; 4] = ["task_fail", "task_lost", "task_minus_one", "task_stall"];

const PAUSE: Duration = Duration::from_millis(10);
/// After which something never happens.
const NEVER: Duration = Duration::from_secs(90);

#[test]
fn storm_of_the_first_seed() {
    storm(1);
}

#[test]
fn storm_of_the_second_seed() {
    storm(2);
}

#[test]
fn storm_of_the_third_seed() {
    storm(3);
}

fn storm(seed: u64) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // Whatever fails says with which seed it can be had again.
    println!("seed {seed}");
    Runtime::new().unwrap().block_on(async {
        let storm = Arc::new(Storm::prepare(seed).await);
        storm.rage().await;
        storm.judge().await;
    });
}

/// What an engine leaves to the one after it.
struct Storm {
    seed: u64,
    began: Instant,
    lab: Lab,
    /// Instances as they were before.
    targets: Vec<InstanceRow>,
    progress: Mutex<Vec<Progress>>,
    /// Bytes in use after each operation: of the sandbox too, whose ledger grows.
    memory: Mutex<Vec<usize>>,
}

/// How far the operations of an instance are.
#[derive(Clone, Default)]
struct Progress {
    left: usize,
    /// In their order.
    jobs: Vec<String>,
}

/// An engine in a runtime of its own, which can be taken away from it at any point.
struct Process {
    runtime: Runtime,
    engine: Engine,
}

/// Nobody looks.
struct Silent;

impl EventSink for Silent {
    fn app_changed(&self, _: AppSnapshot) {}
    fn inventory_changed(&self, _: InventoryChange) {}
    fn job_changed(&self, _: JobSnapshot) {}
    fn test_progress(&self, _: TestProgress) {}
    fn test_run_changed(&self, _: TestRun) {}
    fn certificates_end(&self, _: Vec<ExpiryWarning>) {}
    fn put_changed(&self, _: PutRun) {}
}

impl Process {
    async fn open(lab: &Lab) -> Self {
        let runtime = Runtime::new().unwrap();
        let config = config(lab);
        let opening = runtime.spawn(async move { Engine::open(config).await.unwrap() });
        let engine = opening.await.unwrap();
        Self { runtime, engine }
    }

    /// Every task stops where it waits, nothing is tidied up.
    async fn kill(self) {
        let Self { runtime, engine } = self;
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(20)))
            .await
            .unwrap();
        drop(engine);
    }
}

fn config(lab: &Lab) -> Config {
    let mut config = lab.config();
    config.events = Arc::new(Silent);
    let timings = &mut config.timings;
    timings.rate = 100.0;
    timings.poll = Duration::from_millis(150);
    timings.submit = Duration::from_secs(2);
    timings.settle = Duration::from_secs(1);
    timings.confirm = Duration::from_secs(4);
    timings.task = Duration::from_secs(15);
    config.patience.request = Duration::from_secs(2);
    config
}

impl Storm {
    async fn prepare(seed: u64) -> Self {
        let lab = Lab::with(Options {
            seed,
            speed: 400.0,
            rate: 100.0,
            fleet: Some(400),
            ..Options::default()
        })
        .await;
        let engine = Engine::open(config(&lab)).await.unwrap();
        engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
        engine.refresh_inventory().await.unwrap();
        let mut targets = engine.inventory_refreshed().await.unwrap().rows;
        targets.retain(|row| row.name.contains("-0") && REGIONS.contains(&row.region.as_str()));
        let count = targets.len();
        assert!(count >= 100, "{count}");
        let progress = (0..count).map(|at| Progress {
            left: (OPERATIONS + at) / count,
            jobs: Vec::new(),
        });
        Self {
            seed,
            began: Instant::now(),
            lab,
            progress: Mutex::new(progress.collect()),
            targets,
            memory: Mutex::default(),
        }
    }

    /// Engines come and go until every operation is done.
    async fn rage(self: &Arc<Self>) {
        let mut random = StdRng::seed_from_u64(self.seed);
        self.weather();
        for life in 0.. {
            let process = Process::open(&self.lab).await;
            let (storm, engine) = (Arc::clone(self), process.engine.clone());
            let waking = process
                .runtime
                .spawn(async move { storm.wake(&engine).await });
            waking.await.unwrap();
            let mut work = JoinSet::new();
            for at in 0..self.targets.len() {
                let (storm, engine) = (Arc::clone(self), process.engine.clone());
                let worker = async move { storm.work(&engine, at).await };
                work.spawn_on(worker, process.runtime.handle());
            }
            let ends = match life {
                0..KILLS => {
                    OPERATIONS * life / (KILLS + 1) + random.random_range(1..OPERATIONS / 10)
                }
                _ => usize::MAX,
            };
            println!(
                "life {life} after {:?}, {} done",
                self.began.elapsed(),
                self.done()
            );
            let all = loop {
                tokio::select! {
                    worker = work.join_next() => match worker {
                        Some(worker) => worker.unwrap(),
                        None => break true,
                    },
                    () = sleep(PAUSE) => if self.done() >= ends {
                        break false;
                    },
                }
            };
            if !all {
                match life % 3 {
                    0 => {
                        self.strike(&process.engine, "clock:900", Code::ClockSkewed)
                            .await
                    }
                    1 => {
                        self.strike(&process.engine, "expired_token", Code::TokenExpired)
                            .await
                    }
                    // The next one is without its key at first.
                    _ => {
                        let account = process.engine.app_snapshot().await.unwrap().active;
                        self.lab.vault.remove(&account.unwrap()).unwrap();
                    }
                }
            }
            work.detach_all();
            process.kill().await;
            if all {
                return;
            }
        }
    }

    fn weather(&self) {
        self.lab.fault(&format!("chaos:{}:6", self.seed));
        for fault in WEATHER {
            self.lab.fault(fault);
        }
    }

    /// Finds the jobs of the engine before, then the key.
    async fn wake(&self, engine: &Engine) {
        engine.resume().await.unwrap();
        let account = engine.app_snapshot().await.unwrap().accounts.remove(0);
        if !account.usable {
            self.until_a_job_waits(engine, Code::CredentialsMissing)
                .await;
            let began = Instant::now();
            while let Err(error) = engine.sign_in(self.lab.form(Keep::Keychain)).await {
                assert!(began.elapsed() < NEVER, "{error}");
                sleep(PAUSE).await;
            }
        }
    }

    /// A fault that meets every request, until a job waits for its end.
    async fn strike(&self, engine: &Engine, fault: &str, code: Code) {
        self.lab.fault(fault);
        self.until_a_job_waits(engine, code).await;
        self.lab.sandbox.clear_faults();
        self.weather();
    }

    /// Waits until some job waits for the end of this trouble; there may be none to do so.
    async fn until_a_job_waits(&self, engine: &Engine, code: Code) {
        let began = Instant::now();
        loop {
            let mut jobs = engine.job_snapshots().await.unwrap();
            jobs.retain(|job| job.finished.is_none());
            let waits = |job: &JobSnapshot| {
                let trouble = job.trouble.as_ref();
                trouble.is_some_and(|trouble| trouble.error.code == code)
            };
            if jobs.is_empty() || jobs.iter().any(waits) {
                return;
            }
            assert!(
                began.elapsed() < NEVER,
                "no job waits for {code:?}: {jobs:#?}"
            );
            sleep(PAUSE).await;
        }
    }

    fn done(&self) -> usize {
        OPERATIONS - self.left()
    }

    fn left(&self) -> usize {
        self.progress
            .lock()
            .unwrap()
            .iter()
            .map(|progress| progress.left)
            .sum()
    }

    /// The operations of one instance, one after another. One that was interrupted before the
    /// cloud accepted anything is begun again.
    async fn work(&self, engine: &Engine, at: usize) {
        loop {
            let Progress { left, jobs } = self.progress.lock().unwrap()[at].clone();
            if left == 0 {
                return;
            }
            let request = format!("{at} {}", jobs.len());
            let job = self.operation(engine, at, left, &request).await;
            let job = engine.wait_for(&job.id).await.unwrap();
            let mut progress = self.progress.lock().unwrap();
            let progress = &mut progress[at];
            progress.jobs.push(job.id);
            if job.phase != Phase::Interrupted {
                progress.left -= 1;
                self.memory.lock().unwrap().push(HEAP.current_usage());
            }
        }
    }

    /// Applies what can be done to the instance, however often it takes; finds it when an engine
    /// before did.
    async fn operation(
        &self,
        engine: &Engine,
        at: usize,
        left: usize,
        request: &str,
    ) -> JobSnapshot {
        let id = &self.targets[at].instance_id;
        let seed = [self.seed, at as u64, left as u64];
        let mut random = StdRng::seed_from_u64(seed.iter().fold(7, |all, one| all * 1009 + one));
        let last = left == 1 && at.is_multiple_of(50);
        let fault = match random.random_range(0..100) {
            _ if last => Some(3),
            0..4 => Some(0),
            4..8 => Some(1),
            8..12 => Some(2),
            _ => None,
        };
        if let Some(fault) = fault {
            self.lab.fault(&format!("{}:{id}@1", TASK_FAULTS[fault]));
        }
        let began = Instant::now();
        loop {
            match apply(engine, id, request).await {
                Ok(job) => return job,
                Err(error) => assert!(began.elapsed() < NEVER, "{id}: {error}"),
            }
            sleep(PAUSE).await;
        }
    }
}

/// Applies what can be done, or finds the job when an engine before did.
async fn apply(engine: &Engine, id: &str, request: &str) -> Result<JobSnapshot, Error> {
    let nothing = Confirmation::default();
    if let Ok(mut jobs) = engine.apply("", nothing, request).await {
        return Ok(jobs.remove(0));
    }
    let plan = applicable(engine, id).await?;
    let confirmation = Confirmation {
        typed: plan.confirmation.clone(),
        password: plan.needs_password.then(|| "Correct-horse-1".into()),
        ..Confirmation::default()
    };
    let mut jobs = engine.apply(&plan.id, confirmation, request).await?;
    Ok(jobs.remove(0))
}

/// A plan for the next thing to do to an instance, back and forth.
async fn applicable(engine: &Engine, id: &str) -> Result<Plan, Error> {
    let ids = [id.to_owned()];
    let plan = engine.plan(Action::ENABLE_SSL, &ids).await?;
    let target = &plan.targets[0];
    let fix = target
        .findings
        .iter()
        .find_map(|finding| finding.fix.clone());
    match fix {
        _ if target.ssl == Ssl::On => engine.plan(Action::DISABLE_SSL, &ids).await,
        Some(fix) => engine.plan(fix, &ids).await,
        None => Ok(plan),
    }
}

impl Storm {
    /// Compares what the jobs say with the ledger, and that with what a fresh look shows.
    async fn judge(&self) {
        self.lab.sandbox.clear_faults();
        let engine = Engine::open(config(&self.lab)).await.unwrap();
        let progress = self.progress.lock().unwrap().clone();
        let ledger = self.lab.sandbox.ledger();
        let status: HashMap<_, _> = ledger
            .tasks
            .iter()
            .map(|task| (task.task_id, task.status.as_str()))
            .collect();
        let mut phases = HashMap::<_, usize>::new();
        let mut tasks = HashSet::new();
        for (target, progress) in self.targets.iter().zip(&progress) {
            let id = target.instance_id.as_str();
            let mut writes = ledger.writes.iter().filter(|write| write.instance_id == id);
            for job in &progress.jobs {
                let job = engine.job(job).await.unwrap();
                *phases.entry(format!("{:?}", job.phase)).or_default() += 1;
                let agreed = agrees(&job, &mut writes, &status);
                assert_eq!(agreed, Ok(()), "seed {}: {job:#?}", self.seed);
                let fresh = job.task_id.is_none_or(|task| tasks.insert(task));
                assert!(fresh, "seed {}: two jobs of one task\n{job:#?}", self.seed);
            }
            let more: Vec<_> = writes.collect();
            assert!(more.is_empty(), "seed {}: of no job: {more:#?}", self.seed);
        }
        assert_eq!(self.done(), OPERATIONS);
        engine.resume().await.unwrap();
        let open = engine.job_snapshots().await.unwrap();
        assert!(open.iter().all(|job| job.finished.is_some()));
        assert_eq!(engine.audit_log().await.unwrap().broken_at, None);
        self.judge_states(&engine, &ledger.writes, &status).await;

        let memory = self.memory.lock().unwrap();
        let peak = |quarter: usize| {
            let length = memory.len() / 4;
            memory.iter().skip(quarter * length).take(length).max()
        };
        let (second, last) = (*peak(1).unwrap(), *peak(3).unwrap());
        println!(
            "{phases:?}; {} writes; bytes in use: {second}, then {last}",
            ledger.writes.len()
        );
        assert!(
            last < second + GROWTH,
            "seed {}: {second} bytes in use, then {last}",
            self.seed
        );
    }

    /// SSL is as the last change that succeeded left it.
    async fn judge_states(
        &self,
        engine: &Engine,
        writes: &[WriteRecord],
        status: &HashMap<u64, &str>,
    ) {
        engine.refresh_inventory().await.unwrap();
        let rows = engine.inventory_refreshed().await.unwrap().rows;
        for row in rows {
            let of_it = writes
                .iter()
                .rev()
                .filter(|write| write.instance_id == row.instance_id);
            let succeeded =
                |write: &&WriteRecord| write.task_id.map(|task| status[&task]) == Some("succeed");
            let stalls = of_it
                .clone()
                .any(|write| write.task_id.map(|task| status[&task]) == Some("running"));
            let ssl = of_it
                .clone()
                .filter(succeeded)
                .find(|write| write.action.ends_with("SSL"));
            if let (Some(write), false) = (ssl, stalls) {
                assert_eq!(
                    row.ssl == Ssl::On,
                    write.action == "OpenSSL",
                    "seed {}: {row:#?}",
                    self.seed
                );
            }
        }
    }
}

/// Whether a job says of itself what happened: takes its request from those that were accepted.
fn agrees<'a>(
    job: &JobSnapshot,
    writes: &mut impl Iterator<Item = &'a WriteRecord>,
    status: &HashMap<u64, &str>,
) -> Result<(), String> {
    let told = codes(job);
    let found = |event| told.contains(&event);
    let failed = job.error.as_ref().map(|error| error.code) == Some(Code::TaskFailed);
    let accepted = failed
        || [
            EventCode::Accepted,
            EventCode::FoundRunning,
            EventCode::FoundDone,
        ]
        .into_iter()
        .any(found);
    if !accepted {
        return match job.phase {
            Phase::Failed | Phase::Interrupted => Ok(()),
            phase => Err(format!("{phase:?}, and nothing was accepted")),
        };
    }
    let write = writes.next().ok_or("it was not accepted")?;
    let action = match job.action {
        Action::EnableSsl { .. } => "OpenSSL",
        Action::DisableSsl { .. } => "CloseSSL",
        Action::UpgradeProxy { .. } => "UpgradeProxyVersion",
        Action::RequirePassword => "ResetPassword",
        Action::UpgradeVersion { .. } => "UpgradeInstanceVersion",
        Action::SetEncryptionMode { .. } => "ModifySSLEncryptionMode",
        Action::UpdateCertificate { .. } => "UpdateSSLCert",
    };
    if write.action != action {
        return Err(format!("the next that was accepted is {write:?}"));
    }
    let task = write.task_id.ok_or("there was nothing to do")?;
    if job
        .task_id
        .is_some_and(|known| u64::try_from(known) != Ok(task))
    {
        return Err(format!("its task is {task}"));
    }
    let answer = job
        .events
        .iter()
        .find(|event| event.code == EventCode::Accepted);
    if answer.is_some_and(|event| event.facts["request_id"] != write.request_id.as_str()) {
        return Err(format!("its request is {}", write.request_id));
    }
    match (job.phase, status[&task]) {
        (Phase::Succeeded, "succeed") | (Phase::Failed, "failed" | "running") => Ok(()),
        (phase, status) => Err(format!("{phase:?}, and its task is {status}")),
    }
}
