//! What each client library will say to the server of a report, by that library's own rules.
//!
//! A closed table of client families (`family`), what their TLS stacks do (`stack`), and a pure
//! function over the report (`situation`, `judge`). No connection is made. `tests/lab/clients`
//! runs the libraries that can be had against the lab's servers, and they have to agree.
//!
//! A library is taken as its documentation sets it up: TLS on, this CA file if one was given to
//! the test, everything else at its default, and the checked name as the host to connect to.

mod family;
mod judge;
mod message;
mod setting;
mod situation;
mod stack;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::cause::Cause;
use crate::report::Report;
use family::FAMILIES;
use situation::Situation;

/// What one client library will say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClientVerdict {
    /// Stable, such as `redis-py-7`.
    pub id: String,
    /// What the library calls itself.
    pub name: String,
    /// The versions that behave like this, such as `≥ 6`.
    pub versions: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub outcome: Outcome,
    /// Whether it compares the certificate's names with the host, set up as `configured`.
    pub checks_name: bool,
    /// Why it refuses.
    pub cause: Option<Cause>,
    /// What is peculiar about it.
    pub note: Option<Note>,
    /// Its own words when it refuses, as far as they are always the same.
    pub message: Option<String>,
    /// How the verdict takes it to be set up, in the library's own language.
    pub configured: String,
    /// What makes it work and stays safe, in full, in the library's own language; none when it
    /// works as it is, or when no setting of a client's can do that.
    pub setting: Option<String>,
    /// The version that is run against the lab by the tests; none when the verdict rests on
    /// what its makers publish, and was not seen.
    pub run_with: Option<String>,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With chain and name checked.
    Connects,
    /// With the chain checked; it would connect whatever the certificate's name is.
    ConnectsUnchecked,
    #[expect(missing_docs, reason = "plain words")]
    Refuses,
    /// The test has not seen what it would take to say.
    Unknown,
}

/// What is peculiar about a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// It takes the common name for the server's, against RFC 9525.
    CommonName,
    /// It does not look at the dates of a trusted CA.
    CaDates,
    /// It takes no intermediate for a trusted CA: the root has to be in the file too.
    NoPartialChain,
    /// It depends on version and settings of the TLS library below it.
    DependsOnBuild,
    /// It trusts a list of its own, not the operating system's.
    OwnStore,
    /// It sends another server name (SNI) than the test did.
    OtherServerName,
    /// Its keys or certificate forms are stricter or more lenient than this test's.
    OtherRules,
    /// The test ended before it saw the certificate.
    NotSeen,
}

/// One verdict for each family; none when nothing can be said of any.
pub(crate) fn verdicts(report: &Report) -> Vec<ClientVerdict> {
    let Some(situation) = Situation::of(report) else {
        return Vec::new();
    };
    FAMILIES
        .iter()
        .map(|family| family.verdict(&situation))
        .collect()
}
