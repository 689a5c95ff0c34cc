//! The staged report of one test: what users, the CLI's JSON and exported files show.

use jiff::Timestamp;
use rediseal_certificate::Facts;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::cause::Cause;
use crate::clients::ClientVerdict;
use crate::cost::Cost;
use crate::deep::{CipherSuite, Protocol, Survey};

/// Version of the report's JSON form; raised when a field changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// The result of one test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Report {
    /// See [`SCHEMA`].
    pub schema: u32,
    #[expect(missing_docs, reason = "the type says it")]
    pub target: Target,
    /// `direct`, or the hop that every connection went through, as a URL without secrets, such as
    /// `ssh://ops@jump.example.com:22`.
    pub route: String,
    #[expect(missing_docs, reason = "when the test began")]
    #[ts(type = "string")]
    pub started: Timestamp,
    /// Whole test, microseconds.
    pub elapsed_us: u64,
    /// The worst over all addresses.
    pub verdict: Verdict,
    /// The first failing layer's cause, of the address that `stages` shows; for `chain_only`
    /// it is `certificate.name_not_checkable`.
    pub cause: Option<Cause>,
    /// The stages of the address with the worst verdict.
    pub stages: Vec<Stage>,
    /// The chain as the server sent it, leaf first, then the trusted CA that it leads to when
    /// there is one; captured also when verification fails.
    pub chain: Vec<Link>,
    /// The negotiated protocol version, such as `TLSv1.3`.
    pub protocol: Option<String>,
    /// The negotiated cipher suite, by its IANA name.
    pub cipher: Option<String>,
    /// The negotiated key exchange group, such as `X25519`.
    pub group: Option<String>,
    /// Every address that was tested, in the order the resolver gave them.
    pub addresses: Vec<AddressReport>,
    /// Of the deep report: each protocol version, newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub protocols: Option<Vec<Protocol>>,
    /// Of the deep report: the cipher suites of each version, in the order in which the server
    /// picked them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ciphers: Option<Vec<CipherSuite>>,
    /// How the deep report came about; none when it was not asked for, or no TLS was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub survey: Option<Survey>,
    /// What TLS costs; none when it was not asked for, or the server was not proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cost: Option<Cost>,
    /// What each client library will say; empty when nothing can be said of any.
    pub clients: Vec<ClientVerdict>,
}

/// What was tested: address, SNI and checked name are three things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Target {
    /// `host:port` as asked for; an IPv6 host is in brackets.
    pub address: String,
    /// The name that the certificate was compared with.
    pub name: String,
    /// The server name sent; none for an address (RFC 6066).
    pub sni: Option<String>,
    /// Whose signature counted: `ca` (a given file or the instance's CA), `os`.
    pub trust: String,
}

/// One address of the target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "as in the report")]
pub struct AddressReport {
    /// `ip:port`; `name:port` where the hop resolves the name.
    pub address: String,
    pub verdict: Verdict,
    pub cause: Option<Cause>,
    pub stages: Vec<Stage>,
}

/// The whole test in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Chain and name hold, whatever Redis then says.
    Secure,
    /// The chain holds; the certificate has no name to check. Also whatever Redis then says.
    ChainOnly,
    /// TLS or trust fails, or the server has no TLS.
    Insecure,
    /// No connection to the server came about.
    Unreachable,
}

/// The layers, in the order they are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the layers' own names")]
pub enum StageId {
    Dns,
    Tcp,
    /// A proxy or an SSH host lets the connection through; only there when the route has one.
    /// `dns` and `tcp` are then about the hop, which resolves the server's name itself.
    Hop,
    Tls,
    Chain,
    Name,
    Redis,
}

/// How a stage went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "plain words")]
pub enum Status {
    Passed,
    Warning,
    Failed,
    Skipped,
}

/// One layer of the test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Stage {
    #[expect(missing_docs, reason = "the type says it")]
    pub id: StageId,
    #[expect(missing_docs, reason = "the type says it")]
    pub status: Status,
    /// Why it is not `passed`.
    pub cause: Option<Cause>,
    /// Evidence, by stable key; those that a stage may have:
    /// - any: `error` (another program's words), `hint` (see [`Stage::text`])
    /// - dns: `addresses`, `source` (`literal`, `hosts`, `dns`), `name`, `response`
    /// - tcp: `address`, `private_address`, `loopback`, `no_route`
    /// - dns, tcp, hop: `hop` (its URL, when the stage is about it), `reason` (the cause that
    ///   keeps the hop out of reach)
    /// - hop: `destination`, `http_status`, `protocol_found`, `bytes` and `text`, `host_key` (its
    ///   kind), `host_key_sha256`, `host_key_added`, `accepted_sha256`, `known_sha256` and
    ///   `known_hosts_line` (those on record), `login` (`none`, `publickey`, `agent`, `password`,
    ///   `keyboard-interactive`), `user`, `tried`, `methods` (that the host takes), `agent` (why it
    ///   did not help)
    /// - tls: `protocol`, `cipher`, `group`, `client_certificate_asked`, `ended`
    ///   (`certificate_refused`: by this side), `alert`, `after` (the last message that came),
    ///   `sni`, `server_version`, `accepts_version`, `accepts_cipher` and `accepts_group` (when
    ///   asked with everything on offer; null when it accepts nothing), `answer`, `confirmed`,
    ///   `protocol_found`, `bytes` (hexadecimal) and `text`, `plaintext_accepted` (null when not
    ///   known), `plaintext_answer`
    /// - chain: `not_before`, `not_after`, `days_left`, `now`, `clock_offset_s`, `cloud_now`,
    ///   `valid_by_cloud_clock`, `program_made`, `certificate` and `depth` (which one is at fault,
    ///   from the leaf at 0), `issuer`, `trusted` (subjects), `trusted_sha256`, `bits`,
    ///   `least_bits`, `signature`, `extended_key_usage`, `version`, `reason`, `evidence`
    /// - name: `expected`, `presented`, `common_name`
    /// - redis: `reply`, `auth` (`accepted`, `not_needed`), `alert`, `bytes` and `text`
    #[ts(type = "Record<string, unknown>")]
    pub facts: Map<String, Value>,
    /// Since the test began, microseconds.
    pub started_us: u64,
    /// Microseconds.
    pub elapsed_us: u64,
}

/// A certificate of the chain and how it hangs on the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Link {
    #[expect(missing_docs, reason = "the type says it")]
    pub role: Role,
    /// None when it cannot be parsed.
    pub facts: Option<Facts>,
    /// The signature on it was checked with the next link's key and holds; none for the last.
    pub signed_by_next: Option<bool>,
    /// PEM, RFC 7468.
    pub pem: String,
}

/// Where a link comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The server's own.
    Leaf,
    /// Sent by the server after its own.
    Sent,
    /// A trusted CA's own, whether or not the server sent it too.
    Trusted,
}
