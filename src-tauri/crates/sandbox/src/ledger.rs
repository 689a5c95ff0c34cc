//! What was asked of the sandbox and what came of it, for tests and proofs.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts since the start. Its JSON form is `GET /sandbox/ledger`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Calls by action that passed authentication and the rate limit, also those refused later.
    pub actions: BTreeMap<String, u64>,
    /// The same by instance and action.
    pub instances: BTreeMap<String, BTreeMap<String, u64>>,
    /// Answers by error code.
    pub refused: BTreeMap<String, u64>,
    /// Calls over the rate limit, also those refused by a fault.
    pub throttled: u64,
    /// Changes that were accepted, in their order.
    pub writes: Vec<WriteRecord>,
    /// The most calls within any one second of real time by action, throttled ones too.
    pub busiest: BTreeMap<String, usize>,
    /// Tasks in the order of their ids.
    pub tasks: Vec<TaskRecord>,
    /// Connections to the data plane by instance.
    pub connections: BTreeMap<String, Connections>,
    /// Downloads of the certificate archive, also refused ones.
    pub downloads: u64,
}

/// A change that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WriteRecord {
    #[expect(missing_docs, reason = "the vendor's name")]
    pub action: &'static str,
    #[expect(missing_docs, reason = "the vendor's name")]
    pub instance_id: String,
    /// The task that it started, also where the answer did not name it; none when there was
    /// nothing to do.
    pub task_id: Option<u64>,
    /// Of the answer, whether or not that arrived.
    pub request_id: String,
}

/// A task in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct TaskRecord {
    pub task_id: u64,
    pub instance_id: String,
    /// The code of `DescribeTaskList`.
    pub task_type: String,
    /// The word of `DescribeTaskInfo`.
    pub status: String,
}

/// Connections to one instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Connections {
    /// Completed TLS handshakes.
    pub tls: u64,
    /// Connections without TLS.
    pub plain: u64,
    /// TLS handshakes that failed or were refused.
    pub failed: u64,
    /// Connections without TLS to an instance that requires it.
    pub refused: u64,
    /// Open now.
    pub open: u64,
}

impl Ledger {
    pub(crate) fn count(&mut self, action: &str, instance: Option<&str>) {
        *self.actions.entry(action.to_owned()).or_default() += 1;
        if let Some(instance) = instance {
            let actions = self.instances.entry(instance.to_owned()).or_default();
            *actions.entry(action.to_owned()).or_default() += 1;
        }
    }

    pub(crate) fn refuse(&mut self, code: &str) {
        *self.refused.entry(code.to_owned()).or_default() += 1;
    }
}
