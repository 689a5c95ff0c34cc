//! When certificates end: of each instance the one that ends first, and all of them in a list.

mod calendar;
mod metrics;
mod warnings;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rediseal_certificate::{Certificate, Facts};
use rediseal_probe::Language;

use crate::accounts::Account;
use crate::certificates::save;
use crate::changes::role;
use crate::engine::Engine;
use crate::error::Error;
use crate::readiness::{findings, ssl_state};
use crate::store::{Known, Newest, Store, StoreError};
use crate::view::{CertificateEnd, CertificateRole, EndingInstance, Expiry, SavedFile, Ssl};

/// Days before an end at which it matters more; 0 stands for an end that is past.
pub const THRESHOLDS: [i64; 4] = [90, 30, 7, 1];

/// The certificate of a chain that ends first: clients refuse the connection from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FirstEnd {
    sha256: String,
    pub(crate) at: Timestamp,
    /// The CA whose end it is; none when it is the server's own certificate.
    pub(crate) of: Option<String>,
}

impl Newest {
    /// What a client goes through: what the server sends and what signed that, or, where no server
    /// was seen yet, what is in the archive.
    fn chain(&self) -> impl Iterator<Item = (CertificateRole, &String)> {
        let sent = self.live.iter().flat_map(|live| {
            let sent = live.certificates.iter().enumerate();
            let sent = sent.map(|(at, sha256)| (role(crate::view::Source::Live, at), sha256));
            sent.chain(
                live.signers
                    .iter()
                    .map(|sha256| (CertificateRole::Ca, sha256)),
            )
        });
        let archive = self.download.iter().filter(|_| self.live.is_none());
        let archive = archive.flat_map(|download| &download.certificates);
        sent.chain(archive.map(|sha256| (CertificateRole::Ca, sha256)))
    }

    fn first_end(&self, certificates: &HashMap<String, Certificate>) -> Option<FirstEnd> {
        let links = self
            .chain()
            .filter_map(|(role, sha256)| Some((role, certificates.get(sha256)?.facts())));
        // Of two that end together the server's own is named.
        let (role, facts) = links.min_by_key(|(_, facts)| facts.not_after)?;
        Some(FirstEnd {
            sha256: facts.sha256.clone(),
            at: facts.not_after,
            of: (role == CertificateRole::Ca).then(|| name(facts)),
        })
    }
}

/// The first end of each of these instances of an account.
pub(crate) fn first_ends(
    store: &Store,
    account: &str,
    instances: &[String],
) -> Result<HashMap<String, Option<FirstEnd>>, StoreError> {
    let newest = |id: &String| Ok((id.clone(), store.newest_sightings(account, id)?));
    let newest: HashMap<_, _> = instances
        .iter()
        .map(newest)
        .collect::<Result<_, StoreError>>()?;
    ends_of(store, newest)
}

/// The first end of each instance of an account that was seen.
pub(crate) fn all_first_ends(
    store: &Store,
    account: &str,
) -> Result<HashMap<String, Option<FirstEnd>>, StoreError> {
    ends_of(store, store.all_newest_sightings(account)?)
}

fn ends_of(
    store: &Store,
    newest: HashMap<String, Newest>,
) -> Result<HashMap<String, Option<FirstEnd>>, StoreError> {
    let certificates =
        store.certificates(newest.values().flat_map(Newest::chain).map(|(_, sha)| sha))?;
    let ends = newest
        .into_iter()
        .map(|(id, newest)| (id, newest.first_end(&certificates)));
    Ok(ends.collect())
}

impl Engine {
    /// When the certificates end that the instances of the account in use were seen with last, at
    /// a download or by the server itself. The cloud is not asked. Instances that are gone, or have
    /// SSL off by now, are left out as far as the fleet is known.
    ///
    /// # Errors
    ///
    /// When there is no account, or the data folder cannot be read.
    pub async fn expiry(&self) -> Result<Expiry, Error> {
        let account = self.inner.accounts.active()?;
        Ok(self.expiry_of(&account)?)
    }

    /// Writes [`Expiry::calendar`]. The path is one that the user chose.
    ///
    /// # Errors
    ///
    /// As [`Engine::expiry`]; when the file exists and `overwrite` does not say so, or writing
    /// fails.
    pub async fn save_calendar_to(
        &self,
        language: Language,
        path: &Path,
        overwrite: bool,
    ) -> Result<SavedFile, Error> {
        let calendar = self.expiry().await?.calendar(language);
        save(path, calendar.as_bytes(), overwrite)
    }

    pub(crate) fn expiry_of(&self, account: &Account) -> Result<Expiry, StoreError> {
        let store = &self.inner.store;
        let fleet = match self.inner.fleet.all_known(&account.id) {
            Some(fleet) => fleet,
            None => store.instances(&account.id)?,
        };
        let ssl: HashMap<_, _> = fleet.iter().map(|known| (known.id(), ssl(known))).collect();
        let counts = |id: &str| match ssl.get(id) {
            Some(ssl) => !matches!(ssl, Ssl::Off | Ssl::Unsupported),
            None => ssl.is_empty(),
        };
        let mut newest: BTreeMap<_, _> = store
            .all_newest_sightings(&account.id)?
            .into_iter()
            .filter(|(id, _)| counts(id))
            .collect();
        let mut unseen: Vec<_> = ssl
            .iter()
            .filter(|(id, ssl)| {
                **ssl == Ssl::On && newest.get(**id).is_none_or(|n| n.live.is_none())
            })
            .map(|(id, _)| (*id).to_owned())
            .collect();
        unseen.sort();
        // A server that speaks no TLS has nothing that ends.
        newest.retain(|_, newest| newest.chain().next().is_some());
        let seen = newest.values().flat_map(Newest::both);
        let certificates = store.certificates(seen.flat_map(|(_, seen)| &seen.certificates))?;
        let now = self.now();
        Ok(Expiry {
            now,
            certificates: ends(&newest, &certificates, now),
            unseen,
        })
    }
}

fn ends(
    newest: &BTreeMap<String, Newest>,
    certificates: &HashMap<String, Certificate>,
    now: Timestamp,
) -> Vec<CertificateEnd> {
    let mut ends: HashMap<&String, CertificateEnd> = HashMap::new();
    for (instance_id, newest) in newest {
        let first = newest.first_end(certificates);
        for (source, seen) in newest.both() {
            for (at, sha256) in seen.certificates.iter().enumerate() {
                let Some(certificate) = certificates.get(sha256) else {
                    continue;
                };
                let end = ends
                    .entry(sha256)
                    .or_insert_with(|| end(certificate.facts(), role(source, at), now));
                match end.instances.last_mut() {
                    Some(last) if last.instance_id == *instance_id => {
                        last.sources.push(source);
                        last.last_seen = last.last_seen.max(seen.last);
                    }
                    _ => end.instances.push(EndingInstance {
                        instance_id: instance_id.clone(),
                        name: seen.name.clone(),
                        region: seen.region.clone(),
                        first: first.as_ref().is_some_and(|first| first.sha256 == *sha256),
                        sources: vec![source],
                        last_seen: seen.last,
                    }),
                }
            }
        }
    }
    let mut ends: Vec<_> = ends.into_values().collect();
    ends.sort_by(|a, b| (a.not_after, &a.sha256).cmp(&(b.not_after, &b.sha256)));
    ends
}

fn end(facts: &Facts, role: CertificateRole, now: Timestamp) -> CertificateEnd {
    let left = facts.not_after.duration_since(now);
    CertificateEnd {
        sha256: facts.sha256.clone(),
        role,
        name: name(facts),
        subject: facts.subject.clone(),
        issuer: facts.issuer.clone(),
        serial: facts.serial.clone(),
        not_after: facts.not_after,
        days: left.as_secs().div_euclid(24 * 60 * 60),
        threshold: threshold(left),
        instances: Vec::new(),
    }
}

/// The last that was passed.
fn threshold(left: SignedDuration) -> Option<i64> {
    if !left.is_positive() {
        return Some(0);
    }
    let passed = |days: &i64| left <= SignedDuration::from_hours(24 * days);
    THRESHOLDS.into_iter().filter(passed).min()
}

fn name(facts: &Facts) -> String {
    let name = facts.common_name.clone().filter(|name| !name.is_empty());
    name.unwrap_or_else(|| facts.subject.clone())
}

fn ssl(known: &Known) -> Ssl {
    let findings = findings(&known.instance, known.ssl.as_ref());
    ssl_state(&known.instance, known.ssl.as_ref(), &findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_passed_to_the_second() {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let second = SignedDuration::from_secs(1);
        for (left, expected) in [
            (days(91), None),
            (days(90) + second, None),
            (days(90), Some(90)),
            (days(30) + second, Some(90)),
            (days(30), Some(30)),
            (days(7), Some(7)),
            (days(1) + second, Some(7)),
            (days(1), Some(1)),
            (second, Some(1)),
            (SignedDuration::ZERO, Some(0)),
            (days(-400), Some(0)),
        ] {
            assert_eq!(threshold(left), expected, "{left}");
        }
    }
}
