//! `rediseal-cli`: the engine without a window.

mod accounts;
mod args;
mod causes;
mod certificate;
mod certificates;
mod change;
mod engine;
mod failure;
mod follow;
mod inspect;
mod instances;
mod jobs;
mod language;
mod output;
mod report;
mod sandbox;
mod secret;
mod status;
mod table;
mod test;
mod words;

use std::process::ExitCode;

use args::{Arguments, Command};
use failure::{Exit, Failure};
use output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os(), language::from_environment()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    log();
    let output = Output::new(&arguments.global);
    let exit = match run(arguments, &output).await {
        Ok(exit) => exit,
        Err(failure) => output.failure(&failure),
    };
    ExitCode::from(exit as u8)
}

async fn run(arguments: Arguments, output: &Output) -> Result<Exit, Failure> {
    let global = &arguments.global;
    match arguments.command {
        Command::Instances(_) => instances::run(global, output).await,
        Command::Status(options) => status::run(&options, global, output).await,
        Command::Enable(options) => change::enable(&options, global, output).await,
        Command::Disable(options) => change::disable(&options, global, output).await,
        Command::Certificate(options) => certificate::run(&options, global, output).await,
        Command::Test(options) => test::run(&options, global, output).await,
        Command::Inspect(options) => inspect::run(&options, output),
        Command::UpgradeProxy(options) => change::upgrade_proxy(&options, global, output).await,
        Command::UpgradeVersion(options) => change::upgrade_version(&options, global, output).await,
        Command::RequirePassword(options) => {
            change::require_password(&options, global, output).await
        }
        Command::Jobs(options) => jobs::run(&options, global, output).await,
        Command::Accounts(command) => accounts::run(&command, global, output).await,
        Command::Sandbox(options) => sandbox::run(options, output).await,
    }
}

/// What the libraries log goes to stderr when `RUST_LOG` asks for it.
fn log() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_default_env() {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .init();
    }
}
