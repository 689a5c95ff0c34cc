//! The typed calls, one for each action.

use std::num::NonZeroU64;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use crate::{
    action::Action,
    answer::Answer,
    client::Client,
    error::Error,
    limiter::Slot,
    redis::{
        DealDetails, DealResponse, DescribeInstanceDealDetailRequest, DescribeInstancesRequest,
        DescribeInstancesResponse, DescribeTaskInfoRequest, DescribeTaskListRequest, FlowResponse,
        InstanceRequest, MaintenanceWindow, ModifySslEncryptionModeRequest, ResetPasswordRequest,
        SslStatus, SwitchSslRequest, TaskInfo, TaskList, TaskResponse, UpdateSslCertRequest,
        UpgradeInstanceVersionRequest, UpgradeProxyVersionRequest, UpgradeSmallVersionRequest,
    },
    region::{DescribeRegionsRequest, DescribeRegionsResponse},
    sts::CallerIdentity,
};

/// What every call can fail with is in [`Error`]; whether a failed write had an effect is
/// answered by [`Error::provably_not_accepted`].
#[expect(clippy::missing_errors_doc, reason = "said above, once for all")]
impl Client {
    /// One page of the instances of a region. See [`Client::all_instances`].
    pub async fn describe_instances(
        &self,
        region: &str,
        request: &DescribeInstancesRequest,
    ) -> Result<DescribeInstancesResponse, Error> {
        self.typed(Action::DESCRIBE_INSTANCES, region, request)
            .await
    }

    /// Whether SSL is possible and on, and where the certificate is.
    pub async fn describe_ssl_status(
        &self,
        region: &str,
        instance_id: &str,
    ) -> Result<SslStatus, Error> {
        let request = instance(instance_id);
        self.typed(Action::DESCRIBE_SSL_STATUS, region, &request)
            .await
    }

    /// The same in a [slot](Client::slot) that was taken before.
    pub async fn describe_ssl_status_in(
        &self,
        slot: Slot,
        region: &str,
        instance_id: &str,
    ) -> Result<SslStatus, Error> {
        let request = json(&instance(instance_id));
        self.call(
            Action::DESCRIBE_SSL_STATUS,
            Some(region),
            &request,
            Some(slot),
        )
        .await
    }

    /// Turns SSL on. A write.
    pub async fn open_ssl(
        &self,
        region: &str,
        request: &SwitchSslRequest,
    ) -> Result<TaskResponse, Error> {
        self.typed(Action::OPEN_SSL, region, request).await
    }

    /// Turns SSL off. A write.
    pub async fn close_ssl(
        &self,
        region: &str,
        request: &SwitchSslRequest,
    ) -> Result<TaskResponse, Error> {
        self.typed(Action::CLOSE_SSL, region, request).await
    }

    /// Says whether connections without TLS are served. A write. An endpoint that does
    /// not have it yet refuses with [`Class::NotYet`](crate::Class::NotYet).
    pub async fn modify_ssl_encryption_mode(
        &self,
        region: &str,
        request: &ModifySslEncryptionModeRequest,
    ) -> Result<TaskResponse, Error> {
        self.typed(Action::MODIFY_SSL_ENCRYPTION_MODE, region, request)
            .await
    }

    /// Replaces the certificate. A write. An endpoint that does not have it yet
    /// refuses with [`Class::NotYet`](crate::Class::NotYet).
    pub async fn update_ssl_cert(
        &self,
        region: &str,
        request: &UpdateSslCertRequest,
    ) -> Result<TaskResponse, Error> {
        self.typed(Action::UPDATE_SSL_CERT, region, request).await
    }

    /// How a task is doing; also for the flow of an upgrade. The id comes from
    /// [`TaskResponse::task`] or [`FlowResponse::task`].
    pub async fn describe_task_info(
        &self,
        region: &str,
        task: NonZeroU64,
    ) -> Result<TaskInfo, Error> {
        let request = DescribeTaskInfoRequest {
            task_id: task.get(),
        };
        self.typed(Action::DESCRIBE_TASK_INFO, region, &request)
            .await
    }

    /// Tasks of the last 30 days, one page.
    pub async fn describe_task_list(
        &self,
        region: &str,
        request: &DescribeTaskListRequest,
    ) -> Result<TaskList, Error> {
        self.typed(Action::DESCRIBE_TASK_LIST, region, request)
            .await
    }

    /// Upgrades the proxy. A write.
    pub async fn upgrade_proxy_version(
        &self,
        region: &str,
        request: &UpgradeProxyVersionRequest,
    ) -> Result<FlowResponse, Error> {
        self.typed(Action::UPGRADE_PROXY_VERSION, region, request)
            .await
    }

    /// Upgrades the kernel within its version. A write.
    pub async fn upgrade_small_version(
        &self,
        region: &str,
        request: &UpgradeSmallVersionRequest,
    ) -> Result<FlowResponse, Error> {
        self.typed(Action::UPGRADE_SMALL_VERSION, region, request)
            .await
    }

    /// Upgrades the engine to another version; an order. A write.
    pub async fn upgrade_instance_version(
        &self,
        region: &str,
        request: &UpgradeInstanceVersionRequest,
    ) -> Result<DealResponse, Error> {
        self.typed(Action::UPGRADE_INSTANCE_VERSION, region, request)
            .await
    }

    /// How an order is doing.
    pub async fn describe_instance_deal_detail(
        &self,
        region: &str,
        deal_name: &str,
    ) -> Result<DealDetails, Error> {
        let request = DescribeInstanceDealDetailRequest {
            deal_name: deal_name.to_owned(),
        };
        self.typed(Action::DESCRIBE_INSTANCE_DEAL_DETAIL, region, &request)
            .await
    }

    /// Switches password-free access. A write.
    pub async fn reset_password(
        &self,
        region: &str,
        request: &ResetPasswordRequest,
    ) -> Result<TaskResponse, Error> {
        let request = ResetPasswordOnTheWire {
            instance_id: &request.instance_id,
            password: request.password.as_ref(),
            no_auth: request.no_auth,
        };
        self.typed(Action::RESET_PASSWORD, region, &request).await
    }

    /// When upgrades that wait for the window begin.
    pub async fn describe_maintenance_window(
        &self,
        region: &str,
        instance_id: &str,
    ) -> Result<MaintenanceWindow, Error> {
        let request = instance(instance_id);
        self.typed(Action::DESCRIBE_MAINTENANCE_WINDOW, region, &request)
            .await
    }

    /// The regions where Redis is sold to this account.
    pub async fn describe_regions(&self) -> Result<DescribeRegionsResponse, Error> {
        let request = DescribeRegionsRequest {
            product: "redis".to_owned(),
        };
        self.call(Action::DESCRIBE_REGIONS, None, &json(&request), None)
            .await
    }

    /// Who the key belongs to: the way to find out whether it is good.
    pub async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        let region = self.endpoint().default_region();
        self.call(Action::GET_CALLER_IDENTITY, Some(region), b"{}", None)
            .await
    }

    async fn typed<T: Answer>(
        &self,
        action: Action,
        region: &str,
        request: &impl Serialize,
    ) -> Result<T, Error> {
        self.call(action, Some(region), &json(request), None).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResetPasswordOnTheWire<'a> {
    instance_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    password: Option<&'a SecretString>,
    no_auth: bool,
}

fn exposed<S: Serializer>(
    secret: &Option<&SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret
        .map(ExposeSecret::expose_secret)
        .serialize(serializer)
}

fn instance(instance_id: &str) -> InstanceRequest {
    InstanceRequest {
        instance_id: instance_id.to_owned(),
    }
}

fn json(request: &impl Serialize) -> Vec<u8> {
    #[expect(
        clippy::expect_used,
        reason = "requests are structs of strings, numbers and booleans"
    )]
    serde_json::to_vec(request).expect("a request can be serialised")
}
