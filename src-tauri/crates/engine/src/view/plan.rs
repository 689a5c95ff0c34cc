//! What an action would do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FactMap, Finding, Ssl};

/// Something that changes an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[expect(missing_docs, reason = "plain words")]
pub enum Action {
    EnableSsl,
    DisableSsl,
    UpgradeProxy {
        when: When,
    },
    UpgradeVersion {
        when: When,
        /// The vendor's type code to end at.
        target_type: i64,
    },
    /// Turns password-free access off; `apply` needs the new password.
    RequirePassword,
}

/// When the vendor carries an upgrade out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "plain words")]
pub enum When {
    Now,
    MaintenanceWindow,
}

/// What would be done, and what follows from it. Only an unexpired plan can be applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Plan {
    #[expect(missing_docs, reason = "opaque")]
    pub id: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub action: Action,
    #[expect(missing_docs, reason = "the type says it")]
    pub targets: Vec<PlanTarget>,
    #[expect(missing_docs, reason = "the type says it")]
    pub consequences: Vec<Consequence>,
    /// The text that must be typed to apply it: the instance id for `disable_ssl`.
    pub confirmation: Option<String>,
    /// `apply` needs a password.
    pub needs_password: bool,
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string")]
    pub expires: Timestamp,
}

/// An instance of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "as in the row")]
pub struct PlanTarget {
    pub instance_id: String,
    pub name: String,
    pub region: String,
    pub ssl: Ssl,
    pub findings: Vec<Finding>,
    /// It can be applied to this instance.
    pub applicable: bool,
}

/// What follows from a plan; the UI has a text per code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Consequence {
    /// Such as `tls_clients_cut_off`.
    pub code: String,
    #[expect(missing_docs, reason = "as in findings")]
    #[ts(type = "Record<string, unknown>")]
    pub facts: FactMap,
}

/// What the user did to confirm a plan.
#[derive(Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct Confirmation {
    /// What was typed.
    pub typed: Option<String>,
    /// Kept in the audit log.
    pub reason: Option<String>,
    /// For `require_password`.
    #[ts(type = "string | null")]
    pub password: Option<secrecy::SecretString>,
}
