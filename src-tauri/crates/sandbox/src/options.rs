//! What a sandbox is started with, and what it says once it runs.

use std::{fmt, io, net::SocketAddr, path::PathBuf};

use serde::Serialize;

use crate::{Fault, IssueError};

/// How a sandbox is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the control plane listens; loopback only. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Fixes everything that is random but keys: ids, secrets, passwords, generated instances.
    pub seed: u64,
    /// Simulated seconds a second. At 1 turning SSL on takes a minute; tests use 50 to 200. At 0
    /// time stands still and moves with [`Sandbox::advance`](crate::Sandbox::advance) only.
    pub speed: f64,
    /// Times the documented rate limits. Tests that are not about them have more room.
    pub rate: f64,
    /// Generates instances until the fleet has this many. The default fleet always stands.
    pub fleet: Option<usize>,
    /// Also listens with TLS, on another port of the same address.
    pub https: bool,
    /// Faults that are set from the start.
    pub faults: Vec<Fault>,
    /// A `redis-server` to run behind every instance that is connected to, in the place of the
    /// built-in commands.
    pub redis_server: Option<PathBuf>,
    /// Where the CA of the TLS listener is written; a temporary folder when not given.
    pub folder: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 1,
            speed: 1.0,
            rate: 1.0,
            fleet: None,
            https: false,
            faults: Vec::new(),
            redis_server: None,
            folder: None,
        }
    }
}

/// What a client needs to use a running sandbox. Its JSON form is one line for scripts.
#[derive(Clone, Serialize)]
pub struct Ready {
    /// Such as `http://127.0.0.1:40123`; serves `redis`, `region` and `sts`.
    pub endpoint: String,
    /// A permanent key that may do everything.
    pub secret_id: String,
    /// Worth nothing outside this sandbox.
    pub secret_key: String,
    /// What `DescribeRegions` answers for `redis`, in its order.
    pub regions: Vec<String>,
    /// The password of every instance that has one, but the one whose password was changed.
    pub redis_password: String,
    /// A key that only works with its token and ends after two simulated hours.
    pub temporary: TemporaryKey,
    /// The same endpoint over TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https_endpoint: Option<String>,
    /// PEM of the CA that signed the certificate of `https_endpoint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

/// Credentials as `AssumeRole` hands them out.
#[derive(Clone, Serialize)]
#[expect(missing_docs, reason = "the names of Tencent Cloud's credentials")]
pub struct TemporaryKey {
    pub secret_id: String,
    pub secret_key: String,
    /// Goes into `X-TC-Token`.
    pub token: String,
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready")
            .field("endpoint", &self.endpoint)
            .field("secret_id", &self.secret_id)
            .field("regions", &self.regions)
            .field("https_endpoint", &self.https_endpoint)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address belongs to a network interface.
    #[error("{0} is not a loopback address; the sandbox has no access control and stays local")]
    NotLoopback(SocketAddr),
    /// Negative, infinite or not a number.
    #[error("{0} is no speed; give simulated seconds a second, such as 1 or 50")]
    Speed(f64),
    /// The address is taken, or no port is left.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// What was tried.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The CA file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// What was tried.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// `redis_server` is not an executable file.
    #[error("{0} is not a file that can be run")]
    RedisServer(PathBuf),
    /// The TLS listener has no certificate.
    #[error("cannot set up the TLS listener: {0}")]
    Certificate(#[from] IssueError),
    /// The built-in fleet does not parse: a defect of this crate.
    #[error("the built-in fleet is malformed: {0}")]
    Fleet(#[from] serde_json::Error),
}
