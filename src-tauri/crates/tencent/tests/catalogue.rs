//! The catalogue is complete in both languages and fits the codes and classes.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use rediseal_tencent::{ApiError, Class, Error, Language, catalogue};

const ENGLISH: &str = include_str!("../errors/en.json");
const CHINESE: &str = include_str!("../errors/zh-CN.json");

/// The codes of the common list and those of Redis, with the class of each and whether a write
/// that ends with it certainly had no effect.
const CODES: &[(&str, Class, bool)] = &[
    ("AuthFailure.SignatureExpire", Class::Clock, true),
    ("AuthFailure.SignatureFailure", Class::Credentials, true),
    ("AuthFailure.InvalidAuthorization", Class::Credentials, true),
    ("AuthFailure.SecretIdNotFound", Class::Credentials, true),
    ("AuthFailure.InvalidSecretId", Class::Credentials, true),
    ("AuthFailure.AccessKeyIllegal", Class::Credentials, true),
    ("AuthFailure.TokenFailure", Class::Token, true),
    ("AuthFailure.MFAFailure", Class::Permission, true),
    ("AuthFailure.UnauthorizedOperation", Class::Permission, true),
    ("UnauthorizedOperation", Class::Permission, true),
    ("UnauthorizedOperation.NoCAMAuthed", Class::Permission, true),
    (
        "UnauthorizedOperation.UserNotInWhiteList",
        Class::Unsupported,
        true,
    ),
    ("IpInBlacklist", Class::Permission, true),
    ("IpNotInWhitelist", Class::Permission, true),
    ("RequestLimitExceeded", Class::Throttled, true),
    (
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
        Class::Throttled,
        true,
    ),
    (
        "RequestLimitExceeded.IPLimitExceeded",
        Class::Throttled,
        true,
    ),
    (
        "RequestLimitExceeded.UinLimitExceeded",
        Class::Throttled,
        true,
    ),
    ("LimitExceeded", Class::Refused, true),
    ("LimitExceeded.ReplicationGroupLocked", Class::Busy, true),
    ("InternalError", Class::Service, false),
    ("InternalError.DbOperationFailed", Class::Service, false),
    ("InternalError.InternalError", Class::Service, false),
    ("InternalError.NetWorkErr", Class::Service, false),
    ("InternalError.ExecHttpRequestError", Class::Service, false),
    ("ServiceUnavailable", Class::Service, false),
    ("FailedOperation", Class::Service, false),
    ("FailedOperation.SystemError", Class::Service, false),
    ("FailedOperation.Unknown", Class::Service, false),
    ("FailedOperation.CommitFlowError", Class::Service, false),
    ("FailedOperation.FlowNotExists", Class::NotFound, true),
    ("FailedOperation.DtsStatusAbnormal", Class::Busy, true),
    ("FailedOperation.UnSupportError", Class::Unsupported, true),
    ("ActionOffline", Class::Unsupported, true),
    ("InvalidAction", Class::NotYet, true),
    ("NoSuchProduct", Class::Unsupported, true),
    ("NoSuchVersion", Class::Unsupported, true),
    ("InvalidParameter", Class::Refused, true),
    ("InvalidParameter.ActionNotFound", Class::NotYet, true),
    (
        "InvalidParameter.AccessKeyNotSupport",
        Class::Credentials,
        true,
    ),
    ("InvalidParameter.PermissionDenied", Class::Permission, true),
    ("InvalidParameterValue", Class::Refused, true),
    ("InvalidParameterValue.CheckNotPass", Class::Refused, true),
    (
        "InvalidParameterValue.PasswordFreeDenied",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameterValue.PasswordRuleError",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameterValue.UnSupportedType",
        Class::Unsupported,
        true,
    ),
    ("MissingParameter", Class::Refused, true),
    ("UnknownParameter", Class::NotYet, true),
    ("UnsupportedRegion", Class::Unsupported, true),
    ("UnsupportedProtocol", Class::Unsupported, true),
    ("UnsupportedOperation", Class::Unsupported, true),
    (
        "UnsupportedOperation.LimitProxyVersion",
        Class::Unsupported,
        true,
    ),
    ("UnsupportedOperation.LowVersion", Class::Unsupported, true),
    (
        "UnsupportedOperation.InstanceNotOperation",
        Class::Unsupported,
        true,
    ),
    ("UnsupportedOperation.Inspection", Class::Busy, true),
    ("ResourceInUse", Class::Busy, true),
    ("ResourceInUse.InstanceBeenLocked", Class::Busy, true),
    ("ResourceInsufficient", Class::Refused, true),
    ("ResourceNotFound", Class::NotFound, true),
    ("ResourceNotFound.InstanceNotExists", Class::NotFound, true),
    ("ResourceNotFound.InstanceNotFound", Class::NotFound, true),
    ("ResourceUnavailable", Class::Busy, true),
    ("ResourceUnavailable.InstanceStatusError", Class::Busy, true),
    (
        "ResourceUnavailable.InstanceStatusAbnormal",
        Class::Busy,
        true,
    ),
    ("ResourceUnavailable.InstanceStateError", Class::Busy, true),
    ("ResourceUnavailable.InstanceLockedError", Class::Busy, true),
    (
        "ResourceUnavailable.InstanceUnLockedError",
        Class::Busy,
        true,
    ),
    ("ResourceUnavailable.InstanceIsolated", Class::Refused, true),
    ("ResourceUnavailable.InstanceDeleted", Class::NotFound, true),
    ("InvalidRequest", Class::Refused, true),
    ("RequestSizeLimitExceeded", Class::Refused, true),
    ("ResponseSizeLimitExceeded", Class::Service, false),
    ("DryRunOperation", Class::Refused, true),
    (
        "FailedOperation.AddInstanceInfoFailed",
        Class::Service,
        false,
    ),
    (
        "FailedOperation.AssociateSecurityGroupsFailed",
        Class::Service,
        false,
    ),
    (
        "FailedOperation.ClearInstanceInfoFailed",
        Class::Service,
        false,
    ),
    (
        "FailedOperation.DisassociateSecurityGroupsFailed",
        Class::Service,
        false,
    ),
    (
        "FailedOperation.GetSecurityGroupDetailFailed",
        Class::Service,
        false,
    ),
    ("FailedOperation.PayFailed", Class::Service, false),
    ("FailedOperation.RedoFlowFailed", Class::Service, false),
    ("FailedOperation.ServiceAccessError", Class::Service, false),
    (
        "FailedOperation.SetRuleLocationFailed",
        Class::Service,
        false,
    ),
    (
        "FailedOperation.UpdateInstanceInfoFailed",
        Class::Service,
        false,
    ),
    (
        "FailedOperation.UpdateSecurityGroupsFailed",
        Class::Service,
        false,
    ),
    (
        "InternalError.CamAuthOssResponseReturnCodeError",
        Class::Service,
        false,
    ),
    ("InternalError.InstanceNotFoundError", Class::NotFound, true),
    (
        "InternalError.InstanceOperatePermissionError",
        Class::Permission,
        true,
    ),
    ("InternalError.ListInstancesError", Class::Service, false),
    ("InternalError.GetSeedTokenError", Class::Service, false),
    ("InvalidParameter.ParameterError", Class::Refused, true),
    ("InvalidParameter.EmptyParam", Class::Refused, true),
    (
        "InvalidParameter.IllegalParameterError",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameter.InvalidParameterError",
        Class::Refused,
        true,
    ),
    ("InvalidParameter.InvalidParameter", Class::Refused, true),
    (
        "InvalidParameter.InstanceSGOverLimitError",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameter.IsNotVpcInstance",
        Class::Unsupported,
        true,
    ),
    ("InvalidParameter.NotSupported", Class::Unsupported, true),
    ("InvalidParameter.OnlyVPCOnSpecZoneId", Class::Refused, true),
    ("InvalidParameter.Period", Class::Refused, true),
    (
        "InvalidParameterValue.BackupNotExists",
        Class::NotFound,
        true,
    ),
    (
        "InvalidParameterValue.BaseNetWorkAccessDeny",
        Class::Unsupported,
        true,
    ),
    (
        "InvalidParameterValue.DataConvertError",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameterValue.InstanceNameRuleError",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameterValue.InvalidInstanceTypeId",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameterValue.InvalidParameterValueError",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameterValue.InvalidSubnetId",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameterValue.MemSizeNotInRange",
        Class::Refused,
        true,
    ),
    ("InvalidParameterValue.NotRepeatBind", Class::Refused, true),
    ("InvalidParameterValue.PasswordEmpty", Class::Refused, true),
    ("InvalidParameterValue.PasswordError", Class::Refused, true),
    (
        "InvalidParameterValue.ReduceCapacityNotAllowed",
        Class::Refused,
        true,
    ),
    (
        "InvalidParameterValue.ReplicationGroupNotExists",
        Class::NotFound,
        true,
    ),
    (
        "InvalidParameterValue.SecurityGroupIdsNotExists",
        Class::NotFound,
        true,
    ),
    ("InvalidParameterValue.SpecNotExist", Class::Refused, true),
    (
        "InvalidParameterValue.UnVpcIdNotExists",
        Class::NotFound,
        true,
    ),
    (
        "InvalidParameterValue.WeekDaysIsInvalid",
        Class::Refused,
        true,
    ),
    ("LimitExceeded.ExceedUpperLimit", Class::Refused, true),
    ("LimitExceeded.InstanceNotEmpty", Class::Refused, true),
    ("LimitExceeded.InvalidMemSize", Class::Refused, true),
    (
        "LimitExceeded.InvalidParameterGoodsNumNotInRange",
        Class::Refused,
        true,
    ),
    ("LimitExceeded.MemSizeNotInRange", Class::Refused, true),
    ("LimitExceeded.PeriodExceedMaxLimit", Class::Refused, true),
    ("LimitExceeded.PeriodLessThanMinLimit", Class::Refused, true),
    ("LimitExceeded.ReachTheAmountLimit", Class::Refused, true),
    (
        "ResourceNotFound.AccountDoesNotExists",
        Class::NotFound,
        true,
    ),
    (
        "ResourceUnavailable.AccountBalanceNotEnough",
        Class::Refused,
        true,
    ),
    ("ResourceUnavailable.BackupLockedError", Class::Busy, true),
    (
        "ResourceUnavailable.BackupSpecError",
        Class::Unsupported,
        true,
    ),
    (
        "ResourceUnavailable.BackupStatusAbnormal",
        Class::Refused,
        true,
    ),
    (
        "ResourceUnavailable.BackupStatusInvalid",
        Class::Refused,
        true,
    ),
    ("ResourceUnavailable.CallOssError", Class::Service, false),
    (
        "ResourceUnavailable.GetSecurityError",
        Class::Service,
        false,
    ),
    (
        "ResourceUnavailable.InstanceConfError",
        Class::Refused,
        true,
    ),
    ("ResourceUnavailable.InstanceNoDeal", Class::NotFound, true),
    (
        "ResourceUnavailable.InstanceNotSupportOperation",
        Class::Busy,
        true,
    ),
    ("ResourceUnavailable.NoEnoughVipInVPC", Class::Refused, true),
    (
        "ResourceUnavailable.NoRedisService",
        Class::Unsupported,
        true,
    ),
    (
        "ResourceUnavailable.NoServiceAvailableForThisZoneId",
        Class::Unsupported,
        true,
    ),
    (
        "ResourceUnavailable.NoTypeIdRedisService",
        Class::Unsupported,
        true,
    ),
    ("ResourceUnavailable.SaleOut", Class::Refused, true),
    (
        "ResourceUnavailable.SecurityGroupNotSupported",
        Class::Unsupported,
        true,
    ),
    (
        "UnsupportedOperation.ClusterInstanceAccessedDeny",
        Class::Unsupported,
        true,
    ),
    (
        "UnsupportedOperation.IsAutoRenewError",
        Class::Refused,
        true,
    ),
    (
        "UnsupportedOperation.OnlyClusterInstanceCanExportBackup",
        Class::Unsupported,
        true,
    ),
];

#[test]
fn both_languages_have_the_same_keys_and_no_empty_text() {
    let english = load(ENGLISH);
    let chinese = load(CHINESE);
    assert_eq!(
        english.keys().collect::<Vec<_>>(),
        chinese.keys().collect::<Vec<_>>()
    );
    for (key, text) in english.iter().chain(&chinese) {
        assert_eq!(
            text.keys().collect::<Vec<_>>(),
            ["explanation", "fix", "title"],
            "{key}"
        );
        assert!(text.values().all(|text| !text.trim().is_empty()), "{key}");
    }
}

#[test]
fn every_class_and_every_documented_code_has_its_own_text() {
    let english = load(ENGLISH);
    let mut missing: Vec<&str> = Class::ALL.iter().map(|class| class.id()).collect();
    missing.extend(CODES.iter().map(|(code, ..)| *code));
    missing.retain(|key| !english.contains_key(*key));
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_code_has_its_class_and_says_whether_a_write_took_effect() {
    for &(code, class, provably_not_accepted) in CODES {
        let error = refusal(code);
        assert_eq!(error.class(), class, "{code}");
        assert_eq!(
            error.provably_not_accepted(),
            provably_not_accepted,
            "{code}"
        );
    }
    let unheard = refusal("Surprise.OfTheYear");
    assert_eq!(unheard.class(), Class::Unknown);
    assert!(!unheard.provably_not_accepted() && !unheard.is_retryable());
    assert_eq!(refusal("ResourceNotFound.Sock").class(), Class::NotFound);
}

#[test]
fn only_what_passes_by_itself_is_tried_again() {
    let retryable: Vec<&str> = CODES
        .iter()
        .map(|(code, ..)| *code)
        .filter(|code| refusal(code).is_retryable())
        .collect();
    assert_eq!(
        retryable,
        [
            "RequestLimitExceeded",
            "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
            "RequestLimitExceeded.IPLimitExceeded",
            "RequestLimitExceeded.UinLimitExceeded",
            "InternalError",
            "InternalError.DbOperationFailed",
            "InternalError.InternalError",
            "InternalError.NetWorkErr",
            "InternalError.ExecHttpRequestError",
            "ServiceUnavailable",
            "InternalError.CamAuthOssResponseReturnCodeError",
            "InternalError.ListInstancesError",
            "InternalError.GetSeedTokenError",
        ]
    );
}

#[test]
fn a_missing_permission_names_its_action() {
    for code in [
        "UnauthorizedOperation.NoCAMAuthed",
        "InvalidParameter.PermissionDenied",
    ] {
        let action = refusal(code).missing_permission().unwrap();
        assert_eq!(action.cam_name(), "redis:OpenSSL");
    }
    for code in [
        "ResourceInUse",
        "AuthFailure.MFAFailure",
        "IpNotInWhitelist",
    ] {
        assert_eq!(refusal(code).missing_permission(), None);
    }
}

#[test]
fn lookup_falls_back_from_code_to_category_to_class() {
    let title = |code, class| &catalogue::text(Language::English, code, class).title;
    let own = title(Some("ResourceInUse.InstanceBeenLocked"), Class::Busy);
    let category = title(Some("ResourceInUse.Other"), Class::Busy);
    let class = title(Some("Surprise.Other"), Class::Busy);
    assert_eq!(own, "The instance is locked by another task");
    assert_eq!(category, "The instance is in use");
    assert_eq!(class, "The instance is busy");
    assert_eq!(title(None, Class::Busy), class);
    let chinese = refusal("AuthFailure.TokenFailure");
    assert_eq!(
        chinese.text(Language::Chinese).title,
        "临时令牌已过期或不正确"
    );
}

#[test]
fn chinese_is_set_like_chinese() {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for (key, text) in load(CHINESE) {
        for text in text.values() {
            assert!(!text.contains('你'), "{key}: 您, not 你: {text}");
            let characters: Vec<char> = text.chars().collect();
            for pair in characters.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                let tight =
                    han(a) && b.is_ascii_alphanumeric() || a.is_ascii_alphanumeric() && han(b);
                assert!(!tight, "{key}: a space between {a} and {b}: {text}");
                let half = han(a) && ",.;:!?()".contains(b);
                assert!(!half, "{key}: full-width {b} after {a}: {text}");
            }
        }
    }
}

fn load(json: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(json).unwrap()
}

fn refusal(code: &str) -> Error {
    Error::Api(Box::new(ApiError {
        action: "OpenSSL",
        region: None,
        code: code.to_owned(),
        message: String::new(),
        request_id: None,
        clock_offset: None,
    }))
}
