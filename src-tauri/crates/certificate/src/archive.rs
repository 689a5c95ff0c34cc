//! The downloaded archive, which is not trusted: a bomb, a name that leads elsewhere or a file
//! that is cut off is an error, whatever its headers declare.

use std::collections::HashMap;
use std::io::{Cursor, ErrorKind, Read as _};

use secrecy::SecretString;
use zip::read::ZipFileEntry;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::limits::Count;
use crate::looks::Looks;
use crate::{Certificate, Error, contents, digest};

/// How one begins.
pub(crate) const ARCHIVE: &[u8] = b"PK";

/// How large an archive may be. The vendor's is a few kilobytes with about four files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of the archive itself, bytes.
    pub archive_size: u64,
    /// Files and folders in it.
    pub files: usize,
    /// Of all files together, unpacked, bytes.
    pub unpacked_size: u64,
    /// Unpacked bytes for each byte of the archive. Certificates hardly shrink.
    pub ratio: u64,
    /// Of a name with its folders, bytes.
    pub name_length: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            archive_size: 4 << 20,
            files: 256,
            unpacked_size: 16 << 20,
            ratio: 100,
            name_length: 255,
        }
    }
}

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Names of all files, in the archive's order, folders left out.
    pub files: Vec<String>,
    /// Every certificate, once, in the order of their first file; never empty.
    pub certificates: Vec<Found>,
    /// Bundles and keystores that could not be read, while the other files have certificates.
    pub unread: Vec<Unread>,
    /// How many there are beside the certificates. They are not read.
    pub private_keys: usize,
    /// What else the files hold, such as `CERTIFICATE REQUEST`, by its PEM label or in words.
    pub others: Vec<String>,
    /// In bytes.
    pub size: u64,
    /// Of the archive, lowercase hexadecimal.
    pub sha256: String,
}

/// A certificate and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    #[expect(missing_docs, reason = "the type says it")]
    pub certificate: Certificate,
    /// The files of an archive that hold it.
    pub files: Vec<String>,
    /// The name that a keystore gives it.
    pub alias: Option<String>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "plain words")]
pub struct Unread {
    pub file: String,
    pub error: Error,
}

impl Archive {
    /// As [`Archive::open_with`], without a password.
    ///
    /// # Errors
    /// As there.
    pub fn open(bytes: &[u8], limits: Limits) -> Result<Self, Error> {
        Self::open_with(bytes, limits, None)
    }

    /// Unpacks it in memory and reads every certificate in it: `*.pem`, `*.crt`, `*.cer`, `*.der`,
    /// `*.p7b`, `*.p12`, `*.pfx`, `*.jks` in any folder. Every file is unpacked once, so that what
    /// is saved later is whole. Archives in it are files like any other and are not opened.
    ///
    /// # Errors
    /// Says which file and why; [`Error::NoCertificate`] has the list of files.
    pub fn open_with(
        bytes: &[u8],
        limits: Limits,
        password: Option<&SecretString>,
    ) -> Result<Self, Error> {
        let mut archive = Self {
            files: Vec::new(),
            certificates: Vec::new(),
            unread: Vec::new(),
            private_keys: 0,
            others: Vec::new(),
            size: bytes.len() as u64,
            sha256: digest::sha256(bytes),
        };
        let mut reading = Reading {
            password,
            count: Count::new(),
            positions: HashMap::new(),
        };
        for (name, content) in unpack(bytes, limits)? {
            archive.read(&name, &content, &mut reading)?;
            archive.files.push(name);
        }
        if !archive.certificates.is_empty() {
            return Ok(archive);
        }
        match archive.unread.pop() {
            Some(unread) => Err(in_file(&unread.file, unread.error)),
            None => Err(Error::NoCertificate {
                files: archive.files,
            }),
        }
    }

    fn read(&mut self, name: &str, content: &[u8], reading: &mut Reading<'_>) -> Result<(), Error> {
        let Some(kind) = Kind::of(name) else {
            return Ok(());
        };
        match (
            contents::file(content, reading.password, &mut reading.count),
            kind,
        ) {
            (Ok(read), _) => {
                self.private_keys += read.private_keys;
                self.others.extend(read.others);
                for (certificate, alias) in read.certificates {
                    self.add(certificate, alias, name, reading);
                }
                Ok(())
            }
            // The same certificates again, for Windows or Java, in whatever form its maker chose.
            (Err(error), Kind::Bundle) => {
                self.unread.push(Unread {
                    file: name.to_owned(),
                    error,
                });
                Ok(())
            }
            (Err(error), Kind::Certificates) => Err(in_file(name, error)),
        }
    }

    fn add(
        &mut self,
        certificate: Certificate,
        alias: Option<String>,
        file: &str,
        reading: &mut Reading<'_>,
    ) {
        let sha256 = certificate.facts().sha256.clone();
        let known = reading.positions.get(&sha256);
        match known.and_then(|at| self.certificates.get_mut(*at)) {
            Some(found) => {
                if found.files.last().is_none_or(|known| known != file) {
                    found.files.push(file.to_owned());
                }
                found.alias = found.alias.take().or(alias);
            }
            None => {
                reading.positions.insert(sha256, self.certificates.len());
                self.certificates.push(Found {
                    certificate,
                    files: vec![file.to_owned()],
                    alias,
                });
            }
        }
    }
}

/// What is needed while the files are gone through.
struct Reading<'a> {
    password: Option<&'a SecretString>,
    count: Count,
    /// Where each certificate stands, by its SHA-256.
    positions: HashMap<String, usize>,
}

enum Kind {
    Certificates,
    Bundle,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        let base = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        // What macOS and editors leave beside a file under its name.
        if base.starts_with('.') {
            return None;
        }
        match base.rsplit_once('.')?.1 {
            "pem" | "crt" | "cer" | "der" => Some(Self::Certificates),
            "p7b" | "p7c" | "p12" | "pfx" | "jks" => Some(Self::Bundle),
            _ => None,
        }
    }
}

/// Every file with its content, folders left out.
fn unpack(bytes: &[u8], limits: Limits) -> Result<Vec<(String, Vec<u8>)>, Error> {
    if bytes.len() as u64 > limits.archive_size {
        return Err(Error::TooLarge {
            limit: limits.archive_size,
        });
    }
    if !bytes.starts_with(ARCHIVE) {
        return Err(Error::NotAnArchive {
            looks: Looks::of(bytes),
        });
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unopened(bytes, &error))?;
    if zip.len() > limits.files {
        return Err(Error::TooManyFiles {
            count: zip.len(),
            limit: limits.files,
        });
    }
    if zip.has_duplicate_names() {
        return Err(Error::DuplicateName);
    }
    if zip
        .has_overlapping_entries()
        .map_err(|error| broken(&error))?
    {
        return Err(Error::Overlap);
    }
    let allowed = limits
        .unpacked_size
        .min(limits.ratio.saturating_mul(bytes.len() as u64));
    let mut left = allowed;
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(|error| broken(&error))?;
        let name = checked_name(&entry, limits)?;
        if entry.is_dir() {
            continue;
        }
        let mut content = Vec::new();
        let file = zip.by_index(index).map_err(|error| broken(&error))?;
        file.take(left.saturating_add(1))
            .read_to_end(&mut content)
            .map_err(|error| broken(&ZipError::Io(error)))?;
        left = left
            .checked_sub(content.len() as u64)
            .ok_or_else(|| Error::Bomb {
                name: name.clone(),
                limit: allowed,
            })?;
        files.push((name, content));
    }
    Ok(files)
}

/// A plain relative path with `/`, of something that can be unpacked.
fn checked_name(entry: &ZipFileEntry<'_>, limits: Limits) -> Result<String, Error> {
    let length = entry.name_raw().len();
    if length > limits.name_length {
        return Err(Error::NameTooLong {
            length,
            limit: limits.name_length,
        });
    }
    let name = entry.name().map_or_else(
        |_| String::from_utf8_lossy(entry.name_raw()).into_owned(),
        |name| name.into_owned(),
    );
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if name.is_empty()
        || drive
        || name.starts_with('/')
        || name.split('/').any(|part| part == "..")
        || name.contains(|c: char| c == '\\' || c.is_control())
    {
        return Err(Error::Traversal { name });
    }
    if entry.is_symlink() {
        return Err(Error::Symlink { name });
    }
    if entry.encrypted() {
        return Err(Error::Encrypted { name });
    }
    if !matches!(
        entry.compression(),
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        return Err(Error::Compression { name });
    }
    Ok(name)
}

/// An archive whose directory cannot be read: the directory is at its end, so without the end
/// record it was cut off.
fn unopened(bytes: &[u8], error: &ZipError) -> Error {
    const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";
    if bytes.windows(4).any(|part| part == END_OF_DIRECTORY) {
        broken(error)
    } else {
        Error::Truncated
    }
}

fn broken(error: &ZipError) -> Error {
    match error {
        ZipError::Io(io) if io.kind() == ErrorKind::UnexpectedEof => Error::Truncated,
        other => Error::Damaged {
            reason: other.to_string(),
        },
    }
}

fn in_file(name: &str, error: Error) -> Error {
    Error::InFile {
        name: name.to_owned(),
        error: Box::new(error),
    }
}
