//! TencentDB for Redis on loopback: the same API over HTTP and real TLS Redis endpoints.
//!
//! The control plane answers Tencent Cloud API 3.0 requests of the products `redis`, `region` and
//! `sts` on one address; the data plane gives every instance of a fleet its own loopback port that
//! takes TLS and plaintext as the real proxy does. Nothing outside the loopback interface is ever
//! bound or called.
//!
//! Where the vendor's documents leave something open, the sandbox takes one reading and the place
//! that does says so.

mod archive;
mod authority;
mod clock;
mod cloud;
mod control;
mod credentials;
mod data;
mod fault;
mod faults;
mod fleet;
mod instance;
mod jks;
mod ledger;
mod limits;
mod links;
mod options;
mod pkcs7;
mod sandbox;
mod task;
mod text;

pub use authority::IssueError;
pub use fault::{Fault, ParseFaultError};
pub use ledger::{Connections, Ledger, TaskRecord};
pub use options::{Error, Options, Ready, TemporaryKey};
pub use sandbox::Sandbox;
