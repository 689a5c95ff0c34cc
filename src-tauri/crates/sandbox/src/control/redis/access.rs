//! `ResetPassword` and the maintenance window.

use std::time::Duration;

use rediseal_tencent::redis::{InstanceRequest, MaintenanceWindow, TaskResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::require_running;
use crate::{
    control::{
        actions::{Call, fields},
        refusal::Refusal,
    },
    task::Work,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResetPassword {
    instance_id: String,
    password: Option<String>,
    #[serde(default)]
    no_auth: bool,
    #[serde(default)]
    encrypt_password: bool,
}

/// Switches password-free access or sets a password. The vendor leaves open what happens while
/// SSL is on; here password-free access is `InvalidParameterValue.PasswordFreeDenied` then.
pub(crate) fn reset_password(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: ResetPassword = call.request()?;
    let index = call.instance(&request.instance_id)?;
    if request.encrypt_password {
        return Err(Refusal::wrong_value(
            "EncryptPassword",
            "the sandbox takes passwords in plain text only",
            "沙箱仅支持明文密码",
        ));
    }
    require_running(call, index)?;
    let instance = &call.state.instances[index];
    let work = if request.no_auth {
        if instance.ssl.is_some() {
            return Err(Refusal::new(
                "InvalidParameterValue.PasswordFreeDenied",
                "Password-free access is not possible while SSL is on.",
                "开启 SSL 后不支持免密访问。",
            ));
        }
        Work::Password(None)
    } else {
        let password = request
            .password
            .ok_or_else(|| Refusal::missing("Password"))?;
        if !is_password(&password) {
            return Err(Refusal::new(
                "InvalidParameterValue.PasswordRuleError",
                "A password has 8 to 32 characters, at least two of lowercase and uppercase \
                 letters, digits and symbols, and does not start with `/`.",
                "密码长度为 8 到 32 个字符，至少包含小写字母、大写字母、数字和符号中的两种，\
                 且不能以 `/` 开头。",
            ));
        }
        Work::Password(Some(password))
    };
    let task = call
        .cloud
        .start_task(call.state, index, work, Duration::ZERO);
    fields(&TaskResponse {
        task_id: Some(i64::try_from(task).unwrap_or(i64::MAX)),
        ..TaskResponse::default()
    })
}

pub(crate) fn window(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: InstanceRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let (start, end) = call.state.instances[index].window.clone();
    fields(&MaintenanceWindow {
        start_time: Some(start),
        end_time: Some(end),
        ..MaintenanceWindow::default()
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ModifyWindow {
    instance_id: String,
    start_time: String,
    end_time: String,
}

pub(crate) fn modify_window(call: &mut Call<'_>) -> Result<Value, Refusal> {
    const DAY: i64 = 24 * 60;
    const LENGTHS: [i64; 5] = [30, 60, 90, 120, 180];

    let request: ModifyWindow = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let minutes = |name, text: &str| {
        let time = jiff::civil::Time::strptime("%H:%M", text).map_err(|_| {
            Refusal::wrong_value(name, "it is not of the form HH:MM", "格式应为 HH:MM")
        })?;
        Ok(i64::from(time.hour()) * 60 + i64::from(time.minute()))
    };
    let start = minutes("StartTime", &request.start_time)?;
    let end = minutes("EndTime", &request.end_time)?;
    if !LENGTHS.contains(&(end - start).rem_euclid(DAY)) {
        return Err(Refusal::wrong_value(
            "EndTime",
            "the window lasts 30, 60, 90, 120 or 180 minutes",
            "时间窗长度应为 30、60、90、120 或 180 分钟",
        ));
    }
    if call
        .state
        .tasks_of(index)
        .any(|task| call.now < task.begins)
    {
        return Err(Refusal::new(
            "UnsupportedOperation.IsAutoRenewError",
            "An upgrade waits for the window.",
            "已有升级任务等待该时间窗。",
        ));
    }
    call.state.instances[index].window = (request.start_time, request.end_time);
    Ok(json!({ "Status": "success" }))
}

fn is_password(text: &str) -> bool {
    let has = |class: fn(&u8) -> bool| usize::from(text.bytes().any(|byte| class(&byte)));
    let classes = has(u8::is_ascii_lowercase)
        + has(u8::is_ascii_uppercase)
        + has(u8::is_ascii_digit)
        + has(u8::is_ascii_punctuation);
    (8..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && !text.starts_with('/')
        && classes >= 2
}
