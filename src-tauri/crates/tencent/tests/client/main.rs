//! The client against small servers on loopback, some of which misbehave.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod connection;
mod errors;
#[path = "../../../../../tests/middle/inspecting.rs"]
mod inspecting;
mod middle;
mod network;
mod paging;
mod retry;
mod server;
mod signing;
