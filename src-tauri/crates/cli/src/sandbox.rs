//! `rediseal-cli sandbox`

use std::io;

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
        ..Options::default()
    };
    let sandbox = rediseal_sandbox::Sandbox::start(options)
        .await
        .map_err(|error| not_started(&error, output))?;
    let stop = asked_to_stop().map_err(|error| {
        Failure::own(
            Exit::No,
            Code::Internal,
            error.to_string(),
            error.to_string(),
        )
    })?;
    output.json(sandbox.ready());
    // Who did not get the endpoint and the key has no use for the rest.
    if output.lost().is_none() {
        stop.await;
    }
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

/// SIGINT or SIGTERM. Listens from now on, also before it is awaited.
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        Ok(async move {
            interrupt.recv().await;
        })
    }
}
