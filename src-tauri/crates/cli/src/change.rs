//! What changes an instance: planned, shown, applied, followed.

use rediseal_engine::view::{
    Action, Check, Confirmation, EdgeError, Finding, JobSnapshot, Plan, When,
};
use rediseal_engine::{Code, Engine};
use serde_json::Value;

use crate::args::{self, Change, Global};
use crate::consequences;
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::follow::{self, finished};
use crate::language::{Language, say};
use crate::output::{Output, plain};
use crate::{identity, secret, status, words};

pub(crate) async fn enable(
    arguments: &args::Enable,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = ready(&arguments.change, global, output).await?;
    carry_out(
        &engine,
        Action::EnableSsl {
            address: arguments.address.map(Into::into),
        },
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
    let engine = ready(&arguments.change, global, output).await?;
    let confirmation = Confirmation {
        typed: arguments.confirm.clone(),
        ..Confirmation::default()
    };
    carry_out(
        &engine,
        Action::DisableSsl {
            address: arguments.address.map(Into::into),
        },
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
    let engine = ready(&arguments.upgrade.change, global, output).await?;
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
    let change = &arguments.upgrade.change;
    let engine = ready(change, global, output).await?;
    let confirmation = Confirmation {
        typed: arguments.confirm.clone(),
        ..Confirmation::default()
    };
    let target_type = target(&engine, &change.id, arguments.to.as_deref(), output).await?;
    let action = Action::UpgradeVersion {
        when: when(arguments.upgrade.window),
        target_type,
    };
    carry_out(&engine, action, change, confirmation, output).await
}

pub(crate) async fn require_password(
    arguments: &args::RequirePassword,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let confirmation = Confirmation {
        password: match arguments.change.plan {
            true => None,
            false => Some(secret::next(
                &mut secret::lines(output)?.into_iter(),
                output,
            )?),
        },
        ..Confirmation::default()
    };
    let engine = ready(&arguments.change, global, output).await?;
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
pub(crate) async fn ready(
    change: &Change,
    global: &Global,
    output: &Output,
) -> Result<Engine, Failure> {
    let engine = signed_in(global, output, None).await?;
    if !change.plan {
        engine.resume().await?;
    }
    Ok(engine)
}

/// Shows the plan, applies it, and follows the job.
pub(crate) async fn carry_out(
    engine: &Engine,
    action: Action,
    change: &Change,
    confirmation: Confirmation,
    output: &Output,
) -> Result<Exit, Failure> {
    if change.plan {
        return show(engine, action, &change.id, output).await;
    }
    let job = match under_way(engine, &action, &change.id, output).await? {
        Some(job) => job,
        None => begin(engine, action, &change.id, confirmation, output).await?,
    };
    let job = follow::until(engine, job, change.wait, output).await?;
    output.result(&job, || follow::text(&job, output));
    Ok(follow::exit(&job))
}

async fn show(engine: &Engine, action: Action, id: &str, output: &Output) -> Result<Exit, Failure> {
    let plan = engine.plan(action, &[id.to_owned()]).await?;
    let acting = acting(engine, output).await?;
    output.result(&plan, || {
        let mut text = acting + &description(&plan, output.language) + "\n";
        for target in plan.targets.iter().filter(|target| !target.applicable) {
            text += &status::checklist(&target.findings, &target.instance_id, output);
        }
        text + output.language.of(
            "a plan only: nothing was sent\n",
            "仅为计划：未发送任何请求\n",
        )
    });
    match plan.targets.iter().any(|target| target.applicable) {
        true => Ok(Exit::Yes),
        false => Ok(Exit::No),
    }
}

/// With whose rights it is done, as a line.
async fn acting(engine: &Engine, output: &Output) -> Result<String, Failure> {
    let app = engine.app_snapshot().await?;
    let account = app
        .accounts
        .iter()
        .find(|known| app.active.as_ref() == Some(&known.id));
    let line = account.and_then(|account| identity::acting(account, output.language));
    Ok(line.map(|line| line + "\n").unwrap_or_default())
}

async fn begin(
    engine: &Engine,
    action: Action,
    id: &str,
    confirmation: Confirmation,
    output: &Output,
) -> Result<JobSnapshot, Failure> {
    let plan = engine.plan(action, &[id.to_owned()]).await?;
    let acting = acting(engine, output).await?;
    output.note(&(acting + &description(&plan, output.language)));
    confirmed(&plan, &confirmation, output)?;
    match apply(engine, &plan, confirmation, output).await {
        // Another run may have been faster; then that is the one to follow.
        Err(failure) => match under_way(engine, &plan.action, id, output).await? {
            Some(job) => Ok(job),
            None => Err(failure),
        },
        applied => applied,
    }
}

/// The same change, begun before: by a run that goes on, or by one that was ended or stopped
/// watching.
async fn under_way(
    engine: &Engine,
    action: &Action,
    instance_id: &str,
    output: &Output,
) -> Result<Option<JobSnapshot>, Failure> {
    let account = engine.app_snapshot().await?.active;
    let on_it = |job: &JobSnapshot| {
        job.instance_id == instance_id && account.as_ref() == Some(&job.account_id)
    };
    let same = |job: &JobSnapshot| {
        // The two modes are opposites.
        let same = match action {
            Action::SetEncryptionMode { .. } => job.action == *action,
            _ => std::mem::discriminant(&job.action) == std::mem::discriminant(action),
        };
        same && on_it(job)
    };
    let mut jobs = engine.job_snapshots().await?.into_iter();
    let job = match jobs.find(|job| same(job) && !finished(job.phase)) {
        Some(job) => job,
        None => {
            let mut jobs = engine.detached().await?.into_iter();
            // What waits for the maintenance window does not stand in the way of now.
            match jobs.find(|job| on_it(job) && job.action == *action) {
                Some(job) => engine.reattach(&job.id).await?,
                None => return Ok(None),
            }
        }
    };
    output.note(output.language.of(
        "this is under way already; nothing is sent again",
        "该操作已在进行中，不会重复发送",
    ));
    Ok(Some(job))
}

/// What is done to which instance, and what follows.
fn description(plan: &Plan, language: Language) -> String {
    let mut lines = Vec::new();
    for target in &plan.targets {
        let what = words::action(&plan.action, language);
        let (id, name) = (plain(&target.instance_id), plain(&target.name));
        lines.push(say!(
            language,
            "{id} ({name}): {what}",
            "{id}（{name}）：{what}"
        ));
    }
    // What would follow is of no use to who cannot go on.
    if plan.targets.iter().any(|target| target.applicable) {
        let consequences = plan.consequences.iter();
        lines.extend(
            consequences
                .map(|consequence| format!("  - {}", consequences::text(consequence, language))),
        );
    }
    lines.join("\n")
}

/// There is no way back from a version, so that its upgrade is typed out as turning SSL off is.
fn confirmed(plan: &Plan, confirmation: &Confirmation, output: &Output) -> Result<(), Failure> {
    let Some(target) = plan.targets.first() else {
        return Ok(());
    };
    let id = &target.instance_id;
    if !matches!(plan.action, Action::UpgradeVersion { .. })
        || !target.applicable
        || confirmation.typed.as_ref() == Some(id)
    {
        return Ok(());
    }
    Err(Failure::own(
        Exit::Usage,
        Code::ConfirmationMismatch,
        format!("type {id} to confirm"),
        to_confirm(id, output),
    ))
}

fn to_confirm(id: &str, output: &Output) -> String {
    let id = plain(id);
    say!(
        output.language,
        "nothing was changed: to confirm, give --confirm {id}",
        "未做任何更改：请用 --confirm {id} 确认"
    )
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
        Code::ConfirmationMismatch => to_confirm(&target.instance_id, output),
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
