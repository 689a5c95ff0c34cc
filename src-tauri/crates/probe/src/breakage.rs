//! Why a handshake broke: what the server meant by it, or what it is instead of a TLS server.

use rustls::{AlertDescription, CertificateError, PeerIncompatible, PeerMisbehaved};
use serde_json::Value;

use crate::cause::Cause;
use crate::crypto;
use crate::deep::answer::{self, Answer, Reading};
use crate::deep::{self, groups, suites};
use crate::handshake::Handshake;
use crate::opened;
use crate::plaintext::{self, Answer as Plain, Unasked};
use crate::route::Peer;
use crate::session::End;
use crate::stage::{Finding, Stopwatch};
use crate::wire::{self, Message, Version};

/// The hint of a refusal that says nothing else.
const REFUSED: &str = "refused";

/// Why there is no session.
#[derive(Debug)]
pub(crate) enum Broken {
    Ended(End),
    Deadline,
    /// A Redis that stays silent because it waits for the end of a line, as a real one does: it
    /// has no TLS, and answered a plain PING with this.
    Plaintext {
        reply: String,
    },
}

/// What a broken handshake comes down to.
#[derive(Debug, PartialEq)]
pub(crate) enum Meaning {
    /// TLS itself failed.
    Failed(Finding),
    /// This side ended it because the certificate was refused: that is for the chain stage.
    CertificateRefused,
    /// The server may have no TLS here at all: its first bytes are not TLS, or it sent none.
    NoTls,
}

impl Handshake {
    /// The last message of the peer that came through.
    pub(crate) fn last_message(&self) -> &'static str {
        let received = self.session.received();
        let suite = self.session.connection().negotiated_cipher_suite();
        let encrypted = match (suite, self.recorder.handshake_secret()) {
            (Some(suite), Some(secret)) => opened::messages(received, suite.suite(), secret),
            _ => Vec::new(),
        };
        let plain = wire::messages(received).into_iter();
        let plain = plain.filter_map(|message| match message {
            Message::Handshake(kind) => Some(kind),
            _ => None,
        });
        let last = plain.chain(encrypted).last();
        last.map_or("nothing", wire::handshake_name)
    }

    pub(crate) fn meaning(&self, broken: &Broken) -> Meaning {
        let received = self.session.received();
        if !received.is_empty() && !wire::is_tls(received) {
            return Meaning::NoTls;
        }
        let refused_here = self
            .recorder
            .presented()
            .is_some_and(|presented| presented.verified.is_err());
        let finding = match broken {
            Broken::Ended(End::Tls(rustls::Error::AlertReceived(alert))) => self.alert(*alert),
            Broken::Plaintext { reply } => {
                return Meaning::Failed(plaintext_server(reply).with("confirmed", true));
            }
            Broken::Ended(End::Tls(_)) if refused_here => return Meaning::CertificateRefused,
            Broken::Ended(End::Tls(error)) => broke(error),
            _ if received.is_empty() => return Meaning::NoTls,
            broken if self.recorder.client_certificate_asked() && !broken.is_silence() => {
                Finding::failed(Cause::TlsClientCertificateRequired).with("alert", Value::Null)
            }
            broken => broken.finding(),
        };
        let version = match answer::read(received) {
            Reading::Answer(answer) | Reading::Incomplete(Some(answer)) => Some(answer.version),
            _ => None,
        };
        Meaning::Failed(
            self.facts(finding)
                .with("after", self.last_message())
                .with("sni", self.sni.clone())
                .with("server_version", version.map(Version::name)),
        )
    }

    fn alert(&self, alert: AlertDescription) -> Finding {
        Finding::failed(match alert {
            _ if self.recorder.client_certificate_asked() && blames_certificate(alert) => {
                Cause::TlsClientCertificateRequired
            }
            AlertDescription::CertificateRequired => Cause::TlsClientCertificateRequired,
            AlertDescription::ProtocolVersion => Cause::TlsNoCommonVersion,
            AlertDescription::UnrecognisedName => Cause::TlsNameRequired,
            AlertDescription::InsufficientSecurity => Cause::TlsNoCommonCipher,
            // The first answer of a server that finds no certificate, when it got no name.
            AlertDescription::AccessDenied
                if self.sni.is_none() && self.last_message() == "nothing" =>
            {
                Cause::TlsNameRequired
            }
            _ => Cause::TlsAlert,
        })
        .with_hint(self.is_plain_refusal(alert).then_some(REFUSED))
        .with("alert", alert_name(alert))
    }

    /// In answer to the ClientHello: that nothing offered will do, or the name, or the client.
    fn is_plain_refusal(&self, alert: AlertDescription) -> bool {
        alert == AlertDescription::HandshakeFailure && self.last_message() == "nothing"
    }
}

impl Broken {
    const fn is_silence(&self) -> bool {
        matches!(self, Self::Deadline)
    }

    /// When nothing more is known.
    pub(crate) fn finding(&self) -> Finding {
        match self {
            Self::Deadline => Finding::failed(Cause::TlsTimeout),
            Self::Plaintext { reply } => plaintext_server(reply),
            Self::Ended(End::Closed) => Finding::failed(Cause::TlsClosed),
            Self::Ended(End::Socket(error)) => {
                Finding::failed(Cause::TlsReset).with("error", error.to_string())
            }
            Self::Ended(End::Tls(error)) => broke(error),
        }
    }
}

/// Finds out what listens on a port where TLS got no answer, by asking it without TLS.
pub(crate) async fn without_tls(
    peer: &Peer,
    first: &[u8],
    broken: &Broken,
    watch: Stopwatch,
) -> Finding {
    let asked = match plaintext::ping(peer, watch.deadline(60)).await {
        // One without TLS was found before; this one may be slow with TLS and quick without.
        Plain::Redis { .. } if broken.is_silence() => Plain::Silent,
        other => other,
    };
    let (answer, confirmed) = match (asked, plaintext::recognise(first)) {
        (known @ (Plain::Redis { .. } | Plain::Protocol(_)), _) => (known, true),
        (_, known @ (Plain::Redis { .. } | Plain::Protocol(_))) => (known, false),
        (Plain::Unknown(bytes), _) => (Plain::Unknown(bytes), true),
        (Plain::Closed, _)
            if first.is_empty() && plaintext::is_postgresql(peer, watch.deadline(60)).await =>
        {
            (Plain::Protocol("PostgreSQL"), true)
        }
        (other, _) => (other, true),
    };
    match answer {
        Plain::Redis { reply, .. } => plaintext_server(&reply)
            .with("confirmed", confirmed)
            .with_bytes(first),
        Plain::Protocol(protocol) => Finding::failed(Cause::TlsNotTls)
            .with("protocol_found", protocol)
            .with_bytes(first),
        Plain::Unknown(bytes) => {
            let shown = if first.is_empty() { &bytes } else { first };
            Finding::failed(Cause::TlsNotTls)
                .with("protocol_found", Value::Null)
                .with_bytes(shown)
        }
        _ if !first.is_empty() => Finding::failed(Cause::TlsNotTls)
            .with("protocol_found", Value::Null)
            .with_bytes(first),
        _ if broken.is_silence() => silence(broken.finding(), &answer),
        _ => match plaintext::unasked(peer, watch.deadline(60)).await {
            Unasked::Reset => Finding::failed(Cause::TcpReset),
            Unasked::Closed => {
                silence(Finding::failed(Cause::TlsClosed), &answer).with_hint(Some("unasked"))
            }
            Unasked::Open => silence(broken.finding(), &answer),
        },
    }
}

/// When nothing that was offered will do, or may be what is refused, the server is asked what
/// does: an old version, other cipher suites or groups, or all the same when it is not sent the
/// name. What it then accepts proves what was missing.
pub(crate) async fn with_what_is_accepted(
    mut finding: Finding,
    peer: &Peer,
    sni: Option<&str>,
    watch: Stopwatch,
) -> Finding {
    let refused = finding.facts.get("hint") == Some(&REFUSED.into());
    match finding.cause {
        Some(Cause::TlsNoCommonVersion | Cause::TlsNoCommonCipher) => {}
        Some(Cause::TlsAlert) if refused => {}
        _ => return finding,
    }
    finding.facts.remove("hint");
    let accepted = deep::accepted_instead(peer, sni, watch.deadline(60)).await;
    let (cause, hint) = match &accepted {
        Some(answer) if answer.version < Version::TLS1_2 => (Cause::TlsNoCommonVersion, None),
        Some(answer) if refused => (Cause::TlsNoCommonCipher, missing(answer)),
        None if sni.is_some()
            && deep::accepted_instead(peer, None, watch.deadline(60))
                .await
                .is_some() =>
        {
            (Cause::TlsNameRequired, None)
        }
        None if refused && sni.is_none() => (Cause::TlsAlert, Some("no_name")),
        None if refused => (Cause::TlsAlert, Some(REFUSED)),
        _ => (finding.cause.unwrap_or(Cause::TlsAlert), None),
    };
    finding.cause = Some(cause);
    let accepts = accepted.as_ref();
    finding
        .with_hint(hint)
        .with("accepts_version", accepts.map(|a| a.version.name()))
        .with("accepts_cipher", accepts.map(|a| suites::name(a.suite)))
        .with(
            "accepts_group",
            accepts.and_then(|a| a.group).map(groups::name),
        )
}

/// What of an answer to another hello the test does not have: the key exchange group, or else, by
/// exclusion, what the server signs with. None: the cipher suite.
fn missing(answer: &Answer) -> Option<&'static str> {
    let provider = crypto::provider();
    let has_suite = provider
        .cipher_suites
        .iter()
        .any(|suite| u16::from(suite.suite()) == answer.suite);
    let has_group = answer.group.is_none_or(|group| {
        let mut groups = provider.kx_groups.iter();
        groups.any(|known| u16::from(known.name()) == group)
    });
    match (has_suite, has_group) {
        (false, _) => None,
        (true, false) => Some("groups"),
        (true, true) => Some("key"),
    }
}

fn plaintext_server(reply: &str) -> Finding {
    Finding::failed(Cause::TlsPlaintextServer).with("answer", reply)
}

/// Alerts that a server sends because it got no client certificate, though it asked for one (RFC
/// 8446 6.2, RFC 5246 7.2.2).
pub(crate) const fn blames_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::HandshakeFailure
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            // GnuTLS reads an empty list of certificates like this.
            | AlertDescription::DecodeError
    )
}

/// The name of the alert in RFC 8446 B.2.
pub(crate) fn alert_name(alert: AlertDescription) -> String {
    let Some(name) = alert.as_str() else {
        return format!("alert {}", u8::from(alert));
    };
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (position, letter) in letters.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|at| letters.get(at));
        let next = letters.get(position + 1);
        // A word begins after a small letter, and with the last capital of several.
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase() || next.is_some_and(char::is_ascii_lowercase)
            });
        if begins {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake.replace("unrecognised", "unrecognized")
}

fn broke(error: &rustls::Error) -> Finding {
    let hint = match error {
        rustls::Error::InvalidCertificate(CertificateError::BadSignature) => Some("signature"),
        _ => None,
    };
    Finding::failed(cause(error))
        .with_hint(hint)
        .with("error", error.to_string())
}

fn cause(error: &rustls::Error) -> Cause {
    match error {
        rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::SupportedVersionsExtensionRequired,
        ) => Cause::TlsNoCommonVersion,
        rustls::Error::PeerIncompatible(
            PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoKxGroupsInCommon
            | PeerIncompatible::NoSignatureSchemesInCommon,
        )
        | rustls::Error::PeerMisbehaved(PeerMisbehaved::SelectedUnofferedCipherSuite) => {
            Cause::TlsNoCommonCipher
        }
        _ => Cause::TlsBroken,
    }
}

fn silence(finding: Finding, answer: &Plain) -> Finding {
    finding
        .with("after", "nothing")
        .with("plaintext_answer", silence_name(answer))
}

const fn silence_name(answer: &Plain) -> &'static str {
    match answer {
        Plain::Closed => "closed",
        Plain::Silent => "silent",
        Plain::Unreachable => "unreachable",
        Plain::Tls => "tls",
        _ => "other",
    }
}
