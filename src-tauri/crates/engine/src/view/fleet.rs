//! The instances and how they stand.

use jiff::Timestamp;
use rediseal_probe::{Cause, Report, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{Action, CertificateHistory, CertificateView, EdgeError, FactMap, JobSnapshot};

/// The fleet as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct InventorySnapshot {
    /// The account it belongs to.
    pub account_id: Option<String>,
    /// The number of the newest change in it.
    pub revision: u64,
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
    /// Why the cloud did not say which regions there are. A list that is built in was gone through
    /// instead, and those of it that do not have the product are not among `regions`.
    pub regions_error: Option<EdgeError>,
}

/// What changed in the fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InventoryChange {
    /// The revision that it follows: who has another one asks for the whole.
    pub since: u64,
    /// The fleet as it is now; of the rows, those that are new or changed.
    pub now: InventorySnapshot,
    /// Ids of the instances that are there no more.
    pub gone: Vec<String>,
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
    /// Instances whose SSL state this sweep has not asked for yet.
    pub pending: usize,
    #[expect(missing_docs, reason = "the type says it")]
    pub state: RegionState,
    /// The newest sweep has all its instances; that their SSL states are read is another matter.
    pub listed: bool,
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
    /// `flexible`, `required` or another word, where the cloud says it.
    pub encryption_mode: Option<String>,
    /// When the first certificate of the chain that was seen last ends: clients refuse the
    /// connection from then on.
    #[ts(type = "string | null")]
    pub certificate_ends: Option<Timestamp>,
    /// The CA whose end that is; none when it is the server's own certificate.
    pub certificate_ends_of: Option<String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub last_test: Option<LastTest>,
    /// The job that runs on it.
    pub job_id: Option<String>,
    /// When it was asked for its SSL state last: the age of the row.
    #[ts(type = "string | null")]
    pub asked: Option<Timestamp>,
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
    /// Which certificates it was seen with.
    pub history: CertificateHistory,
    /// Its jobs, newest first.
    pub jobs: Vec<JobSnapshot>,
    /// The cloud's own answers, for the raw view.
    #[ts(type = "unknown")]
    pub raw: Value,
}
