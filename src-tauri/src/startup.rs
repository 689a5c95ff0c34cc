//! What the engine is given from outside: folder, log, clock, environment, keychain.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use directories::{BaseDirs, ProjectDirs};
use rediseal_engine::{Config, Engine, Environment, Error, EventSink, Keychain, Timings};
use rediseal_tencent::Patience;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Overrides the data folder: for a portable copy, and for tests.
const DATA_FOLDER: &str = "REDISEAL_DATA_DIR";
/// `error`, `warn`, `info`, `debug`, `trace`; `info` when it is not set.
const LOG_LEVEL: &str = "REDISEAL_LOG";
/// The old log makes room for a new one at this size.
const LOG_LIMIT: u64 = 4 * 1024 * 1024;
/// For how long a question is asked again: somebody sits in front of it, and can try again.
const PATIENCE: Duration = Duration::from_secs(12);

/// Where journal, cache and log are; none on a system without home folders.
pub(crate) fn data_folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(DATA_FOLDER).filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    ProjectDirs::from("", "", "rediseal").map(|folders| folders.data_local_dir().to_owned())
}

/// Writes the log under the data folder; to the terminal when that cannot be.
///
/// Only this product's own modules are logged: what other crates write in detail may quote
/// requests with credentials.
pub(crate) fn log_to(data_folder: Option<&Path>) {
    let level = std::env::var(LOG_LEVEL)
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let registry =
        tracing_subscriber::registry().with(Targets::new().with_target("rediseal", level));
    let layer = tracing_subscriber::fmt::layer().with_ansi(false);
    match data_folder.and_then(|folder| log_file(folder).ok()) {
        Some(file) => registry.with(layer.with_writer(Arc::new(file))).init(),
        None => registry.with(layer.with_writer(std::io::stderr)).init(),
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
}

/// Opens the data folder with the system's own clock, keychain and environment.
pub(crate) async fn engine(
    data_folder: PathBuf,
    events: Arc<dyn EventSink>,
) -> Result<Engine, Error> {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| Environment::wants(name))
        .collect();
    Engine::open(Config {
        data_folder,
        vault: Arc::new(Keychain::new("RediSeal")),
        events,
        clock: Arc::new(jiff::Timestamp::now),
        environment: Environment {
            variables,
            home: BaseDirs::new().map(|folders| folders.home_dir().to_owned()),
        },
        timings: Timings::default(),
        user_agent: concat!("RediSeal/", env!("CARGO_PKG_VERSION")).to_owned(),
        patience: Patience {
            total: PATIENCE,
            ..Patience::default()
        },
        max_database_pages: None,
    })
    .await
}

fn log_file(data_folder: &Path) -> std::io::Result<File> {
    let folder = data_folder.join("log");
    fs::create_dir_all(&folder)?;
    let path = folder.join("rediseal.log");
    if fs::metadata(&path).is_ok_and(|file| file.len() > LOG_LIMIT) {
        fs::rename(&path, folder.join("rediseal.old.log"))?;
    }
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
