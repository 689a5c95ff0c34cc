//! The ceiling: how fast a bare client gets through many servers.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Failure;
use crate::bare::{self, Depth};

pub(crate) fn run(
    targets: &Path,
    ca: &Path,
    at_once: usize,
    depth: Depth,
) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(all(targets, ca, at_once, depth))
}

async fn all(targets: &Path, ca: &Path, at_once: usize, depth: Depth) -> Result<Value, Failure> {
    let connector = bare::connector(ca)?;
    let text = std::fs::read_to_string(targets)?;
    let mut waiting = text.lines();
    let mut running = JoinSet::new();
    let mut done = 0;
    loop {
        for address in waiting.by_ref().take(at_once - running.len()) {
            let address: SocketAddr = address.parse()?;
            let connector = connector.clone();
            running.spawn(async move { bare::connect(&connector, address, depth).await });
        }
        match running.join_next().await {
            Some(connected) => connected??,
            None => return Ok(json!({ "done": done })),
        }
        done += 1;
    }
}
