//! Tencent Cloud API 3.0 client: TC3 signing, typed actions, paging, retry by meaning.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use rediseal_tencent::{Client, Credentials, Endpoint, Language, Limiter, Options, Patience, http};
//!
//! let endpoint = Endpoint::Mainland;
//! let http = http::Http::new(
//!     &endpoint,
//!     &http::Options {
//!         proxy: http::Proxy::None,
//!         extra_ca: None,
//!         accepted: Default::default(),
//!         user_agent: "example".to_owned(),
//!     },
//! )?;
//! let client = Client::new(Options {
//!     endpoint,
//!     credentials: Credentials {
//!         secret_id: "AKID…".to_owned(),
//!         secret_key: "…".into(),
//!         token: None,
//!     },
//!     http,
//!     clock: Arc::new(jiff::Timestamp::now),
//!     language: Language::English,
//!     patience: Patience::default(),
//!     limiter: Limiter::default(),
//! });
//! for instance in client.all_instances("ap-guangzhou").await?.instances {
//!     // ...
//! }
//! # Ok(())
//! # }
//! ```

pub mod action;
mod answer;
mod calls;
pub mod catalogue;
mod class;
mod client;
mod credentials;
mod endpoint;
mod envelope;
mod error;
pub mod http;
pub mod kind;
mod limiter;
mod paging;
mod patience;
mod peer;
mod policy;
pub mod redis;
pub mod region;
mod route;
mod socks;
pub mod sts;
pub mod tc3;
mod trouble;
mod tunnel;
mod verifier;

pub use class::Class;
pub use client::{Client, Clock, Language, Options};
pub use credentials::Credentials;
pub use endpoint::{CustomEndpoint, Endpoint, EndpointError};
pub use error::{ApiError, Error, Phase};
pub use limiter::{Limiter, Slot};
pub use paging::Listing;
pub use patience::Patience;
pub use peer::{DistinguishedName, Peer, Root};
pub use policy::Policy;
pub use route::ProxyError;
pub use trouble::{ConnectionFailure, Distrust, Hop, LoginTrouble, Trouble};
