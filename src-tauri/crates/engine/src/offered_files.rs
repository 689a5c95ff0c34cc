//! Files of certificates that the user dropped on the window or chose. The page knows them by
//! number; what is in them stays here.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rediseal_certificate::{Certificate, Contents, Error as FileError, FILE_LIMIT};
use rediseal_probe::{Address, Language};
use secrecy::SecretString;

use crate::engine::Engine;
use crate::error::Error;
use crate::inspection::{inspect, signed_by, text};
use crate::view::{FileLook, Inspected, InspectedPage, Inspection, OfferedFile, Signed};

/// Those that are remembered at a time; the oldest go.
const FILES: usize = 16;
/// Certificates that are shown at a time.
const PAGE: usize = 100;

/// By number, which grows.
#[derive(Default)]
pub(crate) struct OfferedFiles(Mutex<BTreeMap<u32, Offered>>);

struct Offered {
    path: PathBuf,
    /// Once it was opened.
    opened: Option<Arc<Opened>>,
}

struct Opened {
    /// Without the certificates.
    summary: Inspection,
    inspected: Vec<Inspected>,
    certificates: Vec<Certificate>,
}

impl OfferedFiles {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Offered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Makes files known that the user wants to have inspected; the path never comes from the page.
    #[must_use]
    pub fn offer_files(&self, paths: Vec<PathBuf>) -> Vec<OfferedFile> {
        let mut files = self.inner.offered_files.lock();
        let next = files.last_key_value().map_or(0, |(last, _)| last + 1);
        let offered: Vec<_> = (next..)
            .zip(paths.into_iter().take(FILES))
            .map(|(id, path)| {
                let shown = path.display().to_string();
                files.insert(id, Offered { path, opened: None });
                OfferedFile { id, path: shown }
            })
            .collect();
        while files.len() > FILES {
            files.pop_first();
        }
        offered
    }

    /// Opens an offered file. What is wrong with it is told in `language`.
    ///
    /// # Errors
    ///
    /// When there is no such file any more.
    pub async fn inspect(
        &self,
        id: u32,
        password: Option<SecretString>,
        language: Language,
    ) -> Result<FileLook, Error> {
        let path = match self.inner.offered_files.lock().get(&id) {
            Some(offered) => offered.path.clone(),
            None => return Err(forgotten()),
        };
        let now = self.now();
        let reading = tokio::task::spawn_blocking(move || {
            let bytes = read(&path)?;
            let contents = Contents::read(&bytes, password.as_ref())?;
            let found = contents.certificates.iter();
            let certificates = found.map(|found| found.certificate.clone()).collect();
            let (file, size) = (path.display().to_string(), bytes.len() as u64);
            let mut summary = inspect(file, size, contents, now, language);
            Ok(Opened {
                inspected: std::mem::take(&mut summary.certificates),
                summary,
                certificates,
            })
        });
        // A panic in a reader is the only other end.
        let opened = match reading.await.map_err(io::Error::other) {
            Ok(Ok(opened)) => Arc::new(opened),
            Ok(Err(NotOpened::File(error))) => {
                return Ok(match error {
                    FileError::PasswordNeeded => FileLook::PasswordNeeded,
                    FileError::PasswordWrong => FileLook::PasswordWrong,
                    error => FileLook::Unreadable {
                        problem: error.code().to_owned(),
                        error: text(&error, language),
                    },
                });
            }
            Ok(Err(NotOpened::Io(error))) | Err(error) => {
                return Ok(FileLook::Unreadable {
                    problem: "io".to_owned(),
                    error: error.to_string(),
                });
            }
        };
        if let Some(offered) = self.inner.offered_files.lock().get_mut(&id) {
            offered.opened = Some(Arc::clone(&opened));
        }
        Ok(FileLook::Open {
            total: opened.certificates.len(),
            inspection: Inspection {
                certificates: page(&opened, "", 0).certificates,
                ..opened.summary.clone()
            },
        })
    }

    /// The certificates of an open file that have `text` in a name, a serial number or a
    /// fingerprint, from the one at `from` on.
    ///
    /// # Errors
    ///
    /// When the file is not open any more.
    pub fn inspected(&self, id: u32, text: &str, from: usize) -> Result<InspectedPage, Error> {
        let opened = self.opened(id)?;
        Ok(page(&opened, text, from))
    }

    /// Whether one of an open file's certificates signed what a server shows now.
    ///
    /// # Errors
    ///
    /// When the file is not open any more, the address has not the form `host:port`, or no
    /// certificate of the file can be an authority.
    pub async fn signer(&self, id: u32, address: &str) -> Result<Signed, Error> {
        let opened = self.opened(id)?;
        let own: Vec<_> = opened.certificates.iter().collect();
        Ok(signed_by(&own, Address::parse(address)?, self.now()).await?)
    }

    fn opened(&self, id: u32) -> Result<Arc<Opened>, Error> {
        let files = self.inner.offered_files.lock();
        let opened = files.get(&id).and_then(|offered| offered.opened.clone());
        opened.ok_or_else(forgotten)
    }
}

fn forgotten() -> Error {
    Error::InvalidInput {
        field: "file",
        problem: "it is not open any more".to_owned(),
    }
}

fn page(opened: &Opened, text: &str, from: usize) -> InspectedPage {
    let wanted = text.trim().to_lowercase();
    let bare = wanted.replace([':', ' '], "");
    let fits = |one: &&Inspected| {
        let facts = &one.facts;
        let mut names = [&facts.subject, &facts.issuer]
            .into_iter()
            .chain(facts.names.iter().map(|name| &name.value))
            .chain(&one.alias)
            .chain(&one.files);
        names.any(|name| name.to_lowercase().contains(&wanted))
            || [&facts.sha256, &facts.sha1, &facts.serial]
                .into_iter()
                .any(|number| number.replace(':', "").contains(&bare))
    };
    let found: Vec<_> = opened.inspected.iter().filter(fits).collect();
    InspectedPage {
        found: found.len(),
        certificates: found.into_iter().skip(from).take(PAGE).cloned().collect(),
    }
}

/// Why a file could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOpened {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    File(#[from] FileError),
}

/// A regular file, no larger than [`FILE_LIMIT`]: a device or a pipe may have no end.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, NotOpened> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
    }
    let mut bytes = Vec::new();
    let limited = &mut File::open(path)?.take(FILE_LIMIT + 1);
    limited.read_to_end(&mut bytes)?;
    match bytes.len() as u64 > FILE_LIMIT {
        true => Err(FileError::TooLarge { limit: FILE_LIMIT }.into()),
        false => Ok(bytes),
    }
}
