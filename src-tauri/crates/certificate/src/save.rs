//! A file written whole or not at all.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::{Error, digest};

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// [`Error::Exists`] then.
    No,
    /// Because the user said so.
    Yes,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    #[expect(missing_docs, reason = "as it was asked for")]
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
    /// Lowercase hexadecimal.
    pub sha256: String,
}

/// Writes a temporary file in the same folder, syncs it and renames it: after a crash, a full disk
/// or a failure of any kind the old file, or none, is there, and no temporary one stays.
///
/// # Errors
/// [`Error::Exists`], [`Error::IsFolder`], [`Error::FolderMissing`], [`Error::NotWritable`],
/// [`Error::DiskFull`], [`Error::Write`].
pub fn save(path: &Path, bytes: &[u8], overwrite: Overwrite) -> Result<Saved, Error> {
    let owned = || path.to_owned();
    if path.is_dir() || path.file_name().is_none() {
        return Err(Error::IsFolder { path: owned() });
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |error: io::Error| failure(path, &error);
    let mut file = temporary(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    match overwrite {
        // The system checks and renames in one step, so that nothing that came meanwhile is lost.
        Overwrite::No => file.persist_noclobber(path),
        Overwrite::Yes => file.persist(path),
    }
    .map_err(|error| failed(error.error))?;
    sync_folder(folder);
    Ok(Saved {
        path: owned(),
        size: bytes.len() as u64,
        sha256: digest::sha256(bytes),
    })
}

fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rediseal-").suffix(".tmp");
    // A CA certificate is public, and the client that reads it often runs as another user: the
    // umask decides, as for any file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// The name is on disk too. Not every system and file system can do it, and the file itself is
/// safe by then.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

fn failure(path: &Path, error: &io::Error) -> Error {
    let path = path.to_owned();
    // The error's own text names the temporary file, which says nothing to anyone.
    let reason = || error.kind().to_string();
    match error.kind() {
        ErrorKind::AlreadyExists => Error::Exists { path },
        ErrorKind::NotFound | ErrorKind::NotADirectory => Error::FolderMissing { path },
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Error::NotWritable {
            path,
            reason: reason(),
        },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::DiskFull { path },
        _ => Error::Write {
            path,
            reason: reason(),
        },
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn kind(code: i32) -> Error {
        failure(Path::new("/x/ca.pem"), &io::Error::from_raw_os_error(code))
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_from_a_forbidden_one() {
        let mut full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let error = full.write_all(b"x").unwrap_err();
        let path = PathBuf::from("/dev/full");
        assert_eq!(failure(&path, &error), Error::DiskFull { path });
        let (access, read_only, quota, input_output) = (13, 30, 122, 5);
        assert!(matches!(kind(access), Error::NotWritable { .. }));
        assert!(matches!(kind(read_only), Error::NotWritable { .. }));
        assert!(matches!(kind(quota), Error::DiskFull { .. }));
        assert!(matches!(kind(input_output), Error::Write { .. }));
    }
}
