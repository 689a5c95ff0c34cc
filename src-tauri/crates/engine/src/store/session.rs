//! Which running process a job belongs to.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A mark that lasts as long as the process: a locked file in the data folder. Only jobs of
/// processes that are gone are taken over, so the window and `rediseal-cli` can use one folder.
pub(crate) struct Session {
    id: String,
    path: PathBuf,
    // Unlocked by the operating system however the process ends.
    _lock: File,
}

impl Session {
    /// Begins a session, and clears away what ended ones left.
    pub(crate) fn start(folder: &Path) -> io::Result<Self> {
        for entry in std::fs::read_dir(folder)? {
            if let Some(id) = entry?.file_name().to_str().and_then(id_of) {
                Self::is_alive(folder, id);
            }
        }
        loop {
            let id = uuid::Uuid::new_v4().simple().to_string();
            let path = path(folder, &id);
            let lock = open(&path)?;
            // Another process may take the file for a left one until it is locked, and only
            // until then.
            match lock.try_lock() {
                Ok(()) if path.exists() => {
                    return Ok(Self {
                        id,
                        path,
                        _lock: lock,
                    });
                }
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Whether the process that started session `id` still runs.
    pub(crate) fn is_alive(folder: &Path, id: &str) -> bool {
        let path = path(folder, id);
        let Ok(file) = File::open(&path) else {
            return false;
        };
        match file.try_lock() {
            Ok(()) => {
                let _ = std::fs::remove_file(path);
                false
            }
            Err(TryLockError::WouldBlock) => true,
            // Cannot be told: leaving a job alone loses nothing, taking it twice might.
            Err(TryLockError::Error(_)) => true,
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("session-{id}.lock"))
}

fn id_of(name: &str) -> Option<&str> {
    name.strip_prefix("session-")?.strip_suffix(".lock")
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn alive_until_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let session = Session::start(folder.path()).unwrap();
        let id = session.id().to_owned();
        assert!(Session::is_alive(folder.path(), &id));
        drop(session);
        assert!(!Session::is_alive(folder.path(), &id));
        std::fs::write(path(folder.path(), "left"), "").unwrap();
        let next = Session::start(folder.path()).unwrap();
        let another = Session::start(folder.path()).unwrap();
        assert!(!path(folder.path(), "left").exists());
        for session in [next, another] {
            assert!(Session::is_alive(folder.path(), session.id()));
        }
    }
}
