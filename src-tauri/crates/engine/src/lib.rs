//! The use cases: accounts, inventory, readiness, plans, jobs, journal.

#![expect(dead_code, reason = "the use cases that need it follow")]

mod accounts;
mod audit;
mod code;
mod detect;
mod engine;
mod error;
mod events;
mod keychain;
mod readiness;
mod settings;
mod store;
mod vault;
pub mod view;

pub use code::Code;
pub use detect::Environment;
pub use engine::{Clock, Config, Engine, Timings};
pub use error::Error;
pub use events::EventSink;
pub use keychain::Keychain;
pub use store::StoreError;
pub use vault::{Secret, SessionVault, Vault, VaultError};
