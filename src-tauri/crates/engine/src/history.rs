//! The history of an instance's certificates, and the comparison of today's with the last.

use rediseal_probe::Trust;

use crate::accounts::Account;
use crate::changes::{changes, role};
use crate::engine::Engine;
use crate::error::Error;
use crate::seen::in_order;
use crate::store::{Newest, Sighted};
use crate::view::{
    CertificateEvent, CertificateHistory, Comparison, Proof, SeenCertificate, Sighting, Source,
};

/// How many changes are listed over all instances.
const LISTED: u32 = 100;

impl Engine {
    /// Every certificate that an instance of the account in use was seen with, as this data folder
    /// has it; the cloud is not asked.
    ///
    /// # Errors
    ///
    /// When there is no account, or the data folder cannot be read.
    pub async fn certificate_history(
        &self,
        instance_id: &str,
    ) -> Result<CertificateHistory, Error> {
        let account = self.inner.accounts.active()?;
        Ok(CertificateHistory {
            instance_id: instance_id.to_owned(),
            proof: self.proof(&account, instance_id)?,
            sightings: self.sightings(&account, instance_id)?,
        })
    }

    /// The changes that were seen last, of all instances of the account in use, newest first.
    ///
    /// # Errors
    ///
    /// As [`Engine::certificate_history`].
    pub async fn certificate_changes(&self) -> Result<Vec<CertificateEvent>, Error> {
        let account = self.inner.accounts.active()?;
        let store = &self.inner.store;
        let changed = store.changed_sightings(&account.id, LISTED)?;
        let seen = changed.iter().flat_map(|(_, _, change)| {
            let before = change.before.iter();
            before
                .chain([&change.now])
                .flat_map(|seen| &seen.certificates)
        });
        let found = store.certificates(seen)?;
        let events = changed.iter().filter_map(|(instance_id, source, change)| {
            let before = change.before.as_ref()?;
            Some(CertificateEvent {
                instance_id: instance_id.clone(),
                name: change.now.name.clone(),
                source: *source,
                at: change.now.first,
                seen_before: before.last,
                changes: changes(
                    *source,
                    &in_order(&before.certificates, &found),
                    &in_order(&change.now.certificates, &found),
                ),
            })
        });
        Ok(events.collect())
    }

    /// Downloads the instance's archive again and asks its server again at its private address,
    /// and says what changed since the time before.
    ///
    /// # Errors
    ///
    /// As [`Engine::certificate`]; when the instance has no private address.
    pub async fn compare_certificate(&self, instance_id: &str) -> Result<Comparison, Error> {
        let account = self.inner.accounts.active()?;
        let store = &self.inner.store;
        let before = store.newest_sightings(&account.id, instance_id)?;
        let downloaded = self.download(&account, instance_id).await?;
        let known = match self.inner.fleet.known(instance_id) {
            Some(known) => known,
            None => self.read_instance(&account, instance_id).await?,
        };
        let trust = Trust::Authorities(downloaded.authorities());
        let report = self.test_instance(&account, &known, trust).await?;
        let after = store.newest_sightings(&account.id, instance_id)?;
        let is_new = |source| match (before.of(source), after.of(source)) {
            (Some(before), Some(after)) => before.certificates != after.certificates,
            _ => false,
        };
        let mut changed = Vec::new();
        for source in [Source::Download, Source::Live] {
            if is_new(source) {
                let sightings = self.sightings(&account, instance_id)?;
                let newest = sightings.into_iter().find(|seen| seen.source == source);
                changed.extend(newest);
            }
        }
        Ok(Comparison {
            certificate: self.view(instance_id, &downloaded),
            changed,
            compared: before.download.is_some(),
            verdict: report.verdict,
            cause: report.cause,
        })
    }

    pub(crate) fn proof(
        &self,
        account: &Account,
        instance_id: &str,
    ) -> Result<Option<Proof>, Error> {
        let newest = self
            .inner
            .store
            .newest_sightings(&account.id, instance_id)?;
        Ok(newest.proof())
    }

    fn sightings(&self, account: &Account, instance_id: &str) -> Result<Vec<Sighting>, Error> {
        let store = &self.inner.store;
        let seen = store.sightings(&account.id, instance_id)?;
        let found = store.certificates(seen.iter().flat_map(|(_, seen)| &seen.certificates))?;
        let sightings = seen.iter().enumerate().map(|(at, (source, now))| {
            let mut older = seen.iter().skip(at + 1);
            let before = older.find(|(other, _)| other == source);
            let certificates = in_order(&now.certificates, &found);
            let changes = before.map(|(_, before)| {
                changes(
                    *source,
                    &in_order(&before.certificates, &found),
                    &certificates,
                )
            });
            Sighting {
                source: *source,
                first_seen: now.first,
                last_seen: now.last,
                certificates: certificates
                    .into_iter()
                    .enumerate()
                    .map(|(at, certificate)| SeenCertificate {
                        role: role(*source, at),
                        facts: certificate.facts().clone(),
                    })
                    .collect(),
                changes,
            }
        });
        Ok(sightings.collect())
    }
}

impl Newest {
    fn proof(&self) -> Option<Proof> {
        let shows_tls = |live: &&Sighted| !live.certificates.is_empty();
        let live = self.live.as_ref().filter(shows_tls)?;
        let download = self.download.as_ref()?;
        Some(Proof {
            signed: !live.signers.is_empty(),
            signers: live.signers.clone(),
            downloaded: download.last,
            shown: live.last,
        })
    }
}
