//! The application, its accounts and settings.

use jiff::Timestamp;
use rediseal_certificate::snippet::Library;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::network::{NetworkForm, NetworkView};

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
    pub detected: Vec<Detected>,
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
    /// Tell on the desktop when a certificate is about to end.
    pub warn_of_expiry: bool,
    /// The library whose program was looked at last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub snippet: Option<Library>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "system".into(),
            theme: "system".into(),
            warn_of_expiry: true,
            snippet: None,
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
    /// The key is a temporary one.
    pub temporary: bool,
    /// When a temporary key ends; none where that is not known.
    #[ts(type = "string | null")]
    pub expires: Option<Timestamp>,
    #[expect(missing_docs, reason = "the type says it")]
    pub network: NetworkView,
    /// Seconds that the cloud's clock is ahead of this computer's, by its last answer; none before
    /// one. More than 300 either way, and the cloud refuses every request.
    #[ts(type = "number | null")]
    pub clock_offset: Option<i64>,
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

/// A key found on this computer, or a place where one should be and is not usable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Detected {
    /// Stable id to take it by.
    pub id: String,
    /// `environment`, `tccli`, `profile`.
    pub source: String,
    /// The variable's or file's name, for display.
    pub place: String,
    /// The profile in the file; empty for variables.
    pub profile: String,
    /// Masked; empty when there is none.
    pub secret_id: String,
    /// It comes with a token.
    pub temporary: bool,
    /// When the token ends, where the file says so.
    #[ts(type = "string | null")]
    pub expires: Option<Timestamp>,
    /// The site that the file names.
    pub site: Option<Site>,
    /// The other tool fetches a new key of its own when this one ends; this application does not.
    pub renewed_elsewhere: bool,
    /// The other tool takes on this role with the key; this application uses the key as it is.
    pub role: Option<String>,
    /// Why it cannot be taken; none when it can.
    pub problem: Option<DetectedProblem>,
}

/// Why a key that was found cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DetectedProblem {
    /// The file cannot be read.
    Unreadable {
        #[expect(missing_docs, reason = "the operating system's words")]
        reason: String,
    },
    /// The file is not in its form.
    Malformed {
        /// Where, counted from 1.
        line: usize,
    },
    /// One half is missing.
    Incomplete {
        /// The name of what is missing.
        missing: String,
    },
    /// It is fetched from the metadata service of a virtual machine in the cloud each time.
    OnlyInCloud,
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
    /// When the token ends, where the user knows it.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub expires: Option<Timestamp>,
    #[expect(missing_docs, reason = "the type says it")]
    pub keep: Keep,
    #[expect(missing_docs, reason = "the type says it")]
    #[serde(default)]
    pub network: NetworkForm,
    /// Id of the account that this is a new key for: its jobs go on, and what the network form
    /// keeps is kept from it.
    #[serde(default)]
    pub replaces: Option<String>,
}
