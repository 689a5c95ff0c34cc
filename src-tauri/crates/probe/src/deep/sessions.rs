//! What only whole handshakes show: the certificates and signatures of TLS 1.3, which are
//! encrypted, and whether a session can be resumed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::Resumption;
use rustls::{ClientConfig, HandshakeKind, SignatureScheme, SupportedProtocolVersion};
use tokio::time::{Instant, timeout_at};

use super::asker::Asker;
use super::eliminate::{Accepted, Choice, Elimination};
use super::report::Reason;
use crate::plan::Plan;
use crate::recorder::Recorder;
use crate::session::{End, Session};

/// For tickets to come after a handshake that took no time at all.
const TICKET_PATIENCE: Duration = Duration::from_millis(100);

/// What TLS 1.3 does not show in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tls13 {
    pub(super) signatures: Accepted<u16>,
    /// Each with its chain, leaf first.
    pub(super) certificates: Vec<Vec<Vec<u8>>>,
}

/// The schemes of TLS 1.3 by the kind of key that makes them (RFC 8446 4.2.3).
const BY_KEY: [&[SignatureScheme]; 3] = [
    &[
        SignatureScheme::ECDSA_NISTP256_SHA256,
        SignatureScheme::ECDSA_NISTP384_SHA384,
        SignatureScheme::ECDSA_NISTP521_SHA512,
    ],
    &[SignatureScheme::ED25519],
    &[
        SignatureScheme::RSA_PSS_SHA256,
        SignatureScheme::RSA_PSS_SHA384,
        SignatureScheme::RSA_PSS_SHA512,
    ],
];

pub(super) async fn tls13(plan: &Plan, asker: &Asker<'_>) -> Tls13 {
    let seen = Mutex::new(Vec::new());
    let note = |chain: Vec<Vec<u8>>| {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !chain.is_empty() && !seen.contains(&chain) {
            seen.push(chain);
        }
    };
    let signatures = Elimination::of(&BY_KEY.concat())
        .finish(|offer| {
            let note = &note;
            async move {
                let (choice, chain) = pick(plan, asker, offer).await;
                note(chain);
                choice
            }
        })
        .await;
    if signatures.incomplete == Some(Reason::Untrusted) {
        // No handshake gets as far as a signature, but each kind of key has its certificate.
        for schemes in BY_KEY {
            let (_, chain) = pick(plan, asker, schemes.to_vec()).await;
            note(chain);
        }
    }
    Tls13 {
        signatures: Accepted {
            list: signatures.list.into_iter().map(u16::from).collect(),
            order: signatures.order,
            incomplete: signatures.incomplete,
        },
        certificates: seen.into_inner().unwrap_or_else(PoisonError::into_inner),
    }
}

async fn pick(
    plan: &Plan,
    asker: &Asker<'_>,
    schemes: Vec<SignatureScheme>,
) -> (Choice<SignatureScheme>, Vec<Vec<u8>>) {
    let recorder = Arc::new(Recorder::of(plan).offering(schemes));
    let config = match recorder.config(&[&rustls::version::TLS13]) {
        Ok(config) => Arc::new(config),
        Err(_) => return (Choice::Unknown(Reason::Malformed), Vec::new()),
    };
    let end = handshake(plan, asker, &config).await;
    let presented = recorder.presented();
    let untrusted = presented.is_some_and(|presented| presented.verified.is_err());
    let choice = match (recorder.scheme(), end) {
        (Some(scheme), _) => Choice::Picked(scheme),
        _ if untrusted => Choice::Unknown(Reason::Untrusted),
        (None, Err(Failure::Ended(End::Tls(rustls::Error::AlertReceived(_))))) => Choice::Refused,
        (None, Err(Failure::Ended(End::Closed | End::Socket(_)))) => {
            match asker.still_answers().await {
                true => Choice::Refused,
                false => Choice::Unknown(Reason::Closed),
            }
        }
        (None, Err(Failure::Unknown(reason))) => Choice::Unknown(reason),
        (None, Err(Failure::Ended(End::Tls(_))) | Ok(_)) => Choice::Unknown(Reason::Malformed),
    };
    let chain = presented.map(|presented| &presented.chain[..]);
    let chain = chain.unwrap_or_default().iter();
    (choice, chain.map(|der| der.to_vec()).collect())
}

/// Whether a second connection goes on with the session of the first.
pub(super) async fn resumption(
    plan: &Plan,
    asker: &Asker<'_>,
    version: &'static SupportedProtocolVersion,
) -> Result<bool, Reason> {
    let recorder = Arc::new(Recorder::of(plan));
    let mut config = recorder.config(&[version]).map_err(|_| Reason::Malformed)?;
    config.resumption = Resumption::in_memory_sessions(8);
    let config = Arc::new(config);

    let why = |failure: Failure| match failure {
        Failure::Unknown(reason) => reason,
        Failure::Ended(_) if recorder.client_certificate_asked() => Reason::ClientCertificate,
        Failure::Ended(End::Tls(_)) => Reason::Malformed,
        Failure::Ended(End::Closed | End::Socket(_)) => Reason::Closed,
    };
    let began = Instant::now();
    let mut first = handshake(plan, asker, &config).await.map_err(why)?;
    let patience = TICKET_PATIENCE + began.elapsed() * 4;
    match timeout_at(Instant::now() + patience, first.ticket()).await {
        Ok(Ok(())) => {}
        Ok(Err(end)) => return Err(why(Failure::Ended(end))),
        Err(_) => return Ok(false),
    }
    drop(first);
    let second = handshake(plan, asker, &config).await.map_err(why)?;
    Ok(second.connection().handshake_kind() == Some(HandshakeKind::Resumed))
}

enum Failure {
    Ended(End),
    Unknown(Reason),
}

async fn handshake(
    plan: &Plan,
    asker: &Asker<'_>,
    config: &Arc<ClientConfig>,
) -> Result<Session, Failure> {
    let Some(turn) = asker.turn().await else {
        return Err(Failure::Unknown(Reason::Deadline));
    };
    let attempt = async {
        let socket = asker.peer.open().await;
        let socket = socket.map_err(|_| Failure::Unknown(Reason::Unreachable))?;
        let session = Session::new(socket, Arc::clone(config), plan.server_name());
        let mut session = session.map_err(|error| Failure::Ended(End::Tls(error)))?;
        session.handshake().await.map_err(Failure::Ended)?;
        Ok(session)
    };
    match timeout_at(turn.until, attempt).await {
        Ok(end) => end,
        Err(_) => Err(Failure::Unknown(turn.over)),
    }
}
