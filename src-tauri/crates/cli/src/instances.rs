//! `rediseal-cli instances`: the fleet, over all regions.

use std::collections::HashSet;

use jiff::Timestamp;
use rediseal_engine::Engine;
use rediseal_engine::view::{
    InstanceRow, InventoryChange, InventorySnapshot, Readiness, RegionProgress, RegionState,
};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::args::{Global, Instances};
use crate::engine::{remembered, watched};
use crate::failure::{Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, plain};
use crate::shortfall::Shortfall;
use crate::table::Table;
use crate::words;

pub(crate) async fn run(
    options: &Instances,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    if options.cached {
        return cached(global, output).await;
    }
    let (engine, mut changes) = watched(global, output).await?;
    let mut stream = Stream {
        since: Timestamp::now(),
        printed: HashSet::new(),
        output: options.stream.then_some(output),
    };
    let fleet = sweep(&engine, &mut changes, &mut stream, output).await?;
    if let Some(error) = fleet.error {
        if let Some(age) = age(&fleet.rows, output.language) {
            output.note(&say!(
                output.language,
                "what was known {age} is shown by `rediseal-cli instances --cached`",
                "`rediseal-cli instances --cached` 可显示{age}的已知内容"
            ));
        }
        return Err(error.into());
    }
    let shortfall = Shortfall::of(&fleet);
    if options.stream {
        stream.rest(&fleet.rows);
    } else {
        output.result(&fleet.rows, || {
            text(&fleet.rows, shortfall.is_listed(), output.language)
        });
    }
    if !shortfall.is_nothing() {
        output.missing(&shortfall, || shortfall.text(output.language));
    }
    Ok(shortfall.exit())
}

/// What the last sweeps left behind.
async fn cached(global: &Global, output: &Output) -> Result<Exit, Failure> {
    let engine = remembered(global, output).await?;
    let fleet = engine.inventory_snapshot().await?;
    output.result(&fleet.rows, || text(&fleet.rows, true, output.language));
    match age(&fleet.rows, output.language) {
        Some(age) => output.note(&say!(
            output.language,
            "as of {age}; the cloud was not asked",
            "以上为{age}的内容；未访问云端"
        )),
        None => output.note(output.language.of(
            "nothing is known yet; `rediseal-cli instances` asks the cloud",
            "尚无已知内容；`rediseal-cli instances` 会访问云端",
        )),
    }
    Ok(Exit::Yes)
}

/// Sweeps, and tells how far it is.
async fn sweep(
    engine: &Engine,
    changes: &mut UnboundedReceiver<InventoryChange>,
    stream: &mut Stream<'_>,
    output: &Output,
) -> Result<InventorySnapshot, Failure> {
    engine.refresh_inventory().await?;
    let mut ended = std::pin::pin!(engine.inventory_refreshed());
    let fleet = loop {
        tokio::select! {
            fleet = &mut ended => break fleet?,
            Some(change) = changes.recv() => {
                output.progress(&progress(&change.now.regions, output.language));
                stream.take(&change.now.rows);
            }
        }
    };
    output.progress("");
    Ok(fleet)
}

fn progress(regions: &[RegionProgress], language: Language) -> String {
    let all: usize = regions.iter().map(|region| region.count).sum();
    let pending: usize = regions.iter().map(|region| region.pending).sum();
    let is_unlisted =
        |region: &&RegionProgress| region.state == RegionState::Loading && region.pending == 0;
    let unlisted = regions.iter().filter(is_unlisted).count();
    if unlisted > 0 || regions.is_empty() {
        let (done, of) = (regions.len() - unlisted, regions.len());
        return say!(
            language,
            "listing: {done} of {of} regions, {all} instances",
            "正在列出实例：{of} 个地域中的 {done} 个，{all} 个实例"
        );
    }
    let done = all - pending.min(all);
    say!(
        language,
        "reading SSL state: {done} of {all}",
        "正在读取 SSL 状态：{done}/{all}"
    )
}

/// Prints each row once, as soon as it was asked.
struct Stream<'a> {
    since: Timestamp,
    printed: HashSet<String>,
    /// None when rows are not printed one by one.
    output: Option<&'a Output>,
}

impl Stream<'_> {
    fn take(&mut self, rows: &[InstanceRow]) {
        for row in rows {
            if row.asked.is_some_and(|asked| asked >= self.since) {
                self.print(row);
            }
        }
    }

    /// Those that could not be asked.
    fn rest(&mut self, rows: &[InstanceRow]) {
        for row in rows {
            self.print(row);
        }
    }

    fn print(&mut self, row: &InstanceRow) {
        if let Some(output) = self.output
            && self.printed.insert(row.instance_id.clone())
        {
            output.json(row);
        }
    }
}

/// How long ago the row was asked that was asked longest ago.
fn age(rows: &[InstanceRow], language: Language) -> Option<String> {
    let oldest = rows.iter().filter_map(|row| row.asked).min()?;
    let minutes = Timestamp::now().duration_since(oldest).as_mins();
    Some(match minutes {
        ..1 => language
            .of("less than a minute ago", "不到一分钟前")
            .to_owned(),
        1..120 => say!(language, "{minutes} min ago", "{minutes} 分钟前"),
        _ if minutes < 48 * 60 => {
            let hours = minutes / 60;
            say!(language, "{hours} h ago", "{hours} 小时前")
        }
        _ => {
            let days = minutes / (24 * 60);
            say!(language, "{days} days ago", "{days} 天前")
        }
    })
}

fn text(rows: &[InstanceRow], complete: bool, language: Language) -> String {
    if rows.is_empty() {
        return match complete {
            true => language.of("no instances in any region\n", "所有地域均无实例\n"),
            false => language.of(
                "no instances in the regions that answered\n",
                "已应答的地域中没有实例\n",
            ),
        }
        .to_owned();
    }
    let mut table = Table::default();
    table.row([
        language.of("ID", "ID"),
        language.of("NAME", "名称"),
        language.of("REGION", "地域"),
        language.of("ENGINE", "引擎"),
        language.of("ADDRESS", "地址"),
        "SSL",
        language.of("READINESS", "就绪"),
        language.of("WHY", "原因"),
    ]);
    for row in rows {
        table.row([
            plain(&row.instance_id),
            plain(&row.name),
            plain(&row.region),
            plain(format!("{} {}", row.engine, row.version).trim()),
            plain(&row.address),
            words::ssl(row.ssl, language).to_owned(),
            words::readiness(row, language).to_owned(),
            why(row, language),
        ]);
    }
    let mut text = table.lines("").join("\n");
    text.push('\n');
    text
}

/// What blocks it, or else why nothing is known.
fn why(row: &InstanceRow, language: Language) -> String {
    if let Some(error) = words::not_known(row) {
        let reason = Failure::from(error.clone()).happened(language);
        return say!(language, "not known: {reason}", "未知：{reason}");
    }
    if row.readiness != Readiness::Blocked {
        return String::new();
    }
    let reasons: Vec<_> = words::blocking(&row.findings)
        .map(|finding| words::blocked(finding, language))
        .collect();
    reasons.join(language.of("; ", "；"))
}
