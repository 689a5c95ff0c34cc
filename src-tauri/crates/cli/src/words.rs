//! The codes of engine and probe in words.

use rediseal_engine::view::{
    Action, Check, EdgeError, EncryptionMode, EventCode, FactMap, Finding, FindingStatus,
    InstanceRow, JobEvent, Phase, Readiness, Ssl, When,
};
use rediseal_probe::Verdict;
use serde::Deserialize as _;
use serde_json::Value;

use crate::language::{Language, say};
use crate::output::plain;

pub(crate) const fn ssl(ssl: Ssl, language: Language) -> &'static str {
    let (english, chinese) = match ssl {
        Ssl::Off => ("off", "未开启"),
        Ssl::On => ("on", "已开启"),
        Ssl::Updating => ("updating", "更新中"),
        Ssl::Unsupported => ("unsupported", "不支持"),
        Ssl::Busy => ("busy", "忙"),
        Ssl::Unknown => ("unknown", "未知"),
    };
    language.of(english, chinese)
}

/// Why nothing is known of an instance's SSL, when nothing else blocks it.
pub(crate) fn not_known(row: &InstanceRow) -> Option<&EdgeError> {
    row.error
        .as_ref()
        .filter(|_| blocking(&row.findings).next().is_none())
}

/// What blocks by itself.
pub(crate) fn blocking(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    findings
        .iter()
        .filter(|finding| finding.status == FindingStatus::Blocked)
        .filter(|finding| follows_from(finding).is_none())
}

pub(crate) fn readiness(row: &InstanceRow, language: Language) -> &'static str {
    let (english, chinese) = match row.readiness {
        Readiness::Blocked if not_known(row).is_some() => ("not known", "未知"),
        Readiness::Ready => ("ready", "就绪"),
        Readiness::Blocked => ("blocked", "受阻"),
        Readiness::Done => ("done", "完成"),
    };
    language.of(english, chinese)
}

pub(crate) const fn check(check: Check, language: Language) -> &'static str {
    let (english, chinese) = match check {
        Check::InstanceRunning => ("running, no other task", "运行中，没有其他任务"),
        Check::EngineSupported => ("engine with SSL", "引擎支持 SSL"),
        Check::VersionSupported => ("version 4.0 or later", "版本 4.0 及以上"),
        Check::ProxyVersion => ("proxy 5.6.0 or later", "代理 5.6.0 及以上"),
        Check::PasswordRequired => ("password required", "需要密码访问"),
        Check::FeatureOffered => ("SSL offered by the cloud", "腾讯云为其提供 SSL"),
        Check::SslIdle => ("no change of SSL under way", "没有进行中的 SSL 变更"),
    };
    language.of(english, chinese)
}

/// Why a check blocks, in half a line.
pub(crate) fn blocked(finding: &Finding, language: Language) -> String {
    let fact = |key| fact(&finding.facts, key);
    match finding.check {
        Check::InstanceRunning => {
            let state = match fact("state").as_str() {
                "task_running" => language.of("another task runs", "有其他任务正在执行"),
                "initializing" => language.of("it is being created", "正在创建"),
                "isolated" => language.of("it is isolated", "已隔离"),
                "to_be_deleted" => language.of("it is to be deleted", "待删除"),
                _ => language.of("in a state that is not known", "处于未知状态"),
            };
            let status = fact("status");
            match state.is_empty() || status.is_empty() {
                true => state.to_owned(),
                false => say!(
                    language,
                    "{state} (status {status})",
                    "{state}（状态 {status}）"
                ),
            }
        }
        Check::EngineSupported => {
            let current = fact("current");
            say!(language, "{current} has no SSL", "{current} 不支持 SSL")
        }
        Check::VersionSupported => {
            let (current, required) = (fact("current"), fact("required"));
            say!(
                language,
                "version {current} is older than {required}",
                "版本 {current} 低于 {required}"
            )
        }
        Check::ProxyVersion => {
            let (current, required) = (fact("current"), fact("required"));
            say!(
                language,
                "proxy {current} is older than {required}",
                "代理 {current} 低于 {required}"
            )
        }
        Check::PasswordRequired => language
            .of("password-free access is on", "免密访问已开启")
            .to_owned(),
        Check::FeatureOffered => match follows_from(finding) {
            Some(_) => language.of("follows from the above", "由上述原因导致"),
            None => language.of(
                "it is not, and nothing above says why: ask Tencent Cloud",
                "未提供，且上述检查均未说明原因：请咨询腾讯云",
            ),
        }
        .to_owned(),
        Check::SslIdle => language
            .of("SSL is being changed already", "SSL 正在变更")
            .to_owned(),
    }
}

/// The check that is the reason of this one's no.
pub(crate) fn follows_from(finding: &Finding) -> Option<&Value> {
    finding
        .facts
        .get("because")
        .filter(|check| !check.is_null())
}

/// The command that cures a blocked check.
pub(crate) fn cure(finding: &Finding, instance_id: &str) -> Option<String> {
    let id = plain(instance_id);
    Some(match finding.fix.as_ref()? {
        Action::EnableSsl { .. } => format!("rediseal-cli enable {id} --wait"),
        Action::DisableSsl { .. } => format!("rediseal-cli disable {id} --confirm {id} --wait"),
        Action::UpgradeProxy { .. } => format!("rediseal-cli upgrade-proxy {id} --wait"),
        Action::UpgradeVersion { .. } => {
            format!("rediseal-cli upgrade-version {id} --confirm {id} --wait")
        }
        Action::RequirePassword => {
            format!("rediseal-cli require-password {id} --password-stdin --wait")
        }
        // No check asks for these.
        Action::SetEncryptionMode { .. } | Action::UpdateCertificate { .. } => return None,
    })
}

pub(crate) fn action(action: &Action, language: Language) -> &'static str {
    let (english, chinese) = match action {
        Action::EnableSsl { .. } => ("turn SSL on", "开启 SSL"),
        Action::DisableSsl { .. } => ("turn SSL off", "关闭 SSL"),
        Action::UpgradeProxy { when: When::Now } => ("upgrade the proxy", "升级代理"),
        Action::UpgradeProxy { .. } => (
            "upgrade the proxy in the maintenance window",
            "在维护时间内升级代理",
        ),
        Action::UpgradeVersion {
            when: When::Now, ..
        } => ("upgrade the version", "升级版本"),
        Action::UpgradeVersion { .. } => (
            "upgrade the version in the maintenance window",
            "在维护时间内升级版本",
        ),
        Action::RequirePassword => ("require a password", "启用密码访问"),
        Action::SetEncryptionMode {
            mode: EncryptionMode::Required,
        } => ("require encryption", "启用强制加密"),
        Action::SetEncryptionMode { .. } => ("allow plaintext beside SSL", "允许明文与 SSL 并存"),
        Action::UpdateCertificate { .. } => ("update the certificate", "更新证书"),
    };
    language.of(english, chinese)
}

pub(crate) const fn phase(phase: Phase, language: Language) -> &'static str {
    let (english, chinese) = match phase {
        Phase::Queued => ("queued", "等待执行"),
        Phase::Submitting => ("submitting", "发送请求"),
        Phase::Updating => ("updating", "更新中"),
        Phase::Confirming => ("confirming", "确认状态"),
        Phase::Certificate => ("certificate", "下载证书"),
        Phase::Testing => ("testing", "连接测试"),
        Phase::Succeeded => ("succeeded", "完成"),
        Phase::Failed => ("failed", "失败"),
        Phase::Interrupted => ("interrupted", "未执行"),
        Phase::Detached => ("detached", "已停止跟踪"),
    };
    language.of(english, chinese)
}

/// What happened in a job. A code that is not known is shown as it is.
pub(crate) fn event(event: &JobEvent, language: Language) -> String {
    let fact = |key| fact(&event.facts, key);
    let (english, chinese) = match &event.code {
        EventCode::IntentRecorded => ("the intent is on disk", "意图已写入磁盘"),
        EventCode::Sending => ("the request leaves", "正在发送请求"),
        EventCode::Accepted => match fact("task_id") {
            task if task.starts_with('-') || task == "0" => (
                "the cloud accepted it and gave no task to follow",
                "腾讯云已受理，但未给出可跟踪的任务",
            ),
            task if task.is_empty() => ("the cloud accepted it", "腾讯云已受理"),
            task => {
                return say!(
                    language,
                    "the cloud accepted it as task {task}",
                    "腾讯云已受理，任务 {task}"
                );
            }
        },
        EventCode::AnswerLost => (
            "the answer was lost: looking in the cloud for what happened, nothing is sent again",
            "应答丢失：正在云端查询结果，不会重复发送",
        ),
        EventCode::FoundRunning => ("found in the cloud: it runs", "云端查得：正在执行"),
        EventCode::FoundDone => ("found in the cloud: it is done", "云端查得：已完成"),
        EventCode::NothingInCloud => ("the cloud did not accept it", "云端没有受理"),
        EventCode::NotSent => ("it had not been sent", "此前并未发送"),
        EventCode::ResumedAfterRestart => ("goes on after a restart", "重启后继续"),
        EventCode::WatchedAgain => (
            "watched again; nothing is sent again",
            "继续跟踪，不会重复发送",
        ),
        EventCode::ScheduledForWindow => (
            "the cloud waits for the maintenance window",
            "腾讯云将在维护时间内执行",
        ),
        EventCode::TaskStatus => {
            let status = fact("status");
            let status = task_status(&status, language);
            return say!(language, "the task is {status}", "任务状态：{status}");
        }
        EventCode::TaskNotReadable => match fact("cam_action") {
            none if none.is_empty() => (
                "the task cannot be read; its effect is watched instead",
                "无法读取任务，改为观察其结果",
            ),
            action => {
                return say!(
                    language,
                    "the key may not read the task, which takes {action}; its effect is watched instead. `rediseal-cli policy` prints all that the key needs",
                    "密钥缺少读取任务所需的 {action}，改为观察其结果。`rediseal-cli policy` 可输出密钥所需的全部策略"
                );
            }
        },
        EventCode::TaskEnded => ("the task ended", "任务已结束"),
        EventCode::InstanceIsBusy => (
            "another task holds the instance; nothing was accepted yet, waiting to send again",
            "实例正被其他任务占用；请求尚未受理，稍后再次发送",
        ),
        EventCode::Throttled => (
            "too many requests at the moment; nothing was accepted yet, waiting to send again",
            "当前请求过于频繁；请求尚未受理，稍后再次发送",
        ),
        EventCode::CloudNotReached => (
            "the cloud cannot be reached; nothing was sent yet, trying again",
            "无法连接腾讯云；请求尚未发出，正在重试",
        ),
        EventCode::SendingAgain => ("the request leaves again", "再次发送请求"),
        EventCode::CloudDoesNotAnswer => (
            "the cloud does not answer; asking again",
            "腾讯云没有应答，继续询问",
        ),
        EventCode::CloudAnswersAgain => ("the cloud answers again", "腾讯云恢复应答"),
        EventCode::WaitingForKey => match fact("cam_action") {
            none if none.is_empty() => ("waiting for the account's key", "等待账号密钥"),
            action => {
                return say!(
                    language,
                    "waiting until the key is allowed {action}; `rediseal-cli policy` prints all that it needs",
                    "等待为密钥授权 {action}；`rediseal-cli policy` 可输出所需的全部策略"
                );
            }
        },
        EventCode::KeyIsBack => ("the key is there again", "密钥已可用"),
        EventCode::CertificateOpened => (
            "the certificate is downloaded and opened",
            "证书已下载并打开",
        ),
        EventCode::CertificateFailed => (
            "the certificate cannot be had; SSL is on all the same",
            "证书获取失败，但 SSL 已开启",
        ),
        EventCode::Tested => {
            let verdict = event
                .facts
                .get("verdict")
                .and_then(|verdict| Verdict::deserialize(verdict).ok())
                .map_or_else(
                    || fact("verdict"),
                    |v| v.word(language.catalogue()).to_owned(),
                );
            return say!(
                language,
                "tested with a real handshake: {verdict}",
                "已做真实握手测试：{verdict}"
            );
        }
        EventCode::TestFailed => ("the test could not be run", "测试未能执行"),
        EventCode::NothingToDo => (
            "it is so already: nothing was sent",
            "已是此状态，未发送任何请求",
        ),
        EventCode::EffectNotSeen => (
            "the cloud is done; its effect cannot be seen from here",
            "云端已完成；从本机无法观察其效果",
        ),
        EventCode::NoTrace => (
            "neither the cloud nor the server shows whether it was accepted",
            "云端与服务器均未显示请求是否被受理",
        ),
        EventCode::TriedWithoutTls => match fact("seen").as_str() {
            "accepted" => (
                "tried without TLS: the server takes plaintext",
                "已尝试不用 TLS 连接：服务器接受明文",
            ),
            "refused" => (
                "tried without TLS: the server refuses plaintext",
                "已尝试不用 TLS 连接：服务器拒绝明文",
            ),
            _ => (
                "tried without TLS: not seen, the server cannot be reached from here",
                "已尝试不用 TLS 连接：未能观察，从本机无法访问服务器",
            ),
        },
        EventCode::CertificateCompared => return compared(event, language),
        EventCode::Confirmed => ("the new state is confirmed", "新状态已确认"),
        EventCode::Succeeded | EventCode::Failed | EventCode::Interrupted | EventCode::Detached => {
            return phase(event.phase, language).to_owned();
        }
        EventCode::Other(code) => return plain(code),
    };
    language.of(english, chinese).to_owned()
}

fn compared(event: &JobEvent, language: Language) -> String {
    let is_new = |key: &str| event.facts.get(key).and_then(Value::as_bool);
    let leaf = match is_new("leaf_is_new") {
        Some(true) => language.of("the server shows a new certificate", "服务器已出示新证书"),
        Some(false) => language.of(
            "the server shows the same certificate as before",
            "服务器出示的证书与之前相同",
        ),
        None => language.of(
            "the server's certificate was not seen before and after",
            "未能在更新前后都观察到服务器证书",
        ),
    };
    let authorities = match is_new("authorities_are_new") {
        Some(true) => language.of(
            "the archive has another CA: give it to the clients",
            "压缩包中的 CA 已变化，请分发给客户端",
        ),
        Some(false) => language.of("the CA is the same", "CA 未变"),
        None => language.of("whether the CA changed is not known", "CA 是否变化未知"),
    };
    say!(language, "{leaf}; {authorities}", "{leaf}；{authorities}")
}

/// The vendor's word for how a task goes, as it is when it is not known.
fn task_status(status: &str, language: Language) -> &str {
    match (language, status) {
        (Language::Chinese, "preparing") => "准备中",
        (Language::Chinese, "running") => "执行中",
        (Language::Chinese, "cancelled") => "已取消",
        _ => status,
    }
}

pub(crate) fn architecture(architecture: &str, language: Language) -> &str {
    match (language, architecture) {
        (Language::Chinese, "standard") => "标准架构",
        (Language::Chinese, "cluster") => "集群架构",
        _ => architecture,
    }
}

/// A fact as text; empty when there is none.
pub(crate) fn fact(facts: &FactMap, key: &str) -> String {
    match facts.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => plain(text),
        Some(other) => plain(&other.to_string()),
    }
}
