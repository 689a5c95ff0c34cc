//! What Cloud Access Management (CAM) has to allow, as a policy to copy.

use std::fmt;

use serde::Serialize;

use crate::action::{Action, Effect};

/// A CAM policy; its `Display` and JSON forms are what the console takes.
///
/// It names every action that is called. CAM refuses a policy with an action that it does not know
/// (`InvalidParameter.ActionNotExist`) and takes it without that one. That can happen to
/// [`Policy::UNCERTAIN`].
///
/// It allows the actions on every instance: which of them can be limited to some is not
/// documented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    version: &'static str,
    statement: [Statement; 1],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Statement {
    effect: &'static str,
    action: Vec<String>,
    resource: [&'static str; 1],
}

impl Policy {
    /// Actions that CAM may not know. Two are newer than the vendor's own tools; the other two were
    /// not found in the vendor's lists of what CAM can grant (for `sts`: document/product/598/57155,
    /// of 2026-01), so that every key may have them unasked.
    pub const UNCERTAIN: [Action; 4] = [
        Action::MODIFY_SSL_ENCRYPTION_MODE,
        Action::UPDATE_SSL_CERT,
        Action::DESCRIBE_REGIONS,
        Action::GET_CALLER_IDENTITY,
    ];

    /// Least for looking at instances, downloading certificates and testing.
    #[must_use]
    pub fn read() -> Self {
        Self::of(Self::actions(Effect::Read))
    }

    /// Least for changing instances, which takes [`read`](Self::read) too.
    #[must_use]
    pub fn write() -> Self {
        Self::of(Self::actions(Effect::Write))
    }

    /// [`read`](Self::read) and [`write`](Self::write) in one.
    #[must_use]
    pub fn read_and_write() -> Self {
        Self::of(Self::actions(Effect::Read).chain(Self::actions(Effect::Write)))
    }

    /// Least for `actions`.
    #[must_use]
    pub fn of(actions: impl IntoIterator<Item = Action>) -> Self {
        Self {
            version: "2.0",
            statement: [Statement {
                effect: "allow",
                action: actions.into_iter().map(Action::cam_name).collect(),
                resource: ["*"],
            }],
        }
    }

    fn actions(effect: Effect) -> impl Iterator<Item = Action> {
        Action::ALL
            .into_iter()
            .filter(move |action| action.effect == effect)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    #[test]
    fn reading_and_writing_have_the_least_they_need() {
        let read = json!([
            "redis:DescribeInstances",
            "redis:DescribeSSLStatus",
            "redis:DescribeTaskInfo",
            "redis:DescribeTaskList",
            "redis:DescribeInstanceDealDetail",
            "redis:DescribeMaintenanceWindow",
            "region:DescribeRegions",
            "sts:GetCallerIdentity",
        ]);
        let write = json!([
            "redis:OpenSSL",
            "redis:CloseSSL",
            "redis:ModifySSLEncryptionMode",
            "redis:UpdateSSLCert",
            "redis:UpgradeProxyVersion",
            "redis:UpgradeSmallVersion",
            "redis:UpgradeInstanceVersion",
            "redis:ResetPassword",
        ]);
        let policy = |action: &serde_json::Value| {
            json!({
                "version": "2.0",
                "statement": [{ "effect": "allow", "action": action, "resource": ["*"] }],
            })
        };
        assert_eq!(json!(Policy::read()), policy(&read));
        assert_eq!(json!(Policy::write()), policy(&write));
        let both = [read, write].map(|list| list.as_array().unwrap().clone());
        assert_eq!(
            json!(Policy::read_and_write()),
            policy(&json!(both.concat()))
        );
    }

    #[test]
    fn its_text_is_its_json() {
        let policy = Policy::of([Action::UPDATE_SSL_CERT]);
        let text = policy.to_string();
        assert!(text.starts_with("{\n  \"version\": \"2.0\",\n"), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!(policy));
        assert_eq!(
            read["statement"][0]["action"],
            json!(["redis:UpdateSSLCert"])
        );
    }
}
