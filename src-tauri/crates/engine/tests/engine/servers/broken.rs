//! Connections that break or are broken off in the middle of a file.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rediseal_engine::view::{PutCode, PutOutcome};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::{Desk, NAME, Server, code, form, user};

/// More than a login sends, less than the file.
const MIDDLE: usize = 60_000;

/// What becomes of a connection in the middle of the file.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Cut,
    /// Until it is let go on.
    Wait,
}

/// Between a desk and a server.
struct Relay {
    port: u16,
    /// Connections that were in the middle.
    reached: Arc<AtomicUsize>,
    arrived: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Relay {
    async fn to(server: &Server, then: Then) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let relay = Self {
            port: listener.local_addr().unwrap().port(),
            reached: Arc::default(),
            arrived: Arc::default(),
            go_on: Arc::default(),
        };
        let address = server.host.program.address;
        let shared = (
            Arc::clone(&relay.reached),
            Arc::clone(&relay.arrived),
            Arc::clone(&relay.go_on),
        );
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(address).await.unwrap();
                let shared = shared.clone();
                tokio::spawn(async move { pass(client, server, then, shared).await });
            }
        });
        relay
    }
}

type Shared = (Arc<AtomicUsize>, Arc<Notify>, Arc<Notify>);

async fn pass(client: TcpStream, server: TcpStream, then: Then, shared: Shared) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
    });
    let (reached, arrived, go_on) = shared;
    let (mut passed, mut stopped) = (0, false);
    let mut bytes = vec![0; 4096];
    while let Ok(size @ 1..) = from_client.read(&mut bytes).await {
        passed += size;
        if passed > MIDDLE && !stopped {
            stopped = true;
            reached.fetch_add(1, Ordering::SeqCst);
            arrived.notify_one();
            match then {
                Then::Cut => break,
                Then::Wait => go_on.notified().await,
            }
        }
        if to_server.write_all(&bytes[..size]).await.is_err() {
            break;
        }
    }
    back.abort();
}

async fn desk(server: &Server, relay: &Relay) -> Desk {
    let desk = Desk::knowing(&[server]).await;
    let address = ([127, 0, 0, 1], relay.port).into();
    let known = server.host.known_as(address, "ed25519");
    fs::copy(known, desk.ssh().join("known_hosts")).unwrap();
    fs::write(server.file(), "old").unwrap();
    desk
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_cut_leaves_the_old_file_and_names_what_it_left() {
    let server = Server::start();
    let relay = Relay::to(&server, Then::Cut).await;
    let desk = desk(&server, &relay).await;
    let host = format!("{}@127.0.0.1:{}", user(), relay.port);
    let plan = desk.plan_large(form(&[&host])).await;
    assert!(plan.file.size as usize > 2 * MIDDLE, "{}", plan.file.size);
    let run = desk.put(&plan).await;
    assert_eq!(relay.reached.load(Ordering::SeqCst), 1);
    let row = &run.hosts[0];
    assert_eq!(code(row), Some(PutCode::ConnectionLost), "{row:#?}");
    assert_eq!(fs::read(server.file()).unwrap(), b"old");
    let left = row.left.clone().unwrap();
    assert!(left.starts_with(server.tls().to_str().unwrap()), "{left}");
    let size = fs::metadata(&left).unwrap().len();
    assert!(size < plan.file.size, "it was in the middle");
    assert_eq!((server.names().len(), &row.backup), (2, &None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cancelled_in_the_middle_leaves_nothing() {
    let server = Server::start();
    let relay = Relay::to(&server, Then::Wait).await;
    let desk = desk(&server, &relay).await;
    let host = format!("{}@127.0.0.1:{}", user(), relay.port);
    let plan = desk.plan_large(form(&[&host])).await;
    desk.engine.begin_put(&plan.id).await.unwrap();
    let arrived = tokio::time::timeout(Duration::from_secs(30), relay.arrived.notified());
    arrived.await.unwrap();
    assert_eq!(server.names().len(), 2, "the temporary file is there");
    desk.engine.cancel_put(&plan.id);
    relay.go_on.notify_one();
    crate::support::until("the run ends", || {
        desk.engine.put_run(&plan.id).is_some_and(|run| run.ended)
    })
    .await;
    let run = desk.engine.put_run(&plan.id).unwrap();
    let row = &run.hosts[0];
    assert_eq!(row.outcome, Some(PutOutcome::Cancelled), "{row:#?}");
    assert_eq!((&row.left, &row.backup), (&None, &None));
    assert_eq!(fs::read(server.file()).unwrap(), b"old");
    assert_eq!(server.names(), [NAME]);
    assert_eq!(desk.noted().await, [(host, "cancelled".to_owned())]);
}
