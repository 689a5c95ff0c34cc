//! What the cloud answered last, per account: shown at the next start before it answers again.

use jiff::Timestamp;
use rediseal_probe::Report;
use rediseal_tencent::redis::{Instance, SslStatus};
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::documents::Json;
use super::{Store, StoreError};
use crate::view::EdgeError;

/// An instance and its SSL status as they came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Known {
    pub(crate) region: String,
    pub(crate) instance: Instance,
    /// None before it was asked, and when it failed.
    pub(crate) ssl: Option<SslStatus>,
    /// Why there is no SSL status.
    pub(crate) error: Option<EdgeError>,
    /// When it was asked for its SSL status last.
    pub(crate) asked: Option<Timestamp>,
}

impl Known {
    pub(crate) fn id(&self) -> &str {
        self.instance.instance_id.as_deref().unwrap_or_default()
    }
}

impl Store {
    /// Replaces what is known of a region.
    pub(crate) fn put_region(
        &self,
        account: &str,
        region: &str,
        instances: &[Known],
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "DELETE FROM instances WHERE account_id = ?1 AND region = ?2",
                [account, region],
            )?;
            put(transaction, account, instances)
        })
    }

    /// Adds what is known of some instances, or replaces it.
    pub(crate) fn put_instances(
        &self,
        account: &str,
        instances: &[Known],
    ) -> Result<(), StoreError> {
        self.write(|transaction| put(transaction, account, instances))
    }

    pub(crate) fn instances(&self, account: &str) -> Result<Vec<Known>, StoreError> {
        self.read(|connection| {
            connection
                .prepare("SELECT value FROM instances WHERE account_id = ?1")?
                .query_map([account], |row| {
                    row.get::<_, Json<Known>>(0).map(|Json(known)| known)
                })?
                .collect()
        })
    }

    /// Keeps the newest report of each instance.
    pub(crate) fn put_reports(
        &self,
        account: &str,
        reports: &[(String, &Report)],
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare(
                "INSERT OR REPLACE INTO reports (account_id, instance_id, value)
                 VALUES (?1, ?2, ?3)",
            )?;
            for (instance, report) in reports {
                insert.execute(params![account, instance, Json(report)])?;
            }
            Ok(())
        })
    }

    /// The newest report of each instance, by its id.
    pub(crate) fn reports(&self, account: &str) -> Result<Vec<(String, Report)>, StoreError> {
        self.read(|connection| {
            connection
                .prepare("SELECT instance_id, value FROM reports WHERE account_id = ?1")?
                .query_map([account], |row| {
                    Ok((row.get(0)?, row.get::<_, Json<Report>>(1)?.0))
                })?
                .collect()
        })
    }
}

fn put(transaction: &Transaction<'_>, account: &str, instances: &[Known]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare(
        "INSERT OR REPLACE INTO instances (account_id, instance_id, region, value)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for known in instances {
        insert.execute(params![account, known.id(), known.region, Json(known)])?;
    }
    Ok(())
}
