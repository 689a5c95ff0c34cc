//! The client against small servers on loopback, some of which misbehave.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod connection;
mod errors;
#[path = "../../../../../tests/middle/inspecting.rs"]
mod inspecting;
mod middle;
mod network;
mod paging;
#[path = "../../../../../tests/middle/program.rs"]
mod program;
#[path = "../../../../../tests/middle/proxies.rs"]
mod proxies;
mod retry;
mod server;
mod signing;
