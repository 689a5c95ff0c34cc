//! The one request of a job. It is sent again only while it is certain that nothing of it was
//! accepted.

use std::time::{Duration, Instant};

use rediseal_tencent::redis::{
    self as wire, ModifySslEncryptionModeRequest, ResetPasswordRequest, SwitchSslRequest,
    UpdateSslCertRequest, UpgradeInstanceVersionRequest, UpgradeProxyVersionRequest,
};
use serde_json::json;
use tokio::time::sleep;

use super::run::{Run, Stop, cause};
use crate::cloud::Cloud;
use crate::code::Code;
use crate::error::Error;
use crate::readiness::facts;
use crate::view::{
    Action, CertificateAddress, EdgeError, EncryptionMode, EventCode, FactMap, MinVersion, Phase,
    When,
};

/// What the cloud answered to the request.
#[derive(Default)]
struct Accepted {
    task: Option<i64>,
    deal: Option<String>,
    request_id: Option<String>,
}

impl Run {
    /// Sends the request. What it cannot be accepted for at the moment is waited out; without a
    /// clear answer the cloud is looked at, and the request is not repeated.
    pub(super) async fn submit(&mut self) -> Result<(), Stop> {
        let account = self.account()?;
        let cloud = self.engine.cloud(&account).await?.asking_again();
        let began = Instant::now();
        let mut pause = self.engine.inner.timings.poll;
        self.enter_on_disk(Phase::Submitting, EventCode::Sending)?;
        loop {
            let (proven, error) = match self.send(&cloud).await {
                Ok(accepted) => {
                    self.accepted(accepted);
                    return Ok(());
                }
                Err(error) => (
                    error.provably_not_accepted(),
                    EdgeError::from(Error::from(error)),
                ),
            };
            if !proven {
                self.event(EventCode::AnswerLost, cause(&error));
                return self.find_in_cloud(Some(error)).await;
            }
            if !passes(error.code) {
                return Err(Stop::Failed(Box::new(error)));
            }
            if began.elapsed() + pause > self.engine.inner.timings.submit {
                return Err(Stop::Failed(Box::new(EdgeError {
                    retryable: true,
                    ..error
                })));
            }
            self.wait_to_send(error, pause).await?;
            pause = (pause * 2).min(10 * self.engine.inner.timings.poll);
        }
    }

    /// Waits before the request is sent again. What else happens to the instance meanwhile is not
    /// taken for this job's.
    async fn wait_to_send(&mut self, error: EdgeError, pause: Duration) -> Result<(), Stop> {
        let code = match error.code {
            Code::InstanceBusy => EventCode::InstanceIsBusy,
            Code::Throttled => EventCode::Throttled,
            _ => EventCode::CloudNotReached,
        };
        self.waits(code, error);
        tokio::select! {
            () = sleep(pause) => {}
            () = self.detach.cancelled() => {
                self.event(EventCode::NotSent, FactMap::new());
                return Err(Stop::Interrupted);
            }
        }
        let account = self.account()?;
        let job = &self.record.job;
        let tasks = self.engine.tasks(&account, &job.region, &job.instance_id);
        if let Some(tasks) = tasks.await {
            self.record.sending.earlier_tasks = Some(tasks);
        }
        self.enter_on_disk(Phase::Submitting, EventCode::SendingAgain)?;
        Ok(())
    }

    fn accepted(&mut self, accepted: Accepted) {
        self.record.job.trouble = None;
        self.record.job.task_id = accepted.task.filter(|&task| task > 0);
        self.record.sending.deal = accepted.deal;
        let facts = facts([
            ("task_id", json!(accepted.task)),
            ("deal", json!(self.record.sending.deal)),
            ("request_id", json!(accepted.request_id)),
        ]);
        self.enter(Phase::Updating, EventCode::Accepted, facts);
    }

    async fn send(&self, cloud: &Cloud) -> Result<Accepted, rediseal_tencent::Error> {
        let api = &cloud.api;
        let job = &self.record.job;
        let region = job.region.as_str();
        let instance_id = job.instance_id.clone();
        match &job.action {
            Action::EnableSsl { address } | Action::DisableSsl { address } => {
                let request = SwitchSslRequest {
                    instance_id,
                    address_type: address.map(address_type),
                };
                let answer = match job.action {
                    Action::EnableSsl { .. } => api.open_ssl(region, &request).await?,
                    _ => api.close_ssl(region, &request).await?,
                };
                Ok(Accepted {
                    task: answer.task_id,
                    request_id: answer.request_id,
                    ..Accepted::default()
                })
            }
            Action::SetEncryptionMode { mode } => {
                let request = ModifySslEncryptionModeRequest {
                    instance_id,
                    encryption_mode: match mode {
                        EncryptionMode::Flexible => wire::EncryptionMode::Flexible,
                        EncryptionMode::Required => wire::EncryptionMode::Required,
                    },
                };
                let answer = api.modify_ssl_encryption_mode(region, &request).await?;
                Ok(Accepted {
                    task: answer.task_id,
                    request_id: answer.request_id,
                    ..Accepted::default()
                })
            }
            Action::UpdateCertificate {
                address,
                min_version,
                certificate_id,
            } => {
                let request = UpdateSslCertRequest {
                    instance_id,
                    cert_source: certificate_id.as_ref().map(|_| OF_SSL_CERTIFICATES),
                    address_type: address.map(address_type),
                    cert_id: certificate_id.clone(),
                    ssl_min_version: min_version
                        .map(|version| min_version_word(version).to_owned()),
                    encryption_mode: None,
                };
                let answer = api.update_ssl_cert(region, &request).await?;
                Ok(Accepted {
                    task: answer.task_id,
                    request_id: answer.request_id,
                    ..Accepted::default()
                })
            }
            Action::UpgradeProxy { when } => {
                let (current, target) = self.record.sending.proxy.clone().unwrap_or_default();
                let request = UpgradeProxyVersionRequest {
                    instance_id,
                    current_proxy_version: current,
                    upgrade_proxy_version: target,
                    instance_type_upgrade_now: i64::from(*when == When::Now),
                };
                let answer = api.upgrade_proxy_version(region, &request).await?;
                Ok(Accepted {
                    task: answer.flow_id,
                    request_id: answer.request_id,
                    ..Accepted::default()
                })
            }
            Action::UpgradeVersion { when, target_type } => {
                let request = UpgradeInstanceVersionRequest {
                    instance_id,
                    target_instance_type: target_type.to_string(),
                    switch_option: match when {
                        When::MaintenanceWindow => 1,
                        When::Now => 2,
                    },
                };
                let answer = api.upgrade_instance_version(region, &request).await?;
                Ok(Accepted {
                    deal: answer.deal_name,
                    request_id: answer.request_id,
                    ..Accepted::default()
                })
            }
            Action::RequirePassword => {
                let request = ResetPasswordRequest {
                    instance_id,
                    password: self.password.clone(),
                    no_auth: false,
                };
                let answer = api.reset_password(region, &request).await?;
                Ok(Accepted {
                    task: answer.task_id,
                    request_id: answer.request_id,
                    ..Accepted::default()
                })
            }
        }
    }
}

/// What keeps a request from being accepted only for a while.
const fn passes(code: Code) -> bool {
    matches!(
        code,
        Code::InstanceBusy | Code::Throttled | Code::NetworkUnreachable | Code::Timeout
    )
}

/// See [`UpdateSslCertRequest::cert_source`].
const OF_SSL_CERTIFICATES: i64 = 1;

const fn min_version_word(version: MinVersion) -> &'static str {
    match version {
        MinVersion::Tls12 => "TLSv1.2",
        MinVersion::Tls13 => "TLSv1.3",
    }
}

/// The vendor's number, see [`SwitchSslRequest::address_type`].
const fn address_type(address: CertificateAddress) -> i64 {
    match address {
        CertificateAddress::PrivateIpv4 => 1,
        CertificateAddress::PrivateIpv6 => 2,
        CertificateAddress::Public => 3,
    }
}
