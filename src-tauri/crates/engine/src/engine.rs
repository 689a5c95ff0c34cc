//! The engine: what window and command line call. Each module adds its use cases to [`Engine`].

use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use rediseal_tencent::Patience;
use tokio::task::AbortHandle;

use crate::accounts::Accounts;
use crate::audit;
use crate::certificates::Archives;
use crate::cloud::Clouds;
use crate::connection_test::Tests;
use crate::detect::{Environment, detect};
use crate::error::Error;
use crate::events::{Changes, EventSink, PAUSE, Pending};
use crate::fleet::Fleet;
use crate::jobs::Jobs;
use crate::network::ChosenCas;
use crate::offered_files::OfferedFiles;
use crate::plan::Plans;
use crate::remembered::Memory;
use crate::servers::Puts;
use crate::settings;
use crate::store::{Session, Store, StoreError};
use crate::test_runs::TestRuns;
use crate::vault::Vault;
use crate::view::{AppSnapshot, AuditLog, Settings};

/// Tells the time. Injected, so that tests decide what it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What an engine is given from outside.
pub struct Config {
    /// Where the journal and the cache are; made when it is not there.
    pub data_folder: PathBuf,
    /// Where secrets are kept that outlive the process.
    pub vault: Arc<dyn Vault>,
    #[expect(missing_docs, reason = "the type says it")]
    pub events: Arc<dyn EventSink>,
    #[expect(missing_docs, reason = "the type says it")]
    pub clock: Clock,
    #[expect(missing_docs, reason = "the type says it")]
    pub environment: Environment,
    #[expect(missing_docs, reason = "the type says it")]
    pub timings: Timings,
    /// `User-Agent` of requests to the cloud, such as `RediSeal/0.1.0`.
    pub user_agent: String,
    /// How long the cloud is waited for, and how often a read is tried.
    pub patience: Patience,
    /// Bounds the database file, in pages of 4096 bytes; none in the real application.
    pub max_database_pages: Option<u32>,
}

/// How often the cloud is asked, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Timings {
    /// Times the documented rate limits.
    pub rate: f64,
    /// Between two looks at a task or a state.
    pub poll: Duration,
    /// How long a request is tried that is not accepted because the instance is busy, too much is
    /// asked or the cloud cannot be reached.
    pub submit: Duration,
    /// How long a remote task is watched.
    pub task: Duration,
    /// How long a state may lag behind the task that reported success.
    pub confirm: Duration,
    /// How long nothing must be seen in the cloud before a request without an answer counts as
    /// not accepted.
    pub settle: Duration,
    /// How long a job whose key is refused waits until it tries again by itself. Each further
    /// wait is twice as long, up to ten times this one.
    pub refused: Duration,
    /// How long a plan can be applied.
    pub plan: Duration,
    /// One download of a certificate archive.
    pub download: Duration,
    /// One whole connection test.
    pub test: Duration,
    /// One whole connection test that also finds out what the server accepts, or what TLS costs.
    pub deep_test: Duration,
    /// One try without TLS.
    pub plaintext: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            rate: 1.0,
            poll: Duration::from_secs(3),
            submit: Duration::from_secs(5 * 60),
            task: Duration::from_secs(20 * 60),
            confirm: Duration::from_secs(5 * 60),
            settle: Duration::from_secs(15),
            refused: Duration::from_secs(30),
            plan: Duration::from_secs(5 * 60),
            download: Duration::from_secs(30),
            test: Duration::from_secs(10),
            deep_test: Duration::from_secs(60),
            plaintext: Duration::from_secs(5),
        }
    }
}

/// The use cases. Cheap to clone; all clones are one engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) session: Session,
    pub(crate) accounts: Accounts,
    pub(crate) clock: Clock,
    pub(crate) timings: Timings,
    pub(crate) changes: Arc<Changes>,
    pub(crate) user_agent: String,
    pub(crate) patience: Patience,
    pub(crate) clouds: Clouds,
    pub(crate) chosen_cas: ChosenCas,
    pub(crate) offered_files: OfferedFiles,
    pub(crate) fleet: Fleet,
    pub(crate) archives: Archives,
    pub(crate) tests: Tests,
    pub(crate) test_runs: TestRuns,
    pub(crate) plans: Plans,
    pub(crate) puts: Puts,
    pub(crate) memory: Memory,
    pub(crate) jobs: Jobs,
    environment: Environment,
    events: AbortHandle,
}

impl Engine {
    /// Opens the data folder. Jobs that were not finished go on by themselves once
    /// [`Engine::resume`] is called.
    ///
    /// # Errors
    ///
    /// When the data folder cannot be used: it cannot be written, the disk is full, or a newer
    /// version wrote it.
    pub async fn open(config: Config) -> Result<Self, Error> {
        let store = Store::open(&config.data_folder, config.max_database_pages)?;
        let session = Session::start(&config.data_folder).map_err(|source| StoreError::Folder {
            folder: config.data_folder.clone(),
            source,
        })?;
        let accounts = Accounts::open(&store, config.vault).await?;
        let fleet = Fleet::default();
        fleet.show(&store, accounts.active_id().as_deref());
        let events = config.events;
        let changes = Arc::new(Changes::default());
        let inner = Arc::new_cyclic(|engine: &Weak<Inner>| Inner {
            store,
            session,
            accounts,
            clock: config.clock,
            timings: config.timings,
            events: tokio::spawn(tell(engine.clone(), Arc::clone(&changes), events)).abort_handle(),
            changes,
            environment: config.environment,
            user_agent: config.user_agent,
            patience: config.patience,
            clouds: Clouds::default(),
            chosen_cas: ChosenCas::default(),
            offered_files: OfferedFiles::default(),
            fleet,
            archives: Archives::default(),
            tests: Tests::default(),
            test_runs: TestRuns::default(),
            memory: Memory::default(),
            plans: Plans::default(),
            puts: Puts::default(),
            jobs: Jobs::default(),
        });
        Ok(Self { inner })
    }

    /// Everything the window needs before its first paint.
    ///
    /// # Errors
    ///
    /// When the data folder cannot be read.
    pub async fn app_snapshot(&self) -> Result<AppSnapshot, Error> {
        let inner = &self.inner;
        Ok(AppSnapshot {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: settings::load(&inner.store)?,
            accounts: inner
                .accounts
                .all()
                .iter()
                .map(|account| self.account_view(account))
                .collect(),
            active: inner.accounts.active_id(),
            vault: inner.accounts.vault_state().await,
            detected: detect(&inner.environment)
                .into_iter()
                .map(|found| found.view)
                .collect(),
            data_folder: inner.store.folder().display().to_string(),
        })
    }

    /// Stores what the user chose.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a language or theme that there is not; when it cannot be
    /// stored.
    pub async fn change_settings(&self, settings: Settings) -> Result<(), Error> {
        settings::save(&self.inner.store, &settings)?;
        // The language of the cloud's messages is chosen when a connection is made.
        self.inner.clouds.clear();
        self.inner.changes.app();
        Ok(())
    }

    /// The audit log and whether its chain of hashes holds.
    ///
    /// # Errors
    ///
    /// When the data folder cannot be read.
    pub async fn audit_log(&self) -> Result<AuditLog, Error> {
        Ok(audit::log(&self.inner.store)?)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.inner.environment
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.events.abort();
    }
}

/// Turns changes into events until the engine is gone.
async fn tell(engine: Weak<Inner>, changes: Arc<Changes>, events: Arc<dyn EventSink>) {
    loop {
        let pending = changes.take().await;
        let Some(inner) = engine.upgrade() else {
            return;
        };
        Engine { inner }.tell(events.as_ref(), pending).await;
        tokio::time::sleep(PAUSE).await;
    }
}

impl Engine {
    async fn tell(&self, events: &dyn EventSink, pending: Pending) {
        if pending.app {
            match self.app_snapshot().await {
                Ok(snapshot) => events.app_changed(snapshot),
                Err(error) => tracing::warn!(%error, "no snapshot of the application"),
            }
        }
        if pending.inventory {
            let job_on = |account: &str, id: &str| self.job_on(account, id);
            let change = self.inner.fleet.change(pending.rows, job_on);
            events.inventory_changed(change);
        }
        for id in &pending.jobs {
            match self.job(id).await {
                Ok(job) => events.job_changed(job),
                Err(error) => tracing::warn!(%error, job = id, "no snapshot of the job"),
            }
        }
        if !pending.warnings.is_empty() {
            events.certificates_end(pending.warnings);
        }
        for progress in pending.tests.into_values() {
            events.test_progress(progress);
        }
        if pending.test_run
            && let Some(run) = self.inner.test_runs.shown()
        {
            events.test_run_changed(run);
        }
        for run in pending.puts.into_values() {
            events.put_changed(run);
        }
    }
}
