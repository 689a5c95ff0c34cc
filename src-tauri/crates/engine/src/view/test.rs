//! Tests of a connection.

use std::path::Path;

use jiff::Timestamp;
use rediseal_probe::WithoutTls;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::EdgeError;

/// What the test dialog sends.
#[derive(Clone, Deserialize, TS)]
pub struct TestForm {
    /// Chosen by the caller; names the test in events and in `cancel_test`.
    pub test_id: String,
    /// The instance whose CA and address are used.
    pub instance_id: Option<String>,
    /// `host:port`; none for the instance's private address.
    pub address: Option<String>,
    /// The name to check; none for the address's host.
    pub name: Option<String>,
    /// The server name to send; none for the name when that is a DNS name.
    pub sni: Option<String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub trust: TrustChoice,
    #[expect(missing_docs, reason = "of AUTH")]
    pub username: Option<String>,
    #[expect(missing_docs, reason = "of AUTH")]
    #[ts(type = "string | null")]
    pub password: Option<secrecy::SecretString>,
    /// Also find out everything that the server accepts.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub deep: bool,
    /// Also measure what TLS costs.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub cost: bool,
    /// What every connection goes through; none for the direct way.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub via: Option<ViaForm>,
}

/// What stands between this computer and the server.
#[derive(Clone, Deserialize, TS)]
pub struct ViaForm {
    /// `socks5://[user@]host[:port]`, `http://[user@]host[:port]` or `ssh://user@host[:port]`.
    pub url: String,
    /// Of the user in the URL.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub password: Option<secrecy::SecretString>,
    /// Log in to an SSH host with the key file chosen before; else with the agent and the keys in
    /// the usual places.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub key_file: bool,
    /// Of the key file.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub passphrase: Option<secrecy::SecretString>,
    /// Keep password and passphrase in the OS keychain until this is off in a later test; for an
    /// account that is kept there itself.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub remember: bool,
    /// The fingerprint, `SHA256:…`, of the key that the user accepts for an SSH host which is not
    /// known yet.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub accept_host_key: Option<String>,
}

/// What stood between at an earlier test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RouteView {
    /// As in [`ViaForm`]; none for the direct way.
    pub url: Option<String>,
    /// The private key for an SSH host, when one was chosen.
    pub key_file: Option<KeyFile>,
    /// What was typed for the hop is in the OS keychain.
    pub remembered: bool,
    /// It may be kept there: the account is.
    pub may_remember: bool,
}

/// A private key that was chosen with a dialog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeyFile {
    /// For display.
    pub path: String,
    /// It needs its passphrase.
    pub encrypted: bool,
}

/// Files that the user chose for a test.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestFiles<'a> {
    /// The authorities of [`TrustChoice::File`].
    pub trust: Option<&'a Path>,
    /// The private key of [`ViaForm::key_file`].
    pub key: Option<&'a Path>,
}

/// Whose signature counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrustChoice {
    /// The instance's own CA, downloaded when it was not yet.
    Instance,
    /// The file chosen with the dialog before.
    File,
    /// The operating system's store.
    Os,
}

/// A test as it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TestProgress {
    #[expect(missing_docs, reason = "as in the form")]
    pub test_id: String,
    /// Those that ended.
    pub stages: Vec<rediseal_probe::Stage>,
}

/// The test of many instances, as it goes. What each came to is in its row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TestRun {
    /// The account that was in use when it began.
    pub account_id: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub state: RunState,
    /// How many instances are to be tested.
    pub total: usize,
    /// How many were, or could not be.
    pub done: usize,
    /// Of those done: the certificate chain holds, and the name where there is one.
    pub proven: usize,
    /// Of those done: tested and not proven.
    pub failed: usize,
    /// Of those done: how many could not be tested, such as without a certificate to download.
    pub untested: usize,
    /// Why, for the first hundred of these.
    pub reasons: Vec<Untested>,
}

/// How a test of many instances stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "plain words")]
pub enum RunState {
    Running,
    Finished,
    Cancelled,
}

/// An instance that could not be tested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "plain words")]
pub struct Untested {
    pub instance_id: String,
    pub error: EdgeError,
}

/// Whether an instance was seen to take connections without TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlaintextLook {
    #[expect(missing_docs, reason = "the name says it")]
    #[ts(type = "string")]
    pub at: Timestamp,
    /// `host:port`.
    pub address: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub seen: WithoutTls,
}
