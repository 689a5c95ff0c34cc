//! The real binary against its own sandbox: the whole path, every exit code, and what happens
//! when it is killed.

#![expect(clippy::unwrap_used, reason = "tests")]

mod addresses;
mod encryption;
mod exits;
mod interrupted;
mod journey;
mod keychain;
mod run;
mod shapes;
