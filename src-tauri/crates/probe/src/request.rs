//! What is to be tested.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::address::Address;
use crate::error::Error;
use crate::route::Route;
use crate::trust::Authorities;

/// One test. Address, checked name and SNI are three things.
#[derive(Clone, Debug)]
pub struct Request {
    #[expect(missing_docs, reason = "the type says it")]
    pub address: Address,
    /// The DNS name or IP address that the certificate has to name; the address's host when none.
    pub name: Option<String>,
    /// The server name to send, a DNS name; when none, the checked name if it is a DNS name, else
    /// the address's host if it is one, else nothing (RFC 6066 knows no addresses).
    pub sni: Option<String>,
    /// The way to the address, for every connection of the test.
    pub route: Route,
    #[expect(missing_docs, reason = "the type says it")]
    pub trust: Trust,
    /// `trust` is what the cloud gives out for the very instance that is tested, just fetched: a
    /// chain that does not lead there is not a matter of the wrong file.
    pub ca_of_instance: bool,
    /// Sent only after chain and name hold, or, with [`Trust::Authorities`], when the chain holds
    /// and the certificate has no name.
    pub auth: Option<Auth>,
    /// Who is asked for the addresses of a name.
    pub dns: Dns,
    /// Also find out everything that the server accepts: [`crate::Survey`].
    pub deep: bool,
    /// Also measure what TLS costs: [`crate::Cost`].
    pub cost: bool,
    /// For the whole test; a day at most.
    pub timeout: Duration,
    /// The wall clock: certificates are judged at this time.
    pub now: Timestamp,
    /// What must be added to `now` to get the cloud's time, when the caller knows it.
    pub cloud_clock_offset: Option<SignedDuration>,
}

impl Request {
    /// The whole test, unless the caller says otherwise.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

    /// A request with the host as the name, no AUTH and the default timeout.
    #[must_use]
    pub const fn new(address: Address, trust: Trust, now: Timestamp) -> Self {
        Self {
            address,
            name: None,
            sni: None,
            route: Route::Direct,
            trust,
            ca_of_instance: false,
            auth: None,
            dns: Dns::System,
            deep: false,
            cost: false,
            timeout: Self::DEFAULT_TIMEOUT,
            now,
            cloud_clock_offset: None,
        }
    }
}

/// Whose signature counts. Given authorities exclude the operating system's.
#[derive(Clone, Debug)]
pub enum Trust {
    /// DER certificates, at least one.
    Authorities(Vec<Vec<u8>>),
    /// The operating system's store.
    Os,
    /// Either of them, read once for many tests: see [`Trust::read`].
    Read(Arc<Authorities>),
}

impl Trust {
    /// Reads the certificates, so that many tests need not: the operating system's store has more
    /// than a hundred.
    ///
    /// # Errors
    /// When a given certificate cannot be read or there is none, or the store has none.
    pub async fn read(self, now: Timestamp) -> Result<Self, Error> {
        let read = move || Authorities::of(&self, now).map(Self::Read);
        tokio::task::spawn_blocking(read)
            .await
            .unwrap_or_else(|error| {
                let reason = error.to_string();
                Err(Error::OsStore { reason })
            })
    }
}

/// Where names are looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Dns {
    /// The hosts file, then the system's configuration.
    #[default]
    System,
    /// These servers and nothing else, such as those of a VPC.
    Servers(Vec<SocketAddr>),
}

/// How to log in to the Redis server.
#[derive(Clone, Debug)]
pub struct Auth {
    /// An ACL user or a TencentDB account; none for the default user.
    pub user: Option<String>,
    #[expect(missing_docs, reason = "the name says it")]
    pub password: SecretString,
}
