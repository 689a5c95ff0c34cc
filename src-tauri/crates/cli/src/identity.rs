//! Who acts, in words.

use rediseal_engine::view::{AccountView, Identity};

use crate::language::{Language, say};
use crate::output::plain;

/// Such as `sub-user 100000000002 of account 100000000001`; empty when it is not known.
pub(crate) fn text(identity: Option<&Identity>, language: Language) -> String {
    let Some(identity) = identity else {
        return String::new();
    };
    let account = plain(&identity.account_id);
    let user = plain(&identity.user_id);
    match identity.kind.as_str() {
        _ if account.is_empty() => plain(&identity.arn),
        "CAMUser" if user == account => {
            say!(
                language,
                "root user of account {account}",
                "主账号 {account}"
            )
        }
        "CAMUser" => say!(
            language,
            "sub-user {user} of account {account}",
            "主账号 {account} 的子用户 {user}"
        ),
        "CAMRole" => {
            let role = plain(identity.arn.rsplit(':').next().unwrap_or_default());
            say!(
                language,
                "role {role} of account {account}",
                "主账号 {account} 的角色 {role}"
            )
        }
        kind => {
            let kind = plain(kind);
            say!(
                language,
                "{kind} {user} of account {account}",
                "主账号 {account} 的 {kind} {user}"
            )
        }
    }
}

/// A line that says with whose rights something is done; none when it is not known.
pub(crate) fn acting(account: &AccountView, language: Language) -> Option<String> {
    let who = text(account.identity.as_ref(), language);
    let name = plain(&account.name);
    (!who.is_empty()).then(|| {
        say!(
            language,
            "with the key of {name}: {who}",
            "使用 {name} 的密钥：{who}"
        )
    })
}
