//! Wire types of the `sts` product, version 2018-08-13.

use crate::answer::answers;

answers! {
    /// The answer to `GetCallerIdentity`.
    CallerIdentity {
        arn: String,
        /// The root account's uin.
        account_id: String,
        user_id: String,
        principal_id: String,
        /// `CAMUser`, `CAMRole` or another word.
        #[serde(rename = "Type")]
        kind: String,
    }
}
