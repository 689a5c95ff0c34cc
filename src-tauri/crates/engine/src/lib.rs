//! The use cases: accounts, inventory, readiness, plans, jobs, journal.

mod code;
pub mod view;

pub use code::Code;
