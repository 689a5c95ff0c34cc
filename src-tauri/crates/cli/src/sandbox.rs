//! `rediseal-cli sandbox`

use rediseal_engine::Code;
use rediseal_sandbox::{Error, Options};

use crate::args;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::Output;

pub(crate) async fn run(arguments: args::Sandbox, output: &Output) -> Result<Exit, Failure> {
    let options = Options {
        listen: arguments.listen,
        seed: arguments.seed,
        speed: arguments.speed,
        fleet: arguments.fleet,
        https: arguments.https,
        faults: arguments.faults,
        redis_server: arguments.redis_server,
        folder: None,
    };
    let sandbox = rediseal_sandbox::Sandbox::start(options)
        .await
        .map_err(|error| not_started(&error, output))?;
    output.json(sandbox.ready());
    stopped().await;
    Ok(Exit::Yes)
}

fn not_started(error: &Error, output: &Output) -> Failure {
    let exit = match error {
        Error::NotLoopback(_) | Error::Speed(_) | Error::RedisServer(_) => Exit::Usage,
        _ => Exit::No,
    };
    let text = say!(
        output.language,
        "the sandbox does not start: {error}",
        "沙箱无法启动：{error}"
    );
    Failure::own(exit, Code::InvalidInput, error.to_string(), text)
}

/// Returns on SIGINT or SIGTERM.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
