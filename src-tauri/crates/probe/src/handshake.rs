//! One TLS handshake, kept with all that it showed.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use crate::breakage::Broken;
use crate::plaintext;
use crate::plan::Plan;
use crate::recorder::Recorder;
use crate::route::{Peer, Stream};
use crate::session::Session;
use crate::stage::Finding;
use crate::wire;

/// A server that speaks TLS answers a ClientHello sooner, unless it is in trouble.
const QUIET: Duration = Duration::from_secs(2);

/// What a handshake showed, however it ended.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub(crate) session: Session,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) end: Result<(), Broken>,
    pub(crate) sni: Option<String>,
}

impl Handshake {
    pub(crate) async fn perform(
        plan: &Plan,
        socket: Stream,
        peer: &Peer,
        deadline: Instant,
    ) -> Result<Self, rustls::Error> {
        let recorder = Arc::new(Recorder::of(plan));
        let config = recorder.config(&[&rustls::version::TLS13, &rustls::version::TLS12])?;
        let mut session = Session::new(socket, Arc::new(config), plan.server_name())?;
        let end = complete(&mut session, peer, deadline).await;
        Ok(Self {
            session,
            recorder,
            end,
            sni: plan.sni.as_ref().map(|sni| sni.to_str().into_owned()),
        })
    }

    /// Such as `TLSv1.3`.
    pub(crate) fn protocol(&self) -> Option<String> {
        let version = self.session.connection().protocol_version()?;
        Some(wire::Version(version.into()).name())
    }

    /// The cipher suite by its IANA name.
    pub(crate) fn cipher(&self) -> Option<String> {
        let suite = self.session.connection().negotiated_cipher_suite()?;
        let name = suite.suite().as_str()?;
        // The library's names of the TLS 1.3 suites tell them apart with a prefix of its own.
        Some(name.replacen("TLS13_", "TLS_", 1))
    }

    pub(crate) fn group(&self) -> Option<String> {
        let group = self.session.connection().negotiated_key_exchange_group()?;
        Some(group.name().as_str()?.to_owned())
    }

    pub(crate) fn facts(&self, base: Finding) -> Finding {
        base.with("protocol", self.protocol())
            .with("cipher", self.cipher())
            .with("group", self.group())
            .with(
                "client_certificate_asked",
                self.recorder.client_certificate_asked(),
            )
    }
}

/// The handshake, and a question in plaintext when nothing at all comes back.
async fn complete(session: &mut Session, peer: &Peer, deadline: Instant) -> Result<(), Broken> {
    let now = Instant::now();
    let patience = QUIET.min(deadline.saturating_duration_since(now) / 2);
    if let Ok(end) = timeout_at(now + patience, session.handshake()).await {
        return end.map_err(Broken::Ended);
    }
    if session.received().is_empty() {
        let redis = async {
            match plaintext::redis_without_tls(peer, deadline).await {
                Some(reply) => reply,
                None => std::future::pending().await,
            }
        };
        let reply = tokio::select! {
            biased;
            end = session.handshake() => return end.map_err(Broken::Ended),
            reply = redis => Some(reply),
            () = sleep_until(deadline) => None,
        };
        match reply {
            Some(reply) if session.received().is_empty() => {
                return Err(Broken::Plaintext { reply });
            }
            _ => {}
        }
    }
    match timeout_at(deadline, session.handshake()).await {
        Ok(end) => end.map_err(Broken::Ended),
        Err(_) => Err(Broken::Deadline),
    }
}
