//! `DescribeInstances`.

use rediseal_tencent::{
    kind::kind,
    redis::{DescribeInstancesResponse, Tag},
};
use serde::Deserialize;
use serde_json::Value;

use super::page;
use crate::{
    control::{
        actions::{Call, fields},
        refusal::Refusal,
    },
    instance::{Instance, Versions, status},
    text::Text,
};

/// The filters that are applied; the others are taken and ignored, as the vendor's own are.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Filters {
    limit: Option<u64>,
    offset: Option<u64>,
    instance_id: Option<String>,
    instance_ids: Option<Vec<String>>,
    instance_name: Option<String>,
    search_key: Option<String>,
    search_keys: Option<Vec<String>>,
    order_by: Option<String>,
    order_type: Option<i64>,
    status: Option<Vec<i64>>,
    #[serde(rename = "Type")]
    kind: Option<i64>,
    engine_name: Option<String>,
    instance_tags: Option<Vec<Tag>>,
    tag_keys: Option<Vec<String>>,
}

pub(crate) fn describe(call: &mut Call<'_>) -> Result<Value, Refusal> {
    /// More than any document names.
    const UNKNOWN_STATUS: i64 = 42;
    const MOST: u64 = 1000;

    let filters: Filters = call.request()?;
    let (offset, limit) = page(filters.limit, filters.offset, MOST)?;
    let order = order(&filters)?;
    let at = call.now.saturating_sub(call.cloud.faults.stale());
    let mut found: Vec<(&Instance, Versions, i64)> = call
        .state
        .instances
        .iter()
        .enumerate()
        .filter(|(_, instance)| instance.region.region == call.region)
        .map(|(index, instance)| {
            let (versions, status) = call.state.seen_at(index, at);
            (instance, versions, status)
        })
        .filter(|(instance, versions, status)| filters.admit(instance, versions.kind, *status))
        .collect();
    if let Some(order) = order {
        found.sort_by_key(|(instance, ..)| order(instance));
        if filters.order_type.unwrap_or(1) == 1 {
            found.reverse();
        }
    }
    let total = found.len() as i64;
    let page = found
        .into_iter()
        .skip(offset)
        .take(limit)
        .map(|(instance, versions, status)| {
            let status = match call.cloud.faults.unknown_status(instance.id()) {
                true => UNKNOWN_STATUS,
                false => status,
            };
            instance.wire(versions, status, &title(status).into(call.language))
        })
        .collect();
    fields(&DescribeInstancesResponse {
        total_count: Some(total),
        instance_set: Some(page),
        ..DescribeInstancesResponse::default()
    })
}

impl Filters {
    fn admit(&self, instance: &Instance, code: i64, status: i64) -> bool {
        let data = &instance.data;
        let name_has = |part: &String| data.name.contains(part.as_str());
        let found_by =
            |key: &String| name_has(key) || data.id == *key || instance.address() == *key;
        let tag = |tag: &Tag| {
            tag.tag_key.as_deref() == Some("env") && tag.tag_value.as_ref() == Some(&data.env)
        };
        let engine = || {
            kind(code).map_or_else(String::new, |kind| match kind.engine {
                "Redis" => format!("Redis-{}", kind.version),
                other => other.to_owned(),
            })
        };
        is_in(&self.instance_id, |id| *id == data.id)
            && is_in(&self.instance_ids, |ids| {
                ids.is_empty() || ids.contains(&data.id)
            })
            && is_in(&self.instance_name, name_has)
            && is_in(&self.search_key, name_has)
            && is_in(&self.search_keys, |keys| {
                keys.is_empty() || keys.iter().any(found_by)
            })
            && is_in(&self.status, |wanted| {
                wanted.is_empty() || wanted.contains(&status)
            })
            && is_in(&self.kind, |kind| *kind == code)
            && is_in(&self.engine_name, |name| *name == engine())
            && is_in(&self.instance_tags, |tags| {
                tags.is_empty() || tags.iter().any(tag)
            })
            && is_in(&self.tag_keys, |keys| {
                keys.is_empty() || keys.iter().any(|key| key == "env")
            })
    }
}

/// A filter that was not given admits everything; so does an empty text.
fn is_in<T>(filter: &Option<T>, admits: impl FnOnce(&T) -> bool) -> bool {
    filter.as_ref().is_none_or(admits)
}

type Order = fn(&Instance) -> String;

fn order(filters: &Filters) -> Result<Option<Order>, Refusal> {
    let order: Order = match filters.order_by.as_deref() {
        None => return Ok(None),
        Some("projectId" | "curDeadline") => |_| String::new(),
        Some("createtime") => |instance| instance.data.created.to_string(),
        Some("instancename") => |instance| instance.data.name.clone(),
        Some("type") => |instance| format!("{:05}", instance.kind),
        Some(_) => {
            return Err(Refusal::wrong_value(
                "OrderBy",
                "projectId, createtime, instancename, type and curDeadline are",
                "可选值为 projectId、createtime、instancename、type 和 curDeadline",
            ));
        }
    };
    Ok(Some(order))
}

fn title(status: i64) -> Text {
    match status {
        0 => Text::new("Initializing", "待初始化"),
        status::BUSY => Text::new("Processing", "处理中"),
        status::RUNNING => Text::new("Running", "运行中"),
        status::ISOLATED => Text::new("Isolated", "已隔离"),
        status::TO_BE_DELETED => Text::new("To be deleted", "待删除"),
        _ => Text::new("", ""),
    }
}
