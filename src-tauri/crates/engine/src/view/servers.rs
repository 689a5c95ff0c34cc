//! Certificates on servers: what is to be put where, what is there now, and how it went.

use jiff::Timestamp;
use rediseal_certificate::{Facts, Format};
use rediseal_probe::{Cause, Stage, Verdict};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{EdgeError, FactMap};

/// What the user wants to have on which servers.
#[derive(Clone, Deserialize, TS)]
pub struct PutForm {
    /// The instance whose certificates are meant; none where they are given otherwise.
    pub instance_id: Option<String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub format: Format,
    /// Of a truststore.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub password: Option<secrecy::SecretString>,
    #[expect(missing_docs, reason = "the type says it")]
    pub place: PutPlace,
    #[expect(missing_docs, reason = "the type says it")]
    pub hosts: Vec<HostForm>,
    /// Test the instance from each host afterwards.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub test: bool,
}

/// Where a file is to be on each host, and whose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PutPlace {
    /// Absolute, or beginning with `~/`; it has to be there.
    pub folder: String,
    /// Of the file.
    pub name: String,
    /// `user`, `user:group` or `:group`, as names or numbers; none for that of the file that is
    /// there, or of a new file.
    pub owner: Option<String>,
    /// Octal, such as `0644`; none for that of the file that is there, or `0644`.
    pub mode: Option<String>,
}

/// A host as it is named, and how to be let in.
#[derive(Clone, Deserialize, TS)]
pub struct HostForm {
    /// `[user@]host[:port]`, where the host may be a name of `~/.ssh/config`.
    pub host: String,
    /// Of the user.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub password: Option<secrecy::SecretString>,
    /// Of its key.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub passphrase: Option<secrecy::SecretString>,
    /// Log in with the key file chosen before.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub key_file: bool,
    /// Fingerprints, `SHA256:…`, that the user accepts if this host or one before it is not known
    /// yet.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub accept_host_keys: Vec<String>,
}

/// Hosts that this computer knows by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SshHosts {
    #[expect(missing_docs, reason = "the type says it")]
    pub hosts: Vec<ConfiguredHost>,
    /// What could not be taken into account.
    pub notes: Vec<ConfigNote>,
}

/// A host of `~/.ssh/config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConfiguredHost {
    #[expect(missing_docs, reason = "plain word")]
    pub name: String,
    /// `user@host:port`; none when it cannot be worked out.
    pub address: Option<String>,
    /// It is reached through these, in this order.
    pub jumps: Vec<String>,
    /// Why nothing can be put there.
    pub problem: Option<PutCode>,
}

/// Something in a configuration of SSH.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConfigNote {
    #[expect(missing_docs, reason = "a path, for display")]
    pub file: String,
    /// From 1.
    pub line: Option<usize>,
    #[expect(missing_docs, reason = "the type says it")]
    pub problem: ConfigProblem,
}

/// What is not taken into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConfigProblem {
    /// A `Match` with conditions: what follows it is left out.
    MatchSkipped,
    /// By the system.
    Unreadable,
    /// Others than its owner may write it, so it is not believed; nor is it by OpenSSH.
    WritableByOthers,
    /// Larger than a megabyte.
    TooLarge,
    /// More files, or deeper, than are read.
    TooManyFiles,
}

/// What would be written where. Only an unexpired plan can be carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PutPlan {
    #[expect(missing_docs, reason = "opaque")]
    pub id: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub file: PutFile,
    #[expect(missing_docs, reason = "as in the form")]
    pub place: PutPlace,
    /// In the order of the form.
    pub hosts: Vec<HostPlan>,
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string")]
    pub expires: Timestamp,
}

/// The file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PutFile {
    #[expect(missing_docs, reason = "the type says it")]
    pub format: Format,
    #[expect(missing_docs, reason = "a size in bytes")]
    pub size: u64,
    #[expect(missing_docs, reason = "lowercase hexadecimal")]
    pub sha256: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub certificates: Vec<Facts>,
}

/// A host, and what would be done there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HostPlan {
    /// As in the form.
    pub host: String,
    /// `user@host:port`; none when it cannot be worked out.
    pub address: Option<String>,
    /// It is reached through these, in this order.
    pub jumps: Vec<String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub step: PutStep,
    /// Why nothing can be done; of [`PutStep::Blocked`].
    pub problem: Option<HostProblem>,
    /// The host's key, SHA-256, once it is known.
    pub host_key: Option<String>,
    /// It was accepted just now, and is kept from here on.
    pub host_key_added: bool,
    /// How it let the user in.
    pub login: Option<String>,
    /// What is there.
    pub seen: Option<Seen>,
}

/// What is to be done on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PutStep {
    /// There is no file of this name.
    Create,
    /// The file that is there is kept under another name.
    Replace,
    /// The same file is there, with another owner or mode.
    Adjust,
    /// Nothing: the same file is there.
    Same,
    /// Nothing: the problem says why.
    Blocked,
}

/// What is there, and what it would become.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Seen {
    /// The file that is written: where a symbolic link leads, if there is one.
    pub path: String,
    /// The symbolic link that stays as it is.
    pub link: Option<String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub present: Option<Present>,
    /// Afterwards, octal.
    pub mode: String,
    /// Afterwards, `uid:gid`; none for those of whoever logs in.
    pub owner: Option<String>,
    /// The server can be asked to write to its disk before the file is renamed.
    pub syncs: bool,
}

/// The file that is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Present {
    #[expect(missing_docs, reason = "a size in bytes")]
    pub size: u64,
    #[expect(missing_docs, reason = "lowercase hexadecimal")]
    pub sha256: String,
    #[expect(missing_docs, reason = "octal")]
    pub mode: String,
    #[expect(missing_docs, reason = "`uid:gid`, where the server says so")]
    pub owner: Option<String>,
    /// The first twenty certificates in it; empty when it is something else, or opens with a
    /// password only.
    pub certificates: Vec<Facts>,
}

/// Why something could not be done on a host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HostProblem {
    #[expect(missing_docs, reason = "the type says it")]
    pub code: PutCode,
    /// The stage of the connection that failed; of [`PutCode::Ssh`].
    pub stage: Option<Box<Stage>>,
    /// Evidence, such as `path`, `said`, `free`.
    #[ts(type = "Record<string, unknown>")]
    pub facts: FactMap,
}

/// The closed list of what can go wrong on a host. Texts: `servers/{en,zh-CN}.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PutCode {
    /// Not a host, or nobody to log in as.
    HostUnusable,
    /// The configuration reaches it by a program, which is not run here.
    ProxyCommand,
    /// Through more hosts than are gone through, or in a circle.
    TooManyJumps,
    /// The chosen key cannot be used.
    KeyUnusable,
    /// The connection, the host's key or the login: the stage has the cause.
    Ssh,
    /// The host has no SFTP for this user.
    NoSftp,
    /// The folder is not there.
    FolderMissing,
    /// What should be a folder is none.
    FolderIsFile,
    /// A folder has the name of the file.
    IsFolder,
    /// What has the name is neither a file nor a folder.
    NotAFile,
    /// A symbolic link to what is not there.
    LinkLeadsNowhere,
    /// The file that is there is far too large for certificates.
    TooLarge,
    /// The file system takes no changes.
    ReadOnly,
    #[expect(missing_docs, reason = "the name says it")]
    DiskFull,
    /// Whoever logged in may not do this.
    PermissionDenied,
    /// The server has nobody of this name.
    OwnerUnknown,
    /// Whoever logged in may not give the file to the owner.
    OwnerRefused,
    /// The mode cannot be set.
    ModeRefused,
    /// The server cannot replace a file in one step.
    NoAtomicReplace,
    /// It is not what the plan saw.
    ChangedMeanwhile,
    /// What was read back is not what was written.
    Differs,
    /// The server refused without a reason.
    ServerFailed,
    /// The connection broke, or the server did not answer in time.
    ConnectionLost,
    #[expect(missing_docs, reason = "by the user")]
    Cancelled,
}

/// A plan that is carried out, or was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PutRun {
    #[expect(missing_docs, reason = "the name says it")]
    pub plan_id: String,
    /// Everything ended.
    pub ended: bool,
    /// In the order of the plan.
    pub hosts: Vec<HostRow>,
}

/// How it goes on a host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HostRow {
    #[expect(missing_docs, reason = "as in the plan")]
    pub host: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub phase: PutPhase,
    /// Once the phase is over that decides it.
    pub outcome: Option<PutOutcome>,
    #[expect(missing_docs, reason = "the name says it")]
    pub problem: Option<HostProblem>,
    /// Of the file that was written, or found the same.
    pub path: Option<String>,
    /// Read back, lowercase hexadecimal.
    pub sha256: Option<String>,
    /// Where the old file is now.
    pub backup: Option<String>,
    /// A temporary file that could not be removed.
    pub left: Option<String>,
    /// The test from the host, where one was wanted.
    pub test: Option<HostTest>,
}

/// What a test of the instance from a host came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HostTest {
    /// None when it could not begin.
    pub verdict: Option<Verdict>,
    /// As in a report.
    pub cause: Option<Cause>,
    /// The stage that has the cause.
    pub stage: Option<Box<Stage>>,
    /// Whole test, microseconds.
    pub elapsed_us: u64,
    /// Why it could not begin.
    pub error: Option<EdgeError>,
}

/// Where a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "plain words")]
pub enum PutPhase {
    Waiting,
    Connecting,
    Writing,
    Testing,
    Ended,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PutOutcome {
    #[expect(missing_docs, reason = "plain word")]
    Created,
    /// The old file is at `backup`.
    Replaced,
    /// Owner or mode were set; the file was the same.
    Adjusted,
    /// Nothing was done: the file was the same.
    AlreadyThere,
    /// The file that was there, or none, is there as before, unless the problem says otherwise.
    Failed,
    /// Nothing was done, or it was undone.
    Cancelled,
}
