//! The sandbox over its own wires: real HTTP requests signed with TC3, real TLS and Redis
//! connections, and the tools that its users have.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod api;
mod client;
mod data;
