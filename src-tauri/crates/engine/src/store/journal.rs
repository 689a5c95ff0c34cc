//! The journal of jobs: the intent is in it before a request leaves.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::documents::Json;
use super::{Store, StoreError};
use crate::view::{Action, JobSnapshot, Phase};

/// How many finished jobs are listed.
const LISTED: u32 = 500;
/// How many past runs an estimate rests on.
const PAST_RUNS: u32 = 5;

/// A job as the journal has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct JobRecord {
    pub(crate) job: JobSnapshot,
    pub(crate) sending: Sending,
}

/// What is needed to find a job in the cloud again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Sending {
    /// The instance's tasks before the request; none when they could not be listed.
    pub(crate) earlier_tasks: Option<BTreeSet<i64>>,
    /// The proxy version before and after.
    pub(crate) proxy: Option<(String, String)>,
    /// The order of `UpgradeInstanceVersion`.
    pub(crate) deal: Option<String>,
    /// The certificate that an update replaces.
    pub(crate) certificate: Option<CertificateSeen>,
    /// SSL was as wanted already: no request is sent.
    pub(crate) nothing_to_do: bool,
}

/// What of an instance's certificate could be seen; SHA-256 of DER, lowercase hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CertificateSeen {
    /// Of the certificate that the server shows.
    pub(crate) leaf: Option<String>,
    /// Of those in the archive.
    pub(crate) authorities: Option<BTreeSet<String>>,
}

impl JobRecord {
    pub(crate) fn finished(&self) -> bool {
        finished(self.job.phase)
    }
}

pub(crate) const fn finished(phase: Phase) -> bool {
    matches!(
        phase,
        Phase::Succeeded | Phase::Failed | Phase::Interrupted | Phase::Detached
    )
}

/// Whether the account has an unfinished job on the instance of `job`, of any process.
pub(crate) fn is_busy(transaction: &Transaction<'_>, job: &JobSnapshot) -> rusqlite::Result<bool> {
    transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM jobs
                        WHERE account_id = ?1 AND instance_id = ?2 AND finished = 0)",
        [&job.account_id, &job.instance_id],
        |row| row.get(0),
    )
}

/// Adds a job, in a transaction that may do more.
pub(crate) fn insert_job(
    transaction: &Transaction<'_>,
    record: &JobRecord,
    request_id: &str,
    session: &str,
) -> rusqlite::Result<()> {
    transaction
        .execute(
            "INSERT INTO jobs (id, request_id, account_id, instance_id, finished, session, value)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                record.job.id,
                request_id,
                record.job.account_id,
                record.job.instance_id,
                record.finished(),
                session,
                Json(record),
            ],
        )
        .map(drop)
}

/// Writes the whole record, so one write that failed is made good by the next.
pub(crate) fn update_job(
    transaction: &Transaction<'_>,
    record: &JobRecord,
) -> rusqlite::Result<()> {
    transaction
        .execute(
            "UPDATE jobs SET finished = ?2, value = ?3 WHERE id = ?1",
            params![record.job.id, record.finished(), Json(record)],
        )
        .map(drop)
}

/// One job.
pub(crate) fn find_job(connection: &Connection, id: &str) -> rusqlite::Result<Option<JobRecord>> {
    connection
        .query_row("SELECT value FROM jobs WHERE id = ?1", [id], record)
        .optional()
}

/// Writes the record, and makes the job one of session `session`.
pub(crate) fn own_job(
    transaction: &Transaction<'_>,
    record: &JobRecord,
    session: &str,
) -> rusqlite::Result<()> {
    update_job(transaction, record)?;
    transaction
        .execute(
            "UPDATE jobs SET session = ?2 WHERE id = ?1",
            [&record.job.id, session],
        )
        .map(drop)
}

impl Store {
    pub(crate) fn update_job(&self, record: &JobRecord) -> Result<(), StoreError> {
        self.write(|transaction| update_job(transaction, record))
    }

    pub(crate) fn job(&self, id: &str) -> Result<Option<JobRecord>, StoreError> {
        self.read(|connection| find_job(connection, id))
    }

    /// An account's jobs on one instance, those that run first, then the newest.
    pub(crate) fn jobs_on(
        &self,
        account_id: &str,
        instance_id: &str,
    ) -> Result<Vec<JobRecord>, StoreError> {
        self.read(|connection| {
            connection
                .prepare(
                    "SELECT value FROM jobs WHERE account_id = ?1 AND instance_id = ?2
                     ORDER BY finished, number DESC LIMIT ?3",
                )?
                .query_map(params![account_id, instance_id, LISTED], record)?
                .collect()
        })
    }

    /// Those that run first, then the newest.
    pub(crate) fn jobs(&self) -> Result<Vec<JobRecord>, StoreError> {
        self.read(|connection| {
            connection
                .prepare("SELECT value FROM jobs ORDER BY finished, number DESC LIMIT ?1")?
                .query_map([LISTED], record)?
                .collect()
        })
    }

    pub(crate) fn jobs_of_request(&self, request_id: &str) -> Result<Vec<JobRecord>, StoreError> {
        self.read(|connection| {
            connection
                .prepare("SELECT value FROM jobs WHERE request_id = ?1 ORDER BY number")?
                .query_map([request_id], record)?
                .collect()
        })
    }

    /// Unfinished jobs with the session that they belong to.
    pub(crate) fn unfinished_jobs(&self) -> Result<Vec<(String, JobRecord)>, StoreError> {
        self.read(|connection| {
            connection
                .prepare("SELECT value, session FROM jobs WHERE finished = 0 ORDER BY number")?
                .query_map([], |row| Ok((row.get(1)?, record(row)?)))?
                .collect()
        })
    }

    /// Moves a job from a session that is gone; false when another process was faster.
    pub(crate) fn take_job(&self, id: &str, from: &str, to: &str) -> Result<bool, StoreError> {
        self.write(|transaction| {
            transaction
                .execute(
                    "UPDATE jobs SET session = ?3 WHERE id = ?1 AND session = ?2 AND finished = 0",
                    [id, from, to],
                )
                .map(|changed| changed == 1)
        })
    }

    /// Whether a job belongs to session `session`.
    pub(crate) fn is_job_of(&self, id: &str, session: &str) -> Result<bool, StoreError> {
        self.read(|connection| {
            connection.query_row(
                "SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND session = ?2)",
                [id, session],
                |row| row.get(0),
            )
        })
    }

    /// How long the same action took when it succeeded, milliseconds, newest last.
    pub(crate) fn past_runs(&self, action: &Action) -> Result<Vec<u64>, StoreError> {
        let kind = kind(action);
        let mut runs: Vec<u64> = self
            .jobs()?
            .into_iter()
            .filter(|record| record.job.phase == Phase::Succeeded && !record.sending.nothing_to_do)
            .filter(|record| self::kind(&record.job.action) == kind)
            // The time in which nobody watched says nothing.
            .filter(|record| {
                let mut events = record.job.events.iter();
                events.all(|event| event.phase != Phase::Detached)
            })
            .filter_map(|record| {
                let finished = record.job.finished?;
                u64::try_from(finished.duration_since(record.job.started).as_millis()).ok()
            })
            .take(PAST_RUNS as usize)
            .collect();
        runs.reverse();
        Ok(runs)
    }
}

fn kind(action: &Action) -> std::mem::Discriminant<Action> {
    std::mem::discriminant(action)
}

fn record(row: &Row<'_>) -> rusqlite::Result<JobRecord> {
    let Json(mut record) = row.get::<_, Json<JobRecord>>("value")?;
    if record.job.account.is_empty() {
        record.job.account.clone_from(&record.job.account_id);
    }
    Ok(record)
}
