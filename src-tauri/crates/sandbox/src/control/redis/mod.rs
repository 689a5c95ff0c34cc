//! The product `redis`.

pub(crate) mod access;
pub(crate) mod encryption;
pub(crate) mod instances;
pub(crate) mod ssl;
pub(crate) mod tasks;
pub(crate) mod upgrades;

use super::{actions::Call, refusal::Refusal};
use crate::instance::status;

/// Refuses a change while the instance is not simply running.
fn require_running(call: &Call<'_>, index: usize) -> Result<(), Refusal> {
    match call.state.status(index, call.now) {
        status::RUNNING => Ok(()),
        other => {
            let id = call.state.instances[index].id();
            Err(Refusal::wrong_status(id, other))
        }
    }
}

/// A page: the documented default when there is no limit, `offset` a multiple of it.
fn page(limit: Option<u64>, offset: Option<u64>, most: u64) -> Result<(usize, usize), Refusal> {
    const DEFAULT: u64 = 20;
    let limit = limit.unwrap_or(DEFAULT);
    if !(1..=most).contains(&limit) {
        return Err(Refusal::wrong_value(
            "Limit",
            &format!("1 to {most} are"),
            &format!("取值范围为 1 到 {most}"),
        ));
    }
    let offset = offset.unwrap_or(0);
    if !offset.is_multiple_of(limit) {
        return Err(Refusal::wrong_value(
            "Offset",
            "it is not a multiple of `Limit`",
            "不是 `Limit` 的整数倍",
        ));
    }
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    Ok((offset, usize::try_from(limit).unwrap_or(usize::MAX)))
}
