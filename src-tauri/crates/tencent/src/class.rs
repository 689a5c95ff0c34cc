//! The kinds of trouble, and which code of the vendor is which.

use serde::Serialize;

use crate::error::category;

/// What kind of trouble an error is: the coarsest cut that still tells people what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The key is unknown, disabled, or the signature does not fit.
    Credentials,
    /// The temporary token is wrong or over.
    Token,
    /// The key may not do this.
    Permission,
    /// This computer's clock is off.
    Clock,
    /// Too many requests.
    Throttled,
    /// The instance is doing something else.
    Busy,
    /// Not offered for this instance, region or account.
    Unsupported,
    /// This endpoint, or the part of the cloud that has the instance, does not know the action or
    /// a parameter of it: it is newer than they are.
    NotYet,
    /// No such instance, task or order.
    NotFound,
    /// The request was understood and refused.
    Refused,
    /// The cloud's own fault.
    Service,
    /// No connection, or it broke.
    Network,
    /// A proxy does not connect to the cloud.
    Proxy,
    /// A proxy wants a login, or another one.
    ProxyLogin,
    /// The certificate is not trusted.
    Untrusted,
    /// The certificate is trusted on this computer, but not publicly: somebody reads along.
    Inspected,
    /// No answer in time.
    Timeout,
    /// The answer is not what the protocol says.
    Protocol,
    /// The address is not acceptable.
    Endpoint,
    /// A code that this crate does not know.
    Unknown,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Credentials,
        Self::Token,
        Self::Permission,
        Self::Clock,
        Self::Throttled,
        Self::Busy,
        Self::Unsupported,
        Self::NotYet,
        Self::NotFound,
        Self::Refused,
        Self::Service,
        Self::Network,
        Self::Proxy,
        Self::ProxyLogin,
        Self::Untrusted,
        Self::Inspected,
        Self::Timeout,
        Self::Protocol,
        Self::Endpoint,
        Self::Unknown,
    ];

    /// Its key in the catalogue.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Token => "token",
            Self::Permission => "permission",
            Self::Clock => "clock",
            Self::Throttled => "throttled",
            Self::Busy => "busy",
            Self::Unsupported => "unsupported",
            Self::NotYet => "not_yet",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Service => "service",
            Self::Network => "network",
            Self::Proxy => "proxy",
            Self::ProxyLogin => "proxy_login",
            Self::Untrusted => "untrusted",
            Self::Inspected => "inspected",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Endpoint => "endpoint",
            Self::Unknown => "unknown",
        }
    }

    /// The class of a code of the vendor. The prefix decides where the code itself does not; a
    /// few codes say something else than their prefix.
    /// Source: the common error codes, and those of product `redis`.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        match code {
            "AuthFailure.SignatureExpire" => Self::Clock,
            "AuthFailure.TokenFailure" => Self::Token,
            "InvalidParameter.AccessKeyNotSupport" => Self::Credentials,
            "AuthFailure.UnauthorizedOperation"
            | "AuthFailure.MFAFailure"
            | "InternalError.InstanceOperatePermissionError"
            | "InvalidParameter.PermissionDenied" => Self::Permission,
            "InvalidParameter.ActionNotFound" => Self::NotYet,
            "FailedOperation.UnSupportError"
            | "InvalidParameter.IsNotVpcInstance"
            | "InvalidParameter.NotSupported"
            | "InvalidParameterValue.BaseNetWorkAccessDeny"
            | "InvalidParameterValue.UnSupportedType"
            | "ResourceUnavailable.BackupSpecError"
            | "ResourceUnavailable.NoRedisService"
            | "ResourceUnavailable.NoServiceAvailableForThisZoneId"
            | "ResourceUnavailable.NoTypeIdRedisService"
            | "ResourceUnavailable.SecurityGroupNotSupported"
            | "UnauthorizedOperation.UserNotInWhiteList" => Self::Unsupported,
            "FailedOperation.DtsStatusAbnormal"
            | "LimitExceeded.ReplicationGroupLocked"
            | "UnsupportedOperation.Inspection" => Self::Busy,
            "FailedOperation.FlowNotExists"
            | "InternalError.InstanceNotFoundError"
            | "InvalidParameterValue.BackupNotExists"
            | "InvalidParameterValue.ReplicationGroupNotExists"
            | "InvalidParameterValue.SecurityGroupIdsNotExists"
            | "InvalidParameterValue.UnVpcIdNotExists"
            | "ResourceUnavailable.InstanceDeleted"
            | "ResourceUnavailable.InstanceNoDeal" => Self::NotFound,
            "ResourceUnavailable.AccountBalanceNotEnough"
            | "ResourceUnavailable.BackupStatusAbnormal"
            | "ResourceUnavailable.BackupStatusInvalid"
            | "ResourceUnavailable.InstanceConfError"
            | "ResourceUnavailable.InstanceIsolated"
            | "ResourceUnavailable.NoEnoughVipInVPC"
            | "ResourceUnavailable.SaleOut"
            | "UnsupportedOperation.IsAutoRenewError" => Self::Refused,
            "ResourceUnavailable.CallOssError" | "ResourceUnavailable.GetSecurityError" => {
                Self::Service
            }
            _ => Self::of_category(category(code)),
        }
    }

    fn of_category(category: &str) -> Self {
        match category {
            "AuthFailure" => Self::Credentials,
            "UnauthorizedOperation" | "IpInBlacklist" | "IpNotInWhitelist" => Self::Permission,
            "RequestLimitExceeded" => Self::Throttled,
            "ResourceInUse" | "ResourceUnavailable" => Self::Busy,
            "ResourceNotFound" => Self::NotFound,
            "UnsupportedOperation"
            | "UnsupportedRegion"
            | "UnsupportedProtocol"
            | "ActionOffline"
            | "NoSuchProduct"
            | "NoSuchVersion" => Self::Unsupported,
            "InvalidAction" | "UnknownParameter" => Self::NotYet,
            "InvalidParameter"
            | "InvalidParameterValue"
            | "MissingParameter"
            | "InvalidRequest"
            | "RequestSizeLimitExceeded"
            | "LimitExceeded"
            | "ResourceInsufficient"
            | "DryRunOperation" => Self::Refused,
            "InternalError"
            | "ServiceUnavailable"
            | "FailedOperation"
            | "ResponseSizeLimitExceeded" => Self::Service,
            _ => Self::Unknown,
        }
    }
}
