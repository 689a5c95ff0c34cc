//! `rediseal-cli`: the engine without a window.

mod args;
mod causes;
mod certificates;
mod failure;
mod inspect;
mod language;
mod output;
mod report;
mod sandbox;
mod secret;
mod table;
mod test;

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
    match arguments.command {
        Command::Sandbox(options) => sandbox::run(options, output).await,
        Command::Test(options) => test::run(options, output).await,
        Command::Inspect(options) => inspect::run(&options, output),
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
