//! Which certificates an instance was seen with, and when: each certificate once, as DER, and for
//! each source a line of periods in which it showed the same.

use std::collections::HashMap;

use jiff::Timestamp;
use rediseal_certificate::{Certificate, signers};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::documents::Json;
use super::{Store, StoreError};
use crate::view::Source;

/// How many periods are kept for each instance and source; the oldest go.
const KEPT: u32 = 100;

/// Of one look no more certificates than these are kept; chains and archives have a handful.
const MOST_CERTIFICATES: usize = 64;

/// What one look at an instance brought.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) instance_id: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) source: Source,
    /// As the server sent them, its own first, or as they are in the archive. A server that was
    /// seen to speak no TLS shows none.
    pub(crate) certificates: Vec<Certificate>,
}

impl Look {
    /// The server's own first. The others have no order that means anything, so that another order
    /// is no change.
    fn in_order(&self) -> Vec<&Certificate> {
        let mut all: Vec<_> = self.certificates.iter().take(MOST_CERTIFICATES).collect();
        let others = match self.source {
            Source::Live => all.get_mut(1..),
            Source::Download => all.get_mut(..),
        };
        if let Some(others) = others {
            others.sort_by(|a, b| a.facts().sha256.cmp(&b.facts().sha256));
        }
        all.dedup();
        all
    }
}

/// A period in which a source showed the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sighted {
    /// SHA-256, in the order of [`Look::in_order`].
    pub(crate) certificates: Vec<String>,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// As the cloud named the instance last.
    pub(crate) name: String,
    pub(crate) region: String,
    /// Of what a server shows: which certificates of the archive, as it was downloaded last,
    /// signed it.
    pub(crate) signers: Vec<String>,
}

/// A period with the number of its row.
type Numbered = (i64, Sighted);

/// What a look changed.
pub(crate) struct Change {
    /// None where nothing was seen of this source before.
    pub(crate) before: Option<Sighted>,
    pub(crate) now: Sighted,
}

/// The newest periods of an instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Newest {
    pub(crate) live: Option<Sighted>,
    pub(crate) download: Option<Sighted>,
}

impl Newest {
    pub(crate) fn of(&self, source: Source) -> Option<&Sighted> {
        match source {
            Source::Live => self.live.as_ref(),
            Source::Download => self.download.as_ref(),
        }
    }

    pub(crate) fn both(&self) -> impl Iterator<Item = (Source, &Sighted)> {
        let live = self.live.iter().map(|seen| (Source::Live, seen));
        let download = self.download.iter().map(|seen| (Source::Download, seen));
        live.chain(download)
    }
}

/// Writes down what was seen; gives what is new.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    account: &str,
    look: &Look,
    at: Timestamp,
) -> rusqlite::Result<Option<Change>> {
    let before = newest(transaction, account, &look.instance_id, look.source)?;
    let certificates = look.in_order();
    if certificates.is_empty() && before.is_none() {
        return Ok(None);
    }
    let shown = certificates.iter().map(|one| one.facts().sha256.clone());
    let mut now = Sighted {
        certificates: shown.collect(),
        first: at,
        last: at,
        name: look.name.clone(),
        region: look.region.clone(),
        signers: Vec::new(),
    };
    if let Some((number, same)) = &before
        && same.certificates == now.certificates
    {
        now.first = same.first;
        now.signers.clone_from(&same.signers);
        update(transaction, *number, &now)?;
        return Ok(None);
    }
    let mut insert =
        transaction.prepare("INSERT OR IGNORE INTO certificates (sha256, der) VALUES (?1, ?2)")?;
    for certificate in certificates {
        insert.execute(params![certificate.facts().sha256, certificate.der()])?;
    }
    transaction.execute(
        "INSERT INTO sightings (account_id, instance_id, source, value) VALUES (?1, ?2, ?3, ?4)",
        params![account, look.instance_id, look.source.id(), Json(&now)],
    )?;
    prove(transaction, account, &look.instance_id)?;
    drop_oldest(transaction, account, look)?;
    Ok(Some(Change {
        before: before.map(|(_, before)| before),
        now,
    }))
}

/// Finds out which certificates of the archive signed what the server shows.
fn prove(transaction: &Transaction<'_>, account: &str, instance: &str) -> rusqlite::Result<()> {
    let Some((number, mut live)) = newest(transaction, account, instance, Source::Live)? else {
        return Ok(());
    };
    let Some((_, download)) = newest(transaction, account, instance, Source::Download)? else {
        return Ok(());
    };
    let read = |certificates: &[String]| -> rusqlite::Result<Vec<_>> {
        let mut found = certificates_by(transaction, certificates.iter())?;
        Ok(certificates
            .iter()
            .filter_map(|sha256| found.remove(sha256))
            .collect())
    };
    let own = read(&download.certificates)?;
    let shown = read(&live.certificates)?;
    let signed_by = signers(&own, &shown);
    live.signers = signed_by
        .into_iter()
        .map(|signer| signer.facts().sha256.clone())
        .collect();
    update(transaction, number, &live)
}

fn update(transaction: &Transaction<'_>, number: i64, seen: &Sighted) -> rusqlite::Result<()> {
    transaction
        .execute(
            "UPDATE sightings SET value = ?2 WHERE number = ?1",
            params![number, Json(seen)],
        )
        .map(drop)
}

fn drop_oldest(transaction: &Transaction<'_>, account: &str, look: &Look) -> rusqlite::Result<()> {
    let dropped = transaction.execute(
        "DELETE FROM sightings
         WHERE account_id = ?1 AND instance_id = ?2 AND source = ?3 AND number <=
               (SELECT number FROM sightings
                WHERE account_id = ?1 AND instance_id = ?2 AND source = ?3
                ORDER BY number DESC LIMIT 1 OFFSET ?4)",
        params![account, look.instance_id, look.source.id(), KEPT],
    )?;
    match dropped {
        0 => Ok(()),
        _ => drop_unused(transaction),
    }
}

/// Certificates that nothing mentions any more, and what was told of their ends.
pub(super) fn drop_unused(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "DELETE FROM certificates WHERE sha256 NOT IN
             (SELECT each.value FROM sightings,
                     json_each(sightings.value, '$.certificates') AS each);
         DELETE FROM warnings WHERE sha256 NOT IN (SELECT sha256 FROM certificates);",
    )
}

/// Everything that was seen with an account's instances.
pub(super) fn forget(transaction: &Transaction<'_>, account: &str) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM sightings WHERE account_id = ?1", [account])?;
    drop_unused(transaction)
}

fn newest(
    connection: &Connection,
    account: &str,
    instance: &str,
    source: Source,
) -> rusqlite::Result<Option<Numbered>> {
    connection
        .query_row(
            "SELECT number, value FROM sightings
             WHERE account_id = ?1 AND instance_id = ?2 AND source = ?3
             ORDER BY number DESC LIMIT 1",
            [account, instance, source.id()],
            |row| Ok((row.get(0)?, sighted(row, 1)?)),
        )
        .optional()
}

fn sighted(row: &Row<'_>, column: usize) -> rusqlite::Result<Sighted> {
    row.get::<_, Json<Sighted>>(column).map(|Json(seen)| seen)
}

/// The certificates with these fingerprints, as far as they are there.
pub(crate) fn certificates_by<'a>(
    connection: &Connection,
    wanted: impl Iterator<Item = &'a String>,
) -> rusqlite::Result<HashMap<String, Certificate>> {
    let mut select = connection.prepare("SELECT der FROM certificates WHERE sha256 = ?1")?;
    let mut found = HashMap::new();
    for sha256 in wanted {
        if found.contains_key(sha256) {
            continue;
        }
        let der: Option<Vec<u8>> = select.query_row([sha256], |row| row.get(0)).optional()?;
        // What was written could be read, so it still can.
        if let Some(certificate) = der.and_then(|der| Certificate::from_der(der).ok()) {
            found.insert(sha256.clone(), certificate);
        }
    }
    Ok(found)
}

impl Store {
    /// The newest periods of an instance.
    pub(crate) fn newest_sightings(
        &self,
        account: &str,
        instance: &str,
    ) -> Result<Newest, StoreError> {
        let newest = |connection: &Connection, source| {
            let found = newest(connection, account, instance, source)?;
            Ok::<_, rusqlite::Error>(found.map(|(_, seen)| seen))
        };
        self.read(|connection| {
            Ok(Newest {
                live: newest(connection, Source::Live)?,
                download: newest(connection, Source::Download)?,
            })
        })
    }

    /// The newest periods of each instance, by its id.
    pub(crate) fn all_newest_sightings(
        &self,
        account: &str,
    ) -> Result<HashMap<String, Newest>, StoreError> {
        self.read(|connection| {
            // SQLite takes the other columns from the row that has the maximum.
            let mut select = connection.prepare(
                "SELECT instance_id, source, value, MAX(number) FROM sightings
                 WHERE account_id = ?1 GROUP BY instance_id, source",
            )?;
            let mut rows = select.query([account])?;
            let mut all: HashMap<String, Newest> = HashMap::new();
            while let Some(row) = rows.next()? {
                let newest = all.entry(row.get(0)?).or_default();
                let seen = Some(sighted(row, 2)?);
                match Source::of(&row.get::<_, String>(1)?) {
                    Source::Live => newest.live = seen,
                    Source::Download => newest.download = seen,
                }
            }
            Ok(all)
        })
    }

    /// Every period of an instance, newest first.
    pub(crate) fn sightings(
        &self,
        account: &str,
        instance: &str,
    ) -> Result<Vec<(Source, Sighted)>, StoreError> {
        self.read(|connection| {
            connection
                .prepare(
                    "SELECT source, value FROM sightings
                     WHERE account_id = ?1 AND instance_id = ?2 ORDER BY number DESC",
                )?
                .query_map([account, instance], |row| {
                    Ok((Source::of(&row.get::<_, String>(0)?), sighted(row, 1)?))
                })?
                .collect()
        })
    }

    /// The newest periods that another one came before, with that one, newest first.
    pub(crate) fn changed_sightings(
        &self,
        account: &str,
        most: u32,
    ) -> Result<Vec<(String, Source, Change)>, StoreError> {
        self.read(|connection| {
            connection
                .prepare(
                    "SELECT instance_id, source, value, before FROM
                         (SELECT *, LAG(value) OVER
                              (PARTITION BY instance_id, source ORDER BY number) AS before
                          FROM sightings WHERE account_id = ?1)
                     WHERE before IS NOT NULL ORDER BY number DESC LIMIT ?2",
                )?
                .query_map(params![account, most], |row| {
                    let change = Change {
                        before: Some(sighted(row, 3)?),
                        now: sighted(row, 2)?,
                    };
                    Ok((row.get(0)?, Source::of(&row.get::<_, String>(1)?), change))
                })?
                .collect()
        })
    }

    /// The certificates with these fingerprints, as far as they are there.
    pub(crate) fn certificates<'a>(
        &self,
        wanted: impl Iterator<Item = &'a String>,
    ) -> Result<HashMap<String, Certificate>, StoreError> {
        self.read(|connection| certificates_by(connection, wanted))
    }

    /// See [`forget`].
    pub(crate) fn forget_sightings(&self, account: &str) -> Result<(), StoreError> {
        self.write(|transaction| forget(transaction, account))
    }

    /// Which of these certificates nobody was warned of yet for so many days; they count as warned
    /// of from then on, also after a crash and for other processes.
    pub(crate) fn warn_once(
        &self,
        due: &[(String, i64)],
        at: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        self.write(|transaction| {
            let mut insert = transaction
                .prepare("INSERT OR IGNORE INTO warnings (sha256, days, at) VALUES (?1, ?2, ?3)")?;
            due.iter()
                .map(|(sha256, days)| {
                    let added = insert.execute(params![sha256, days, at.to_string()])?;
                    Ok(added > 0)
                })
                .collect()
        })
    }
}

#[cfg(test)]
#[path = "sightings_tests.rs"]
mod tests;
