//! The sandbox over its own wires: real HTTP requests signed with TC3, real TLS and Redis
//! connections, and the tools that its users have.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod api;
mod archive;
mod client;
mod compression;
mod data;
mod encryption;
mod faults;
mod instances;
mod redis;
mod ssl;
mod start;
mod tools;
mod upgrades;
