//! A TLS session over a socket that keeps what it saw, so that a failure can be explained.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, ProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::route::Stream;

/// What is kept of the bytes that the peer sent first: enough for any plaintext handshake flight.
const KEPT: usize = 64 * 1024;

/// As much as a record holds (RFC 8446 5.1).
const RECORD: usize = 16 * 1024;

/// How a session ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The peer closed the connection.
    Closed,
    /// The socket failed.
    Socket(io::Error),
    /// The peer sent an alert, or broke the protocol, or its certificate was refused.
    Tls(rustls::Error),
}

/// A client's side of one TLS connection.
#[derive(Debug)]
pub(crate) struct Session {
    socket: Stream,
    tls: ClientConnection,
    received: Vec<u8>,
    /// Where the next bytes go: on the heap, since a future is moved around.
    incoming: Box<[u8]>,
    /// Encrypted and not yet written.
    outgoing: Vec<u8>,
}

impl Session {
    pub(crate) fn new(
        socket: Stream,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Self, rustls::Error> {
        Ok(Self {
            socket,
            tls: ClientConnection::new(config, name)?,
            received: Vec::new(),
            incoming: vec![0; RECORD].into(),
            outgoing: Vec::new(),
        })
    }

    /// The first bytes that the peer sent, before decryption.
    pub(crate) fn received(&self) -> &[u8] {
        &self.received
    }

    pub(crate) fn connection(&self) -> &ClientConnection {
        &self.tls
    }

    /// Can be dropped and called again: nothing is lost.
    pub(crate) async fn handshake(&mut self) -> Result<(), End> {
        while self.tls.is_handshaking() {
            self.flush().await?;
            if self.tls.is_handshaking() {
                self.fill().await?;
            }
        }
        self.flush().await
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), End> {
        self.tls.writer().write_all(bytes).map_err(End::Socket)?;
        self.flush().await
    }

    /// Adds what the peer sends next to `into`; at least one byte.
    pub(crate) async fn receive(&mut self, into: &mut Vec<u8>) -> Result<(), End> {
        let mut plain = [0; 1024];
        loop {
            match self.tls.reader().read(&mut plain) {
                Ok(0) => return Err(End::Closed),
                Ok(n) => {
                    into.extend_from_slice(plain.get(..n).unwrap_or_default());
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.fill().await?,
                Err(error) => return Err(End::Socket(error)),
            }
        }
    }

    /// Waits for a session ticket, which in TLS 1.3 comes after the handshake.
    pub(crate) async fn ticket(&mut self) -> Result<(), End> {
        let tls13 = self.tls.protocol_version() == Some(ProtocolVersion::TLSv1_3);
        while tls13 && self.tls.tls13_tickets_received() == 0 {
            self.fill().await?;
        }
        Ok(())
    }

    async fn fill(&mut self) -> Result<(), End> {
        let read = self.socket.read(&mut self.incoming).await;
        let n = read.map_err(End::Socket)?;
        let mut bytes = self.incoming.get(..n).unwrap_or_default();
        if bytes.is_empty() {
            return Err(End::Closed);
        }
        let room = KEPT.saturating_sub(self.received.len());
        self.received
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        while !bytes.is_empty() {
            self.tls.read_tls(&mut bytes).map_err(End::Socket)?;
            if let Err(error) = self.tls.process_new_packets() {
                // The alert that tells the peer why is a courtesy; the error is what counts.
                let _ = self.write_pending().await;
                return Err(End::Tls(error));
            }
        }
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), End> {
        let Err(error) = self.write_pending().await else {
            return Ok(());
        };
        // A peer that refuses often says why before it closes: that is worth more than the
        // write error it leads to.
        match Box::pin(self.fill()).await {
            Err(End::Tls(reason)) => Err(End::Tls(reason)),
            _ => Err(End::Socket(error)),
        }
    }

    async fn write_pending(&mut self) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.outgoing)?;
        }
        while !self.outgoing.is_empty() {
            let written = self.socket.write(&self.outgoing).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.outgoing.drain(..written);
        }
        Ok(())
    }
}
