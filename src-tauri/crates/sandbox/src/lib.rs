//! TencentDB for Redis on loopback: the same API over HTTP and real TLS Redis endpoints.
//!
//! The control plane answers Tencent Cloud API 3.0 requests of the products `redis`, `region` and
//! `sts` on one address; the data plane gives every instance of a fleet its own loopback port that
//! takes TLS and plaintext as the real proxy does. Nothing outside the loopback interface is ever
//! bound or called.

mod fault;
mod options;
mod sandbox;

pub use fault::{Fault, ParseFaultError};
pub use options::{Error, Options, Ready, TemporaryKey};
pub use sandbox::Sandbox;
