//! The real window under WebDriver: each test has a virtual desktop with a real keychain.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

mod app;
mod desktop;
mod journey;
mod scene;
mod wait;
