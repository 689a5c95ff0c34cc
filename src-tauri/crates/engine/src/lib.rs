//! The use cases: accounts, inventory, readiness, plans, jobs, journal.
//!
//! [`Engine`] is what the window and the command line call; what it takes and gives is the JSON
//! contract in [`view`], and what happens meanwhile goes to an [`EventSink`] as whole snapshots.
//! From outside it is given a data folder, a [`Vault`] for secrets, a clock and the environment;
//! which cloud it talks to is a matter of the account.
//!
//! A change is a plan first: facts read for it, findings and consequences. Applying it reads the
//! facts again, writes the intent to the journal, and starts one job for each instance. A job
//! sends its request once. What became of it is told by the cloud, after a lost answer and after
//! any end of the process alike, so a job can begin again at the phase that the journal has.

mod accounts;
mod audit;
mod certificates;
mod cloud;
mod code;
mod connection_test;
mod consequences;
mod detect;
mod engine;
mod error;
mod events;
mod export;
mod fleet;
mod inventory;
mod jobs;
mod keychain;
mod network;
mod order;
mod plan;
mod readiness;
mod remembered;
mod route;
mod rows;
mod settings;
mod sign_in;
mod snippets;
mod store;
mod sweep;
mod test_runs;
mod vault;
pub mod view;

pub use code::Code;
pub use detect::Environment;
pub use engine::{Clock, Config, Engine, Timings};
pub use error::{DownloadFailure, Error};
pub use events::EventSink;
pub use keychain::Keychain;
pub use rediseal_tencent::{Patience, http};
pub use route::route;
pub use snippets::{snippet_libraries, snippet_of_address};
pub use store::StoreError;
pub use vault::{Secret, SessionVault, Vault, VaultError};
