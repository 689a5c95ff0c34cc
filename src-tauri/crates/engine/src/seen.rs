//! The certificates that instances are seen with: remembered at every download and every look at
//! the server, and a change is written down.

use std::collections::HashMap;

use rediseal_certificate::{Certificate, parse_pem_or_der};
use rediseal_probe::{Cause, Report, Role};
use rusqlite::Transaction;
use serde_json::json;

use crate::accounts::Account;
use crate::audit::{self, Note};
use crate::changes::changes;
use crate::engine::Engine;
use crate::expiry::first_ends;
use crate::readiness::facts;
use crate::store::{Change, Known, Look, certificates_by, put_look};
use crate::view::{CertificateChange, Source};

impl Look {
    pub(crate) fn download<'a>(
        known: &Known,
        certificates: impl Iterator<Item = &'a Certificate>,
    ) -> Self {
        Self::at(known, Source::Download, certificates.cloned().collect())
    }

    /// What a server showed; None where that is not known.
    pub(crate) fn live(known: &Known, report: &Report) -> Option<Self> {
        if report.chain.is_empty() {
            let no_tls = report.cause == Some(Cause::TlsPlaintextServer);
            return no_tls.then(|| Self::at(known, Source::Live, Vec::new()));
        }
        let sent = report
            .chain
            .iter()
            .filter(|link| link.role != Role::Trusted);
        let mut certificates = Vec::new();
        for (at, link) in sent.enumerate() {
            let read = parse_pem_or_der(link.pem.as_bytes()).ok();
            match read.and_then(|read| read.into_iter().next()) {
                // A root that a server sends is no part of what clients check.
                Some(one) if at == 0 || !one.facts().self_issued => certificates.push(one),
                None if at == 0 => return None,
                _ => {}
            }
        }
        Some(Self::at(known, Source::Live, certificates))
    }

    fn at(known: &Known, source: Source, certificates: Vec<Certificate>) -> Self {
        Self {
            instance_id: known.id().to_owned(),
            name: known.instance.instance_name.clone().unwrap_or_default(),
            region: known.region.clone(),
            source,
            certificates,
        }
    }
}

impl Engine {
    /// Remembers what a server showed.
    pub(crate) fn see_live(&self, account: &Account, known: &Known, report: &Report) {
        if let Some(look) = Look::live(known, report) {
            self.see(account, &[look]);
        }
    }

    /// Remembers what was seen, of every account: a history that does not outlive the process
    /// cannot notice a change. That it cannot be written fails nothing else.
    pub(crate) fn see(&self, account: &Account, looks: &[Look]) {
        if looks.is_empty() {
            return;
        }
        let store = &self.inner.store;
        let now = self.now();
        let written = store.write(|transaction| {
            for look in looks {
                let Some(change) = put_look(transaction, &account.id, look, now)? else {
                    continue;
                };
                let changes = of_change(transaction, look.source, &change)?;
                if !changes.is_empty() {
                    let note = Note {
                        action: "certificate_changed",
                        target: look.instance_id.clone(),
                        result: "seen",
                        facts: noted(look.source, &changes),
                        ..self.by(account)
                    };
                    audit::append(transaction, now, note)?;
                }
            }
            Ok(())
        });
        let ids: Vec<_> = looks.iter().map(|look| look.instance_id.clone()).collect();
        let ends = written.and_then(|()| first_ends(store, &account.id, &ids));
        match ends {
            Ok(ends) => self.inner.fleet.put_ends(&account.id, ends),
            Err(error) => tracing::warn!(%error, "certificates are not remembered"),
        }
        self.inner.changes.rows(ids);
    }
}

/// Nothing where there is no period before.
fn of_change(
    transaction: &Transaction<'_>,
    source: Source,
    change: &Change,
) -> rusqlite::Result<Vec<CertificateChange>> {
    let Some(before) = &change.before else {
        return Ok(Vec::new());
    };
    let both = before.certificates.iter().chain(&change.now.certificates);
    let found = certificates_by(transaction, both)?;
    Ok(changes(
        source,
        &in_order(&before.certificates, &found),
        &in_order(&change.now.certificates, &found),
    ))
}

/// Those that are there, in the order of their fingerprints.
pub(crate) fn in_order<'a>(
    wanted: &[String],
    found: &'a HashMap<String, Certificate>,
) -> Vec<&'a Certificate> {
    wanted
        .iter()
        .filter_map(|sha256| found.get(sha256))
        .collect()
}

fn noted(source: Source, changes: &[CertificateChange]) -> crate::view::FactMap {
    let mut aspects = Vec::new();
    for difference in changes.iter().flat_map(|change| &change.differences) {
        if !aspects.contains(&difference.aspect) {
            aspects.push(difference.aspect);
        }
    }
    let before = changes.iter().filter_map(|change| change.before.as_ref());
    let after = changes.iter().filter_map(|change| change.after.as_ref());
    facts([
        ("source", json!(source)),
        ("changed", json!(aspects)),
        (
            "before",
            json!(before.map(|facts| &facts.sha256).collect::<Vec<_>>()),
        ),
        (
            "after",
            json!(after.map(|facts| &facts.sha256).collect::<Vec<_>>()),
        ),
    ])
}
