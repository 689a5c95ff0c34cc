//! The tables.

use rusqlite::{Connection, TransactionBehavior};

/// Each brings the file from one version to the next.
const STEPS: [&str; 3] = [TABLES, ONE_JOB_PER_ACCOUNT, CERTIFICATES_SEEN];

/// The version that this application reads and writes.
pub(super) const VERSION: i64 = STEPS.len() as i64;

/// Brings the file to [`VERSION`]; returns the version it has, which is higher when a newer
/// application wrote it.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<i64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found >= VERSION {
        return Ok(found);
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {VERSION}"))?;
    transaction.commit()?;
    Ok(VERSION)
}

const TABLES: &str = "
CREATE TABLE documents (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    request_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    finished INTEGER NOT NULL,
    session TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE UNIQUE INDEX one_job_per_instance ON jobs (instance_id) WHERE finished = 0;
CREATE INDEX jobs_by_request ON jobs (request_id);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE instances (
    account_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    region TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account_id, instance_id)
) WITHOUT ROWID;

CREATE TABLE reports (
    account_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account_id, instance_id)
) WITHOUT ROWID;
";

// One unfinished job on an instance is a rule of the table, so it holds between processes too.
// Two clouds may have the same ids, as two sandboxes do, so it is one for each account.
const ONE_JOB_PER_ACCOUNT: &str = "
DROP INDEX one_job_per_instance;
CREATE UNIQUE INDEX one_job_per_account ON jobs (account_id, instance_id) WHERE finished = 0;
";

// A sighting is a period in which a source, the download or the live server, showed the same. Which
// warning was given of a certificate's end is remembered, so that it is given once.
const CERTIFICATES_SEEN: &str = "
CREATE TABLE certificates (
    sha256 TEXT PRIMARY KEY,
    der BLOB NOT NULL
);

CREATE TABLE sightings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    source TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE INDEX sightings_by_instance ON sightings (account_id, instance_id, source, number);

CREATE TABLE warnings (
    sha256 TEXT NOT NULL,
    days INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (sha256, days)
) WITHOUT ROWID;
";
