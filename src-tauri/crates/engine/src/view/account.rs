//! The application, its accounts and settings.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the window needs before its first paint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AppSnapshot {
    /// Of this application.
    pub version: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub settings: Settings,
    #[expect(missing_docs, reason = "the type says it")]
    pub accounts: Vec<AccountView>,
    /// Id of the account in use.
    pub active: Option<String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub vault: VaultState,
    /// Keys found on this computer, offered and not taken unasked.
    pub detected: Vec<DetectedCredentials>,
    /// Where the journal and the cache are, for display.
    pub data_folder: String,
}

/// What the user chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// `system`, `en`, `zh-CN`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "system".into(),
            theme: "system".into(),
        }
    }
}

/// The state of the OS keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultState {
    /// It answers.
    Available,
    /// Nothing answers: on Linux no Secret Service runs.
    Unavailable,
    /// It runs, but has no default collection.
    NoCollection,
    /// It runs, but is locked.
    Locked,
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// In the OS keychain, until removed.
    Keychain,
    /// In memory, until the application quits.
    Session,
}

/// Which cloud an account talks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Site {
    /// `tencentcloudapi.com`.
    Mainland,
    /// `intl.tencentcloudapi.com`.
    International,
    /// Another endpoint, such as a sandbox; anything but https only on loopback.
    Custom {
        /// Scheme, host and port.
        url: String,
    },
}

/// A known account, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountView {
    #[expect(missing_docs, reason = "opaque and stable")]
    pub id: String,
    /// Given by the user.
    pub name: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub site: Site,
    /// The SecretId with its middle left out.
    pub secret_id: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub keep: Keep,
    /// The built-in sandbox.
    pub sandbox: bool,
    /// Who the key belongs to, from `GetCallerIdentity`.
    pub identity: Option<Identity>,
    /// Its secret can be read now; false after a restart of a session-only account or when the
    /// keychain lost it.
    pub usable: bool,
}

/// Who a key belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the vendor's fields")]
pub struct Identity {
    pub arn: String,
    pub account_id: String,
    pub user_id: String,
    pub kind: String,
}

/// A key found on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DetectedCredentials {
    /// Stable id to take it by.
    pub id: String,
    /// `environment`, `tccli`, `profile`.
    pub source: String,
    /// The variable's or file's name, for display.
    pub place: String,
    /// Masked.
    pub secret_id: String,
}

/// What the sign-in page sends.
#[derive(Clone, Deserialize, TS)]
pub struct SignInForm {
    #[expect(missing_docs, reason = "given by the user; empty for a default")]
    pub name: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub site: Site,
    #[expect(missing_docs, reason = "the vendor's word")]
    pub secret_id: String,
    #[expect(missing_docs, reason = "the vendor's word")]
    #[ts(type = "string")]
    pub secret_key: secrecy::SecretString,
    /// Of temporary credentials.
    #[ts(type = "string | null")]
    pub token: Option<secrecy::SecretString>,
    #[expect(missing_docs, reason = "the type says it")]
    pub keep: Keep,
}
