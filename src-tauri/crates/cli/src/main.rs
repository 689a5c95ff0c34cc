//! `rediseal-cli`: the engine without a window.

mod accounts;
mod args;
mod certificate;
mod certificates;
mod change;
mod clients;
mod consequences;
mod convert;
mod deep;
mod descriptors;
mod document;
mod encryption;
mod engine;
mod explain;
mod failure;
mod file;
mod follow;
mod help;
mod identity;
mod inspect;
mod instances;
mod jobs;
mod language;
mod network;
mod output;
mod policy;
mod remarks;
mod report;
mod sandbox;
mod secret;
mod shortfall;
mod signed;
mod snippet;
mod status;
mod table;
mod targets;
mod test;
mod usage;
mod via;
mod words;

use std::io::ErrorKind;
use std::process::ExitCode;

use args::{Arguments, Command};
use failure::{Exit, Failure};
use output::Output;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let arguments = match Arguments::read(&arguments, language::from_environment()) {
        Ok(arguments) => arguments,
        Err(unread) => return ExitCode::from(unread.show() as u8),
    };
    log();
    let output = Output::new(&arguments.global);
    let exit = match run(arguments, &output).await {
        Ok(exit) => exit,
        Err(failure) => output.failure(&failure),
    };
    ExitCode::from(told(exit, &output) as u8)
}

/// Nobody has seen the result that a full disk did not take. A reader that went away, such as
/// `head`, has seen what it wanted.
fn told(exit: Exit, output: &Output) -> Exit {
    match output.lost() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            output.failure(&Failure::unwritten(error, output.language))
        }
        _ => exit,
    }
}

async fn run(arguments: Arguments, output: &Output) -> Result<Exit, Failure> {
    let global = &arguments.global;
    match arguments.command {
        Command::Instances(options) => instances::run(&options, global, output).await,
        Command::Status(options) => status::run(&options, global, output).await,
        Command::Enable(options) => change::enable(&options, global, output).await,
        Command::Disable(options) => change::disable(&options, global, output).await,
        Command::Certificate(options) => certificate::run(&options, global, output).await,
        Command::Test(options) => test::run(&options, global, output).await,
        Command::Inspect(options) => inspect::run(&options, global, output).await,
        Command::Convert(options) => convert::run(&options, output),
        Command::Snippet(options) => snippet::run(&options, global, output).await,
        Command::UpgradeProxy(options) => change::upgrade_proxy(&options, global, output).await,
        Command::UpgradeVersion(options) => change::upgrade_version(&options, global, output).await,
        Command::RequirePassword(options) => {
            change::require_password(&options, global, output).await
        }
        Command::EncryptionMode(options) => {
            encryption::encryption_mode(&options, global, output).await
        }
        Command::UpdateCertificate(options) => {
            encryption::update_certificate(&options, global, output).await
        }
        Command::Explain(options) => Ok(explain::run(&options, output)),
        Command::Jobs(options) => jobs::run(&options, global, output).await,
        Command::Accounts(command) => accounts::run(&command, global, output).await,
        Command::Policy(options) => Ok(policy::run(&options, output)),
        Command::Sandbox(options) => sandbox::run(options, output).await,
    }
}

/// What happens inside goes to stderr when `REDISEAL_LOG` names a level. Only this product's own
/// modules are logged: what other crates write in detail may quote requests with credentials.
fn log() {
    let level = std::env::var("REDISEAL_LOG").ok();
    if let Some(level) = level.and_then(|level| level.parse::<LevelFilter>().ok()) {
        tracing_subscriber::registry()
            .with(Targets::new().with_target("rediseal", level))
            .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
            .init();
    }
}
