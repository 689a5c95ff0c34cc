//! The use cases: accounts, inventory, readiness, plans, jobs, journal.

mod accounts;
mod audit;
mod certificates;
mod cloud;
mod code;
mod connection_test;
mod detect;
mod engine;
mod error;
mod events;
mod export;
mod fleet;
mod inventory;
mod jobs;
mod keychain;
mod plan;
mod readiness;
mod rows;
mod settings;
mod sign_in;
mod store;
mod vault;
pub mod view;

pub use code::Code;
pub use detect::Environment;
pub use engine::{Clock, Config, Engine, Timings};
pub use error::{DownloadFailure, Error};
pub use events::EventSink;
pub use keychain::Keychain;
pub use rediseal_tencent::{Patience, http};
pub use store::StoreError;
pub use vault::{SessionVault, Vault, VaultError};
