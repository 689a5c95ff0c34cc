//! `rediseal-cli instances`: the fleet, over all regions.

use rediseal_engine::view::{InstanceRow, Readiness, RegionProgress, RegionState};
use serde_json::json;

use crate::args::Global;
use crate::engine::signed_in;
use crate::failure::{self, Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, plain};
use crate::table::Table;
use crate::words;

pub(crate) async fn run(global: &Global, output: &Output) -> Result<Exit, Failure> {
    let engine = signed_in(global, output, None).await?;
    engine.refresh_inventory().await?;
    let fleet = engine.inventory_refreshed().await?;
    if let Some(error) = fleet.error {
        return Err(error.into());
    }
    let failed: Vec<_> = fleet
        .regions
        .iter()
        .filter(|region| region.state == RegionState::Failed)
        .collect();
    output.result(&fleet.rows, || {
        text(&fleet.rows, failed.is_empty(), output.language)
    });
    if !failed.is_empty() {
        output.missing(&json!({ "failed_regions": failed }), || {
            complaints(&failed, fleet.regions.len(), output.language)
        });
    }
    Ok(exit(&failed, &fleet.rows))
}

/// A part of an answer is no answer to what is asked; the first reason is the one.
fn exit(failed: &[&RegionProgress], rows: &[InstanceRow]) -> Exit {
    let regions = failed.iter().map(|region| region.error.as_ref());
    let instances = rows.iter().filter(|row| row.error.is_some());
    let reasons = regions.chain(instances.map(|row| row.error.as_ref()));
    let mut exits = reasons.map(|error| error.map_or(Exit::Unreachable, failure::exit));
    exits.next().unwrap_or(Exit::Yes)
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

/// Which regions did not answer and why, and how many.
fn complaints(failed: &[&RegionProgress], all: usize, language: Language) -> String {
    let mut lines: Vec<_> = failed
        .iter()
        .map(|region| {
            let name = plain(&region.region);
            let why = region.error.as_ref().map_or_else(String::new, |error| {
                Failure::from(error.clone()).happened(language)
            });
            say!(
                language,
                "{name} did not answer: {why}",
                "{name} 没有应答：{why}"
            )
        })
        .collect();
    let count = failed.len();
    lines.push(say!(
        language,
        "{count} of {all} regions did not answer: the list is not whole",
        "{all} 个地域中有 {count} 个没有应答：列表不完整"
    ));
    lines.join("\n")
}
