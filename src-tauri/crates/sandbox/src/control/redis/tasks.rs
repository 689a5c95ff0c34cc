//! `DescribeTaskInfo`, `DescribeTaskList`.

use rediseal_tencent::redis::{DescribeTaskInfoRequest, TaskInfo, TaskList, TaskListItem};
use serde::Deserialize;
use serde_json::Value;

use super::page;
use crate::{
    clock::stamp,
    control::{
        actions::{Call, fields},
        refusal::Refusal,
    },
    instance::NEVER,
    task::{Phase, Task},
    text::Text,
};

pub(crate) fn info(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: DescribeTaskInfoRequest = call.request()?;
    let task = call
        .state
        .tasks
        .get(&request.task_id)
        .filter(|task| task.listed && in_region(call, task))
        .ok_or_else(|| {
            Refusal::new(
                "InvalidParameter.InvalidParameter",
                format!(
                    "The task {} does not exist in this region.",
                    request.task_id
                ),
                format!("该地域中不存在任务 {}。", request.task_id),
            )
        })?;
    let phase = task.phase(call.now);
    let message = match phase {
        Phase::Failed => Text::new(
            "The proxy did not come up with the new configuration; nothing was changed.",
            "Proxy 未能加载新配置，未做任何变更。",
        )
        .into(call.language),
        _ => String::new(),
    };
    fields(&TaskInfo {
        status: Some(phase.word().to_owned()),
        start_time: Some(stamp(task.started_at)),
        task_type: Some(task.work.title().into(call.language)),
        instance_id: Some(call.state.instances[task.instance].id().to_owned()),
        task_message: Some(message),
        ..TaskInfo::default()
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Filters {
    instance_id: Option<String>,
    instance_name: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
    task_types: Option<Vec<String>>,
    begin_time: Option<String>,
    end_time: Option<String>,
    result: Option<Vec<i64>>,
}

/// The newest first.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Value, Refusal> {
    const MOST: u64 = 100;

    let filters: Filters = call.request()?;
    let unsigned = |name, value: Option<i64>| match value.map(u64::try_from) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(Refusal::wrong_value(name, "it is negative", "不能为负数")),
    };
    let (offset, limit) = page(
        unsigned("Limit", filters.limit)?,
        unsigned("Offset", filters.offset)?,
        MOST,
    )?;
    let items: Vec<TaskListItem> = call
        .state
        .tasks
        .values()
        .rev()
        .filter(|task| task.listed && in_region(call, task))
        .map(|task| item(call, task))
        .filter(|item| filters.admit(item))
        .collect();
    fields(&TaskList {
        total_count: Some(items.len() as i64),
        tasks: Some(items.into_iter().skip(offset).take(limit).collect()),
        ..TaskList::default()
    })
}

impl Filters {
    fn admit(&self, item: &TaskListItem) -> bool {
        // Times of one zone in this form compare as text.
        let is =
            |filter: &Option<String>, value: &Option<String>| filter.is_none() || filter == value;
        is(&self.instance_id, &item.instance_id)
            && is(&self.instance_name, &item.instance_name)
            && self.begin_time.as_ref() <= item.start_time.as_ref()
            && (self.end_time.is_none() || item.start_time <= self.end_time)
            && self.task_types.as_ref().is_none_or(|types| {
                types.is_empty()
                    || item
                        .task_type
                        .as_ref()
                        .is_some_and(|one| types.contains(one))
            })
            && self.result.as_ref().is_none_or(|results| {
                results.is_empty() || item.result.is_some_and(|one| results.contains(&one))
            })
    }
}

fn item(call: &Call<'_>, task: &Task) -> TaskListItem {
    let instance = &call.state.instances[task.instance];
    TaskListItem {
        task_id: Some(i64::try_from(task.id).unwrap_or(i64::MAX)),
        start_time: Some(stamp(task.started_at)),
        end_time: Some(task.ended_at.map_or_else(|| NEVER.to_owned(), stamp)),
        task_type: Some(task.work.code().to_owned()),
        instance_id: Some(instance.id().to_owned()),
        instance_name: Some(instance.data.name.clone()),
        project_id: Some(0),
        progress: Some(task.progress(call.now)),
        result: Some(task.phase(call.now).result()),
        ..TaskListItem::default()
    }
}

fn in_region(call: &Call<'_>, task: &Task) -> bool {
    call.state.instances[task.instance].region.region == call.region
}
