//! `UpgradeProxyVersion`, `UpgradeSmallVersion`, `UpgradeInstanceVersion` and its order.

use std::time::Duration;

use rediseal_tencent::{
    kind::kind,
    redis::{
        DealDetail, DealDetails, DealResponse, FlowResponse, UpgradeInstanceVersionRequest,
        UpgradeProxyVersionRequest, UpgradeSmallVersionRequest,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::require_running;
use crate::{
    clock::{stamp, wall},
    control::{
        actions::{Call, fields},
        refusal::Refusal,
    },
    instance::{NEVER, version as numbers},
    state::Order,
    task::{Phase, Work},
};

pub(crate) fn proxy(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: UpgradeProxyVersionRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let now = now_or_window(
        "InstanceTypeUpgradeNow",
        request.instance_type_upgrade_now,
        (1, 0),
    )?;
    require_running(call, index)?;
    let instance = &call.state.instances[index];
    if instance.proxy_offer.is_empty()
        || request.current_proxy_version != instance.proxy
        || request.upgrade_proxy_version != instance.proxy_offer
    {
        return Err(Refusal::check_not_passed(
            "The versions are not those that DescribeInstances shows for the proxy.",
            "版本与 DescribeInstances 返回的 Proxy 版本不一致。",
        ));
    }
    let task = start(call, index, Work::UpgradeProxy, now)?;
    flow(task)
}

pub(crate) fn kernel(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: UpgradeSmallVersionRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let now = now_or_window(
        "InstanceTypeUpgradeNow",
        request.instance_type_upgrade_now,
        (1, 0),
    )?;
    require_running(call, index)?;
    let instance = &call.state.instances[index];
    if instance.redis_offer.is_empty()
        || request.current_redis_version != instance.redis
        || request.upgrade_redis_version != instance.redis_offer
    {
        return Err(Refusal::new(
            "UnsupportedOperation.InstanceNotOperation",
            "The versions are not those that DescribeInstances shows for the kernel.",
            "版本与 DescribeInstances 返回的内核版本不一致。",
        ));
    }
    let task = start(call, index, Work::UpgradeKernel, now)?;
    flow(task)
}

/// Upwards and within the architecture; the vendor also sells architecture upgrades, which are
/// not needed for SSL.
pub(crate) fn version(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: UpgradeInstanceVersionRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let now = now_or_window("SwitchOption", request.switch_option, (2, 1))?;
    let code: i64 = request.target_instance_type.parse().map_err(|_| {
        Refusal::wrong_value(
            "TargetInstanceType",
            "it is not a type code",
            "不是实例类型编码",
        )
    })?;
    require_running(call, index)?;
    let not_offered = || {
        Refusal::system(
            "The target version is not offered for this instance.",
            "该实例不支持升级到目标版本。",
        )
    };
    let instance = &call.state.instances[index];
    let from = kind(instance.kind).ok_or_else(not_offered)?;
    let to = kind(code).ok_or_else(not_offered)?;
    let upwards = numbers(from.version) < numbers(to.version);
    if from.engine != "Redis"
        || to.engine != "Redis"
        || !upwards
        || from.architecture != to.architecture
    {
        return Err(not_offered());
    }
    let task = start(call, index, Work::UpgradeVersion { kind: code }, now)?;
    let name = format!("{}{task:08}", wall().strftime("%Y%m%d"));
    call.state.orders.insert(
        name.clone(),
        Order {
            task,
            instance: index,
            created: wall(),
        },
    );
    fields(&DealResponse {
        deal_id: Some(name.clone()),
        deal_name: Some(name),
        ..DealResponse::default()
    })
}

/// `DealName` in its newer form, or the deprecated list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OrderRequest {
    deal_name: Option<String>,
    deal_ids: Option<Vec<String>>,
}

pub(crate) fn order(call: &mut Call<'_>) -> Result<Value, Refusal> {
    const PAID: i64 = 2;
    const DELIVERING: i64 = 3;
    const DELIVERED: i64 = 4;
    const FAILED: i64 = 5;

    let request: OrderRequest = call.request()?;
    let names = match (request.deal_name, request.deal_ids) {
        (Some(name), _) => vec![name],
        (None, Some(names)) => names,
        (None, None) => return Err(Refusal::missing("DealName")),
    };
    let mut details = Vec::new();
    for name in names {
        let found = call.state.orders.get(&name).and_then(|order| {
            let task = call.state.tasks.get(&order.task)?;
            Some((order, task))
        });
        let Some((order, task)) = found else {
            return Err(Refusal::system("The order does not exist.", "订单不存在。"));
        };
        let instance = &call.state.instances[order.instance];
        let status = match task.phase(call.now) {
            _ if call.now < task.begins => PAID,
            Phase::Preparing | Phase::Running => DELIVERING,
            Phase::Succeeded => DELIVERED,
            Phase::Failed => FAILED,
        };
        let ended = task.ended_at.map_or_else(|| NEVER.to_owned(), stamp);
        details.push(DealDetail {
            deal_name: Some(name.clone()),
            status: Some(status),
            description: Some(String::new()),
            instance_ids: Some(vec![instance.id().to_owned()]),
            other: [
                ("DealId", json!(name)),
                ("ZoneId", json!(instance.region.zone)),
                ("GoodsNum", json!(1)),
                ("Creater", json!("100000000002")),
                ("CreatTime", json!(stamp(order.created))),
                ("OverdueTime", json!(NEVER)),
                ("EndTime", json!(ended)),
                ("Price", json!(0)),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        });
    }
    fields(&DealDetails {
        deal_details: Some(details),
        ..DealDetails::default()
    })
}

/// Starts the work now or puts it off to the window, unless some is put off already.
fn start(call: &mut Call<'_>, index: usize, work: Work, now: bool) -> Result<u64, Refusal> {
    if call
        .state
        .tasks_of(index)
        .any(|task| call.now < task.begins)
    {
        return Err(Refusal::check_not_passed(
            "An upgrade already waits for the maintenance window.",
            "已有升级任务等待维护时间窗执行。",
        ));
    }
    let delay = if now {
        Duration::ZERO
    } else {
        call.cloud.until_window(&call.state.instances[index])
    };
    Ok(call.cloud.start_task(call.state, index, work, delay))
}

fn now_or_window(name: &str, value: i64, (now, window): (i64, i64)) -> Result<bool, Refusal> {
    if value == now {
        Ok(true)
    } else if value == window {
        Ok(false)
    } else {
        Err(Refusal::wrong_value(
            name,
            &format!("{now} (now) and {window} (in the maintenance window) are"),
            &format!("可选值为 {now}（立即）和 {window}（维护时间窗内）"),
        ))
    }
}

fn flow(task: u64) -> Result<Value, Refusal> {
    fields(&FlowResponse {
        flow_id: Some(i64::try_from(task).unwrap_or(i64::MAX)),
        ..FlowResponse::default()
    })
}
