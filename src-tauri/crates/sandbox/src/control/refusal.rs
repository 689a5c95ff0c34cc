//! Refusals: the vendor's error codes with a message in both languages.

use crate::text::Text;

/// An answer with an `Error`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: Text,
}

impl Refusal {
    pub(crate) fn new(
        code: &'static str,
        english: impl Into<String>,
        chinese: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: Text::new(english, chinese),
        }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new(
            "MissingParameter",
            format!("The request lacks the required parameter `{parameter}`."),
            format!("请求缺少必需的参数 `{parameter}`。"),
        )
    }

    pub(crate) fn unknown_parameter(parameter: &str) -> Self {
        Self::new(
            "UnknownParameter",
            format!("The parameter `{parameter}` is not recognized."),
            format!("参数 `{parameter}` 无法识别。"),
        )
    }

    pub(crate) fn wrong_type(parameter: &str, expected: &str) -> Self {
        Self::new(
            "InvalidParameter",
            format!("The parameter `{parameter}` is not of the type `{expected}`."),
            format!("参数 `{parameter}` 的类型不是 `{expected}`。"),
        )
    }

    pub(crate) fn wrong_value(parameter: &str, english: &str, chinese: &str) -> Self {
        Self::new(
            "InvalidParameterValue",
            format!("The value of the parameter `{parameter}` is not allowed: {english}."),
            format!("参数 `{parameter}` 的取值错误：{chinese}。"),
        )
    }

    pub(crate) fn throttled(action: &str, per_second: u32) -> Self {
        Self::new(
            "RequestLimitExceeded",
            format!("The action `{action}` is limited to {per_second} requests a second."),
            format!("接口 `{action}` 的请求频率超过了每秒 {per_second} 次的限制。"),
        )
    }

    pub(crate) fn no_instance(id: &str) -> Self {
        Self::new(
            "ResourceNotFound.InstanceNotExists",
            format!("The instance {id} does not exist in this region."),
            format!("该地域中不存在实例 {id}。"),
        )
    }

    pub(crate) fn wrong_status(id: &str, status: i64) -> Self {
        Self::new(
            "ResourceUnavailable.InstanceStatusError",
            format!("The instance {id} has the status {status}, which does not allow this."),
            format!("实例 {id} 的状态为 {status}，不允许执行该操作。"),
        )
    }

    pub(crate) fn wrong_engine(id: &str) -> Self {
        Self::new(
            "InvalidParameterValue.UnSupportedType",
            format!("The type of the instance {id} is not supported."),
            format!("不支持实例 {id} 的类型。"),
        )
    }

    pub(crate) fn check_not_passed(english: &str, chinese: &str) -> Self {
        Self::new("InvalidParameterValue.CheckNotPass", english, chinese)
    }

    pub(crate) fn system(english: &str, chinese: &str) -> Self {
        Self::new("FailedOperation.SystemError", english, chinese)
    }
}
