//! `rediseal-cli jobs`: what was started, and how it went.

use rediseal_engine::Engine;
use rediseal_engine::view::JobSnapshot;

use crate::args::{self, Global};
use crate::engine::{open, signed_in};
use crate::failure::{Exit, Failure};
use crate::follow::{self, finished};
use crate::language::Language;
use crate::output::{Output, plain};
use crate::table::Table;
use crate::words;

pub(crate) async fn run(
    arguments: &args::Jobs,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    if !arguments.wait {
        let engine = open(global, output, None).await?;
        show(&engine, output).await?;
        return Ok(Exit::Yes);
    }
    let engine = signed_in(global, output, None).await?;
    let active = engine.app_snapshot().await?.active;
    engine.resume().await?;
    // A job of another account waits for that account's key.
    let own = |job: &JobSnapshot| active.as_deref() == Some(job.account_id.as_str());
    let mut jobs = engine.job_snapshots().await?;
    jobs.retain(|job| own(job) && !finished(job.phase));
    for job in engine.detached().await?.iter().filter(|job| own(job)) {
        jobs.push(engine.reattach(&job.id).await?);
    }
    let mut exit = Exit::Yes;
    for job in jobs {
        output.note(&format!(
            "{}: {}",
            plain(&job.instance_id),
            words::action(&job.action, output.language)
        ));
        let job = follow::until(&engine, job, true, output).await?;
        if exit == Exit::Yes {
            exit = follow::exit(&job);
        }
    }
    show(&engine, output).await?;
    Ok(exit)
}

async fn show(engine: &Engine, output: &Output) -> Result<(), Failure> {
    let jobs = engine.job_snapshots().await?;
    output.result(&jobs, || text(&jobs, output.language));
    Ok(())
}

fn text(jobs: &[JobSnapshot], language: Language) -> String {
    if jobs.is_empty() {
        return language.of("no jobs yet\n", "尚无任务\n").to_owned();
    }
    let mut table = Table::default();
    for job in jobs {
        table.row([
            job.started.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            account(job, jobs),
            plain(&job.instance_id),
            plain(&job.instance_name),
            words::action(&job.action, language).to_owned(),
            words::phase(job.phase, language).to_owned(),
            job.error.as_ref().map_or_else(String::new, |error| {
                Failure::from(error.clone()).happened(language)
            }),
        ]);
    }
    table.lines("").join("\n") + "\n"
}

/// Whose a job is, where there are several; accounts of one name are told apart by their ids.
fn account(job: &JobSnapshot, jobs: &[JobSnapshot]) -> String {
    let others: Vec<_> = jobs
        .iter()
        .filter(|other| other.account_id != job.account_id)
        .collect();
    let name = plain(&job.account);
    if others.is_empty() {
        String::new()
    } else if others.iter().any(|other| other.account == job.account) {
        format!("{name} ({})", plain(&job.account_id))
    } else {
        name
    }
}
