//! Wire types of the `redis` product, version 2018-04-12.
//!
//! Every field of an answer is optional and what is not known is kept in `other`: the service
//! adds fields without notice and published examples omit documented ones.
//! Source: the API pages of product `redis`, <https://cloud.tencent.com/document/api/239>.

use std::num::NonZeroU64;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

pub use crate::answer::Other;
use crate::answer::{answers, list};

/// `DescribeInstances`: one page of the instances of a region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstancesRequest {
    /// Page size, 1 to 1000; the service defaults to 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// A multiple of `limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// One instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
}

answers! {
    /// The answer to `DescribeInstances`.
    DescribeInstancesResponse {
        /// How many instances there are over all pages.
        total_count: i64,
        /// This page.
        #[serde(deserialize_with = "list")]
        instance_set: Vec<Instance>,
    }

    /// An element of `InstanceSet`.
    Instance {
        instance_id: String,
        instance_name: String,
        appid: i64,
        project_id: i64,
        project_name: String,
        region_id: i64,
        region: String,
        zone_id: i64,
        uniq_vpc_id: String,
        uniq_subnet_id: String,
        /// 0 to be initialised, 1 a task runs, 2 running, -2 isolated, -3 to be deleted.
        status: i64,
        sub_status: i64,
        instance_title: String,
        /// The private address, despite its name.
        wan_ip: String,
        port: i64,
        #[serde(rename = "IPv6")]
        ipv6: String,
        /// The public address; empty when there is none.
        wan_address: String,
        createtime: String,
        deadline_time: String,
        close_time: String,
        /// MB.
        size: f64,
        /// See [`crate::kind`].
        #[serde(rename = "Type")]
        kind: i64,
        engine: String,
        /// `standalone` is the standard architecture; `cluster`.
        product_type: String,
        product_version: String,
        billing_mode: i64,
        auto_renew_flag: i64,
        instance_tags: Vec<Tag>,
        /// MB.
        redis_shard_size: i64,
        redis_shard_num: i64,
        redis_replicas_num: i64,
        /// Password-free access.
        no_auth: bool,
        client_limit: i64,
        current_proxy_version: String,
        /// Empty: no upgrade is offered.
        upgrade_proxy_version: String,
        current_redis_version: String,
        /// Empty: no upgrade is offered.
        upgrade_redis_version: String,
    }
}

/// A tag of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct Tag {
    pub tag_key: Option<String>,
    pub tag_value: Option<String>,
}

/// A request that names one instance and nothing else: `DescribeSSLStatus`,
/// `DescribeMaintenanceWindow`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceRequest {
    #[expect(missing_docs, reason = "the vendor's field name")]
    pub instance_id: String,
}

/// `OpenSSL` and `CloseSSL`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SwitchSslRequest {
    #[expect(missing_docs, reason = "the vendor's field name")]
    pub instance_id: String,
    /// 0 any, 1 private IPv4, 2 private IPv6, 3 public, -1 unspecified. Newer than many
    /// endpoints, which refuse what they do not know: sent only when chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_type: Option<i64>,
}

/// `ModifySSLEncryptionMode`, which many endpoints do not have yet. Source: product `redis`, page
/// 140670.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct ModifySslEncryptionModeRequest {
    pub instance_id: String,
    pub encryption_mode: EncryptionMode,
}

/// `UpdateSSLCert`, which many endpoints do not have yet: a new certificate, or another rule for
/// connections with it. Source: product `redis`, page 140669.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateSslCertRequest {
    #[expect(missing_docs, reason = "the vendor's field name")]
    pub instance_id: String,
    /// 1: a certificate of the SSL Certificates service, which `cert_id` names. What else there
    /// is stands undocumented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert_source: Option<i64>,
    /// As in [`SwitchSslRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_type: Option<i64>,
    /// Required when `cert_source` is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert_id: Option<String>,
    /// `TLSv1.2` and the like.
    #[serde(rename = "SSLMinVersion", skip_serializing_if = "Option::is_none")]
    pub ssl_min_version: Option<String>,
    #[expect(missing_docs, reason = "the vendor's field name")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_mode: Option<EncryptionMode>,
}

/// What becomes of connections without TLS while SSL is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum EncryptionMode {
    /// `flexible`: they are served too.
    Flexible,
    /// `required`: those that are open are cut, and no others taken.
    Required,
    /// A word that is not documented.
    Other(String),
}

impl EncryptionMode {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Flexible => "flexible",
            Self::Required => "required",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for EncryptionMode {
    fn from(word: String) -> Self {
        match word.as_str() {
            "flexible" => Self::Flexible,
            "required" => Self::Required,
            _ => Self::Other(word),
        }
    }
}

impl From<EncryptionMode> for String {
    fn from(mode: EncryptionMode) -> Self {
        mode.as_str().to_owned()
    }
}

answers! {
    /// The answer to a request that starts a task: `OpenSSL`, `CloseSSL`,
    /// `ModifySSLEncryptionMode`, `UpdateSSLCert`, `ResetPassword`.
    TaskResponse {
        /// At most 0: there is no task to follow.
        task_id: i64,
        request_id: String,
    }

    /// The answer to `UpgradeProxyVersion` and `UpgradeSmallVersion`.
    FlowResponse {
        /// `DescribeTaskInfo` takes it as its `TaskId`.
        flow_id: i64,
        request_id: String,
    }

    /// The answer to `DescribeSSLStatus`.
    SslStatus {
        /// Where the certificate archive is; given even when SSL is off.
        cert_download_url: String,
        /// When that link ends, not the certificate. `YYYY-MM-DD HH:MM:SS`, zone undocumented.
        url_expired_time: String,
        /// SSL is on.
        #[serde(rename = "SSLConfig")]
        ssl_config: bool,
        /// The instance can have SSL.
        feature_support: bool,
        /// 1 a change is under way, 2 none is. Says nothing about on or off.
        status: i64,
        /// As in [`SwitchSslRequest`]; newer.
        address_type: i64,
        /// The address that the certificate is for; newer.
        encrypt_address: String,
    }
}

impl TaskResponse {
    /// The task to follow, if there is one.
    #[must_use]
    pub fn task(&self) -> Option<NonZeroU64> {
        task(self.task_id)
    }
}

impl FlowResponse {
    /// The task to follow, if there is one.
    #[must_use]
    pub fn task(&self) -> Option<NonZeroU64> {
        task(self.flow_id)
    }
}

fn task(id: Option<i64>) -> Option<NonZeroU64> {
    NonZeroU64::new(u64::try_from(id?).ok()?)
}

/// `DescribeTaskInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTaskInfoRequest {
    /// Unsigned on the wire: never -1.
    pub task_id: u64,
}

answers! {
    /// The answer to `DescribeTaskInfo`.
    TaskInfo {
        /// `preparing`, `running`, `succeed`, `failed`, `error`, in any case.
        status: String,
        start_time: String,
        /// Localised free text, not a code.
        task_type: String,
        instance_id: String,
        task_message: String,
    }
}

/// `DescribeTaskList`: tasks of the last 30 days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct DescribeTaskListRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// At most 100; the service defaults to 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// A multiple of `limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begin_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
}

answers! {
    /// The answer to `DescribeTaskList`.
    TaskList {
        total_count: i64,
        #[serde(deserialize_with = "list")]
        tasks: Vec<TaskListItem>,
    }

    /// An element of `Tasks`.
    TaskListItem {
        task_id: i64,
        start_time: String,
        end_time: String,
        /// A numeric code as text; SSL tasks have none that is documented.
        task_type: String,
        instance_id: String,
        instance_name: String,
        project_id: i64,
        /// 0 to 1.
        progress: f64,
        /// 0 initialised, 1 running, 2 completed, 4 failed.
        result: i64,
    }
}

/// `UpgradeProxyVersion`; every field is required by the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct UpgradeProxyVersionRequest {
    pub instance_id: String,
    pub current_proxy_version: String,
    pub upgrade_proxy_version: String,
    /// 1 now, 0 in the maintenance window.
    pub instance_type_upgrade_now: i64,
}

/// `UpgradeSmallVersion`; every field is required by the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct UpgradeSmallVersionRequest {
    pub instance_id: String,
    pub current_redis_version: String,
    pub upgrade_redis_version: String,
    /// 1 now, 0 in the maintenance window.
    pub instance_type_upgrade_now: i64,
}

/// `UpgradeInstanceVersion`; every field is required by the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct UpgradeInstanceVersionRequest {
    pub instance_id: String,
    /// A type code as text, see [`crate::kind`].
    pub target_instance_type: String,
    /// 1 in the maintenance window, 2 now.
    pub switch_option: i64,
}

answers! {
    /// The answer to `UpgradeInstanceVersion`: an order, followed by `DescribeInstanceDealDetail`.
    DealResponse {
        deal_name: String,
        deal_id: String,
        request_id: String,
    }
}

/// `DescribeInstanceDealDetail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct DescribeInstanceDealDetailRequest {
    pub deal_name: String,
}

answers! {
    /// The answer to `DescribeInstanceDealDetail`.
    DealDetails {
        #[serde(deserialize_with = "list")]
        deal_details: Vec<DealDetail>,
    }

    /// An element of `DealDetails`.
    DealDetail {
        deal_name: String,
        /// 1 unpaid, 2 paid, 3 delivering, 4 delivered, 5 failed, 6 refunded, 7 closed, 8 expired,
        /// 9 order invalid, 10 product invalid, 11 payment rejected, 12 paying.
        status: i64,
        description: String,
        instance_ids: Vec<String>,
    }
}

/// `ResetPassword`, used to switch password-free access only. It holds a password: nothing but
/// the client's call can show or serialise it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct ResetPasswordRequest {
    pub instance_id: String,
    /// 8 to 32 characters, two classes at least, no leading `/`. Required when `no_auth` is false.
    pub password: Option<SecretString>,
    pub no_auth: bool,
}

answers! {
    /// The answer to `DescribeMaintenanceWindow`, `HH:MM` each, zone undocumented.
    MaintenanceWindow {
        start_time: String,
        end_time: String,
    }
}
