//! One protocol version after another: which suites, groups and signature schemes it takes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::answer::Answer;
use super::asker::{Asker, Reply};
use super::eliminate::{Accepted, Choice, eliminate};
use super::hello::ClientHello;
use super::report::Reason;
use super::{groups, signatures, suites};
use crate::wire::Version;

/// The suites of one version, and what the answers showed besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suites {
    pub(super) accepted: Accepted<u16>,
    pub(super) first: Option<Answer>,
    /// By suite.
    pub(super) dh_bits: HashMap<u16, u32>,
    /// Each with its chain, leaf first.
    pub(super) certificates: Vec<Vec<Vec<u8>>>,
}

/// Groups and schemes of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyExchange {
    pub(super) groups: Accepted<u16>,
    pub(super) signatures: Accepted<u16>,
}

/// Everything of this version at once: whether the server speaks it at all.
pub(super) async fn open(asker: &Asker<'_>, version: Version) -> Reply {
    asker.ask(everything(version, asker.server_name)).await
}

/// A hello that offers all there is in this version.
pub(super) fn everything(version: Version, server_name: Option<&str>) -> Vec<u8> {
    ClientHello {
        version,
        suites: suites::of(version),
        groups: &groups::of(version),
        signatures: &signatures::all(),
        server_name,
    }
    .encode()
}

/// Goes on from the reply to [`open`].
pub(super) async fn suites(asker: &Asker<'_>, version: Version, opened: Reply) -> Suites {
    let (groups, signatures) = (groups::of(version), signatures::all());
    let opened = Mutex::new(Some(opened));
    let seen = Mutex::new((None, HashMap::new(), Vec::new()));
    let accepted = eliminate(suites::of(version), |offer| {
        let (groups, signatures, seen) = (&groups, &signatures, &seen);
        let opened = opened.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            let hello = ClientHello {
                version,
                suites: &offer,
                groups,
                signatures,
                server_name: asker.server_name,
            };
            let reply = match opened {
                Some(reply) => reply,
                None => asker.ask(hello.encode()).await,
            };
            if let Reply::Answer(answer) = &reply
                && answer.version == version
            {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                let (first, dh_bits, certificates) = &mut *seen;
                first.get_or_insert_with(|| answer.clone());
                if let Some(bits) = answer.dh_bits {
                    dh_bits.insert(answer.suite, bits);
                }
                if !answer.certificates.is_empty() && !certificates.contains(&answer.certificates) {
                    certificates.push(answer.certificates.clone());
                }
            }
            choice(version, reply, |answer| Some(answer.suite))
        }
    })
    .await;
    let (first, dh_bits, certificates) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    Suites {
        accepted,
        first,
        dh_bits,
        certificates,
    }
}

pub(super) async fn key_exchange(asker: &Asker<'_>, version: Version) -> KeyExchange {
    let (groups, signatures) = tokio::join!(groups_of(asker, version), schemes_of(asker, version));
    KeyExchange { groups, signatures }
}

async fn groups_of(asker: &Asker<'_>, version: Version) -> Accepted<u16> {
    let suites = match version {
        Version::TLS1_3 => suites::of(version).to_vec(),
        _ => suites::elliptic(version),
    };
    let signatures = signatures::all();
    eliminate(&groups::of(version), |offer| {
        let (suites, signatures) = (&suites, &signatures);
        async move {
            let hello = ClientHello {
                version,
                suites,
                groups: &offer,
                signatures,
                server_name: asker.server_name,
            };
            choice(version, asker.ask(hello.encode()).await, |answer| {
                answer.group
            })
        }
    })
    .await
}

/// TLS 1.3 encrypts its signature: see `sessions`. Versions before 1.2 have no schemes.
async fn schemes_of(asker: &Asker<'_>, version: Version) -> Accepted<u16> {
    if version != Version::TLS1_2 {
        return Accepted::default();
    }
    let (suites, groups) = (suites::ephemeral(version), groups::of(version));
    eliminate(&signatures::all(), |offer| {
        let (suites, groups) = (&suites, &groups);
        async move {
            let hello = ClientHello {
                version,
                suites,
                groups,
                signatures: &offer,
                server_name: asker.server_name,
            };
            choice(version, asker.ask(hello.encode()).await, |answer| {
                answer.signature
            })
        }
    })
    .await
}

fn choice(version: Version, reply: Reply, picked: impl Fn(&Answer) -> Option<u16>) -> Choice<u16> {
    match reply {
        Reply::Answer(answer) if answer.version == version => {
            picked(&answer).map_or(Choice::Unknown(Reason::Malformed), Choice::Picked)
        }
        // It would rather speak an older one.
        Reply::Answer(_) | Reply::Refused(_) => Choice::Refused,
        Reply::Unknown(reason) => Choice::Unknown(reason),
    }
}
