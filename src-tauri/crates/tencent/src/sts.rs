//! Wire types of the `sts` product, version 2018-08-13.

use serde::{Deserialize, Serialize};

use crate::redis::Other;

/// The answer to `GetCallerIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct CallerIdentity {
    pub arn: Option<String>,
    /// The root account's uin.
    pub account_id: Option<String>,
    pub user_id: Option<String>,
    pub principal_id: Option<String>,
    /// `CAMUser`, `CAMRole` or another word.
    #[serde(rename = "Type")]
    pub kind: Option<String>,
    #[serde(flatten)]
    pub other: Other,
}
