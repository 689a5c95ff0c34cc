//! The real window under WebDriver: each test has a virtual desktop with a real keychain.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

mod app;
#[path = "../middle/asking_host.rs"]
mod asking_host;
mod cloud;
mod connect;
mod desktop;
mod encryption;
mod files;
mod history;
#[path = "../hostile/report.rs"]
mod hostile;
mod inspected_files;
#[path = "../middle/inspecting.rs"]
mod inspecting;
mod journey;
#[path = "../middle/jump_host.rs"]
mod jump_host;
mod network;
mod one_window;
mod page;
#[path = "../middle/program.rs"]
mod program;
#[path = "../middle/proxies.rs"]
mod proxies;
mod report;
mod restart;
mod routes;
mod scene;
mod servers;
mod sign_in;
mod test_all;
mod trouble;
mod wait;
