//! `DescribeSSLStatus`, `OpenSSL`, `CloseSSL`.

use std::time::Duration;

use rediseal_tencent::redis::{InstanceRequest, SslStatus, SwitchSslRequest, TaskResponse};
use serde_json::Value;

use super::require_running;
use crate::{
    clock::{later, stamp, wall},
    control::{
        actions::{Call, fields},
        refusal::Refusal,
    },
    fault::TaskFault,
    instance::{Instance, address_type, status},
    task::Work,
};

/// There is no task to follow.
const NO_TASK: i64 = -1;

/// A link is handed out whether SSL is on or off, as the vendor's example shows.
pub(crate) fn status(call: &mut Call<'_>) -> Result<Value, Refusal> {
    const CHANGING: i64 = 1;
    const SETTLED: i64 = 2;

    let request: InstanceRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let instance = &call.state.instances[index];
    if let gone @ (status::ISOLATED | status::TO_BE_DELETED | 0) = instance.status {
        return Err(Refusal::wrong_status(&request.instance_id, gone));
    }
    let lag = call.cloud.faults.status_lag();
    let lags = call.state.ssl_task_before(index, call.now, lag);
    let task = match lags {
        Some(_) => None,
        None => call.state.ssl_task(index, call.now),
    };
    let ssl = match lags.or(task) {
        Some(task) => &task.before,
        None => &instance.ssl,
    };
    let mut answer = SslStatus {
        ssl_config: Some(ssl.is_some()),
        feature_support: Some(instance.supports_ssl()),
        status: Some(if task.is_some() { CHANGING } else { SETTLED }),
        address_type: Some(
            ssl.as_ref()
                .map_or(address_type::UNSPECIFIED, |ssl| ssl.address_type),
        ),
        encrypt_address: Some(
            ssl.as_ref()
                .map_or_else(String::new, |ssl| ssl.address.clone()),
        ),
        ..SslStatus::default()
    };
    if call.cloud.faults.older() {
        (answer.address_type, answer.encrypt_address) = (None, None);
    }
    let (token, ends) = call.state.links.issue(index, call.now);
    let left = ends.saturating_sub(call.now);
    let left = call.cloud.clock.real(left).unwrap_or(left);
    answer.cert_download_url = Some(format!(
        "{}/certificates/{token}/TencentDB-SSL-CA.zip",
        call.cloud.base
    ));
    answer.url_expired_time = Some(stamp(later(wall(), left)));
    fields(&answer)
}

/// Refusals that the vendor leaves open: 2.8 is `FailedOperation.UnSupportError`, password-free
/// access `UnsupportedOperation.InstanceNotOperation`; both are documented for this action.
pub(crate) fn open(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: SwitchSslRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let address_type = address_type(request.address_type)?;
    let instance = &call.state.instances[index];
    if instance.is_other_engine() {
        return Err(Refusal::wrong_engine(&request.instance_id));
    }
    if instance.is_redis_2_8() {
        return Err(Refusal::new(
            "FailedOperation.UnSupportError",
            "Redis 2.8 has no SSL; upgrade the version first.",
            "Redis 2.8 不支持 SSL，请先升级版本。",
        ));
    }
    require_running(call, index)?;
    let instance = &call.state.instances[index];
    if !instance.proxy_speaks_tls() {
        return Err(Refusal::new(
            "UnsupportedOperation.LimitProxyVersion",
            format!(
                "The proxy version {} is too low; SSL needs 5.6.0.",
                instance.proxy
            ),
            format!(
                "Proxy 版本 {} 过低，SSL 需要 5.6.0 及以上。",
                instance.proxy
            ),
        ));
    }
    if instance.no_auth {
        return Err(Refusal::new(
            "UnsupportedOperation.InstanceNotOperation",
            "SSL and password-free access exclude each other; turn the latter off first.",
            "SSL 与免密访问互斥，请先关闭免密访问。",
        ));
    }
    require_address(instance, address_type)?;
    if instance.ssl.is_some() {
        return no_task();
    }
    switch(call, index, Work::OpenSsl { address_type })
}

pub(crate) fn close(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: SwitchSslRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    address_type(request.address_type)?;
    let instance = &call.state.instances[index];
    if instance.is_other_engine() {
        return Err(Refusal::wrong_engine(&request.instance_id));
    }
    if instance.is_redis_2_8() {
        return Err(Refusal::new(
            "UnsupportedOperation.InstanceNotOperation",
            "Redis 2.8 has no SSL.",
            "Redis 2.8 不支持 SSL。",
        ));
    }
    require_running(call, index)?;
    if call.state.instances[index].ssl.is_none() {
        return no_task();
    }
    switch(call, index, Work::CloseSsl)
}

pub(super) fn switch(call: &mut Call<'_>, index: usize, work: Work) -> Result<Value, Refusal> {
    let instance = &call.state.instances[index];
    let id = instance.id().to_owned();
    let hidden = instance.data.no_task_id
        || call
            .cloud
            .faults
            .task(&id, &[TaskFault::MinusOne])
            .is_some();
    let task = call
        .cloud
        .start_task(call.state, index, work, Duration::ZERO);
    if hidden {
        if let Some(task) = call.state.tasks.get_mut(&task) {
            task.listed = false;
        }
        return no_task();
    }
    answer(i64::try_from(task).unwrap_or(i64::MAX))
}

pub(super) fn no_task() -> Result<Value, Refusal> {
    answer(NO_TASK)
}

fn answer(task: i64) -> Result<Value, Refusal> {
    fields(&TaskResponse {
        task_id: Some(task),
        ..TaskResponse::default()
    })
}

/// Refuses to bind a certificate to an address that the instance does not have.
pub(super) fn require_address(instance: &Instance, address_type: i64) -> Result<(), Refusal> {
    let binds = matches!(
        address_type,
        address_type::PRIVATE_IPV4 | address_type::PRIVATE_IPV6 | address_type::PUBLIC
    );
    if binds && instance.bound_address(address_type).is_empty() {
        return Err(Refusal::new(
            "InvalidParameter",
            format!("The instance has no address of the AddressType {address_type}."),
            format!("实例没有 AddressType 为 {address_type} 的地址。"),
        ));
    }
    Ok(())
}

pub(super) fn address_type(given: Option<i64>) -> Result<i64, Refusal> {
    match given {
        None | Some(0) => Ok(address_type::UNSPECIFIED),
        Some(known @ -1..=3) => Ok(known),
        Some(_) => Err(Refusal::wrong_value(
            "AddressType",
            "-1 to 3 are",
            "取值范围为 -1 到 3",
        )),
    }
}
