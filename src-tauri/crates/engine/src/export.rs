//! Files for people and other tools: the fleet, the audit log, a report. Paths are ones that the
//! user chose.

use std::path::Path;

use rediseal_probe::{Format, Language, Report};
use serde::Serialize;
use serde_json::Value;

use crate::audit;
use crate::certificates::save;
use crate::engine::Engine;
use crate::error::Error;
use crate::view::{FindingStatus, InstanceRow, InventoryFormat, SavedFile};

const COLUMNS: [&str; 15] = [
    "instance_id",
    "name",
    "region",
    "engine",
    "version",
    "architecture",
    "address",
    "public_address",
    "ssl",
    "readiness",
    "blocked_by",
    "proxy_version",
    "certificate_ends",
    "last_verdict",
    "last_test",
];

impl Engine {
    /// Writes the fleet as far as it is known.
    ///
    /// # Errors
    ///
    /// When the file exists and `overwrite` does not say so, or writing fails.
    pub async fn save_inventory_to(
        &self,
        format: InventoryFormat,
        path: &Path,
        overwrite: bool,
    ) -> Result<SavedFile, Error> {
        let rows = self.inventory_snapshot().await?.rows;
        let bytes = match format {
            InventoryFormat::Csv => csv(&rows).into_bytes(),
            InventoryFormat::Json => pretty(&rows)?,
        };
        save(path, &bytes, overwrite)
    }

    /// Writes the audit log as JSON lines, oldest first, so that its chain can be checked
    /// elsewhere.
    ///
    /// # Errors
    ///
    /// As [`Engine::save_inventory_to`].
    pub async fn save_audit_to(&self, path: &Path, overwrite: bool) -> Result<SavedFile, Error> {
        let mut bytes = Vec::new();
        for entry in audit::log(&self.inner.store)?.entries.iter().rev() {
            serde_json::to_writer(&mut bytes, entry)?;
            bytes.push(b'\n');
        }
        save(path, &bytes, overwrite)
    }

    /// Writes a report as a document; a page shows `language` first.
    ///
    /// # Errors
    ///
    /// As [`Engine::save_inventory_to`].
    pub fn save_report_to(
        &self,
        report: &Report,
        format: Format,
        language: Language,
        path: &Path,
        overwrite: bool,
    ) -> Result<SavedFile, Error> {
        save(
            path,
            report.document(format, language).as_bytes(),
            overwrite,
        )
    }
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// RFC 4180.
fn csv(rows: &[InstanceRow]) -> String {
    let mut text = COLUMNS.join(",");
    text.push_str("\r\n");
    for row in rows {
        let blocked: Vec<_> = row
            .findings
            .iter()
            .filter(|finding| finding.status == FindingStatus::Blocked)
            .map(|finding| word(&finding.check))
            .collect();
        let last_test = row.last_test.as_ref();
        let cells = [
            row.instance_id.clone(),
            row.name.clone(),
            row.region.clone(),
            row.engine.clone(),
            row.version.clone(),
            row.architecture.clone(),
            row.address.clone(),
            row.public_address.clone().unwrap_or_default(),
            word(&row.ssl),
            word(&row.readiness),
            blocked.join(" "),
            row.proxy_version.clone(),
            word(&row.certificate_ends),
            word(&last_test.map(|test| test.verdict)),
            word(&last_test.map(|test| test.at)),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    text
}

/// The JSON form of a plain word or a time.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        _ => String::new(),
    }
}

// A spreadsheet takes a cell that begins like a formula for one, and names are free text.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t']) {
        "'"
    } else {
        ""
    };
    if guard.is_empty() && !cell.contains([',', '"', '\r', '\n']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::row;
    use crate::store::Known;

    #[test]
    fn cells_stay_cells() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }

    #[test]
    fn every_row_has_every_column() {
        let mut known = Known::default();
        known.instance.instance_id = Some("crs-1".to_owned());
        known.instance.no_auth = Some(true);
        let text = csv(&[row(&known, None, None, None)]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1].split(',').count(), COLUMNS.len());
        assert!(lines[1].starts_with("crs-1,,,,,,,,unknown,blocked,password_required,"));
    }
}
