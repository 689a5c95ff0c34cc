//! The data folder: one SQLite file with the journal, the audit log, the accounts without their
//! secrets, and what the cloud answered last.
//!
//! Every write is a short transaction on the caller's thread; several processes may have the
//! file open (the window and `rediseal-cli`).

mod cache;
mod documents;
mod journal;
mod schema;
mod session;
mod sightings;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

pub(crate) use cache::Known;
pub(crate) use journal::{
    CertificateSeen, JobRecord, Sending, find_job, finished, insert_job, is_busy, own_job,
    update_job,
};
pub(crate) use session::Session;
pub(crate) use sightings::{Change, Look, Newest, Sighted, certificates_by, put as put_look};

use crate::Code;

/// How the documents are named that have the routes of an account.
pub(crate) const ROUTES: &str = "routes:";

/// Before an account's id: the hops of which the keychain has the secrets.
pub(crate) const HOPS: &str = "hops:";

const FILE: &str = "rediseal.db";

/// How long a write waits for another process's.
const BUSY: Duration = Duration::from_secs(5);

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made or its permissions not set.
    #[error("the data folder {} cannot be used: {source}", folder.display())]
    Folder {
        #[expect(missing_docs, reason = "the type says it")]
        folder: PathBuf,
        #[expect(missing_docs, reason = "the type says it")]
        source: io::Error,
    },
    /// The database cannot be opened, read or written.
    #[error("{} cannot be used: {source}", file.display())]
    Database {
        #[expect(missing_docs, reason = "the type says it")]
        file: PathBuf,
        #[expect(missing_docs, reason = "the type says it")]
        source: rusqlite::Error,
    },
    /// Something else has its name, or it is damaged.
    #[error(
        "{} is damaged, or no database of RediSeal ({source}); it was left as it is: move it \
         away, or use another data folder",
        file.display()
    )]
    Damaged {
        #[expect(missing_docs, reason = "the type says it")]
        file: PathBuf,
        #[expect(missing_docs, reason = "the type says it")]
        source: rusqlite::Error,
    },
    /// The file system has no room.
    #[error("{} cannot be used: the disk is full", file.display())]
    Full {
        #[expect(missing_docs, reason = "the type says it")]
        file: PathBuf,
        #[expect(missing_docs, reason = "the type says it")]
        source: rusqlite::Error,
    },
    /// It was written by a newer version of this application.
    #[error("{} was written by a newer RediSeal (schema {found}, this one knows {known})", file.display())]
    Newer {
        #[expect(missing_docs, reason = "the type says it")]
        file: PathBuf,
        #[expect(missing_docs, reason = "a schema version")]
        found: i64,
        #[expect(missing_docs, reason = "a schema version")]
        known: i64,
    },
}

impl StoreError {
    /// What the user can do about it.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Folder { source, .. } => io_code(source),
            Self::Database { source, .. } => match source.sqlite_error() {
                Some(error) => match error.code {
                    ErrorCode::ReadOnly
                    | ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::SystemIoFailure => Code::DataFolderUnwritable,
                    _ => Code::Internal,
                },
                None => Code::Internal,
            },
            Self::Full { .. } => Code::DiskFull,
            Self::Damaged { .. } | Self::Newer { .. } => Code::Internal,
        }
    }

    /// The folder or file that it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder { folder: path, .. }
            | Self::Database { file: path, .. }
            | Self::Damaged { file: path, .. }
            | Self::Full { file: path, .. }
            | Self::Newer { file: path, .. } => path,
        }
    }
}

impl StoreError {
    fn of(file: &Path, source: rusqlite::Error) -> Self {
        let file = file.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::Damaged { file, source }
            }
            Some(ErrorCode::DiskFull) => Self::Full { file, source },
            // A full disk looks like a broken one where SQLite does not ask for the reason.
            Some(ErrorCode::SystemIoFailure) if file.parent().is_some_and(is_full) => {
                Self::Full { file, source }
            }
            _ => Self::Database { file, source },
        }
    }
}

/// Whether there is no room for what SQLite asks at most at once; found out by trying, which
/// sees quotas, too.
fn is_full(folder: &Path) -> bool {
    let path = folder.join(format!("room-{}.tmp", uuid::Uuid::new_v4().simple()));
    let written = std::fs::write(&path, [1; 64 * 1024]);
    let _ = std::fs::remove_file(path);
    written.is_err_and(|error| io_code(&error) == Code::DiskFull)
}

/// The code for a failed file operation of ours.
pub(crate) fn io_code(error: &io::Error) -> Code {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::DataFolderUnwritable,
    }
}

/// The open data folder.
pub(crate) struct Store {
    folder: PathBuf,
    file: PathBuf,
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the folder, making it when it is not there, and proves that it can be written.
    /// `max_pages` bounds the database file.
    pub(crate) fn open(folder: &Path, max_pages: Option<u32>) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        create_folder(folder)
            .and_then(|()| private_file(&file))
            .map_err(|source| StoreError::Folder {
                folder: folder.to_owned(),
                source,
            })?;
        let failed = |source| StoreError::of(&file, source);
        let mut connection = Connection::open(&file).map_err(failed)?;
        connection.busy_timeout(BUSY).map_err(failed)?;
        connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| {
                row.get::<_, String>(0)
            })
            .map_err(failed)?;
        connection
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .map_err(failed)?;
        if let Some(pages) = max_pages {
            connection
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| {
                    row.get::<_, i64>(0)
                })
                .map_err(failed)?;
        }
        let found = schema::migrate(&mut connection).map_err(failed)?;
        if found > schema::VERSION {
            return Err(StoreError::Newer {
                file,
                found,
                known: schema::VERSION,
            });
        }
        let store = Self {
            folder: folder.to_owned(),
            file,
            connection: Mutex::new(connection),
        };
        store.prove_writable()?;
        Ok(store)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads and writes in one transaction, all or nothing.
    pub(crate) fn write<T>(
        &self,
        run: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.with(|connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = run(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
    }

    /// Reads.
    pub(crate) fn read<T>(
        &self,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.with(|connection| run(connection))
    }

    fn with<T>(
        &self,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        run(&mut self.connection()).map_err(|source| StoreError::of(&self.file, source))
    }

    // A panic inside a transaction rolled it back, so the connection is as good as before.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    // SQLite opens what it cannot write without a word; this finds out before anything depends
    // on it.
    fn prove_writable(&self) -> Result<(), StoreError> {
        self.write(|transaction| documents::put(transaction, "opened", &env!("CARGO_PKG_VERSION")))
    }
}

/// Makes what is missing of the folder, for this user only. What is there is the user's own and
/// stays as it is.
fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Makes the database file, and sees to it that it and its side files are for this user only,
/// also those of an earlier time. SQLite gives new side files the mode of the database file.
fn private_file(file: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)?;
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        make_private(Path::new(&path));
    }
    Ok(())
}

#[cfg(unix)]
fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let Ok(metadata) = std::fs::metadata(path) else {
        return;
    };
    if metadata.permissions().mode() & 0o077 == 0 {
        return;
    }
    // Not every file system has modes, and no secret is in these files.
    if let Err(error) = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)) {
        tracing::warn!(%error, path = %path.display(), "others may read this file");
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn folder_and_files_are_private() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        let store = Store::open(&folder, None).unwrap();
        store
            .write(|t| documents::put(t, "x", &"y".to_owned()))
            .unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        let files: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(files.len() >= 3, "{files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }

    #[test]
    fn a_folder_of_the_user_keeps_its_mode_and_the_files_in_it_are_private() {
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        let change = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for given in [0o755, 0o1777, 0o700] {
            let folder = tempfile::tempdir().unwrap();
            change(folder.path(), given);
            // Another process has it open, so there are side files.
            let store = Store::open(folder.path(), None).unwrap();
            let files = ["rediseal.db", "rediseal.db-wal", "rediseal.db-shm"]
                .map(|name| folder.path().join(name));
            for file in &files {
                assert_eq!(mode(file), 0o600, "{}", file.display());
                change(file, 0o644);
            }
            drop(Store::open(folder.path(), None).unwrap());
            for file in &files {
                assert_eq!(mode(file), 0o600, "{}", file.display());
            }
            assert_eq!(mode(folder.path()), given);
            drop(store);
        }
    }

    #[test]
    fn a_damaged_database_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(
            &file,
            "no database, and longer than the head of one".repeat(100),
        )
        .unwrap();
        let error = Store::open(folder.path(), None).err().unwrap();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
        assert_eq!(error.path(), file);
        let message = error.to_string();
        assert!(
            message.contains("move it away, or use another data folder"),
            "{message}"
        );
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_unwritable() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Store::open(&file.join("data"), None).err().unwrap();
        assert_eq!(error.code(), Code::DataFolderUnwritable);
        assert_eq!(error.path(), file.join("data"));
    }

    #[test]
    fn a_full_database_is_a_full_disk() {
        let parent = tempfile::tempdir().unwrap();
        drop(Store::open(parent.path(), None).unwrap());
        let store = Store::open(parent.path(), Some(1)).unwrap();
        let error = store
            .write(|t| documents::put(t, "big", &"x".repeat(1 << 20)))
            .unwrap_err();
        assert_eq!(error.code(), Code::DiskFull);
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let store = Store::open(parent.path(), None).unwrap();
        store
            .read(|c| c.execute_batch("PRAGMA user_version = 999"))
            .unwrap();
        drop(store);
        let error = Store::open(parent.path(), None).err().unwrap();
        assert!(matches!(error, StoreError::Newer { found: 999, .. }));
    }
}
