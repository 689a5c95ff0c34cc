//! What the deep report says.

use rediseal_certificate::Facts;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::cause::Cause;

/// One protocol version, asked about with hellos that offer no other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Protocol {
    /// Such as `TLSv1.3`.
    pub version: String,
    /// None when the server gave no answer to go by: see [`Survey::gaps`].
    pub accepted: Option<bool>,
    /// `policy.old_protocol` when it is accepted and should not be.
    pub cause: Option<Cause>,
    /// Whose order of cipher suites counts; none with fewer than two, or when the answers do not
    /// tell.
    pub cipher_order: Option<Order>,
    /// Key exchange groups, in the order in which the server picked them. Asked of TLS 1.3 and
    /// of the newest older version that is accepted; empty elsewhere.
    pub groups: Vec<Group>,
    /// Whose order of groups counts.
    pub group_order: Option<Order>,
    /// Signature schemes of the handshake by their names in RFC 8446, in the order in which the
    /// server picked them. Asked where `groups` are; in TLS 1.3 only of a server whose chain
    /// holds, since its signature comes after the certificate.
    pub signatures: Vec<String>,
    /// A second connection went on with the session of the first, by ticket, PSK or session id.
    /// None when that was not tried (below TLS 1.2, or the chain does not hold) or could not be.
    pub resumption: Option<bool>,
    /// What the first ServerHello says besides; none in TLS 1.3, where these have no meaning.
    pub hello: Option<HelloFacts>,
}

/// Said by a ServerHello up to TLS 1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HelloFacts {
    /// RFC 7627.
    pub extended_master_secret: bool,
    /// RFC 5746.
    pub secure_renegotiation: bool,
    /// It took compression, which gives secrets away (RFC 7457 2.6).
    pub compression: bool,
    /// It issues session tickets (RFC 5077).
    pub session_tickets: bool,
}

/// Who decides when both sides accept several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The server has an order of its own: lists are in it.
    Server,
    /// The server follows the client's: the order of lists is ours, strong ones first.
    Client,
}

/// A cipher suite that the server accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CipherSuite {
    /// The version that it was accepted in, such as `TLSv1.2`.
    pub protocol: String,
    /// The number in the IANA registry, such as `0xc02f`.
    pub id: String,
    /// The name in the IANA registry.
    pub name: String,
    /// What OpenSSL and the configuration of redis-server call it; none when they do not know it.
    pub openssl_name: Option<String>,
    /// Strength of the encryption, bits.
    pub bits: u16,
    /// A key that leaks later does not open what was recorded before.
    pub forward_secrecy: bool,
    /// Length of the Diffie-Hellman prime, bits; only of DHE suites.
    pub dh_bits: Option<u32>,
    /// What is wrong with it.
    pub weakness: Option<Weakness>,
    /// `policy.weak_cipher` when something is.
    pub cause: Option<Cause>,
}

/// Why a cipher suite protects nothing, or not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Weakness {
    /// No encryption.
    Null,
    /// Nobody's identity is proven.
    Anonymous,
    /// Weakened on purpose, 40 to 56 bits.
    Export,
    /// RFC 7465.
    Rc4,
    /// A block of 64 bits.
    Rc2,
    /// 56 bits (RFC 8996).
    Des,
    /// A block of 64 bits (RFC 9325 4.1).
    TripleDes,
    /// A block of 64 bits.
    Idea,
    /// A Diffie-Hellman prime below 2048 bits (RFC 9325 4.2.1).
    ShortDh,
}

/// A key exchange group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Group {
    /// The number in the IANA registry, such as `0x001d`.
    pub id: String,
    /// The name in the IANA registry, such as `X25519MLKEM768`.
    pub name: String,
    /// What is recorded today stays closed to a quantum computer.
    pub post_quantum: bool,
}

/// How the deep report came about, and what follows from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Survey {
    /// `ip:port`: one address, that which the report's stages are about.
    pub address: String,
    /// TCP connections made for it, beside those of the test.
    pub connections: u32,
    /// At most so many of them were open at once.
    pub at_once: u32,
    /// At most so many were begun in a second.
    pub per_second: u32,
    /// Microseconds.
    pub elapsed_us: u64,
    /// One for each certificate that the server has, such as one with an RSA key and one with an
    /// ECDSA key; which of them a client gets depends on what it offers.
    pub certificates: Vec<Presentation>,
    /// What should be changed, each once.
    pub warnings: Vec<Warning>,
    /// What could not be found out, and why.
    pub gaps: Vec<Gap>,
}

/// A certificate of the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Presentation {
    /// None when it cannot be parsed.
    pub facts: Option<Facts>,
    /// Why its chain or its name does not hold; none when both do.
    pub cause: Option<Cause>,
    /// The newest version in which it was presented, such as `TLSv1.3`.
    pub protocol: String,
    /// PEM, RFC 7468: the server's own, then what it sent with it.
    pub pem: Vec<String>,
}

/// A policy that the server does not keep to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Warning {
    #[expect(missing_docs, reason = "the type says it")]
    pub cause: Cause,
    /// Evidence: `versions` of `policy.old_protocol`; `ciphers` (OpenSSL's names, or IANA's) and
    /// `weaknesses` of `policy.weak_cipher`.
    #[ts(type = "Record<string, unknown>")]
    pub facts: Map<String, Value>,
}

/// Something that the server did not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Gap {
    /// Such as `TLSv1.2`.
    pub protocol: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub part: Part,
    #[expect(missing_docs, reason = "the type says it")]
    pub reason: Reason,
}

/// A part of the deep report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Whether the version is accepted, and with which cipher suites.
    Ciphers,
    #[expect(missing_docs, reason = "the name says it")]
    Groups,
    #[expect(missing_docs, reason = "the name says it")]
    Signatures,
    #[expect(missing_docs, reason = "the name says it")]
    Resumption,
}

/// Why something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The server took the hello and said nothing.
    Silent,
    /// The server closed the connection without a word, and did the same with a hello that it
    /// had accepted before: it limits connections, or broke down.
    Closed,
    /// No further connection.
    Unreachable,
    /// What came back is not TLS, or breaks its rules.
    Malformed,
    /// The server picked what was not offered.
    NotOffered,
    /// The time for the whole test was up.
    Deadline,
    /// The certificate's chain does not hold, and no handshake goes on after it.
    Untrusted,
    /// The server wants a client certificate first.
    ClientCertificate,
    /// The server breaks off whatever is offered, with an alert that may as well be about the
    /// server name or the client.
    Alert,
}
