//! Why a command did not do what it was asked, and the exit code that says so to scripts.

use rediseal_engine::view::{EdgeError, FactMap};
use rediseal_engine::{Code, Error};

use crate::language::Language;
use crate::output::plain;

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
#[derive(Debug)]
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

    /// An error of the engine that is better said in words of our own.
    pub(crate) fn with_text(error: EdgeError, text: String) -> Self {
        Self {
            text: Some(text),
            ..Self::from(error)
        }
    }

    /// For people: what happened, then what to do, then what the vendor's support asks for.
    pub(crate) fn text(&self, language: Language) -> String {
        let mut lines = Vec::new();
        let message = plain(&self.error.message);
        match (&self.text, language) {
            (Some(text), _) => lines.push(text.trim_end().to_owned()),
            (None, Language::English) => lines.push(message),
            (None, Language::Chinese) => {
                lines.push(format!("{}（{message}）", happened(self.error.code)));
            }
        }
        if self.text.is_none()
            && let Some(advice) = advice(self.error.code, language)
        {
            lines.push(format!("  {advice}"));
        }
        if let Some(request) = &self.error.request_id {
            lines.push(format!("  RequestId {}", plain(request)));
        }
        lines.join("\n")
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
            exit: exit(error.code),
            error,
            text: None,
        }
    }
}

/// Which of the classes an error belongs to.
pub(crate) const fn exit(code: Code) -> Exit {
    match code {
        Code::CredentialsMissing
        | Code::EndpointRefused
        | Code::ConfirmationMismatch
        | Code::InvalidInput => Exit::Usage,
        Code::NetworkUnreachable | Code::Timeout | Code::BadAnswer => Exit::Unreachable,
        Code::CredentialsRejected
        | Code::TokenExpired
        | Code::PermissionDenied
        | Code::ClockSkewed
        | Code::Throttled
        | Code::InstanceBusy
        | Code::InstanceNotFound
        | Code::Unsupported
        | Code::ServiceFailed => Exit::Refused,
        Code::PreconditionFailed
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
        Code::ServiceFailed => "腾讯云服务出错",
        Code::BadAnswer => "收到的应答不符合协议",
        Code::NetworkUnreachable => "无法建立连接，或连接中断",
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

/// What to do about it, where that is not said by the message itself.
const fn advice(code: Code, language: Language) -> Option<&'static str> {
    let (english, chinese) = match code {
        Code::CredentialsMissing => (
            "Set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or keep a key with `rediseal-cli accounts add NAME`.",
            "请设置 TENCENTCLOUD_SECRET_ID 与 TENCENTCLOUD_SECRET_KEY，或用 `rediseal-cli accounts add NAME` 保存密钥。",
        ),
        Code::CredentialsRejected => (
            "Check SecretId and SecretKey in the CAM console; a key that was disabled or deleted looks the same.",
            "请在访问管理控制台核对 SecretId 与 SecretKey；已禁用或已删除的密钥也会如此。",
        ),
        Code::TokenExpired => (
            "Get new temporary credentials and set TENCENTCLOUD_TOKEN with them.",
            "请重新获取临时凭证，并一并设置 TENCENTCLOUD_TOKEN。",
        ),
        Code::PermissionDenied => (
            "Ask for the action to be allowed in CAM for this key.",
            "请在访问管理中为此密钥授权该操作。",
        ),
        Code::ClockSkewed => (
            "Set this computer's clock; the cloud refuses requests that are five minutes off.",
            "请校准本机时钟；偏差超过五分钟的请求会被拒绝。",
        ),
        Code::Throttled => ("Wait a little and try again.", "请稍后重试。"),
        Code::InstanceBusy => (
            "Wait until the other task ends; `rediseal-cli status ID` shows it.",
            "请等待其他任务结束；`rediseal-cli status ID` 可查看。",
        ),
        Code::InstanceNotFound => (
            "`rediseal-cli instances` lists the instances that this key can see.",
            "`rediseal-cli instances` 可列出此密钥可见的实例。",
        ),
        Code::NetworkUnreachable | Code::Timeout => (
            "Check the network, a proxy or a firewall between here and the endpoint.",
            "请检查本机到接入点之间的网络、网络代理与防火墙。",
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
    Some(language.of(english, chinese))
}
