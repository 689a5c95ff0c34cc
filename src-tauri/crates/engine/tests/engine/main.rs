//! The engine against the sandbox, over HTTP and real TLS.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed"
)]

mod accounts;
mod applying;
mod certificates;
mod documents;
mod encryption;
mod expiry;
mod failures;
mod history;
#[path = "../../../../../tests/middle/inspecting.rs"]
mod inspecting;
mod inventory;
#[path = "../../../../../tests/middle/jump_host.rs"]
mod jump_host;
mod killed;
mod network;
mod offered_files;
#[expect(dead_code, reason = "others need packages of Node.js, too")]
#[path = "../../../../../tests/middle/packages.rs"]
mod packages;
#[path = "../../../../../tests/middle/program.rs"]
mod program;
mod restart;
mod routes;
mod scale;
mod servers;
mod storage;
mod storm;
mod support;
mod testing;
mod upgrades;
mod watching;
