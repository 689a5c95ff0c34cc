//! Why a command did not do what it was asked, and the exit code that says so to scripts.

use std::io;

use rediseal_engine::view::{EdgeError, FactMap};
use rediseal_engine::{Code, Error};

use crate::language::{Language, say};
use crate::output::plain;
use crate::{network, words};

/// The exit codes. They are a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done, or the answer is yes.
    Yes = 0,
    /// Not done, or the answer is no; the cause is printed.
    No = 1,
    /// The command cannot be carried out as it was given.
    Usage = 2,
    /// The server, the cloud or the network does not answer.
    Unreachable = 3,
    /// The cloud answered, and refuses.
    Refused = 4,
}

/// An error with its exit code.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) error: EdgeError,
    /// The message in the user's language, when there is one of our own.
    text: Option<String>,
}

impl Failure {
    /// The command line does not make sense; `english` goes to programs, `text` to the user.
    pub(crate) fn usage(english: impl Into<String>, text: impl Into<String>) -> Self {
        Self::own(Exit::Usage, Code::InvalidInput, english, text)
    }

    pub(crate) fn own(
        exit: Exit,
        code: Code,
        english: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            exit,
            error: EdgeError {
                code,
                message: english.into(),
                retryable: false,
                request_id: None,
                details: FactMap::new(),
            },
            text: Some(text.into()),
        }
    }

    /// stdout did not take the result of a command that `changes` something, or does not.
    pub(crate) fn unwritten(error: &io::Error, changes: bool, language: Language) -> Self {
        let code = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
            _ => Code::SaveFailed,
        };
        Self::own(
            Exit::No,
            code,
            format!("the result could not be written to stdout: {error}"),
            say!(
                language,
                "the result could not be written to stdout: {error}{}",
                "无法将结果写到标准输出：{error}{}",
                match changes {
                    true => language.of(
                        "\n  What the command did stands; `rediseal-cli jobs` lists changes.",
                        "\n  命令已执行的操作依然有效；`rediseal-cli jobs` 可列出变更。",
                    ),
                    false => "",
                }
            ),
        )
    }

    /// An error of the engine that is better said in words of our own.
    pub(crate) fn with_text(error: EdgeError, text: String) -> Self {
        Self {
            text: Some(text),
            ..Self::from(error)
        }
    }

    /// For people: what happened, what to do, what the vendor's support asks for, and where all
    /// that is a translation, the original.
    pub(crate) fn text(&self, language: Language) -> String {
        let mut lines = vec![self.happened(language)];
        if self.text.is_none()
            && let Some(advice) = advice(&self.error, language)
        {
            lines.push(format!("  {advice}"));
        }
        if let Some(request) = &self.error.request_id {
            lines.push(format!("  RequestId {}", plain(request)));
        }
        if self.text.is_none() && language == Language::Chinese {
            lines.push(format!("  原文：{}", plain(&self.error.message)));
        }
        lines.join("\n")
    }

    /// For people: what happened, in one line or in words of our own.
    pub(crate) fn happened(&self, language: Language) -> String {
        match (&self.text, language) {
            (Some(text), _) => text.trim_end().to_owned(),
            _ if let Some(text) = network::happened(&self.error, language) => text,
            _ if let Some((text, _)) = out_of_service(&self.error, language) => text.to_owned(),
            (None, Language::English) => plain(&self.error.message),
            (None, Language::Chinese) => happened(self.error.code).to_owned(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        EdgeError::from(error).into()
    }
}

impl From<EdgeError> for Failure {
    fn from(error: EdgeError) -> Self {
        Self {
            exit: exit(&error),
            error,
            text: None,
        }
    }
}

/// Which of the classes an error belongs to.
pub(crate) fn exit(error: &EdgeError) -> Exit {
    match error.code {
        Code::InstanceBusy if !by_the_cloud(error) => Exit::No,
        Code::CredentialsMissing
        | Code::EndpointRefused
        | Code::ConfirmationMismatch
        | Code::InvalidInput => Exit::Usage,
        Code::NetworkUnreachable
        | Code::ProxyRefused
        | Code::ProxyLogin
        | Code::CertificateUntrusted
        | Code::ConnectionInspected
        | Code::Timeout
        | Code::BadAnswer => Exit::Unreachable,
        Code::CredentialsRejected
        | Code::TokenExpired
        | Code::PermissionDenied
        | Code::ClockSkewed
        | Code::Throttled
        | Code::InstanceBusy
        | Code::Unsupported
        | Code::NotAvailableYet
        | Code::ServiceFailed => Exit::Refused,
        Code::InstanceNotFound
        | Code::PreconditionFailed
        | Code::PlanExpired
        | Code::TaskFailed
        | Code::CertificateDownloadFailed
        | Code::CertificateInvalid
        | Code::FileExists
        | Code::SaveFailed
        | Code::Cancelled
        | Code::KeychainUnavailable
        | Code::KeychainNoCollection
        | Code::KeychainLocked
        | Code::DataFolderUnwritable
        | Code::DiskFull
        | Code::Internal => Exit::No,
    }
}

/// Whether what was looked for can be an id at all.
fn has_the_form_of_an_id(error: &EdgeError) -> bool {
    let id = words::fact(&error.details, "instance_id");
    id.is_empty() || id.starts_with("crs-") || id.starts_with("crs_")
}

/// The cloud said so, not this program.
fn by_the_cloud(error: &EdgeError) -> bool {
    error.details.contains_key("cloud_code")
}

const fn happened(code: Code) -> &'static str {
    match code {
        Code::CredentialsMissing => "没有可用的账号",
        Code::CredentialsRejected => "腾讯云不接受此密钥",
        Code::TokenExpired => "临时令牌有误或已过期",
        Code::PermissionDenied => "此密钥没有所需的权限",
        Code::ClockSkewed => "本机时钟偏差超过五分钟",
        Code::Throttled => "请求过多，被限流",
        Code::InstanceBusy => "实例上有其他任务正在执行",
        Code::InstanceNotFound => "没有此实例",
        Code::Unsupported => "此实例不支持该操作",
        Code::NotAvailableYet => "腾讯云在此尚未提供该功能",
        Code::ServiceFailed => "腾讯云服务出错",
        Code::BadAnswer => "收到的应答不符合协议",
        Code::NetworkUnreachable => "无法建立连接，或连接中断",
        Code::ProxyRefused => "代理没有连接到云端",
        Code::ProxyLogin => "代理要求登录",
        Code::CertificateUntrusted => "云端证书不受信任",
        Code::ConnectionInspected => "连接在途中被解密查看",
        Code::Timeout => "等待应答超时",
        Code::EndpointRefused => "接入点不可用：除本机回环地址外只接受 https",
        Code::PreconditionFailed => "前置条件不满足",
        Code::PlanExpired => "计划已失效",
        Code::ConfirmationMismatch => "确认内容不一致",
        Code::TaskFailed => "云端任务失败",
        Code::CertificateDownloadFailed => "证书下载失败",
        Code::CertificateInvalid => "证书文件不可用",
        Code::FileExists => "文件已存在",
        Code::SaveFailed => "写入失败",
        Code::Cancelled => "已取消",
        Code::KeychainUnavailable => "系统钥匙串不可用",
        Code::KeychainNoCollection => "系统钥匙串没有默认集合",
        Code::KeychainLocked => "系统钥匙串已锁定",
        Code::DataFolderUnwritable => "数据目录不可写",
        Code::DiskFull => "磁盘已满",
        Code::InvalidInput => "输入有误",
        Code::Internal => "程序内部错误",
    }
}

/// Of an instance that is not there to be used, which the cloud calls busy: what happened, and what
/// to do.
fn out_of_service(error: &EdgeError, language: Language) -> Option<(&'static str, &'static str)> {
    let (english, chinese) = match words::fact(&error.details, "state").as_str() {
        "isolated" => (
            (
                "the instance is isolated, as after an unpaid bill: its port takes nothing",
                "Renew or restore it in the console, then try again.",
            ),
            (
                "实例已隔离（例如因欠费），其端口不接受连接",
                "请在控制台续费或恢复后重试。",
            ),
        ),
        "initializing" => (
            (
                "the instance is being created",
                "Wait until it runs; `rediseal-cli status ID` shows it.",
            ),
            (
                "实例正在创建",
                "请等待其运行后重试；`rediseal-cli status ID` 可查看。",
            ),
        ),
        "to_be_deleted" => (
            (
                "the instance is about to be deleted: its port takes nothing",
                "It can be restored in the console as long as it is listed there.",
            ),
            (
                "实例待删除，其端口不接受连接",
                "在控制台仍列出期间可以恢复。",
            ),
        ),
        _ => return None,
    };
    Some(match language {
        Language::English => english,
        Language::Chinese => chinese,
    })
}

/// What to do about it, where that is not said by the message itself.
fn advice(error: &EdgeError, language: Language) -> Option<String> {
    if let Some(advice) = network::advice(error, language) {
        return Some(advice);
    }
    if let Some((_, advice)) = out_of_service(error, language) {
        return Some(advice.to_owned());
    }
    let (english, chinese) = match error.code {
        Code::CredentialsMissing => (
            "Set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or keep a key with `rediseal-cli accounts add NAME`.",
            "请设置 TENCENTCLOUD_SECRET_ID 与 TENCENTCLOUD_SECRET_KEY，或用 `rediseal-cli accounts add NAME` 保存密钥。",
        ),
        Code::CredentialsRejected => (
            "Check SecretId and SecretKey in the CAM console; a key that was disabled or deleted looks the same.",
            "请在访问管理控制台核对 SecretId 与 SecretKey；已禁用或已删除的密钥也会如此。",
        ),
        Code::TokenExpired => (
            "SecretId, SecretKey and token have to be of one answer, and not over. Give new ones, in the environment or with `rediseal-cli accounts add NAME`.",
            "SecretId、SecretKey 与令牌须来自同一次应答且未过期。请通过环境变量或 `rediseal-cli accounts add NAME` 重新提供。",
        ),
        Code::PermissionDenied if error.details.contains_key("cam_action") => {
            let action = words::fact(&error.details, "cam_action");
            return Some(say!(
                language,
                "Ask for {action} to be allowed in CAM for this key; `rediseal-cli policy` prints all that it needs.",
                "请在访问管理中为此密钥授权 {action}；`rediseal-cli policy` 可输出所需的全部策略。"
            ));
        }
        Code::PermissionDenied => (
            "Ask for the action to be allowed in CAM for this key.",
            "请在访问管理中为此密钥授权该操作。",
        ),
        Code::ClockSkewed => (
            "Set this computer's clock; the cloud refuses requests that are five minutes off.",
            "请校准本机时钟；偏差超过五分钟的请求会被拒绝。",
        ),
        Code::Throttled => ("Wait a little and try again.", "请稍后重试。"),
        Code::InstanceBusy if !by_the_cloud(error) => (
            "Nothing was sent; `rediseal-cli jobs --wait` follows it to its end.",
            "未发送任何请求；`rediseal-cli jobs --wait` 可跟踪到结束。",
        ),
        Code::InstanceBusy => (
            "Wait until the other task ends; `rediseal-cli status ID` shows it.",
            "请等待其他任务结束；`rediseal-cli status ID` 可查看。",
        ),
        Code::InstanceNotFound if !has_the_form_of_an_id(error) => (
            "An instance is named by its id, such as crs-81zzc9hn, not by its name; `rediseal-cli instances` lists both.",
            "请使用实例 ID（例如 crs-81zzc9hn）而非名称；`rediseal-cli instances` 会同时列出二者。",
        ),
        Code::InstanceNotFound => (
            "`rediseal-cli instances` lists the instances that this key can see.",
            "`rediseal-cli instances` 可列出此密钥可见的实例。",
        ),
        Code::NotAvailableYet
            if words::fact(&error.details, "cloud_code") == "UnknownParameter" =>
        {
            let options = match words::fact(&error.details, "action").as_str() {
                "UpdateSSLCert" => {
                    language.of("--address or --min-version", "--address 或 --min-version")
                }
                _ => "--address",
            };
            return Some(say!(
                language,
                "Not available here yet, and nothing was changed. Run it again without {options}, or wait until this region has it.",
                "此处尚不可用，且未做任何更改。请去掉 {options} 后重试，或等待该地域支持。"
            ));
        }
        Code::NotAvailableYet => (
            "Not available here yet, and nothing was changed: wait until this region has it.",
            "此处尚不可用，且未做任何更改：需等待该地域支持。",
        ),
        Code::ServiceFailed => (
            "The fault is the cloud's. `rediseal-cli instances` shows whether anything has changed; then try again, and if it stays, send the RequestId to Tencent Cloud's support.",
            "故障在腾讯云一侧。请先用 `rediseal-cli instances` 查看是否已有变更，再重试；如仍失败，请凭 RequestId 提交工单。",
        ),
        Code::NetworkUnreachable | Code::Timeout => (
            "Check the network, a proxy or a firewall between here and the endpoint.",
            "请检查本机到接入点之间的网络、网络代理与防火墙。",
        ),
        Code::BadAnswer => (
            "Something on the way may have changed the answer, such as a proxy or the sign-in page of a network: look at the endpoint, --proxy and the network. If it stays, send the RequestId to Tencent Cloud's support.",
            "应答可能在途中被改动，例如被网络代理或网络登录页面：请检查接入点、--proxy 与网络。如仍如此，请凭 RequestId 提交工单。",
        ),
        Code::PlanExpired => (
            "Something changed meanwhile; run the command again.",
            "期间情况有变，请重新执行。",
        ),
        Code::FileExists => (
            "Nothing was overwritten; --force replaces the file.",
            "未覆盖任何文件；--force 可替换。",
        ),
        Code::KeychainUnavailable | Code::KeychainNoCollection | Code::KeychainLocked => (
            "Without a keychain, use the environment: TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY.",
            "没有钥匙串时，请使用环境变量 TENCENTCLOUD_SECRET_ID 与 TENCENTCLOUD_SECRET_KEY。",
        ),
        Code::DiskFull => (
            "Make room there and run the command again; no half-written file was left behind.",
            "请腾出空间后重新执行；没有留下写了一半的文件。",
        ),
        Code::DataFolderUnwritable => (
            "Nothing was changed in the cloud: without its journal no change is made. --data-dir names another folder.",
            "云端未做任何更改：没有日志就不做更改。--data-dir 可指定其他目录。",
        ),
        _ => return None,
    };
    Some(language.of(english, chinese).to_owned())
}
