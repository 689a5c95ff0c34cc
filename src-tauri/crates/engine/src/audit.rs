//! The audit log: who did what to which instance and how it ended, each entry bound to the one
//! before by its hash.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Value, json};

use crate::store::{Store, StoreError};
use crate::view::{AuditEntry, AuditLog, FactMap};

/// What is to be written down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note {
    pub(crate) account: String,
    pub(crate) identity: String,
    pub(crate) action: &'static str,
    pub(crate) target: String,
    pub(crate) result: &'static str,
    pub(crate) request_id: Option<String>,
    pub(crate) facts: FactMap,
}

/// Appends in a transaction that may do more.
pub(crate) fn append(
    transaction: &Transaction<'_>,
    at: Timestamp,
    note: Note,
) -> rusqlite::Result<()> {
    let last: Option<AuditEntry> = transaction
        .query_row(
            "SELECT value FROM audit ORDER BY seq DESC LIMIT 1",
            [],
            entry,
        )
        .optional()?;
    let (seq, previous) = last.map_or((1, String::new()), |last| (last.seq + 1, last.hash));
    let mut entry = AuditEntry {
        seq,
        at,
        account: note.account,
        identity: note.identity,
        action: note.action.to_owned(),
        target: note.target,
        result: note.result.to_owned(),
        request_id: note.request_id,
        facts: note.facts,
        hash: String::new(),
    };
    entry.hash = hash(&previous, &entry);
    let value = serde_json::to_string(&entry)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    transaction
        .execute(
            "INSERT INTO audit (seq, value) VALUES (?1, ?2)",
            params![entry.seq, value],
        )
        .map(drop)
}

/// The whole log, and whether its chain holds.
pub(crate) fn log(store: &Store) -> Result<AuditLog, StoreError> {
    let mut entries: Vec<AuditEntry> = store.read(|connection| {
        connection
            .prepare("SELECT value FROM audit ORDER BY seq")?
            .query_map([], entry)?
            .collect()
    })?;
    let broken_at = broken_at(&entries);
    entries.reverse();
    Ok(AuditLog { entries, broken_at })
}

/// The number of the first entry, oldest first, whose hash does not follow from its content and
/// the hash before it, or before which one is missing.
fn broken_at(entries: &[AuditEntry]) -> Option<i64> {
    let mut previous = "";
    for (expected, entry) in (1..).zip(entries) {
        if entry.seq != expected || entry.hash != hash(previous, entry) {
            return Some(entry.seq);
        }
        previous = &entry.hash;
    }
    None
}

/// SHA-256 over the previous hash and the entry as a JSON array with sorted keys and no spaces.
fn hash(previous: &str, entry: &AuditEntry) -> String {
    let content = json!([
        entry.seq,
        entry.at,
        entry.account,
        entry.identity,
        entry.action,
        entry.target,
        entry.result,
        entry.request_id,
        sorted(&Value::Object(entry.facts.clone())),
    ]);
    let mut context = Context::new(&SHA256);
    context.update(previous.as_bytes());
    context.update(content.to_string().as_bytes());
    hex::encode(context.finish())
}

// The order of keys in a JSON map depends on how serde_json was built.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), sorted(value)))
            .collect::<BTreeMap<_, _>>()
            .into_iter()
            .collect(),
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<AuditEntry> {
    let text: String = row.get(0)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn filled() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        for target in ["a", "b", "c"] {
            let note = Note {
                action: "enable_ssl",
                target: target.to_owned(),
                result: "accepted",
                facts: FactMap::from_iter([("reason".to_owned(), "because".into())]),
                ..Note::default()
            };
            store
                .write(|t| append(t, "2026-11-24T04:00:00Z".parse().unwrap(), note))
                .unwrap();
        }
        (folder, store)
    }

    #[test]
    fn a_chain_that_holds() {
        let (_folder, store) = filled();
        let log = log(&store).unwrap();
        assert_eq!(log.broken_at, None);
        let seqs: Vec<_> = log.entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, [3, 2, 1]);
    }

    #[test]
    fn a_changed_entry_is_found() {
        let (_folder, store) = filled();
        store
            .write(|t| {
                t.execute(
                    "UPDATE audit SET value = replace(value, 'because', 'bydecree') WHERE seq = 2",
                    [],
                )
            })
            .unwrap();
        assert_eq!(log(&store).unwrap().broken_at, Some(2));
    }

    #[test]
    fn a_missing_entry_is_found() {
        let (_folder, store) = filled();
        store
            .write(|t| t.execute("DELETE FROM audit WHERE seq = 2", []))
            .unwrap();
        assert_eq!(log(&store).unwrap().broken_at, Some(3));
        store
            .write(|t| t.execute("DELETE FROM audit WHERE seq = 1", []))
            .unwrap();
        assert_eq!(log(&store).unwrap().broken_at, Some(3));
    }
}
