//! `rediseal-cli expiry`: when certificates end, for people, calendars and monitoring.

use std::path::Path;

use rediseal_certificate::{Overwrite, save};
use rediseal_engine::Engine;
use rediseal_engine::view::{CertificateEnd, CertificateRole, Expiry, RunState, Ssl, TestRun};
use serde::Serialize;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::args::{self, Global};
use crate::certificates::date;
use crate::document;
use crate::engine::{known, watched_runs};
use crate::failure::{Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, Tone, plain};
use crate::table::Table;

/// What decides the exit code where nothing else is said.
const USUAL_DAYS: u32 = 30;

/// More instances than these are counted and not named.
const NAMED: usize = 3;

/// The JSON form.
#[derive(Serialize)]
struct Ends<'a> {
    #[serde(flatten)]
    expiry: &'a Expiry,
    /// The days that decided the exit code.
    within: u32,
}

pub(crate) async fn run(
    arguments: &args::Expiry,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let calendar = arguments.ics.as_deref();
    if global.json
        && (arguments.prometheus && arguments.out.is_none()
            || calendar == Some(Path::new(document::STDOUT)))
    {
        return Err(Failure::usage(
            "stdout takes one of JSON, calendar and metrics",
            output.language.of(
                "stdout takes one thing: give a file to --ics or --out, or leave --json out",
                "标准输出只能容纳一种内容：请为 --ics 或 --out 指定文件，或不用 --json",
            ),
        ));
    }
    let engine = match arguments.look {
        true => look(global, output).await?,
        false => known(global, output).await?,
    };
    let mut expiry = engine.expiry().await?;
    let within = arguments.within.unwrap_or(USUAL_DAYS);
    let ends = |end: &CertificateEnd| end.days < i64::from(within);
    let exit = match expiry.certificates.iter().any(ends) {
        true => Exit::No,
        false => Exit::Yes,
    };
    let told = write(arguments, &expiry, output)?;
    if told == Told::OnStdout {
        return Ok(exit);
    }
    if arguments.within.is_some() {
        expiry.certificates.retain(ends);
    }
    let shown = Ends {
        expiry: &expiry,
        within,
    };
    output.result(&shown, || text(&expiry, within, output));
    if !expiry.unseen.is_empty() {
        let count = expiry.unseen.len();
        output.remark(&say!(
            output.language,
            "instances with SSL whose server never showed its certificate: {count}; `rediseal-cli expiry --look` asks them",
            "{count} 个已开启 SSL 的实例从未出示过服务器证书；`rediseal-cli expiry --look` 会逐一查看"
        ));
    }
    Ok(exit)
}

/// Where a document went.
#[derive(PartialEq, Eq)]
enum Told {
    /// In the place of the text.
    OnStdout,
    Beside,
}

fn write(arguments: &args::Expiry, expiry: &Expiry, output: &Output) -> Result<Told, Failure> {
    let (document, path, overwrite) = if arguments.prometheus {
        (expiry.metrics(), arguments.out.as_deref(), Overwrite::Yes)
    } else if let Some(path) = &arguments.ics {
        let overwrite = match arguments.force {
            true => Overwrite::Yes,
            false => Overwrite::No,
        };
        let calendar = expiry.calendar(output.language.catalogue());
        let path = (path != Path::new(document::STDOUT)).then_some(path.as_path());
        (calendar, path, overwrite)
    } else {
        return Ok(Told::Beside);
    };
    let Some(path) = path else {
        output.verbatim(&document);
        return Ok(Told::OnStdout);
    };
    save(path, document.as_bytes(), overwrite)
        .map_err(|error| document::failure(&error, path, output))?;
    let path = plain(&path.display().to_string());
    output.note(&say!(output.language, "saved {path}", "已保存 {path}"));
    Ok(Told::Beside)
}

/// Sees the certificates of every instance with SSL.
async fn look(global: &Global, output: &Output) -> Result<Engine, Failure> {
    let (engine, mut runs) = watched_runs(global, output).await?;
    engine.refresh_inventory().await?;
    let fleet = engine.inventory_refreshed().await?;
    if let Some(error) = fleet.error {
        return Err(error.into());
    }
    let on = fleet.rows.iter().filter(|row| row.ssl == Ssl::On);
    let on: Vec<_> = on.map(|row| row.instance_id.clone()).collect();
    if !on.is_empty() {
        engine.test_instances(&on).await?;
        tell(&ended(&mut runs, output).await, output);
    }
    Ok(engine)
}

async fn ended(runs: &mut UnboundedReceiver<TestRun>, output: &Output) -> Option<TestRun> {
    while let Some(run) = runs.recv().await {
        if run.state != RunState::Running {
            output.progress("");
            return Some(run);
        }
        let (done, total) = (run.done, run.total);
        output.progress(&say!(
            output.language,
            "looking at certificates: {done} of {total}",
            "正在查看证书：{done}/{total}"
        ));
    }
    None
}

/// Which certificates could not be seen.
fn tell(run: &Option<TestRun>, output: &Output) {
    for untested in run.iter().flat_map(|run| &run.reasons) {
        let id = plain(&untested.instance_id);
        let why = Failure::from(untested.error.clone()).happened(output.language);
        output.note(&say!(
            output.language,
            "not seen: {id}: {why}",
            "未能查看：{id}：{why}"
        ));
    }
}

fn text(expiry: &Expiry, within: u32, output: &Output) -> String {
    let language = output.language;
    if expiry.certificates.is_empty() {
        return language
            .of(
                "no certificate to show; `rediseal-cli expiry --look` looks at every instance with SSL\n",
                "没有可显示的证书；`rediseal-cli expiry --look` 会查看所有已开启 SSL 的实例\n",
            )
            .to_owned();
    }
    let mut table = Table::default();
    table.row([
        language.of("ENDS", "到期日"),
        language.of("LEFT", "剩余"),
        language.of("WHAT", "类型"),
        language.of("CERTIFICATE", "证书"),
        language.of("FIRST OF", "最先到期的实例"),
        language.of("INSTANCES", "实例"),
    ]);
    for end in &expiry.certificates {
        let first = end.instances.iter().filter(|one| one.first).count();
        table.row([
            date(end.not_after),
            left(end, language),
            match end.role {
                CertificateRole::Leaf => language.of("leaf", "服务器证书"),
                CertificateRole::Ca => "CA",
            }
            .to_owned(),
            plain(&end.name),
            format!("{first}/{}", end.instances.len()),
            instances(end, language),
        ]);
    }
    let mut lines = table.lines("").into_iter();
    let mut text: String = lines.next().unwrap_or_default() + "\n";
    for (line, end) in lines.zip(&expiry.certificates) {
        let tone = match end.threshold {
            Some(..=7) => Some(Tone::Bad),
            Some(_) => Some(Tone::Careful),
            None => None,
        };
        text += &tone.map_or(line.clone(), |tone| output.paint(&line, tone));
        text.push('\n');
    }
    let soon = expiry.certificates.iter();
    let soon = soon.filter(|end| end.days < i64::from(within)).count();
    text + &say!(
        language,
        "\nends within {within} days: {soon} of {}\n",
        "\n{within} 天内到期：{soon}/{}\n",
        expiry.certificates.len()
    )
}

fn left(end: &CertificateEnd, language: Language) -> String {
    let days = end.days;
    match end.threshold {
        Some(0) => language.of("ended", "已到期").to_owned(),
        _ => say!(language, "{days} days", "{days} 天"),
    }
}

fn instances(end: &CertificateEnd, language: Language) -> String {
    let names = end.instances.iter().take(NAMED);
    let names: Vec<_> = names
        .map(|one| match one.name.as_str() {
            "" => plain(&one.instance_id),
            name => plain(name),
        })
        .collect();
    let names = names.join(", ");
    match end.instances.len().saturating_sub(NAMED) {
        0 => names,
        others => say!(
            language,
            "{names} and {others} more",
            "{names} 等，另有 {others} 个"
        ),
    }
}
