//! The way from this machine to the server: directly, or through one hop.
//!
//! `via` is how a hop is written, `way` opens connections over it, `start` reaches the server for
//! the first time and tells the hop's part of it as stages. `socks5` and `http_connect` speak to
//! proxies, `ssh` to jump hosts; `host` is such a host for what is more than one test.

mod host;
mod http_connect;
mod socks5;
mod ssh;
mod start;
mod stream;
mod via;
mod way;

use std::net::SocketAddr;

use secrecy::SecretString;

pub use self::host::SshHost;
pub use self::ssh::{Fingerprint, Key, KeyError, NoFingerprint, SharedSession, Ssh};
pub(crate) use self::start::{Start, addresses};
pub(crate) use self::stream::Stream;
pub use self::via::{Scheme, Via, ViaError};
pub(crate) use self::way::Peer;
use crate::cause::Cause;
use crate::stage::{Finding, Stopwatch};

/// The way to a server.
#[derive(Clone, Debug, Default)]
pub enum Route {
    /// Its name is resolved here.
    #[default]
    Direct,
    /// A name of the server is resolved by the hop; the hop's own is resolved here.
    Through(Box<Hop>),
    /// Over a session that stands already; the host resolves the server's name.
    Over(SshHost),
}

/// What stands between, and how to be let through. Tests whose routes are clones of one go through
/// one session with an SSH host.
#[derive(Clone, Debug)]
pub struct Hop {
    #[expect(missing_docs, reason = "the type says it")]
    pub via: Via,
    /// Of the user in `via`.
    pub password: Option<SecretString>,
    /// For an SSH host.
    pub ssh: Ssh,
    #[expect(missing_docs, reason = "the type says it")]
    pub shared: SharedSession,
}

impl Route {
    /// `direct`, or the hop as a URL.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Direct => "direct".to_owned(),
            Self::Through(hop) => hop.via.to_string(),
            Self::Over(host) => host.hop().via.to_string(),
        }
    }
}

impl Hop {
    /// What it means for the test that the hop itself is not there; what was found on the way to
    /// it is the reason.
    pub(crate) fn unreachable(&self, found: Finding) -> Finding {
        let reason = found.cause.map(Cause::id);
        let mut failed = Finding::failed(self.via.scheme.unreachable());
        failed.facts = found.facts;
        failed.facts.remove("hint");
        self.named(failed).with("reason", reason)
    }

    /// Silent for too long once there is a connection.
    fn silent(&self) -> Finding {
        Finding::failed(self.via.scheme.unreachable()).with_hint(Some("silent"))
    }

    /// No session for too long: silence, or the words of something that is no SSH host. An SSH
    /// host may begin with other words, so they were waited for.
    async fn stuck(&self, address: SocketAddr, watch: Stopwatch) -> Finding {
        let spoken = ssh::something_else(address, watch.deadline(60)).await;
        spoken.unwrap_or_else(|| self.silent())
    }

    /// Says that the stage is about the hop.
    pub(crate) fn named(&self, finding: Finding) -> Finding {
        finding.with("hop", self.via.to_string())
    }
}

/// What the hop says of the server: it has the same meaning as here, seen from there.
fn seen_from_hop(cause: Cause) -> Finding {
    Finding::failed(cause).with_hint(Some("hop"))
}

/// Whether it is one, for [`crate::fuzzing`].
#[cfg(feature = "fuzzing")]
pub(crate) fn answer_of_a_proxy(head: &[u8]) -> bool {
    http_connect::read(head).is_ok()
}
