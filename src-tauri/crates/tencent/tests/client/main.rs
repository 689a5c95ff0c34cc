//! The client against small servers on loopback, some of which misbehave.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod connection;
mod errors;
#[path = "../../../../../tests/middle/hops.rs"]
mod hops;
#[path = "../../../../../tests/middle/inspecting.rs"]
mod inspecting;
mod middle;
mod network;
mod paging;
#[path = "../../../../../tests/middle/program.rs"]
mod program;
mod retry;
mod server;
mod signing;
