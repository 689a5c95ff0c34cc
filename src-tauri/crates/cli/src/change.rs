//! What changes an instance: planned, shown, applied, followed.

use rediseal_engine::view::{
    Action, Check, Confirmation, EdgeError, Finding, JobSnapshot, Plan, When,
};
use rediseal_engine::{Code, Engine};
use serde_json::Value;

use crate::args::{self, Change, Global};
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::follow::{self, finished};
use crate::language::say;
use crate::output::{Output, plain};
use crate::{secret, status, words};

pub(crate) async fn enable(
    arguments: &args::Enable,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = ready(global, output).await?;
    carry_out(
        &engine,
        Action::EnableSsl,
        &arguments.change,
        Confirmation::default(),
        output,
    )
    .await
}

pub(crate) async fn disable(
    arguments: &args::Disable,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = ready(global, output).await?;
    let confirmation = Confirmation {
        typed: arguments.confirm.clone(),
        ..Confirmation::default()
    };
    carry_out(
        &engine,
        Action::DisableSsl,
        &arguments.change,
        confirmation,
        output,
    )
    .await
}

pub(crate) async fn upgrade_proxy(
    arguments: &args::UpgradeProxy,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = ready(global, output).await?;
    let action = Action::UpgradeProxy {
        when: when(arguments.upgrade.window),
    };
    carry_out(
        &engine,
        action,
        &arguments.upgrade.change,
        Confirmation::default(),
        output,
    )
    .await
}

pub(crate) async fn upgrade_version(
    arguments: &args::UpgradeVersion,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = ready(global, output).await?;
    let change = &arguments.upgrade.change;
    let target_type = target(&engine, &change.id, arguments.to.as_deref(), output).await?;
    let action = Action::UpgradeVersion {
        when: when(arguments.upgrade.window),
        target_type,
    };
    carry_out(&engine, action, change, Confirmation::default(), output).await
}

pub(crate) async fn require_password(
    arguments: &args::RequirePassword,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let confirmation = Confirmation {
        password: Some(secret::line(output)?),
        ..Confirmation::default()
    };
    let engine = ready(global, output).await?;
    carry_out(
        &engine,
        Action::RequirePassword,
        &arguments.change,
        confirmation,
        output,
    )
    .await
}

const fn when(window: bool) -> When {
    if window {
        When::MaintenanceWindow
    } else {
        When::Now
    }
}

/// Jobs of a run that was killed go on first.
async fn ready(global: &Global, output: &Output) -> Result<Engine, Failure> {
    let engine = signed_in(global, output, None).await?;
    engine.resume().await?;
    Ok(engine)
}

async fn carry_out(
    engine: &Engine,
    action: Action,
    change: &Change,
    confirmation: Confirmation,
    output: &Output,
) -> Result<Exit, Failure> {
    let job = match unfinished(engine, &action, &change.id).await? {
        Some(job) => {
            output.note(output.language.of(
                "this is under way already; nothing is sent again",
                "该操作已在进行中，不会重复发送",
            ));
            job
        }
        None => {
            let plan = engine
                .plan(action, std::slice::from_ref(&change.id))
                .await?;
            announce(&plan, output);
            apply(engine, &plan, confirmation, output).await?
        }
    };
    let job = follow::until(engine, job, change.wait, output).await?;
    output.result(&job, || follow::text(&job, output));
    Ok(follow::exit(&job))
}

/// The same change, begun before: by a run that was killed, or by another one that goes on.
async fn unfinished(
    engine: &Engine,
    action: &Action,
    instance_id: &str,
) -> Result<Option<JobSnapshot>, Failure> {
    let jobs = engine.job_snapshots().await?;
    Ok(jobs.into_iter().find(|job| {
        job.instance_id == instance_id
            && !finished(job.phase)
            && std::mem::discriminant(&job.action) == std::mem::discriminant(action)
    }))
}

fn announce(plan: &Plan, output: &Output) {
    let language = output.language;
    for target in &plan.targets {
        let what = words::action(&plan.action, language);
        let (id, name) = (plain(&target.instance_id), plain(&target.name));
        output.note(&say!(
            language,
            "{id} ({name}): {what}",
            "{id}（{name}）：{what}"
        ));
    }
    // What would follow is of no use to who cannot go on.
    if !plan.targets.iter().any(|target| target.applicable) {
        return;
    }
    for consequence in &plan.consequences {
        output.note(&format!(
            "  - {}",
            words::consequence(consequence, language)
        ));
    }
}

async fn apply(
    engine: &Engine,
    plan: &Plan,
    confirmation: Confirmation,
    output: &Output,
) -> Result<JobSnapshot, Failure> {
    let jobs = engine
        .apply(&plan.id, confirmation, &plan.id)
        .await
        .map_err(|error| refused(plan, error.into(), output))?;
    jobs.into_iter().next().ok_or_else(|| {
        Failure::own(
            Exit::No,
            Code::Internal,
            "the plan made no job",
            output
                .language
                .of("the plan made no job", "计划没有产生任务"),
        )
    })
}

/// The two refusals that need more than their message: what to type, and what blocks.
fn refused(plan: &Plan, error: EdgeError, output: &Output) -> Failure {
    let Some(target) = plan.targets.first() else {
        return error.into();
    };
    let id = plain(&target.instance_id);
    let text = match error.code {
        Code::ConfirmationMismatch => say!(
            output.language,
            "nothing was changed: to confirm, give --confirm {id}",
            "未做任何更改：请用 --confirm {id} 确认"
        ),
        Code::PreconditionFailed => {
            let findings = blocking(&error).unwrap_or_else(|| target.findings.clone());
            let list = status::checklist(&findings, &target.instance_id, output);
            say!(
                output.language,
                "{id} does not allow this now; nothing was changed\n{list}",
                "{id} 目前不允许此操作；未做任何更改\n{list}"
            )
        }
        _ => return error.into(),
    };
    Failure::with_text(error, text)
}

fn blocking(error: &EdgeError) -> Option<Vec<Finding>> {
    serde_json::from_value(error.details.get("findings")?.clone()).ok()
}

/// The vendor's type code to end at: the one for `--to`, else the one the readiness check offers.
async fn target(
    engine: &Engine,
    id: &str,
    version: Option<&str>,
    output: &Output,
) -> Result<i64, Failure> {
    let detail = engine.instance_detail(id).await?;
    let finding = detail
        .row
        .findings
        .iter()
        .find(|finding| finding.check == Check::VersionSupported);
    let offered: Vec<(String, i64)> = finding
        .and_then(|finding| finding.facts.get("targets")?.as_array().cloned())
        .unwrap_or_default()
        .iter()
        .filter_map(|target| {
            let version = target.get("version").and_then(Value::as_str)?;
            Some((version.to_owned(), target.get("type")?.as_i64()?))
        })
        .collect();
    let default = finding.and_then(|finding| match finding.fix {
        Some(Action::UpgradeVersion { target_type, .. }) => Some(target_type),
        _ => None,
    });
    let chosen = match version {
        None => default,
        Some(version) => offered
            .iter()
            .find(|(offered, _)| offered == version)
            .map(|(_, code)| *code),
    };
    chosen.ok_or_else(|| {
        let versions: Vec<_> = offered.into_iter().map(|(version, _)| version).collect();
        let versions = match versions.join(", ") {
            empty if empty.is_empty() => output.language.of("none", "无").to_owned(),
            versions => versions,
        };
        let id = plain(id);
        Failure::usage(
            format!("{id} needs no such upgrade; offered: {versions}"),
            say!(
                output.language,
                "SSL needs no such version upgrade on {id}; offered: {versions}",
                "{id} 无需为 SSL 做此版本升级；可选：{versions}"
            ),
        )
    })
}
