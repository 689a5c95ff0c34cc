//! The engine against the sandbox, over HTTP and real TLS.

#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod applying;
mod certificates;
mod encryption;
mod failures;
#[path = "../../../../../tests/middle/inspecting.rs"]
mod inspecting;
mod inventory;
mod killed;
mod network;
mod offered_files;
mod restart;
mod routes;
mod scale;
mod storage;
mod storm;
mod support;
mod testing;
mod upgrades;
mod watching;
