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
    EnableSsl {
        /// See [`CertificateAddress`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        address: Option<CertificateAddress>,
    },
    DisableSsl {
        /// Sent as it is; what it does here is not documented.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        address: Option<CertificateAddress>,
    },
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
    /// What becomes of connections without TLS while SSL is on.
    SetEncryptionMode {
        mode: EncryptionMode,
    },
    /// A new certificate of the server, or other rules for connections with it.
    UpdateCertificate {
        /// See [`CertificateAddress`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        address: Option<CertificateAddress>,
        /// The oldest version of TLS that the server takes from then on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        min_version: Option<MinVersion>,
        /// A certificate of the vendor's SSL Certificates service; none for one of the vendor's
        /// own for Redis.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        certificate_id: Option<String>,
    },
}

impl Action {
    /// Turns SSL on as every API knows it.
    pub const ENABLE_SSL: Self = Self::EnableSsl { address: None };
    /// Turns SSL off as every API knows it.
    pub const DISABLE_SSL: Self = Self::DisableSsl { address: None };
}

/// `AddressType` of the vendor: the address that the certificate is asked to be for. Newer than
/// many endpoints, which refuse it, so it is sent only when chosen. Source: product `redis`,
/// `OpenSSL`, page 51196.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "plain words")]
pub enum CertificateAddress {
    PrivateIpv4,
    PrivateIpv6,
    Public,
}

/// `EncryptionMode` of the vendor. Source: product `redis`, page 140670.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EncryptionMode {
    /// Connections without TLS are served too.
    Flexible,
    /// They are dropped, and no others taken.
    Required,
}

/// `SSLMinVersion` of the vendor. The page, 140669, shows the first only; that there is the
/// second is ours to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "plain words")]
pub enum MinVersion {
    #[serde(rename = "TLSv1.2")]
    Tls12,
    #[serde(rename = "TLSv1.3")]
    Tls13,
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
    /// Addresses that every target has, of which one may be chosen for the certificate.
    pub addresses: Vec<AddressChoice>,
    /// The text that must be typed to apply it: the instance id where clients are cut off.
    pub confirmation: Option<String>,
    /// `apply` needs a password.
    pub needs_password: bool,
    #[expect(missing_docs, reason = "plain word")]
    #[ts(type = "string")]
    pub expires: Timestamp,
}

/// See [`Plan::addresses`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AddressChoice {
    #[expect(missing_docs, reason = "the type says it")]
    pub address: CertificateAddress,
    /// What it is, where the plan has one target.
    pub host: Option<String>,
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
