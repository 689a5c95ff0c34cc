//! The data plane: a loopback port for each instance, which speaks TLS and plaintext alike.

mod backend;
mod commands;
mod endpoint;
mod listener;
mod reply;
mod request;
mod session;

pub(crate) use backend::Backend;
pub(crate) use endpoint::{Endpoint, Policy};
pub(crate) use listener::{Ports, serve};
