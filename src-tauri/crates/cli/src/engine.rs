//! The engine as this command uses it: which folder, which key.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use directories::{BaseDirs, ProjectDirs};
use jiff::Timestamp;
use rediseal_engine::view::{
    AccountView, AppSnapshot, ExpiryWarning, InventoryChange, JobSnapshot, Keep, PutRun,
    SignInForm, Site, TestProgress, TestRun,
};
use rediseal_engine::{
    Code, Config, Engine, Environment, Error, EventSink, Keychain, Patience, Timings,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::network;
use crate::output::Output;

const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
const TOKEN: &str = "TENCENTCLOUD_TOKEN";
const DATA_FOLDER: &str = "REDISEAL_DATA_DIR";

/// The name under which the window keeps its secrets too.
const KEYCHAIN: &str = "RediSeal";

/// The engine, with no account in use yet.
pub(crate) async fn open(
    global: &Global,
    output: &Output,
    timeout: Option<Duration>,
) -> Result<Engine, Failure> {
    open_with(global, output, timeout, Arc::new(Silent)).await
}

async fn open_with(
    global: &Global,
    output: &Output,
    timeout: Option<Duration>,
    events: Arc<dyn EventSink>,
) -> Result<Engine, Failure> {
    let data_folder = match &global.data_dir {
        Some(folder) => folder.clone(),
        None => data_folder().ok_or_else(|| no_home(output))?,
    };
    let defaults = Timings::default();
    let config = Config {
        data_folder,
        vault: Arc::new(Keychain::new(KEYCHAIN)),
        events,
        clock: Arc::new(Timestamp::now),
        environment: environment(),
        timings: Timings {
            poll: global.poll.unwrap_or(defaults.poll),
            test: timeout.unwrap_or(defaults.test),
            deep_test: timeout.unwrap_or(defaults.deep_test),
            ..defaults
        },
        user_agent: concat!("rediseal-cli/", env!("CARGO_PKG_VERSION")).to_owned(),
        patience: Patience {
            total: global.retry.unwrap_or(Patience::default().total),
            ..Patience::default()
        },
        max_database_pages: None,
    };
    Ok(Engine::open(config).await?)
}

/// The engine, with an account in use: `--account`, else the key in the environment, else the
/// account used last.
pub(crate) async fn signed_in(
    global: &Global,
    output: &Output,
    timeout: Option<Duration>,
) -> Result<Engine, Failure> {
    enter(open(global, output, timeout).await?, global, output).await
}

/// The same, and what changes in the fleet as it changes.
pub(crate) async fn watched(
    global: &Global,
    output: &Output,
) -> Result<(Engine, UnboundedReceiver<InventoryChange>), Failure> {
    let (sender, changes) = unbounded_channel();
    let engine = open_with(global, output, None, Arc::new(Inventory(sender))).await?;
    Ok((enter(engine, global, output).await?, changes))
}

/// The engine, with an account of the keychain in use, and without a word to the cloud.
pub(crate) async fn remembered(global: &Global, output: &Output) -> Result<Engine, Failure> {
    let engine = open(global, output, None).await?;
    let app = engine.app_snapshot().await?;
    if let Some(wanted) = &global.account {
        let account = account(&app.accounts, wanted, output)?;
        engine.use_account(&account.id).await?;
    } else if app.active.is_none() {
        return Err(Error::NotSignedIn.into());
    }
    Ok(engine)
}

/// The engine for what is remembered alone: without a word to the cloud, but where only the cloud can
/// say whose key is in the environment.
pub(crate) async fn known(global: &Global, output: &Output) -> Result<Engine, Failure> {
    match global.account.is_none() && key(output)?.is_some() {
        true => signed_in(global, output, None).await,
        false => remembered(global, output).await,
    }
}

/// The engine, with an account in use, and how tests of many instances go.
pub(crate) async fn watched_runs(
    global: &Global,
    output: &Output,
) -> Result<(Engine, UnboundedReceiver<TestRun>), Failure> {
    let (sender, runs) = unbounded_channel();
    let engine = open_with(global, output, None, Arc::new(Runs(sender))).await?;
    Ok((enter(engine, global, output).await?, runs))
}

async fn enter(engine: Engine, global: &Global, output: &Output) -> Result<Engine, Failure> {
    let app = engine.app_snapshot().await?;
    let used = if let Some(wanted) = &global.account {
        let account = account(&app.accounts, wanted, output)?;
        no_other_way(account, global, output)?;
        engine.use_account(&account.id).await?;
        account.clone()
    } else if let Some(form) = from_environment(&engine, global, output).await? {
        engine.sign_in(form).await?
    } else {
        let active = app
            .accounts
            .iter()
            .find(|known| app.active.as_ref() == Some(&known.id));
        let active = active.ok_or(Error::NotSignedIn)?;
        no_other_way(active, global, output)?;
        active.clone()
    };
    network::warn(&used, Timestamp::now(), output);
    Ok(engine)
}

/// An account by its name or id.
pub(crate) fn account<'a>(
    accounts: &'a [AccountView],
    wanted: &str,
    output: &Output,
) -> Result<&'a AccountView, Failure> {
    let named = || accounts.iter().filter(|account| account.name == wanted);
    let found = accounts
        .iter()
        .find(|account| account.id == wanted)
        .or_else(|| named().next());
    let Some(found) = found.filter(|found| found.id == wanted || named().count() == 1) else {
        let known = accounts.iter().map(|account| account.name.as_str());
        let known = match known.collect::<Vec<_>>().join(", ") {
            empty if empty.is_empty() => output.language.of("none", "无").to_owned(),
            known => known,
        };
        return Err(Failure::own(
            Exit::Usage,
            Code::CredentialsMissing,
            format!("no account, or more than one, is called {wanted:?}"),
            say!(
                output.language,
                "no account, or more than one, is called {wanted:?}; known: {known}",
                "没有名为 {wanted:?} 的账号，或有多个；已有：{known}"
            ),
        ));
    };
    Ok(found)
}

/// The key in the environment, for this run only.
pub(crate) async fn from_environment(
    engine: &Engine,
    global: &Global,
    output: &Output,
) -> Result<Option<SignInForm>, Failure> {
    let Some((secret_id, secret_key)) = key(output)? else {
        return Ok(None);
    };
    Ok(Some(SignInForm {
        name: String::new(),
        site: site(global),
        secret_id,
        secret_key: secret_key.into(),
        token: variable(TOKEN).map(Into::into),
        expires: None,
        keep: Keep::Session,
        network: network::form(engine, global, None, output).await?,
        replaces: None,
    }))
}

/// Both halves of the key in the environment, or none.
fn key(output: &Output) -> Result<Option<(String, String)>, Failure> {
    let missing = match (variable(SECRET_ID), variable(SECRET_KEY)) {
        (Some(id), Some(key)) => return Ok(Some((id, key))),
        (None, None) => return Ok(None),
        (Some(_), None) => SECRET_KEY,
        (None, Some(_)) => SECRET_ID,
    };
    Err(Failure::own(
        Exit::Usage,
        Code::CredentialsMissing,
        format!("{missing} is not set, the other half of the key is"),
        say!(
            output.language,
            "{missing} is not set, the other half of the key is",
            "未设置 {missing}，而密钥的另一半已设置"
        ),
    ))
}

pub(crate) fn site(global: &Global) -> Site {
    match global.endpoint.as_deref() {
        None | Some("mainland") => Site::Mainland,
        Some("international") => Site::International,
        Some(url) => Site::Custom {
            url: url.to_owned(),
        },
    }
}

/// An account of the keychain has its own network and endpoint; the same endpoint is no other.
fn no_other_way(account: &AccountView, global: &Global, output: &Output) -> Result<(), Failure> {
    if network::is_given(global) {
        return Err(Failure::usage(
            "an account has its own network",
            output.language.of(
                "an account has its own network: `rediseal-cli accounts network NAME` shows it, and changes it with --proxy, --api-ca and --trust-inspection",
                "账号已有自己的网络设置：`rediseal-cli accounts network NAME` 可查看，并可用 --proxy、--api-ca 与 --trust-inspection 更改",
            ),
        ));
    }
    if global.endpoint.is_none() || site(global) == account.site {
        return Ok(());
    }
    Err(Failure::usage(
        "--endpoint goes with a key in the environment; an account has its own endpoint",
        output.language.of(
            "--endpoint goes with a key in the environment; an account has its own endpoint",
            "--endpoint 用于环境变量中的密钥；账号已有自己的接入点",
        ),
    ))
}

/// The same as the window's.
fn data_folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(DATA_FOLDER).filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    Some(
        ProjectDirs::from("", "", "rediseal")?
            .data_local_dir()
            .to_owned(),
    )
}

fn no_home(output: &Output) -> Failure {
    Failure::usage(
        "there is no home folder: give --data-dir",
        output.language.of(
            "there is no home folder: give --data-dir",
            "没有主目录：请用 --data-dir 指定",
        ),
    )
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

/// What of this process's environment matters.
pub(crate) fn environment() -> Environment {
    Environment {
        variables: variables(),
        home: BaseDirs::new().map(|base| base.home_dir().to_owned()),
    }
}

fn variables() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| Environment::wants(name))
        .collect()
}

/// What happens is asked for, not told.
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

/// Of what happens, the changes of the fleet are told.
struct Inventory(UnboundedSender<InventoryChange>);

impl EventSink for Inventory {
    fn app_changed(&self, _: AppSnapshot) {}
    fn inventory_changed(&self, change: InventoryChange) {
        // Who does not listen any more has all that is asked for.
        let _ = self.0.send(change);
    }
    fn job_changed(&self, _: JobSnapshot) {}
    fn test_progress(&self, _: TestProgress) {}
    fn test_run_changed(&self, _: TestRun) {}
    fn certificates_end(&self, _: Vec<ExpiryWarning>) {}
    fn put_changed(&self, _: PutRun) {}
}

/// Of what happens, how tests of many instances go is told.
struct Runs(UnboundedSender<TestRun>);

impl EventSink for Runs {
    fn app_changed(&self, _: AppSnapshot) {}
    fn inventory_changed(&self, _: InventoryChange) {}
    fn job_changed(&self, _: JobSnapshot) {}
    fn test_progress(&self, _: TestProgress) {}
    fn test_run_changed(&self, run: TestRun) {
        // Who does not listen any more has all that is asked for.
        let _ = self.0.send(run);
    }
    fn certificates_end(&self, _: Vec<ExpiryWarning>) {}
    fn put_changed(&self, _: PutRun) {}
}
