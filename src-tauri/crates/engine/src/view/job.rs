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
    #[expect(missing_docs, reason = "the type says it")]
    pub code: EventCode,
    #[expect(missing_docs, reason = "as in findings")]
    #[ts(type = "Record<string, unknown>")]
    pub facts: FactMap,
}

/// What happened to a job. Each face has a text for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EventCode {
    /// The intent is on disk.
    IntentRecorded,
    /// The request leaves.
    Sending,
    /// The cloud refused it for the moment: another task holds the instance.
    InstanceIsBusy,
    /// The cloud refused it for the moment: too many requests.
    Throttled,
    /// The request did not leave: there is no connection.
    CloudNotReached,
    /// The request leaves again; nothing was accepted before.
    SendingAgain,
    /// The cloud accepted it.
    Accepted,
    /// No answer came; the cloud is looked at instead of sending again.
    AnswerLost,
    /// Its effect is there.
    FoundDone,
    /// It is being carried out.
    FoundRunning,
    /// There is no trace of it.
    NothingInCloud,
    /// The process ended before the request left.
    NotSent,
    /// It was so already; nothing is sent.
    NothingToDo,
    /// The cloud waits for the maintenance window.
    ScheduledForWindow,
    /// Another process goes on with it.
    ResumedAfterRestart,
    /// Watched again at the user's wish.
    WatchedAgain,
    /// What the cloud says of the task.
    TaskStatus,
    /// The task cannot be read, or the key may not; its effect is watched instead.
    TaskNotReadable,
    /// The task ended well.
    TaskEnded,
    /// The instance is as wanted.
    Confirmed,
    /// The cloud is done, and what came of it cannot be seen from here.
    EffectNotSeen,
    /// Neither the cloud nor the server shows whether it was accepted.
    NoTrace,
    /// What a server does without TLS was looked at.
    TriedWithoutTls,
    /// The certificate was compared with the one before.
    CertificateCompared,
    /// Downloaded and opened.
    CertificateOpened,
    /// It cannot be had.
    CertificateFailed,
    /// A real handshake was made.
    Tested,
    /// No test could be made.
    TestFailed,
    /// The key is refused, not there, or may not do what is needed.
    WaitingForKey,
    /// The key is good again.
    KeyIsBack,
    /// The cloud does not answer, or asks for patience.
    CloudDoesNotAnswer,
    /// That is over.
    CloudAnswersAgain,
    /// See [`Phase::Succeeded`].
    Succeeded,
    /// See [`Phase::Failed`].
    Failed,
    /// See [`Phase::Interrupted`].
    Interrupted,
    /// See [`Phase::Detached`].
    Detached,
    /// Of another version, kept as it came.
    #[serde(untagged)]
    #[ts(skip)]
    Other(String),
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_code_of_another_version_is_kept_as_it_came() {
        for (json, code) in [
            (r#""task_ended""#, EventCode::TaskEnded),
            (r#""moon_full""#, EventCode::Other("moon_full".to_owned())),
        ] {
            let read: EventCode = serde_json::from_str(json).unwrap();
            assert_eq!(read, code);
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
    }
}
