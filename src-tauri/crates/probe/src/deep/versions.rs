//! One protocol version after another: which suites, groups and signature schemes it takes.
//!
//! An answer picks one of each at once, so they are found together as long as the one does not
//! change what becomes of the other; then each by itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::answer::Answer;
use super::asker::{Asker, Reply};
use super::eliminate::{Accepted, Choice, Elimination};
use super::hello::ClientHello;
use super::report::Reason;
use super::{groups, signatures, suites};
use crate::wire::Version;

/// The suites of one version, and what the answers showed besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suites {
    pub(super) accepted: Accepted<u16>,
    pub(super) seen: Seen,
}

/// What answers show besides the suite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
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

/// The lists of one version, as far as they are found.
#[derive(Clone, Debug)]
pub(super) struct Begun {
    suites: Elimination<u16>,
    seen: Seen,
    groups: Elimination<u16>,
    /// TLS 1.3 encrypts its signature: see `sessions`. Versions before 1.2 have no schemes.
    schemes: Option<Elimination<u16>>,
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

impl Begun {
    /// With the suite of the reply to [`open`].
    pub(super) fn with(version: Version, opened: Reply) -> Self {
        let mut begun = Self {
            suites: Elimination::of(suites::of(version)),
            seen: Seen::default(),
            groups: Elimination::of(&groups::of(version)),
            schemes: (version == Version::TLS1_2).then(|| Elimination::of(&signatures::all())),
        };
        begun.seen.note(version, &opened);
        begun.suites.take(suite(version, opened));
        begun
    }

    /// Goes on from the reply to [`open`] as long as each answer picks one of each.
    ///
    /// With fewer groups or schemes a server may have to take a suite of another kind, which it
    /// would not take with all of them, or none: that answer counts for nothing.
    pub(super) async fn together(asker: &Asker<'_>, version: Version, opened: Reply) -> Self {
        let first = Picks::of(version, &opened);
        let mut begun = Self::with(version, opened);
        let Some(first) = first else { return begun };
        begun.take_others(first);
        let all = signatures::all();
        while begun.goes_on() {
            let hello = ClientHello {
                version,
                suites: begun.suites.left(),
                groups: begun.groups.left(),
                signatures: begun.schemes.as_ref().map_or(&all, Elimination::left),
                server_name: asker.server_name,
            };
            let reply = asker.ask(hello.encode()).await;
            match Picks::of(version, &reply) {
                Some(picks) if suites::kind(picks.suite) == suites::kind(first.suite) => {
                    begun.seen.note(version, &reply);
                    begun.suites.take(Choice::Picked(picks.suite));
                    begun.take_others(picks);
                }
                _ => break,
            }
        }
        begun
    }

    fn goes_on(&self) -> bool {
        let schemes = self.schemes.as_ref();
        self.suites.goes_on() && self.groups.goes_on() && schemes.is_none_or(Elimination::goes_on)
    }

    fn take_others(&mut self, picks: Picks) {
        self.groups.take(Choice::Picked(picks.group));
        if let (Some(schemes), Some(scheme)) = (&mut self.schemes, picks.scheme) {
            schemes.take(Choice::Picked(scheme));
        }
    }

    /// Each by itself, with all that there is of the others.
    pub(super) async fn finish(self, asker: &Asker<'_>, version: Version) -> (Suites, KeyExchange) {
        let (suites, groups, signatures) = tokio::join!(
            finish_suites(asker, version, self.suites, self.seen),
            finish_groups(asker, version, self.groups),
            finish_schemes(asker, version, self.schemes),
        );
        (suites, KeyExchange { groups, signatures })
    }

    /// The suites alone.
    pub(super) async fn suites(self, asker: &Asker<'_>, version: Version) -> Suites {
        finish_suites(asker, version, self.suites, self.seen).await
    }
}

/// What one answer picked, where the key exchange is on a group and, where that can be seen,
/// signed.
#[derive(Clone, Copy, Debug)]
struct Picks {
    suite: u16,
    group: u16,
    scheme: Option<u16>,
}

impl Picks {
    fn of(version: Version, reply: &Reply) -> Option<Self> {
        match reply {
            Reply::Answer(answer) if answer.version == version => Some(Self {
                suite: answer.suite,
                group: answer.group?,
                scheme: answer.signature,
            })
            .filter(|picks| version != Version::TLS1_2 || picks.scheme.is_some()),
            _ => None,
        }
    }
}

impl Seen {
    fn note(&mut self, version: Version, reply: &Reply) {
        let Reply::Answer(answer) = reply else { return };
        if answer.version != version {
            return;
        }
        self.first.get_or_insert_with(|| answer.clone());
        if let Some(bits) = answer.dh_bits {
            self.dh_bits.insert(answer.suite, bits);
        }
        if !answer.certificates.is_empty() && !self.certificates.contains(&answer.certificates) {
            self.certificates.push(answer.certificates.clone());
        }
    }
}

async fn finish_suites(
    asker: &Asker<'_>,
    version: Version,
    begun: Elimination<u16>,
    seen: Seen,
) -> Suites {
    let (groups, signatures) = (groups::of(version), signatures::all());
    let seen = Mutex::new(seen);
    let accepted = begun.finish(|offer| {
        let (groups, signatures, seen) = (&groups, &signatures, &seen);
        async move {
            let hello = ClientHello {
                version,
                suites: &offer,
                groups,
                signatures,
                server_name: asker.server_name,
            };
            let reply = asker.ask(hello.encode()).await;
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.note(version, &reply);
            suite(version, reply)
        }
    });
    Suites {
        accepted: accepted.await,
        seen: seen.into_inner().unwrap_or_else(PoisonError::into_inner),
    }
}

/// Of a version whose suites were asked about alone.
pub(super) async fn key_exchange(asker: &Asker<'_>, version: Version) -> KeyExchange {
    let groups = Elimination::of(&groups::of(version));
    KeyExchange {
        groups: finish_groups(asker, version, groups).await,
        signatures: Accepted::default(),
    }
}

async fn finish_groups(
    asker: &Asker<'_>,
    version: Version,
    begun: Elimination<u16>,
) -> Accepted<u16> {
    let suites = match version {
        Version::TLS1_3 => suites::of(version).to_vec(),
        _ => suites::elliptic(version),
    };
    let signatures = signatures::all();
    let asked = begun.finish(|offer| {
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
    });
    asked.await
}

async fn finish_schemes(
    asker: &Asker<'_>,
    version: Version,
    begun: Option<Elimination<u16>>,
) -> Accepted<u16> {
    let Some(begun) = begun else {
        return Accepted::default();
    };
    let (suites, groups) = (suites::ephemeral(version), groups::of(version));
    let asked = begun.finish(|offer| {
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
    });
    asked.await
}

fn suite(version: Version, reply: Reply) -> Choice<u16> {
    choice(version, reply, |answer| Some(answer.suite))
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
