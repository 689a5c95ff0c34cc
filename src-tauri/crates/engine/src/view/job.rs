//! What is being done, and what was.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Action, EdgeError, FactMap, LastTest};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    #[expect(missing_docs, reason = "plain word")]
    Queued,
    /// The intent is on disk, the request is leaving.
    Submitting,
    /// The remote task runs.
    Updating,
    /// The task ended; the state is read until it says so too.
    Confirming,
    /// The certificate is downloaded and opened.
    Certificate,
    /// A real handshake.
    Testing,
    #[expect(missing_docs, reason = "plain word")]
    Succeeded,
    #[expect(missing_docs, reason = "plain word")]
    Failed,
    /// Nothing was accepted by the cloud before the application ended; nothing is running.
    Interrupted,
    /// Watched no more, at the user's wish or because it waits for the maintenance window; the
    /// remote task goes on.
    Detached,
}

/// A job, whole: events carry nothing less.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct JobSnapshot {
    #[expect(missing_docs, reason = "opaque")]
    pub id: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub action: Action,
    #[expect(missing_docs, reason = "whose key it uses")]
    pub account_id: String,
    /// Name of the account when the job was made; its id in a journal from before there were
    /// names in it.
    #[serde(default)]
    pub account: String,
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_id: String,
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_name: String,
    #[expect(missing_docs, reason = "as in the row")]
    pub region: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub phase: Phase,
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string")]
    pub started: Timestamp,
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string | null")]
    pub finished: Option<Timestamp>,
    /// The vendor's task; none before it answered or when it gave none.
    #[ts(type = "number | null")]
    pub task_id: Option<i64>,
    /// Everything that happened, oldest first.
    pub events: Vec<JobEvent>,
    /// Why it failed.
    pub error: Option<EdgeError>,
    /// Why it cannot go on at the moment; it goes on by itself when that is over.
    #[serde(default)]
    pub trouble: Option<Trouble>,
    /// What the test at its end said.
    pub test: Option<LastTest>,
    /// How long the same action took before, milliseconds, newest last; at most five.
    #[ts(type = "number[]")]
    pub past_runs_ms: Vec<u64>,
}

/// What a job that is not finished waits for: a cloud that does not answer, an instance that is
/// busy, a key that is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Trouble {
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string")]
    pub since: Timestamp,
    #[expect(missing_docs, reason = "the type says it")]
    pub error: EdgeError,
}

/// An entry of a job's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct JobEvent {
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string")]
    pub at: Timestamp,
    #[expect(missing_docs, reason = "the type says it")]
    pub phase: Phase,
    /// Such as `intent_recorded`, `accepted`, `resumed_after_restart`; the UI has a text each.
    pub code: String,
    #[expect(missing_docs, reason = "as in findings")]
    #[ts(type = "Record<string, unknown>")]
    pub facts: FactMap,
}

/// An entry of the audit log; each carries the hash of the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AuditEntry {
    #[expect(missing_docs, reason = "from 1, without gaps")]
    #[ts(type = "number")]
    pub seq: i64,
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Name of the account.
    pub account: String,
    /// Who, from `GetCallerIdentity`.
    pub identity: String,
    /// Such as `enable_ssl`, `sign_in`, `save_certificate`.
    pub action: String,
    #[expect(missing_docs, reason = "what it was done to")]
    pub target: String,
    /// `accepted`, `refused`, `done`, `failed`, `cancelled`.
    pub result: String,
    #[expect(missing_docs, reason = "the vendor's RequestId")]
    pub request_id: Option<String>,
    #[expect(
        missing_docs,
        reason = "typed by the user, or other facts; never a secret"
    )]
    #[ts(type = "Record<string, unknown>")]
    pub facts: FactMap,
    /// SHA-256 over the previous hash and this entry, lowercase hexadecimal.
    pub hash: String,
}

/// The audit log and whether its chain of hashes holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AuditLog {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// The first entry whose hash does not fit; none when all do.
    #[ts(type = "number | null")]
    pub broken_at: Option<i64>,
}
