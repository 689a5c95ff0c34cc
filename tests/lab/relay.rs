//! Between a client and a real TLS server: cuts the server off after a message, or slows it down.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use crate::servers::{Server, scripted};

/// What the client sees after the last record that comes through.
#[derive(Clone, Copy)]
pub(crate) enum Fate {
    Closed,
    Reset,
    Silent,
}

/// Lets this many TLS records of the server through and, if told so, some bytes of the next.
/// OpenSSL and GnuTLS send one handshake message in each.
pub(crate) async fn cut(server: SocketAddr, records: usize, more: usize, fate: Fate) -> Server {
    scripted(move |mut client, _| async move {
        let Ok(upstream) = TcpStream::connect(server).await else {
            return;
        };
        let (mut from_server, mut to_server) = upstream.into_split();
        let (mut from_client, mut to_client) = client.split();
        let pass = async {
            for _ in 0..records {
                let record = read_record(&mut from_server).await?;
                to_client.write_all(&record).await.ok()?;
            }
            if more > 0 {
                let record = read_record(&mut from_server).await?;
                to_client.write_all(&record[..more]).await.ok()?;
            }
            Some(())
        };
        let back = tokio::io::copy(&mut from_client, &mut to_server);
        tokio::select! {
            _ = pass => {}
            _ = back => {}
        }
        match fate {
            Fate::Reset => client.set_zero_linger().unwrap(),
            Fate::Closed => {
                let _ = client.shutdown().await;
                drain(&mut client).await;
            }
            Fate::Silent => drain(&mut client).await,
        }
    })
    .await
}

/// Passes everything on, what the server says byte by byte with a pause after each.
pub(crate) async fn dribble(server: SocketAddr, pause: Duration) -> Server {
    scripted(move |mut client, _| async move {
        let Ok(mut upstream) = TcpStream::connect(server).await else {
            return;
        };
        let _ = client.set_nodelay(true);
        let (mut from_server, mut to_server) = upstream.split();
        let (mut from_client, mut to_client) = client.split();
        let slowly = async {
            let mut byte = [0];
            while let Ok(1) = from_server.read(&mut byte).await {
                if to_client.write_all(&byte).await.is_err() {
                    break;
                }
                tokio::time::sleep(pause).await;
            }
        };
        let back = tokio::io::copy(&mut from_client, &mut to_server);
        tokio::select! {
            () = slowly => {}
            _ = back => {}
        }
    })
    .await
}

/// What happens to the bytes that the server sends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Damage {
    /// They end after so many.
    CutAt(usize),
    /// The one at this place is another.
    Changed { at: usize, by: u8 },
}

/// Passes everything on, with this damage to what the server says on each connection.
pub(crate) async fn damaging(server: SocketAddr, damage: Damage) -> Server {
    scripted(move |mut client, _| async move {
        let Ok(mut upstream) = TcpStream::connect(server).await else {
            return;
        };
        let (mut from_server, mut to_server) = upstream.split();
        let (mut from_client, mut to_client) = client.split();
        let forth = async {
            let mut passed = 0;
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(n @ 1..) = from_server.read(&mut buffer).await {
                let mut bytes = &mut buffer[..n];
                match damage {
                    Damage::CutAt(end) => bytes = &mut bytes[..n.min(end - passed)],
                    Damage::Changed { at, by } if (passed..passed + n).contains(&at) => {
                        bytes[at - passed] ^= by;
                    }
                    Damage::Changed { .. } => {}
                }
                passed += bytes.len();
                if to_client.write_all(bytes).await.is_err() || bytes.len() < n {
                    break;
                }
            }
        };
        let back = tokio::io::copy(&mut from_client, &mut to_server);
        tokio::select! {
            () = forth => {}
            _ = back => {}
        }
    })
    .await
}

async fn read_record(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let mut record = vec![0; 5];
    from.read_exact(&mut record).await.ok()?;
    let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(5 + length, 0);
    from.read_exact(&mut record[5..]).await.ok()?;
    Some(record)
}

async fn drain(socket: &mut TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(1..) = socket.read(&mut buffer).await {}
}
