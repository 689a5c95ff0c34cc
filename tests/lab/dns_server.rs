//! A DNS server for one answer.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Stops when dropped.
pub(crate) struct DnsServer {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// RFC 1035 4.1.1.
pub(crate) const NO_ERROR: u8 = 0;
pub(crate) const SERVER_FAILURE: u8 = 2;
pub(crate) const NAME_ERROR: u8 = 3;

/// Answers every question with this code and, if it is for IPv4, these addresses; without a
/// code never.
pub(crate) async fn start(code: Option<u8>, addresses: &'static [Ipv4Addr]) -> DnsServer {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((n, client)) = socket.recv_from(&mut buffer).await {
            if let Some(code) = code {
                let reply = reply(&buffer[..n], code, addresses);
                let _ = socket.send_to(&reply, client).await;
            }
        }
    });
    DnsServer { address, task }
}

fn reply(query: &[u8], code: u8, addresses: &[Ipv4Addr]) -> Vec<u8> {
    const HEADER: usize = 12;
    let name_end = HEADER + query[HEADER..].iter().position(|b| *b == 0).unwrap() + 1;
    let question = &query[HEADER..name_end + 4];
    let asks_ipv4 = query[name_end..name_end + 2] == [0, 1];
    let answers: &[Ipv4Addr] = if asks_ipv4 { addresses } else { &[] };
    let count = u8::try_from(answers.len()).unwrap();
    let mut reply = query[..2].to_vec();
    reply.extend([0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0]);
    reply.extend(question);
    for address in answers {
        // The name of the question, type A, class IN, a minute, four bytes.
        reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        reply.extend(address.octets());
    }
    reply
}
