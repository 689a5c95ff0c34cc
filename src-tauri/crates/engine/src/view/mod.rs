//! What the two faces, window and command line, show and send: the JSON contract.

mod account;
mod file;
mod fleet;
mod job;
mod network;
mod plan;
mod snippet;
mod test;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

pub use account::{
    AccountView, AppSnapshot, Detected, DetectedProblem, Identity, Keep, Settings, SignInForm,
    Site, VaultState,
};
pub use file::{CertificateFormat, CertificateView, InventoryFormat, SavedFile, TrustFile};
pub use fleet::{
    Check, Finding, FindingStatus, InstanceDetail, InstanceRow, InventoryChange, InventorySnapshot,
    LastTest, Readiness, RegionProgress, RegionState, Ssl,
};
pub use job::{AuditEntry, AuditLog, EventCode, JobEvent, JobSnapshot, Phase, Trouble};
pub use network::{ApiCa, LoginChoice, NetworkForm, NetworkView, ProxyChoice};
pub use plan::{
    Action, AddressChoice, CertificateAddress, Confirmation, Consequence, EncryptionMode,
    MinVersion, Plan, PlanTarget, When,
};
pub use snippet::{
    CaFile, CaOrigin, LibraryView, Seen, SeenBy, SnippetChoice, SnippetForm, SnippetView,
    TruststoreForm,
};
pub use test::{
    KeyFile, PlaintextLook, RouteView, RunState, TestFiles, TestForm, TestProgress, TestRun,
    TrustChoice, Untested, ViaForm,
};

/// Evidence by stable key.
pub type FactMap = Map<String, Value>;

/// An error at the edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EdgeError {
    /// Stable; see [`crate::Code`].
    pub code: crate::Code,
    /// In English, for logs and as a fallback.
    pub message: String,
    /// The same request may succeed later.
    pub retryable: bool,
    /// The vendor's.
    pub request_id: Option<String>,
    /// Evidence, such as `cloud_code`, `offset_seconds`, `path`.
    #[ts(type = "Record<string, unknown>")]
    pub details: FactMap,
}
