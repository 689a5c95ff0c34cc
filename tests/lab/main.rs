//! The probe against servers that are wrong in exactly one way, and against good ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod addresses;
mod agreement;
mod asking_hosts;
mod between;
mod case;
mod certificates;
mod children;
mod client;
mod clients;
mod damage;
mod deep;
mod diagnoses;
mod dns_server;
#[path = "../middle/jump_host.rs"]
mod jump_host;
mod jump_hosts;
mod old;
#[path = "../middle/packages.rs"]
mod packages;
mod peers;
mod pki;
mod policies;
#[path = "../middle/program.rs"]
mod program;
#[path = "../middle/proxies.rs"]
mod proxies;
mod redis_replies;
mod relay;
mod routes;
mod scanners;
mod scenario;
mod scenarios;
mod servers;
mod snippets;
