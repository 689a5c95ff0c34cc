//! The actions of the three products: what they take, how often they may be called.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    parameters::{self, Kind, Parameter, new, optional, required},
    redis,
    refusal::Refusal,
    region, sts,
};
use crate::{cloud::Cloud, state::State, text::Language};

/// An action of a product.
pub(crate) struct Action {
    service: &'static str,
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// The documented limit.
    pub(crate) per_second: u32,
    /// `X-TC-Region` is required.
    pub(crate) needs_region: bool,
    /// Not in the older API.
    new: bool,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) perform: fn(&mut Call<'_>) -> Result<Value, Refusal>,
}

/// A call that passed every check that does not depend on the action.
pub(crate) struct Call<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) state: &'a mut State,
    /// Simulated.
    pub(crate) now: Duration,
    pub(crate) region: &'a str,
    pub(crate) language: Language,
    pub(crate) parameters: Map<String, Value>,
}

impl Call<'_> {
    /// The parameters, which are gone afterwards.
    pub(crate) fn request<T: DeserializeOwned>(&mut self) -> Result<T, Refusal> {
        parameters::request(std::mem::take(&mut self.parameters))
    }

    /// The index of an instance of the call's region.
    pub(crate) fn instance(&self, id: &str) -> Result<usize, Refusal> {
        self.state
            .index(id)
            .filter(|index| self.state.instances[*index].region.region == self.region)
            .ok_or_else(|| Refusal::no_instance(id))
    }
}

/// An answer's fields.
pub(crate) fn fields(response: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(response)
        .map_err(|error| Refusal::new("InternalError", error.to_string(), error.to_string()))
}

impl Action {
    /// By the vendor's way to name what only reads.
    pub(crate) fn changes(&self) -> bool {
        !self.name.starts_with("Describe") && !self.name.starts_with("Get")
    }

    /// An `older` API knows no new actions.
    pub(crate) fn find(service: &str, name: &str, older: bool) -> Result<&'static Self, Refusal> {
        ACTIONS
            .iter()
            .find(|action| action.service == service && action.name == name)
            .filter(|action| !(older && action.new))
            .ok_or_else(|| {
                Refusal::new(
                    "InvalidAction",
                    format!("The product {service} has no action {name}."),
                    format!("产品 {service} 不存在接口 {name}。"),
                )
            })
    }
}

const INSTANCE_ID: Parameter = required("InstanceId", Kind::String);

const fn redis_action(
    name: &'static str,
    parameters: &'static [Parameter],
    perform: fn(&mut Call<'_>) -> Result<Value, Refusal>,
) -> Action {
    Action {
        service: "redis",
        name,
        version: "2018-04-12",
        per_second: 20,
        needs_region: true,
        new: false,
        parameters,
        perform,
    }
}

static ACTIONS: &[Action] = &[
    Action {
        service: "sts",
        name: "GetCallerIdentity",
        version: "2018-08-13",
        per_second: 20,
        needs_region: true,
        new: false,
        parameters: &[],
        perform: sts::caller_identity,
    },
    Action {
        service: "region",
        name: "DescribeRegions",
        version: "2022-06-27",
        per_second: 50,
        needs_region: false,
        new: false,
        parameters: &[
            required("Product", Kind::String),
            optional("Scene", Kind::Integer),
        ],
        perform: region::regions,
    },
    Action {
        per_second: 35,
        ..redis_action(
            "DescribeInstances",
            &[
                optional("Limit", Kind::Unsigned),
                optional("Offset", Kind::Unsigned),
                optional("InstanceId", Kind::String),
                optional("InstanceIds", Kind::Strings),
                optional("InstanceName", Kind::String),
                optional("SearchKey", Kind::String),
                optional("SearchKeys", Kind::Strings),
                optional("OrderBy", Kind::String),
                optional("OrderType", Kind::Integer),
                optional("Status", Kind::Integers),
                optional("Type", Kind::Integer),
                optional("TypeVersion", Kind::Integer),
                optional("EngineName", Kind::String),
                optional("AutoRenew", Kind::Integers),
                optional("BillingMode", Kind::String),
                optional("ProjectIds", Kind::Integers),
                optional("UniqVpcIds", Kind::Strings),
                optional("UniqSubnetIds", Kind::Strings),
                optional("VpcIds", Kind::Strings),
                optional("SubnetIds", Kind::Strings),
                optional("RegionIds", Kind::Integers),
                optional("InstanceTags", Kind::Objects),
                optional("TagKeys", Kind::Strings),
                optional("ProductVersions", Kind::Strings),
                optional("AzMode", Kind::String),
                optional("TypeList", Kind::Integers),
                optional("MonitorVersion", Kind::String),
            ],
            redis::instances::describe,
        )
    },
    redis_action("DescribeSSLStatus", &[INSTANCE_ID], redis::ssl::status),
    redis_action(
        "OpenSSL",
        &[INSTANCE_ID, new("AddressType", Kind::Integer)],
        redis::ssl::open,
    ),
    redis_action(
        "CloseSSL",
        &[INSTANCE_ID, new("AddressType", Kind::Integer)],
        redis::ssl::close,
    ),
    Action {
        new: true,
        ..redis_action(
            "ModifySSLEncryptionMode",
            &[INSTANCE_ID, required("EncryptionMode", Kind::String)],
            redis::encryption::modify_mode,
        )
    },
    Action {
        new: true,
        ..redis_action(
            "UpdateSSLCert",
            &[
                INSTANCE_ID,
                optional("CertSource", Kind::Integer),
                optional("AddressType", Kind::Integer),
                optional("CertId", Kind::String),
                optional("SSLMinVersion", Kind::String),
                optional("EncryptionMode", Kind::String),
            ],
            redis::encryption::update_certificate,
        )
    },
    redis_action(
        "DescribeTaskInfo",
        &[required("TaskId", Kind::Unsigned)],
        redis::tasks::info,
    ),
    redis_action(
        "DescribeTaskList",
        &[
            optional("InstanceId", Kind::String),
            optional("InstanceName", Kind::String),
            optional("Limit", Kind::Integer),
            optional("Offset", Kind::Integer),
            optional("ProjectIds", Kind::Integers),
            optional("TaskTypes", Kind::Strings),
            optional("BeginTime", Kind::String),
            optional("EndTime", Kind::String),
            optional("TaskStatus", Kind::Integers),
            optional("Result", Kind::Integers),
            optional("OperatorUin", Kind::Integers),
            optional("OperateUin", Kind::Strings),
        ],
        redis::tasks::list,
    ),
    redis_action(
        "UpgradeProxyVersion",
        &[
            INSTANCE_ID,
            required("CurrentProxyVersion", Kind::String),
            required("UpgradeProxyVersion", Kind::String),
            required("InstanceTypeUpgradeNow", Kind::Integer),
        ],
        redis::upgrades::proxy,
    ),
    redis_action(
        "UpgradeSmallVersion",
        &[
            INSTANCE_ID,
            required("CurrentRedisVersion", Kind::String),
            required("UpgradeRedisVersion", Kind::String),
            required("InstanceTypeUpgradeNow", Kind::Integer),
        ],
        redis::upgrades::kernel,
    ),
    redis_action(
        "UpgradeInstanceVersion",
        &[
            required("TargetInstanceType", Kind::String),
            required("SwitchOption", Kind::Integer),
            INSTANCE_ID,
        ],
        redis::upgrades::version,
    ),
    redis_action(
        "DescribeInstanceDealDetail",
        &[
            optional("DealName", Kind::String),
            optional("DealIds", Kind::Strings),
        ],
        redis::upgrades::order,
    ),
    redis_action(
        "ResetPassword",
        &[
            INSTANCE_ID,
            optional("Password", Kind::String),
            optional("NoAuth", Kind::Boolean),
            optional("EncryptPassword", Kind::Boolean),
        ],
        redis::access::reset_password,
    ),
    redis_action(
        "DescribeMaintenanceWindow",
        &[INSTANCE_ID],
        redis::access::window,
    ),
    redis_action(
        "ModifyMaintenanceWindow",
        &[
            INSTANCE_ID,
            required("StartTime", Kind::String),
            required("EndTime", Kind::String),
        ],
        redis::access::modify_window,
    ),
];
