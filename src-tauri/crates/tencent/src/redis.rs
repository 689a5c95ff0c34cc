//! Wire types of the `redis` product, version 2018-04-12.
//!
//! Every response field is optional and unknown ones are kept in `other`: the service adds
//! fields without notice and published examples omit documented ones.
//! Source: the API pages of product `redis`, <https://cloud.tencent.com/document/api/239>.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Fields that this client has no name for, by their name on the wire.
pub type Other = BTreeMap<String, Value>;

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

/// The answer to `DescribeInstances`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DescribeInstancesResponse {
    /// How many instances there are over all pages.
    pub total_count: Option<i64>,
    /// This page.
    pub instance_set: Option<Vec<Instance>>,
    #[expect(missing_docs, reason = "unknown fields")]
    #[serde(flatten)]
    pub other: Other,
}

/// An element of `InstanceSet`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(
    missing_docs,
    reason = "the vendor's field names; the ones that need a word have one"
)]
pub struct Instance {
    pub instance_id: Option<String>,
    pub instance_name: Option<String>,
    pub appid: Option<i64>,
    pub project_id: Option<i64>,
    pub project_name: Option<String>,
    pub region_id: Option<i64>,
    pub region: Option<String>,
    pub zone_id: Option<i64>,
    pub uniq_vpc_id: Option<String>,
    pub uniq_subnet_id: Option<String>,
    /// 0 to be initialised, 1 a task runs, 2 running, -2 isolated, -3 to be deleted.
    pub status: Option<i64>,
    pub sub_status: Option<i64>,
    pub instance_title: Option<String>,
    /// The private address, despite its name.
    pub wan_ip: Option<String>,
    pub port: Option<i64>,
    #[serde(rename = "IPv6")]
    pub ipv6: Option<String>,
    /// The public address; empty when there is none.
    pub wan_address: Option<String>,
    pub createtime: Option<String>,
    pub deadline_time: Option<String>,
    pub close_time: Option<String>,
    /// MB.
    pub size: Option<f64>,
    /// See [`crate::kind`].
    #[serde(rename = "Type")]
    pub kind: Option<i64>,
    pub engine: Option<String>,
    /// `standalone` is the standard architecture; `cluster`.
    pub product_type: Option<String>,
    pub product_version: Option<String>,
    pub billing_mode: Option<i64>,
    pub auto_renew_flag: Option<i64>,
    pub instance_tags: Option<Vec<Tag>>,
    /// MB.
    pub redis_shard_size: Option<i64>,
    pub redis_shard_num: Option<i64>,
    pub redis_replicas_num: Option<i64>,
    /// Password-free access.
    pub no_auth: Option<bool>,
    pub client_limit: Option<i64>,
    pub current_proxy_version: Option<String>,
    /// Empty: no upgrade is offered.
    pub upgrade_proxy_version: Option<String>,
    pub current_redis_version: Option<String>,
    /// Empty: no upgrade is offered.
    pub upgrade_redis_version: Option<String>,
    #[serde(flatten)]
    pub other: Other,
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

/// The answer to a request that starts a task: `OpenSSL`, `CloseSSL`, `ResetPassword`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TaskResponse {
    /// At most 0: there is no task to follow.
    pub task_id: Option<i64>,
    #[expect(missing_docs, reason = "unknown fields")]
    #[serde(flatten)]
    pub other: Other,
}

/// The answer to `UpgradeProxyVersion` and `UpgradeSmallVersion`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FlowResponse {
    /// `DescribeTaskInfo` takes it as its `TaskId`.
    pub flow_id: Option<i64>,
    #[expect(missing_docs, reason = "unknown fields")]
    #[serde(flatten)]
    pub other: Other,
}

/// The answer to `DescribeSSLStatus`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SslStatus {
    /// Where the certificate archive is; given even when SSL is off.
    pub cert_download_url: Option<String>,
    /// When that link ends, not the certificate. `YYYY-MM-DD HH:MM:SS`, zone undocumented.
    pub url_expired_time: Option<String>,
    /// SSL is on.
    #[serde(rename = "SSLConfig")]
    pub ssl_config: Option<bool>,
    /// The instance can have SSL.
    pub feature_support: Option<bool>,
    /// 1 a change is under way, 2 none is. Says nothing about on or off.
    pub status: Option<i64>,
    /// As in [`SwitchSslRequest`]; newer.
    pub address_type: Option<i64>,
    /// The address that the certificate is for; newer.
    pub encrypt_address: Option<String>,
    #[expect(missing_docs, reason = "unknown fields")]
    #[serde(flatten)]
    pub other: Other,
}

/// `DescribeTaskInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTaskInfoRequest {
    /// Unsigned on the wire: never -1.
    pub task_id: u64,
}

/// The answer to `DescribeTaskInfo`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct TaskInfo {
    /// `preparing`, `running`, `succeed`, `failed`, `error`, in any case.
    pub status: Option<String>,
    pub start_time: Option<String>,
    /// Localised free text, not a code.
    pub task_type: Option<String>,
    pub instance_id: Option<String>,
    pub task_message: Option<String>,
    #[serde(flatten)]
    pub other: Other,
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

/// The answer to `DescribeTaskList`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct TaskList {
    pub total_count: Option<i64>,
    pub tasks: Option<Vec<TaskListItem>>,
    #[serde(flatten)]
    pub other: Other,
}

/// An element of `Tasks`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct TaskListItem {
    pub task_id: Option<i64>,
    pub start_time: Option<String>,
    pub end_time: Option<String>,
    /// A numeric code as text; SSL tasks have none that is documented.
    pub task_type: Option<String>,
    pub instance_id: Option<String>,
    pub instance_name: Option<String>,
    pub project_id: Option<i64>,
    /// 0 to 1.
    pub progress: Option<f64>,
    /// 0 initialised, 1 running, 2 completed, 4 failed.
    pub result: Option<i64>,
    #[serde(flatten)]
    pub other: Other,
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

/// The answer to `UpgradeInstanceVersion`: an order, followed by `DescribeInstanceDealDetail`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct DealResponse {
    pub deal_name: Option<String>,
    pub deal_id: Option<String>,
    #[serde(flatten)]
    pub other: Other,
}

/// `DescribeInstanceDealDetail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct DescribeInstanceDealDetailRequest {
    pub deal_name: String,
}

/// The answer to `DescribeInstanceDealDetail`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct DealDetails {
    pub deal_details: Option<Vec<DealDetail>>,
    #[serde(flatten)]
    pub other: Other,
}

/// An element of `DealDetails`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct DealDetail {
    pub deal_name: Option<String>,
    /// 1 unpaid, 2 paid, 3 delivering, 4 delivered, 5 failed, 6 refunded, 7 closed, 8 expired,
    /// 9 order invalid, 10 product invalid, 11 payment rejected, 12 paying.
    pub status: Option<i64>,
    pub description: Option<String>,
    pub instance_ids: Option<Vec<String>>,
    #[serde(flatten)]
    pub other: Other,
}

/// `ResetPassword`, used to switch password-free access only.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct ResetPasswordRequest {
    pub instance_id: String,
    /// 8 to 32 characters, two classes at least, no leading `/`. Required when `no_auth` is false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    pub no_auth: bool,
}

/// The answer to `DescribeMaintenanceWindow`, `HH:MM` each, zone undocumented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct MaintenanceWindow {
    pub start_time: Option<String>,
    pub end_time: Option<String>,
    #[serde(flatten)]
    pub other: Other,
}
