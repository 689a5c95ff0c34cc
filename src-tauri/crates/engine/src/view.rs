//! What the two faces, window and command line, show and send: the JSON contract.

use jiff::Timestamp;
use rediseal_certificate::Facts;
use rediseal_probe::{Cause, Report, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

/// Evidence by stable key.
pub type FactMap = Map<String, Value>;

/// Everything the window needs before its first paint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AppSnapshot {
    /// Of this application.
    pub version: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub settings: Settings,
    #[expect(missing_docs, reason = "the type says it")]
    pub accounts: Vec<AccountView>,
    /// Id of the account in use.
    pub active: Option<String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub vault: VaultState,
    /// Keys found on this computer, offered and not taken unasked.
    pub detected: Vec<DetectedCredentials>,
    /// Where the journal and the cache are, for display.
    pub data_folder: String,
}

/// What the user chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// `system`, `en`, `zh-CN`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "system".into(),
            theme: "system".into(),
        }
    }
}

/// The state of the OS keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultState {
    /// It answers.
    Available,
    /// Nothing answers: on Linux no Secret Service runs.
    Unavailable,
    /// It runs, but has no default collection.
    NoCollection,
    /// It runs, but is locked.
    Locked,
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// In the OS keychain, until removed.
    Keychain,
    /// In memory, until the application quits.
    Session,
}

/// Which cloud an account talks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Site {
    /// `tencentcloudapi.com`.
    Mainland,
    /// `intl.tencentcloudapi.com`.
    International,
    /// Another endpoint, such as a sandbox; anything but https only on loopback.
    Custom {
        /// Scheme, host and port.
        url: String,
    },
}

/// A known account, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountView {
    #[expect(missing_docs, reason = "opaque and stable")]
    pub id: String,
    /// Given by the user.
    pub name: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub site: Site,
    /// The SecretId with its middle left out.
    pub secret_id: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub keep: Keep,
    /// The built-in sandbox.
    pub sandbox: bool,
    /// Who the key belongs to, from `GetCallerIdentity`.
    pub identity: Option<Identity>,
    /// Its secret can be read now; false after a restart of a session-only account or when the
    /// keychain lost it.
    pub usable: bool,
}

/// Who a key belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the vendor's fields")]
pub struct Identity {
    pub arn: String,
    pub account_id: String,
    pub user_id: String,
    pub kind: String,
}

/// A key found on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DetectedCredentials {
    /// Stable id to take it by.
    pub id: String,
    /// `environment`, `tccli`, `profile`.
    pub source: String,
    /// The variable's or file's name, for display.
    pub place: String,
    /// Masked.
    pub secret_id: String,
}

/// What the sign-in page sends.
#[derive(Clone, Deserialize, TS)]
pub struct SignInForm {
    #[expect(missing_docs, reason = "given by the user; empty for a default")]
    pub name: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub site: Site,
    #[expect(missing_docs, reason = "the vendor's word")]
    pub secret_id: String,
    #[expect(missing_docs, reason = "the vendor's word")]
    #[ts(type = "string")]
    pub secret_key: secrecy::SecretString,
    /// Of temporary credentials.
    #[ts(type = "string | null")]
    pub token: Option<secrecy::SecretString>,
    #[expect(missing_docs, reason = "the type says it")]
    pub keep: Keep,
}

/// The fleet as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct InventorySnapshot {
    /// The account it belongs to.
    pub account_id: Option<String>,
    /// In the order of region and name.
    pub rows: Vec<InstanceRow>,
    #[expect(missing_docs, reason = "the type says it")]
    pub regions: Vec<RegionProgress>,
    /// A sweep is under way.
    pub refreshing: bool,
    /// When the newest complete sweep ended.
    #[ts(type = "string | null")]
    pub updated: Option<Timestamp>,
    /// Why the sweep as a whole failed.
    pub error: Option<EdgeError>,
}

/// How a region's part of a sweep goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RegionProgress {
    /// Such as `ap-guangzhou`.
    pub region: String,
    /// As the cloud names it.
    pub name: String,
    /// Instances known there.
    pub count: usize,
    #[expect(missing_docs, reason = "the type says it")]
    pub state: RegionState,
    /// When it failed.
    pub error: Option<EdgeError>,
}

/// See [`RegionProgress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "plain words")]
pub enum RegionState {
    Loading,
    Loaded,
    Failed,
}

/// The SSL state of an instance in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Ssl {
    #[expect(missing_docs, reason = "plain word")]
    Off,
    #[expect(missing_docs, reason = "plain word")]
    On,
    /// A change of SSL runs.
    Updating,
    /// The instance cannot have it.
    Unsupported,
    /// Another task runs, or the instance is isolated.
    Busy,
    /// Not asked yet, no answer, or an answer that is not understood.
    Unknown,
}

/// Whether SSL can be turned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Nothing in the way.
    Ready,
    /// See the findings.
    Blocked,
    /// SSL is on.
    Done,
}

/// One check of the readiness list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Finding {
    #[expect(missing_docs, reason = "the type says it")]
    pub check: Check,
    #[expect(missing_docs, reason = "the type says it")]
    pub status: FindingStatus,
    /// Evidence: `current`, `required`, `upgrade`, `task`, `status` ...
    #[ts(type = "Record<string, unknown>")]
    pub facts: FactMap,
    /// What cures it from here; none when it needs the vendor or time.
    pub fix: Option<Action>,
}

/// The readiness checks, in the order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Running, no other task.
    InstanceRunning,
    /// Redis and Valkey have SSL; CKV and Memcached do not.
    EngineSupported,
    /// Compatible version 4.0 or later.
    VersionSupported,
    /// Proxy 5.6.0 or later.
    ProxyVersion,
    /// Password-free access excludes SSL.
    PasswordRequired,
    /// `FeatureSupport` of `DescribeSSLStatus`.
    FeatureOffered,
    /// No change of SSL is under way.
    SslIdle,
}

/// See [`Finding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FindingStatus {
    #[expect(missing_docs, reason = "plain word")]
    Passed,
    /// SSL cannot be turned on until it is cured.
    Blocked,
    /// The cloud did not say.
    Unknown,
}

/// A row of the fleet; also an element of `rediseal-cli instances --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InstanceRow {
    #[expect(missing_docs, reason = "the vendor's word")]
    pub instance_id: String,
    #[expect(missing_docs, reason = "given by its owner")]
    pub name: String,
    #[expect(missing_docs, reason = "such as ap-guangzhou")]
    pub region: String,
    /// `Redis`, `Valkey`, `CKV`, `Memcached`, or the raw code.
    pub engine: String,
    /// Such as `6.2`; empty when not known.
    pub version: String,
    /// `standard`, `cluster`; empty when not known.
    pub architecture: String,
    /// Shards of a cluster; 1 otherwise.
    pub shards: i64,
    /// `host:port` in the private network; empty when there is none.
    pub address: String,
    /// `host:port` on the internet.
    pub public_address: Option<String>,
    /// `[host]:port`.
    pub ipv6_address: Option<String>,
    /// The vendor's status code, kept as it came.
    pub status: Option<i64>,
    #[expect(missing_docs, reason = "the type says it")]
    pub ssl: Ssl,
    #[expect(missing_docs, reason = "the type says it")]
    pub readiness: Readiness,
    /// Every check, passed ones too.
    pub findings: Vec<Finding>,
    #[expect(missing_docs, reason = "plain words")]
    pub password_free: bool,
    #[expect(missing_docs, reason = "plain words")]
    pub proxy_version: String,
    /// Offered by the cloud; empty when none is.
    pub proxy_upgrade: String,
    /// The address that the certificate is for, as the cloud says.
    pub encrypt_address: Option<String>,
    /// End of the server certificate seen last.
    #[ts(type = "string | null")]
    pub certificate_ends: Option<Timestamp>,
    #[expect(missing_docs, reason = "the type says it")]
    pub last_test: Option<LastTest>,
    /// The job that runs on it.
    pub job_id: Option<String>,
    /// Why its SSL state could not be read.
    pub error: Option<EdgeError>,
}

/// The newest test of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "as in the report")]
pub struct LastTest {
    #[ts(type = "string")]
    pub at: Timestamp,
    pub verdict: Verdict,
    pub cause: Option<Cause>,
    pub elapsed_us: u64,
}

/// One instance, all that is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InstanceDetail {
    #[expect(missing_docs, reason = "the type says it")]
    pub row: InstanceRow,
    /// `HH:MM-HH:MM`.
    pub maintenance_window: Option<String>,
    /// The newest report.
    pub report: Option<Report>,
    /// The certificate downloaded in this session.
    pub certificate: Option<CertificateView>,
    /// Its jobs, newest first.
    pub jobs: Vec<JobSnapshot>,
    /// The cloud's own answers, for the raw view.
    #[ts(type = "unknown")]
    pub raw: Value,
}

/// Something that changes an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[expect(missing_docs, reason = "plain words")]
pub enum Action {
    EnableSsl,
    DisableSsl,
    UpgradeProxy {
        when: When,
    },
    UpgradeVersion {
        when: When,
        /// The vendor's type code to end at.
        target_type: i64,
    },
    /// Turns password-free access off; `apply` needs the new password.
    RequirePassword,
}

/// When the vendor carries an upgrade out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "plain words")]
pub enum When {
    Now,
    MaintenanceWindow,
}

/// What would be done, and what follows from it. Only an unexpired plan can be applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Plan {
    #[expect(missing_docs, reason = "opaque")]
    pub id: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub action: Action,
    #[expect(missing_docs, reason = "the type says it")]
    pub targets: Vec<PlanTarget>,
    #[expect(missing_docs, reason = "the type says it")]
    pub consequences: Vec<Consequence>,
    /// The text that must be typed to apply it: the instance id for `disable_ssl`.
    pub confirmation: Option<String>,
    /// `apply` needs a password.
    pub needs_password: bool,
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string")]
    pub expires: Timestamp,
}

/// An instance of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "as in the row")]
pub struct PlanTarget {
    pub instance_id: String,
    pub name: String,
    pub region: String,
    pub ssl: Ssl,
    pub findings: Vec<Finding>,
    /// It can be applied to this instance.
    pub applicable: bool,
}

/// What follows from a plan; the UI has a text per code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Consequence {
    /// Such as `tls_clients_cut_off`.
    pub code: String,
    #[expect(missing_docs, reason = "as in findings")]
    #[ts(type = "Record<string, unknown>")]
    pub facts: FactMap,
}

/// What the user did to confirm a plan.
#[derive(Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct Confirmation {
    /// What was typed.
    pub typed: Option<String>,
    /// Kept in the audit log.
    pub reason: Option<String>,
    /// For `require_password`.
    #[ts(type = "string | null")]
    pub password: Option<secrecy::SecretString>,
}

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
    /// Why it failed; while it is not finished, why it waits: its key is missing.
    pub error: Option<EdgeError>,
    /// What the test at its end said.
    pub test: Option<LastTest>,
    /// How long the same action took before, milliseconds, newest last; at most five.
    #[ts(type = "number[]")]
    pub past_runs_ms: Vec<u64>,
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

/// The downloaded certificate archive, opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CertificateView {
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_id: String,
    /// Names in the archive.
    pub files: Vec<String>,
    /// Every certificate in it, once.
    pub certificates: Vec<Facts>,
    /// SHA-256 of the archive, lowercase hexadecimal.
    pub sha256: String,
    /// A size in bytes.
    pub size: u64,
    /// One of its certificates signed the chain that the server showed last; none before a test.
    pub signed_live_chain: Option<bool>,
    #[expect(missing_docs, reason = "plain words")]
    #[ts(type = "string")]
    pub downloaded: Timestamp,
}

/// What is written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFormat {
    /// The archive as it came.
    Zip,
    /// Every certificate of it in one PEM file.
    Pem,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedFile {
    /// For display.
    pub path: String,
    #[expect(missing_docs, reason = "a size in bytes")]
    pub size: u64,
    #[expect(missing_docs, reason = "lowercase hexadecimal")]
    pub sha256: String,
}

/// How the fleet is written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InventoryFormat {
    /// One line for each instance.
    Csv,
    /// The rows as they are.
    Json,
}

/// A file of trusted certificates that the user chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrustFile {
    /// For display.
    pub path: String,
    /// Every certificate in it.
    pub certificates: Vec<Facts>,
}

/// What the test dialog sends.
#[derive(Clone, Deserialize, TS)]
pub struct TestForm {
    /// Chosen by the caller; names the test in events and in `cancel_test`.
    pub test_id: String,
    /// The instance whose CA and address are used.
    pub instance_id: Option<String>,
    /// `host:port`; none for the instance's private address.
    pub address: Option<String>,
    /// The name to check; none for the address's host.
    pub name: Option<String>,
    /// The server name to send; none for the name when that is a DNS name.
    pub sni: Option<String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub trust: TrustChoice,
    #[expect(missing_docs, reason = "of AUTH")]
    pub username: Option<String>,
    #[expect(missing_docs, reason = "of AUTH")]
    #[ts(type = "string | null")]
    pub password: Option<secrecy::SecretString>,
}

/// Whose signature counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrustChoice {
    /// The instance's own CA, downloaded when it was not yet.
    Instance,
    /// The file chosen with the dialog before.
    File,
    /// The operating system's store.
    Os,
}

/// A test as it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TestProgress {
    #[expect(missing_docs, reason = "as in the form")]
    pub test_id: String,
    /// Those that ended.
    pub stages: Vec<rediseal_probe::Stage>,
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

/// An error at the edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EdgeError {
    /// Stable; see [`crate::Code`].
    pub code: crate::Code,
    /// In English, for logs and as a fallback.
    pub message: String,
    /// The same request may succeed later.
    pub retryable: bool,
    /// The vendor's.
    pub request_id: Option<String>,
    /// Evidence, such as `cloud_code`, `offset_seconds`, `path`.
    #[ts(type = "Record<string, unknown>")]
    pub details: FactMap,
}
