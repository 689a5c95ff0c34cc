//! Something between the client and a server that counts, and is wrong in one way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use crate::servers::{Server, scripted};

/// What is wrong with it.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// Closes instead of refusing: no alert gets through.
    Wordless,
    /// Closes every connection after so many.
    ClosingAfter(usize),
    /// Takes every connection after so many, and says nothing.
    SilentAfter(usize),
    /// Nothing.
    Plain,
}

/// How many connections there were, and how many there are.
#[derive(Clone, Default)]
pub(crate) struct Count {
    all: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
}

impl Count {
    pub(crate) fn all(&self) -> usize {
        self.all.load(Ordering::SeqCst)
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

pub(crate) async fn between(server: SocketAddr, manner: Manner) -> (Server, Count) {
    let count = Count::default();
    let counting = count.clone();
    let between = scripted(move |client, _| {
        let count = counting.clone();
        async move {
            let number = count.all.fetch_add(1, Ordering::SeqCst) + 1;
            count.open.fetch_add(1, Ordering::SeqCst);
            carry(client, server, manner, number).await;
            count.open.fetch_sub(1, Ordering::SeqCst);
        }
    })
    .await;
    (between, count)
}

async fn carry(mut client: TcpStream, server: SocketAddr, manner: Manner, number: usize) {
    match manner {
        Manner::ClosingAfter(most) if number > most => return,
        Manner::SilentAfter(most) if number > most => {
            let mut bytes = Vec::new();
            let _ = client.read_to_end(&mut bytes).await;
            return;
        }
        _ => {}
    }
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    if matches!(manner, Manner::Wordless) {
        let mut hello = [0; 4096];
        let n = client.read(&mut hello).await.unwrap_or(0);
        let _ = server.write_all(&hello[..n]).await;
        let mut first = [0];
        let _ = server.peek(&mut first).await;
        if first == [21] {
            return;
        }
    }
    let _ = copy_bidirectional(&mut client, &mut server).await;
}
