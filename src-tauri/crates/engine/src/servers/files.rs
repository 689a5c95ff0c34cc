//! The files of a host, over SFTP: draft-ietf-secsh-filexfer-02, and what OpenSSH adds to it
//! (PROTOCOL, section 4).

use std::collections::HashMap;

use rediseal_probe::SshHost;
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error as Sftp;
use russh_sftp::extensions::{FSYNC, HARDLINK, STATVFS};
use russh_sftp::protocol::{FileAttributes, OpenFlags, Packet, StatusCode};
use serde_json::json;

use super::problem::{At as _, problem};
use crate::view::{HostProblem, PutCode};

const POSIX_RENAME: &str = "posix-rename@openssh.com";

/// What every server takes in one packet.
const CHUNK: usize = 32 * 1024;

/// Why the server did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    Missing,
    Denied,
    /// In the server's words.
    Failed(String),
    /// The connection is of no use any more.
    Lost(String),
}

/// What is known of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct About {
    pub(super) kind: Kind,
    pub(super) size: u64,
    /// The nine bits of read, write and execute, and three more.
    pub(super) mode: Option<u32>,
    pub(super) owner: Option<(u32, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

/// What is known of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Space {
    pub(super) read_only: bool,
    /// Bytes, for this user.
    pub(super) free: u64,
}

/// A session of SFTP.
pub(super) struct Files {
    session: RawSftpSession,
    extensions: HashMap<String, String>,
}

/// A file that is open, until it is closed.
pub(super) struct Open(String);

impl Files {
    pub(super) async fn of(host: &SshHost) -> Result<Self, HostProblem> {
        let stream = host.subsystem("sftp").await.map_err(|error| {
            let code = match error.kind() {
                std::io::ErrorKind::Unsupported => PutCode::NoSftp,
                _ => PutCode::ConnectionLost,
            };
            problem(code, [("said", json!(error.to_string()))])
        })?;
        let session = RawSftpSession::new(stream);
        let version = session
            .init()
            .await
            .map_err(|error| problem(PutCode::NoSftp, [("said", json!(error.to_string()))]))?;
        Ok(Self {
            session,
            extensions: version.extensions,
        })
    }

    /// Whether a file can be replaced in one step.
    pub(super) fn replaces(&self) -> bool {
        self.has(POSIX_RENAME, "1")
    }

    /// Whether a file can be brought to the disk.
    pub(super) fn syncs(&self) -> bool {
        self.has(FSYNC, "1")
    }

    fn has(&self, extension: &str, version: &str) -> bool {
        self.extensions.get(extension).is_some_and(|v| v == version)
    }

    /// Absolute, without symbolic links.
    pub(super) async fn real_path(&self, path: &str) -> Result<String, Refused> {
        let names = self.session.realpath(path).await?;
        let first = names.files.into_iter().next();
        let first = first.ok_or_else(|| Refused::Failed("no name".to_owned()))?;
        Ok(first.filename)
    }

    /// Of where a symbolic link leads; none when nothing is there.
    pub(super) async fn about(&self, path: &str) -> Result<Option<About>, Refused> {
        there(self.session.stat(path).await.map(|found| found.attrs))
    }

    /// Of a symbolic link itself.
    pub(super) async fn about_link(&self, path: &str) -> Result<Option<About>, Refused> {
        there(self.session.lstat(path).await.map(|found| found.attrs))
    }

    pub(super) async fn about_open(&self, file: &Open) -> Result<About, Refused> {
        Ok(about(&self.session.fstat(file.0.as_str()).await?.attrs))
    }

    /// No more than `limit` and one byte, which tells that there is more.
    pub(super) async fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Refused> {
        let opened = self
            .session
            .open(path, OpenFlags::READ, FileAttributes::empty());
        let file = Open(opened.await?.handle);
        let read = self.read_open(&file, limit).await;
        self.close(file).await?;
        read
    }

    async fn read_open(&self, file: &Open, limit: usize) -> Result<Vec<u8>, Refused> {
        let mut bytes = Vec::new();
        while bytes.len() <= limit {
            let wanted = CHUNK.min(limit + 1 - bytes.len());
            let asked = u32::try_from(wanted).unwrap_or(u32::MAX);
            let read = self
                .session
                .read(file.0.as_str(), bytes.len() as u64, asked);
            match read.await {
                Ok(part) if part.data.is_empty() => break,
                Ok(part) => bytes.extend_from_slice(part.data.get(..wanted).unwrap_or(&part.data)),
                Err(Sftp::Status(status)) if status.status_code == StatusCode::Eof => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(bytes)
    }

    /// A new file for whoever logged in alone; fails when there is one.
    pub(super) async fn create(&self, path: &str) -> Result<Open, Refused> {
        const OWNER_ONLY: u32 = 0o600;
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUDE;
        let attributes = FileAttributes {
            permissions: Some(OWNER_ONLY),
            ..FileAttributes::empty()
        };
        Ok(Open(
            self.session.open(path, flags, attributes).await?.handle,
        ))
    }

    pub(super) async fn write(&self, file: &Open, bytes: &[u8]) -> Result<(), Refused> {
        for (at, chunk) in bytes.chunks(CHUNK).enumerate() {
            let offset = (at * CHUNK) as u64;
            let written = self.session.write(file.0.as_str(), offset, chunk.to_vec());
            written.await?;
        }
        Ok(())
    }

    /// To the disk, where the server can.
    pub(super) async fn sync(&self, file: &Open) -> Result<(), Refused> {
        if self.syncs() {
            self.session.fsync(file.0.as_str()).await?;
        }
        Ok(())
    }

    pub(super) async fn close(&self, file: Open) -> Result<(), Refused> {
        self.session.close(file.0).await?;
        Ok(())
    }

    pub(super) async fn set_owner(&self, file: &Open, owner: (u32, u32)) -> Result<(), Refused> {
        let attributes = FileAttributes {
            uid: Some(owner.0),
            gid: Some(owner.1),
            ..FileAttributes::empty()
        };
        self.session.fsetstat(file.0.as_str(), attributes).await?;
        Ok(())
    }

    pub(super) async fn set_mode(&self, file: &Open, mode: u32) -> Result<(), Refused> {
        let attributes = FileAttributes {
            permissions: Some(mode),
            ..FileAttributes::empty()
        };
        self.session.fsetstat(file.0.as_str(), attributes).await?;
        Ok(())
    }

    /// To set owner and mode of.
    pub(super) async fn open(&self, path: &str) -> Result<Open, Refused> {
        let opened = self
            .session
            .open(path, OpenFlags::READ, FileAttributes::empty());
        Ok(Open(opened.await?.handle))
    }

    /// A second name for a file, where the server can; false when it cannot or may not.
    pub(super) async fn link(&self, old: &str, new: &str) -> Result<bool, Refused> {
        if !self.has(HARDLINK, "1") {
            return Ok(false);
        }
        match self.session.hardlink(old, new).await.map_err(Refused::from) {
            Ok(_) => Ok(true),
            Err(Refused::Lost(why)) => Err(Refused::Lost(why)),
            Err(_) => Ok(false),
        }
    }

    /// Never replaces anything: the protocol says so, and OpenSSH keeps to it.
    pub(super) async fn rename(&self, old: &str, new: &str) -> Result<(), Refused> {
        self.session.rename(old, new).await?;
        Ok(())
    }

    /// In one step: whoever opens the name meanwhile finds the one file or the other, whole.
    pub(super) async fn replace(&self, old: &str, new: &str) -> Result<(), Refused> {
        let data = [old, new].map(string).concat();
        match self.session.extended(POSIX_RENAME, data).await? {
            Packet::Status(status) if status.status_code == StatusCode::Ok => Ok(()),
            Packet::Status(status) => Err(Sftp::Status(status).into()),
            _ => Err(Sftp::UnexpectedPacket.into()),
        }
    }

    pub(super) async fn remove(&self, path: &str) -> Result<(), Refused> {
        self.session.remove(path).await?;
        Ok(())
    }

    /// None where the server does not tell.
    pub(super) async fn space(&self, path: &str) -> Option<Space> {
        const READ_ONLY: u64 = 1;
        if !self.has(STATVFS, "2") {
            return None;
        }
        let found = self.session.statvfs(path).await.ok()?;
        Some(Space {
            read_only: found.flags & READ_ONLY != 0,
            free: match found.inodes > 0 && found.inodes_avail == 0 {
                true => 0,
                false => found.blocks_avail.saturating_mul(found.fragment_size),
            },
        })
    }

    /// What a refusal to write so many bytes in a folder means, which SFTP has no code for.
    pub(super) async fn why(&self, refused: Refused, folder: &str, size: usize) -> HostProblem {
        let mut found = refused.at(folder);
        if !matches!(
            found.code,
            PutCode::ServerFailed | PutCode::PermissionDenied
        ) {
            return found;
        }
        if let Some(space) = self.space(folder).await {
            if space.read_only {
                found.code = PutCode::ReadOnly;
            } else if found.code == PutCode::ServerFailed && space.free < size as u64 {
                found.code = PutCode::DiskFull;
                found.facts.insert("free".to_owned(), json!(space.free));
            }
        }
        found
    }
}

impl From<Sftp> for Refused {
    fn from(error: Sftp) -> Self {
        match error {
            Sftp::Status(status) => match status.status_code {
                StatusCode::NoSuchFile => Self::Missing,
                StatusCode::PermissionDenied => Self::Denied,
                StatusCode::NoConnection | StatusCode::ConnectionLost => {
                    Self::Lost(status.error_message)
                }
                _ => Self::Failed(status.error_message),
            },
            Sftp::Limited(why) => Self::Failed(why),
            error => Self::Lost(error.to_string()),
        }
    }
}

fn there(found: Result<FileAttributes, Sftp>) -> Result<Option<About>, Refused> {
    match found.map_err(Refused::from) {
        Ok(attributes) => Ok(Some(about(&attributes))),
        Err(Refused::Missing) => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// The numbers are those of POSIX, whatever the server runs on.
fn about(attributes: &FileAttributes) -> About {
    const TYPE: u32 = 0o170_000;
    const MODE: u32 = 0o7777;
    About {
        kind: match attributes.permissions.map(|mode| mode & TYPE) {
            Some(0o100_000) => Kind::File,
            Some(0o040_000) => Kind::Folder,
            Some(0o120_000) => Kind::Link,
            _ => Kind::Other,
        },
        size: attributes.size.unwrap_or_default(),
        mode: attributes.permissions.map(|mode| mode & MODE),
        owner: attributes.uid.zip(attributes.gid),
    }
}

/// RFC 4251 5.
fn string(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), text.as_bytes()].concat()
}
