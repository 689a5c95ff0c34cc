//! Values as JSON text, and the table of single documents and accounts.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{HOPS, ROUTES, Store, StoreError, sightings};

/// A value that is JSON text in its column.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        serde_json::to_string(&self.0)
            .map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(|error| FromSqlError::Other(error.into()))
    }
}

pub(super) fn put<T: Serialize>(
    transaction: &Transaction<'_>,
    key: &str,
    value: &T,
) -> rusqlite::Result<()> {
    transaction
        .execute(
            "INSERT INTO documents (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            params![key, Json(value)],
        )
        .map(drop)
}

pub(super) fn find<T: DeserializeOwned>(
    connection: &Connection,
    key: &str,
) -> rusqlite::Result<Option<T>> {
    connection
        .query_row("SELECT value FROM documents WHERE key = ?1", [key], |row| {
            row.get::<_, Json<T>>(0)
        })
        .optional()
        .map(|found| found.map(|Json(value)| value))
}

impl Store {
    /// A single document, such as the settings.
    pub(crate) fn document<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.read(|connection| find(connection, key))
    }

    pub(crate) fn put_document<T: Serialize>(
        &self,
        key: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        self.write(|transaction| put(transaction, key, value))
    }

    pub(crate) fn accounts<T: DeserializeOwned>(&self) -> Result<Vec<T>, StoreError> {
        self.read(|connection| {
            connection
                .prepare("SELECT value FROM accounts ORDER BY id")?
                .query_map([], |row| row.get::<_, Json<T>>(0).map(|Json(value)| value))?
                .collect()
        })
    }

    pub(crate) fn put_account<T: Serialize>(&self, id: &str, value: &T) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .execute(
                    "INSERT INTO accounts (id, value) VALUES (?1, ?2)
                     ON CONFLICT (id) DO UPDATE SET value = excluded.value",
                    params![id, Json(value)],
                )
                .map(drop)
        })
    }

    pub(crate) fn remove_account(&self, id: &str) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM accounts WHERE id = ?1", [id])?;
            for kind in [ROUTES, HOPS] {
                let key = format!("{kind}{id}");
                transaction.execute("DELETE FROM documents WHERE key = ?1", [key])?;
            }
            transaction.execute("DELETE FROM instances WHERE account_id = ?1", [id])?;
            sightings::forget(transaction, id)?;
            transaction
                .execute("DELETE FROM reports WHERE account_id = ?1", [id])
                .map(drop)
        })
    }
}
