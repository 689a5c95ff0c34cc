//! The real binary against its own sandbox: the whole path, every exit code, and what happens
//! when it is killed.

#![expect(clippy::unwrap_used, reason = "tests")]

mod addresses;
mod encryption;
mod exits;
#[path = "../../../../../tests/middle/inspecting.rs"]
mod inspecting;
mod interrupted;
mod journey;
mod keychain;
mod network;
mod run;
mod shapes;
