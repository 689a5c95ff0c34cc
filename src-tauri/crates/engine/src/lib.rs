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
mod changes;
mod cloud;
mod code;
mod connection_test;
mod consequences;
mod detect;
mod engine;
mod error;
mod events;
mod expiry;
mod export;
mod fleet;
mod history;
mod hop_secrets;
mod inspection;
mod inventory;
mod jobs;
mod keychain;
mod network;
mod offered_files;
mod order;
mod plan;
mod readiness;
mod remembered;
mod route;
mod rows;
mod seen;
mod servers;
mod settings;
mod sign_in;
mod snippets;
mod ssh_config;
mod ssh_host;
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
pub use expiry::THRESHOLDS;
pub use inspection::{inspect, signed_by};
pub use keychain::Keychain;
pub use rediseal_tencent::{Patience, http};
pub use route::{ACCEPT_HOST_KEY, route};
pub use servers::PutText;
pub use snippets::{snippet_libraries, snippet_of_address};
pub use store::StoreError;
pub use vault::{Secret, SessionVault, Vault, VaultError};
