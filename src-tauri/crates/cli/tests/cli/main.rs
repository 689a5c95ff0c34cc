//! The real binary against its own sandbox: the whole path, every exit code, and what happens
//! when it is killed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod addresses;
mod encryption;
mod exits;
mod inspect;
#[path = "../../../../../tests/middle/inspecting.rs"]
mod inspecting;
mod interrupted;
mod journey;
#[path = "../../../../../tests/middle/jump_host.rs"]
mod jump_host;
mod keychain;
mod network;
#[path = "../../../../../tests/middle/program.rs"]
mod program;
#[path = "../../../../../tests/middle/proxies.rs"]
mod proxies;
mod routes;
mod run;
mod shapes;
mod shortfall;
mod snippets;
mod targets;
mod truststores;
