//! An SSH host that forwards connections, RFC 4254 7.2: one session for all of them.
//!
//! `known_hosts` is what this computer knows of hosts, `host_key` judges by it, `key` reads
//! private keys, `login` offers them, `channel` opens connections, `shared` is what the tests have in common.

mod channel;
mod host_key;
mod key;
mod known_hosts;
mod login;
mod shared;

use std::borrow::Cow;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use russh::Preferred;
use russh::client::{Config, Handle, connect_stream};
use russh::keys::ssh_key;
use russh::keys::{Algorithm, HashAlg};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::host_key::{Client, Judge, Refusal};
pub use self::key::{Key, KeyError};
pub(super) use self::shared::Joined;
pub use self::shared::SharedSession;
use super::Hop;
use super::stream::Stream;
use super::way::Peer;
use crate::cause::Cause;
use crate::plaintext::{self, Answer};
use crate::stage::{Finding, printable};

/// How to be let through an SSH host. What is not there is not tried.
#[derive(Clone, Debug, Default)]
pub struct Ssh {
    /// Offered first, in this order.
    pub keys: Vec<Key>,
    /// The socket of an agent, such as `SSH_AUTH_SOCK` names it; on Windows its named pipe.
    pub agent: Option<PathBuf>,
    /// Files as in sshd(8); a key that is accepted is added to the first.
    pub known_hosts: Vec<PathBuf>,
    /// The key that the user has accepted for a host that is not known yet. A changed one is
    /// refused whatever stands here.
    pub accept: Option<Fingerprint>,
}

/// SHA-256 of a public key: `SHA256:` and base64, as OpenSSH shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(ssh_key::Fingerprint);

/// Not of that form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is SHA256: and 43 characters")]
pub struct NoFingerprint;

impl Fingerprint {
    fn of(key: &ssh_key::PublicKey) -> Self {
        Self(key.fingerprint(HashAlg::Sha256))
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        match text.trim().parse() {
            Ok(print @ ssh_key::Fingerprint::Sha256(_)) => Ok(Self(print)),
            _ => Err(NoFingerprint),
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A session with a host that is known, as a user that it let in.
pub(super) struct Session {
    handle: Arc<Handle<Client>>,
    refusals: Arc<Mutex<Receiver<Refusal>>>,
    /// Channels that are not open yet; they end with this.
    opening: std::sync::Mutex<JoinSet<()>>,
    from: SocketAddr,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// Over a connection to the host. The finding of success says by which key it is known and
    /// how it was logged in.
    pub(super) async fn start(hop: &Hop, stream: Stream) -> Result<(Self, Finding), Finding> {
        let from = match &stream {
            Stream::Tcp(socket) => {
                begins(socket).await?;
                socket.local_addr().map_err(|error| broken(&error))?
            }
            // What begins at another host has no address here.
            Stream::Channel(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        };
        let judge = Judge::of(&hop.via.address, &hop.ssh).await?;
        let config = Arc::new(config(&judge));
        let (said, refusals) = mpsc::channel(1);
        let (client, verdict) = Client::new(judge, said);
        let connected = connect_stream(config, stream, client).await;
        // A host that is not trusted has not been told anything.
        let known = verdict.finding();
        let mut handle = match (connected, known) {
            (_, Some(Err(refused))) => return Err(refused),
            (Ok(handle), Some(Ok(_))) => handle,
            (Ok(_), None) => return Err(broken(&russh::Error::UnknownKey)),
            (Err(error), _) => return Err(not_ssh(&error)),
        };
        let known = match verdict.finding() {
            Some(Ok(known)) => known,
            _ => Finding::passed(),
        };
        let method = login::log_in(&mut handle, hop)
            .await
            .map_err(|mut failed| {
                failed.facts.extend(known.facts.clone());
                failed
            })?;
        let session = Self {
            handle: Arc::new(handle),
            refusals: Arc::new(Mutex::new(refusals)),
            opening: std::sync::Mutex::default(),
            from,
        };
        Ok((session, known.with("login", method)))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.handle.is_closed()
    }
}

/// A host may send lines before those of SSH (RFC 4253 4.2), for which the library waits: what
/// speaks another protocol would be waited for in vain.
async fn begins(socket: &TcpStream) -> Result<(), Finding> {
    let mut first = [0; 96];
    let n = socket
        .peek(&mut first)
        .await
        .map_err(|e| not_ssh(&e.into()))?;
    let first = first.get(..n).unwrap_or_default();
    match plaintext::recognise(first) {
        Answer::Unknown(_) | Answer::Protocol("SSH") => Ok(()),
        Answer::Protocol(protocol) => Err(Finding::failed(Cause::SshUnreachable)
            .with_hint(Some("protocol"))
            .with("protocol_found", protocol)
            .with("error", printable(first))),
        _ => Err(Finding::failed(Cause::SshUnreachable)
            .with_hint(Some("protocol"))
            .with("error", printable(first))),
    }
}

/// What answers in an SSH host's place, asked on a connection of its own; none when nothing that is
/// not SSH comes back. A web server speaks only when it is spoken to.
pub(super) async fn something_else(address: SocketAddr, deadline: Instant) -> Option<Finding> {
    const WAIT: Duration = Duration::from_secs(2);
    const GREETING: &[u8] = b"SSH-2.0-RediSeal\r\n";
    let until = deadline.min(Instant::now() + WAIT);
    let no_ssh = Finding::failed(Cause::SshUnreachable).with_hint(Some("protocol"));
    match plaintext::exchange(&Peer::direct(address), GREETING, until).await {
        Answer::Protocol("SSH") | Answer::Closed | Answer::Silent | Answer::Unreachable => None,
        Answer::Unknown(bytes) if bytes.windows(4).any(|word| word == b"SSH-") => None,
        Answer::Protocol(protocol) => Some(no_ssh.with("protocol_found", protocol)),
        Answer::Redis { reply, .. } => {
            Some(no_ssh.with("protocol_found", "Redis").with("answer", reply))
        }
        Answer::Tls => Some(no_ssh.with("protocol_found", "TLS")),
        Answer::Unknown(bytes) => Some(no_ssh.with_bytes(&bytes)),
    }
}

/// Before a session stands.
fn not_ssh(error: &russh::Error) -> Finding {
    let hint = match error {
        russh::Error::NoCommonAlgo { .. } => "algorithms",
        _ => "protocol",
    };
    broken(error).with_hint(Some(hint))
}

fn broken(error: &impl fmt::Display) -> Finding {
    Finding::failed(Cause::SshUnreachable).with("error", error.to_string())
}

fn config(judge: &Judge) -> Config {
    Config {
        preferred: Preferred {
            key: Cow::Owned(judge.algorithms(&host_key_algorithms())),
            ..Preferred::DEFAULT
        },
        nodelay: true,
        ..Config::default()
    }
}

/// Without signatures over SHA-1.
fn host_key_algorithms() -> Vec<Algorithm> {
    let all = Preferred::DEFAULT.key.iter();
    all.filter(|algorithm| !matches!(algorithm, Algorithm::Rsa { hash: None }))
        .cloned()
        .collect()
}
