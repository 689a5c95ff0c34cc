//! The one request of a job. It is sent once.

use rediseal_tencent::redis::{
    ResetPasswordRequest, SwitchSslRequest, UpgradeInstanceVersionRequest,
    UpgradeProxyVersionRequest,
};
use serde_json::json;

use super::run::{Run, Stop, cause};
use crate::cloud::Cloud;
use crate::error::Error;
use crate::readiness::facts;
use crate::view::{Action, EdgeError, Phase, When};

/// What the cloud answered to the request.
#[derive(Default)]
struct Accepted {
    task: Option<i64>,
    deal: Option<String>,
    request_id: Option<String>,
}

impl Run {
    /// Sends the request. Without a clear answer the cloud is looked at; the request is not
    /// repeated.
    pub(super) async fn submit(&mut self) -> Result<(), Stop> {
        let account = self.account()?;
        let cloud = self.engine.cloud(&account).await?;
        self.enter_on_disk(Phase::Submitting, "sending")?;
        match self.send(&cloud).await {
            Ok(accepted) => {
                self.accepted(accepted);
                Ok(())
            }
            Err(error) if error.provably_not_accepted() => Err(Error::from(error).into()),
            Err(error) => {
                let error = EdgeError::from(Error::from(error));
                self.event("answer_lost", cause(&error));
                self.find_in_cloud(Some(error)).await
            }
        }
    }

    fn accepted(&mut self, accepted: Accepted) {
        self.record.job.task_id = accepted.task.filter(|&task| task > 0);
        self.record.sending.deal = accepted.deal;
        let facts = facts([
            ("task_id", json!(accepted.task)),
            ("deal", json!(self.record.sending.deal)),
            ("request_id", json!(accepted.request_id)),
        ]);
        self.enter(Phase::Updating, "accepted", facts);
    }

    async fn send(&self, cloud: &Cloud) -> Result<Accepted, rediseal_tencent::Error> {
        let api = &cloud.api;
        let job = &self.record.job;
        let region = job.region.as_str();
        let instance_id = job.instance_id.clone();
        match &job.action {
            Action::EnableSsl | Action::DisableSsl => {
                // The choice of an address is newer than many endpoints, which refuse it.
                let request = SwitchSslRequest {
                    instance_id,
                    address_type: None,
                };
                let answer = match job.action {
                    Action::EnableSsl => api.open_ssl(region, &request).await?,
                    _ => api.close_ssl(region, &request).await?,
                };
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
