//! What makes a test impossible to start. What the peer does is never an error: it is a report.

use crate::route::{KeyError, ViaError};

/// The request cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither `host:port` nor `[v6]:port`.
    #[error(
        "{given:?} is not an address to connect to: write host:port, or [address]:port for IPv6"
    )]
    #[expect(missing_docs, reason = "the name says it")]
    Address { given: String },
    /// The name to check or the server name to send is not one.
    #[error("{given:?} is neither a DNS name nor an IP address")]
    #[expect(missing_docs, reason = "the name says it")]
    Name { given: String },
    /// RFC 6066 knows no addresses as server names.
    #[error("{given:?} is an IP address; only a DNS name can be sent as the server name (SNI)")]
    #[expect(missing_docs, reason = "the name says it")]
    Sni { given: String },
    /// What is to stand between is not named as it should.
    #[error("this is no way to a server: {0}")]
    Via(#[from] ViaError),
    /// The key for an SSH host cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An empty list would trust nobody: most likely the file has no certificate in it.
    #[error("no CA certificate was given, so no server could be trusted")]
    NoAuthorities,
    /// One of the given CA certificates cannot be read.
    #[error("CA certificate number {} cannot be read as X.509", index + 1)]
    Authority {
        /// Position in the list, from 0.
        index: usize,
    },
    /// The operating system's trust store gave no certificate.
    #[error("the operating system's trust store cannot be read: {reason}")]
    #[expect(missing_docs, reason = "the name says it")]
    OsStore { reason: String },
}
