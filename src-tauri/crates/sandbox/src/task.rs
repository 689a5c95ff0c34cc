//! Tasks: what takes time, and what it changes when it ends.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    authority::MinVersion,
    fleet::Issuer,
    instance::{Ssl, Versions},
    text::Text,
};

/// How long a proxy needs after the task ended until `DescribeSSLStatus` shows it.
pub(crate) const SSL_LAG: Duration = Duration::from_secs(4);

/// A task of an instance.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) id: u64,
    /// Index into the fleet.
    pub(crate) instance: usize,
    pub(crate) work: Work,
    /// `DescribeTaskList` shows it.
    pub(crate) listed: bool,
    pub(crate) outcome: Outcome,
    /// Simulated. Later than the request when it waits for the maintenance window.
    pub(crate) begins: Duration,
    /// Simulated; the work takes effect.
    pub(crate) ends: Duration,
    /// Simulated; the instance is free again.
    pub(crate) settles: Duration,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) settled: bool,
    /// SSL before the work took effect: what is shown until it settled.
    pub(crate) before: Option<Ssl>,
    /// Versions before the work took effect.
    pub(crate) versions: Versions,
}

/// What a task does.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    OpenSsl {
        address_type: i64,
    },
    CloseSsl,
    EncryptionMode {
        required: bool,
    },
    /// What is not given stays as it is.
    UpdateCert {
        address_type: Option<i64>,
        oldest: Option<MinVersion>,
        required: Option<bool>,
        issuer: Issuer,
    },
    UpgradeProxy,
    UpgradeKernel,
    UpgradeVersion {
        kind: i64,
    },
    /// `None`: password-free access.
    Password(Option<String>),
    /// Nothing that shows, under a code of the vendor's list.
    Other {
        code: String,
        seconds: u64,
    },
}

/// How a task ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Succeed,
    Fail,
    /// Not at all.
    Stall,
}

/// Where a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Preparing,
    Running,
    Succeeded,
    Failed,
}

impl Work {
    /// Simulated time from begin to end.
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs(match self {
            Self::OpenSsl { .. } => 60,
            Self::CloseSsl => 45,
            Self::EncryptionMode { .. } => 20,
            Self::UpdateCert { .. } => 30,
            Self::UpgradeProxy => 40,
            Self::UpgradeKernel => 50,
            Self::UpgradeVersion { .. } => 90,
            Self::Password(_) => 10,
            Self::Other { seconds, .. } => *seconds,
        })
    }

    pub(crate) fn lag(&self) -> Duration {
        if self.is_ssl() {
            SSL_LAG
        } else {
            Duration::ZERO
        }
    }

    pub(crate) fn is_ssl(&self) -> bool {
        matches!(
            self,
            Self::OpenSsl { .. }
                | Self::CloseSsl
                | Self::EncryptionMode { .. }
                | Self::UpdateCert { .. }
        )
    }

    /// The code in `DescribeTaskList`. None is documented for SSL; these are unassigned.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::OpenSsl { .. } => "071",
            Self::CloseSsl => "072",
            Self::EncryptionMode { .. } => "073",
            Self::UpdateCert { .. } => "074",
            Self::UpgradeProxy => "061",
            Self::UpgradeKernel => "060",
            Self::UpgradeVersion { .. } => "043",
            Self::Password(Some(_)) => "007",
            Self::Password(None) => "035",
            Self::Other { code, .. } => code,
        }
    }

    /// The text in `DescribeTaskInfo`.
    pub(crate) fn title(&self) -> Text {
        match self {
            Self::OpenSsl { .. } => Text::new("Enable SSL", "开启 SSL"),
            Self::CloseSsl => Text::new("Disable SSL", "关闭 SSL"),
            Self::EncryptionMode { .. } => {
                Text::new("Modify SSL encryption mode", "修改 SSL 加密模式")
            }
            Self::UpdateCert { .. } => Text::new("Update SSL certificate", "更新 SSL 证书"),
            Self::UpgradeProxy => Text::new("Upgrade proxy", "Proxy 升级"),
            Self::UpgradeKernel => Text::new("Upgrade minor version", "小版本升级"),
            Self::UpgradeVersion { .. } => Text::new("Upgrade version", "版本升级"),
            Self::Password(Some(_)) => Text::new("Reset password", "重置密码"),
            Self::Password(None) => Text::new("Password-free access", "免密访问设置"),
            Self::Other { code, .. } => Text::new(format!("Task {code}"), format!("任务 {code}")),
        }
    }
}

impl Task {
    pub(crate) fn phase(&self, now: Duration) -> Phase {
        let preparing = self.begins + self.work.duration() / 10;
        match self.outcome {
            Outcome::Succeed if self.ended_at.is_some() => Phase::Succeeded,
            Outcome::Fail if self.ended_at.is_some() => Phase::Failed,
            _ if now < preparing => Phase::Preparing,
            _ => Phase::Running,
        }
    }

    /// 0 to 1; a task that stalls stays below its half.
    pub(crate) fn progress(&self, now: Duration) -> f64 {
        if self.ended_at.is_some() {
            return 1.0;
        }
        let done = now.saturating_sub(self.begins).as_secs_f64();
        let all = self.work.duration().as_secs_f64().max(1.0);
        let most = if self.outcome == Outcome::Stall {
            0.4
        } else {
            0.99
        };
        (done / all).min(most)
    }

    /// The instance was in its hands at `at`.
    pub(crate) fn held(&self, at: Duration) -> bool {
        self.begins <= at && (!self.settled || at < self.settles)
    }
}

impl Phase {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Running => "running",
            Self::Succeeded => "succeed",
            Self::Failed => "failed",
        }
    }

    /// The `Result` of `DescribeTaskList`.
    pub(crate) fn result(self) -> i64 {
        match self {
            Self::Preparing => 0,
            Self::Running => 1,
            Self::Succeeded => 2,
            Self::Failed => 4,
        }
    }
}
