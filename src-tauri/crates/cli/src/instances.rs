//! `rediseal-cli instances`: the fleet, over all regions.

use rediseal_engine::view::{
    FindingStatus, InstanceRow, InventorySnapshot, Readiness, RegionState,
};

use crate::args::Global;
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
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
    output.result(&fleet.rows, || text(&fleet.rows, output.language));
    Ok(complaints(fleet, output))
}

fn text(rows: &[InstanceRow], language: Language) -> String {
    if rows.is_empty() {
        return language
            .of("no instances in any region\n", "所有地域均无实例\n")
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
            words::readiness(row.readiness, language).to_owned(),
            why(row, language),
        ]);
    }
    let mut text = table.lines("").join("\n");
    text.push('\n');
    text
}

/// What blocks it, or else why nothing is known.
fn why(row: &InstanceRow, language: Language) -> String {
    if row.readiness != Readiness::Blocked {
        return String::new();
    }
    let blocking = row
        .findings
        .iter()
        .filter(|finding| finding.status == FindingStatus::Blocked)
        .filter(|finding| words::follows_from(finding).is_none());
    let reasons: Vec<_> = blocking
        .map(|finding| words::blocked(finding, language))
        .collect();
    match (&row.error, reasons.is_empty()) {
        (Some(error), true) => plain(&error.message),
        _ => reasons.join(language.of("; ", "；")),
    }
}

/// Regions that did not answer are named; the answer is not whole then.
fn complaints(fleet: InventorySnapshot, output: &Output) -> Exit {
    let mut exit = Exit::Yes;
    for region in fleet.regions {
        if region.state != RegionState::Failed {
            continue;
        }
        let name = plain(&region.region);
        let (why, code) = match &region.error {
            Some(error) => (plain(&error.message), crate::failure::exit(error.code)),
            None => (String::new(), Exit::Unreachable),
        };
        output.note(&say!(
            output.language,
            "{name} did not answer: {why}",
            "{name} 没有应答：{why}"
        ));
        exit = code;
    }
    exit
}
