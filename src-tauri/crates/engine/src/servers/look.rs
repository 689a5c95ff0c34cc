//! What is there on a host, and what would be done.

use aws_lc_rs::digest::{SHA256, digest};
use rediseal_certificate::{Certificate, Contents, Facts};
use secrecy::SecretString;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::files::{About, Files, Kind, Refused};
use super::place::Place;
use super::problem::{At as _, problem};
use crate::view::{HostProblem, Present, PutCode, PutStep, Seen};

/// What is larger is no file of certificates; Mozilla's list has a quarter of a megabyte.
const LARGEST: usize = 4 << 20;
/// Certificates that are named.
const NAMED: usize = 20;
/// Of a new file: a CA certificate is public.
const USUAL_MODE: u32 = 0o644;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    /// What is to be written.
    pub(super) path: String,
    /// Its folder.
    pub(super) folder: String,
    link: Option<String>,
    pub(super) old: Option<Old>,
    /// Afterwards.
    pub(super) mode: u32,
    /// Afterwards; what is not said stays as the server makes it.
    pub(super) owner: (Option<u32>, Option<u32>),
    pub(super) step: PutStep,
    syncs: bool,
}

/// The file that is there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Old {
    pub(super) about: About,
    pub(super) bytes: Vec<u8>,
}

/// The file that is to be there.
#[derive(Debug, Clone)]
pub(super) struct New {
    pub(super) bytes: Vec<u8>,
    pub(super) sha256: String,
    /// Of the truststore, if it is one.
    pub(super) password: Option<SecretString>,
}

impl Look {
    /// Reads, and changes nothing.
    pub(super) async fn at(files: &Files, place: &Place, new: &New) -> Result<Self, HostProblem> {
        let folder = folder(files, &place.folder).await?;
        let path = join(&folder, &place.name);
        let (path, link, about) = target(files, path).await?;
        let folder = parent(&path).to_owned();
        let old = match about {
            Some(about) => Some(read(files, &path, about).await?),
            None => None,
        };
        let wanted = place.owner(files).await?;
        let was = old.as_ref().and_then(|old| old.about.owner);
        let owner = (
            wanted.0.or(was.map(|(user, _)| user)),
            wanted.1.or(was.map(|(_, group)| group)),
        );
        let old_mode = old.as_ref().and_then(|old| old.about.mode);
        let mode = place.mode.or(old_mode.map(|mode| mode & 0o777));
        let mode = mode.unwrap_or(USUAL_MODE);
        let step = match &old {
            None => PutStep::Create,
            Some(old) if old.bytes != new.bytes => PutStep::Replace,
            Some(old) if !old.has(owner, mode) => PutStep::Adjust,
            Some(_) => PutStep::Same,
        };
        let look = Self {
            link,
            old,
            mode,
            owner,
            step,
            syncs: files.syncs(),
            folder,
            path,
        };
        look.can_be(files, new).await?;
        Ok(look)
    }

    async fn can_be(&self, files: &Files, new: &New) -> Result<(), HostProblem> {
        if self.step == PutStep::Same {
            return Ok(());
        }
        let path = ("path", json!(self.path));
        if self.step == PutStep::Replace && !files.replaces() {
            return Err(problem(PutCode::NoAtomicReplace, [path]));
        }
        let Some(space) = files.space(&self.folder).await else {
            return Ok(());
        };
        if space.read_only {
            return Err(problem(PutCode::ReadOnly, [path]));
        }
        if self.step != PutStep::Adjust && space.free < new.bytes.len() as u64 {
            return Err(problem(
                PutCode::DiskFull,
                [path, ("free", json!(space.free))],
            ));
        }
        Ok(())
    }

    /// For people.
    pub(super) async fn seen(&self, new: &New) -> Seen {
        let present = match &self.old {
            Some(old) => Some(old.present(new.password.clone()).await),
            None => None,
        };
        Seen {
            path: self.path.clone(),
            link: self.link.clone(),
            present,
            mode: octal(self.mode),
            owner: match self.owner {
                (None, None) => None,
                (user, group) => {
                    let shown = |id: Option<u32>| id.map(|id| id.to_string()).unwrap_or_default();
                    Some(format!("{}:{}", shown(user), shown(group)))
                }
            },
            syncs: self.syncs,
        }
    }

    /// What the plan said and what is there now are the same.
    pub(super) fn holds(&self, planned: &Seen) -> bool {
        let old = self
            .old
            .as_ref()
            .map(|old| (hex(&old.bytes), old.owner(), old.mode()));
        let then = planned.present.as_ref();
        let then = then.map(|then| (then.sha256.clone(), then.owner.clone(), then.mode.clone()));
        self.path == planned.path && self.link == planned.link && old == then
    }
}

impl Old {
    fn has(&self, owner: (Option<u32>, Option<u32>), mode: u32) -> bool {
        let is = |wanted: Option<u32>, is: Option<u32>| wanted.is_none() || wanted == is;
        is(owner.0, self.about.owner.map(|owner| owner.0))
            && is(owner.1, self.about.owner.map(|owner| owner.1))
            && self.about.mode.is_none_or(|is| is == mode)
    }

    fn owner(&self) -> Option<String> {
        self.about
            .owner
            .map(|(user, group)| format!("{user}:{group}"))
    }

    fn mode(&self) -> String {
        self.about.mode.map(octal).unwrap_or_default()
    }

    async fn present(&self, password: Option<SecretString>) -> Present {
        let bytes = self.bytes.clone();
        let read = spawn_blocking(move || certificates(&bytes, password.as_ref()));
        Present {
            size: self.bytes.len() as u64,
            sha256: hex(&self.bytes),
            mode: self.mode(),
            owner: self.owner(),
            certificates: read.await.unwrap_or_default(),
        }
    }
}

fn certificates(bytes: &[u8], password: Option<&SecretString>) -> Vec<Facts> {
    let Ok(contents) = Contents::read(bytes, password) else {
        return Vec::new();
    };
    let found = contents.certificates.iter().take(NAMED);
    let facts = |one: &Certificate| one.facts().clone();
    found.map(|one| facts(&one.certificate)).collect()
}

async fn folder(files: &Files, folder: &str) -> Result<String, HostProblem> {
    let missing = || problem(PutCode::FolderMissing, [("path", json!(folder))]);
    let real = match files.real_path(folder).await {
        Ok(real) => real,
        Err(Refused::Missing) => return Err(missing()),
        Err(refused) => return Err(refused.at(folder)),
    };
    let about = files
        .about(&real)
        .await
        .map_err(|refused| refused.at(&real))?;
    match about.map(|about| about.kind) {
        Some(Kind::Folder) => Ok(real),
        Some(_) => Err(problem(PutCode::FolderIsFile, [("path", json!(real))])),
        None => Err(missing()),
    }
}

/// The file that has the name, or that a symbolic link of that name leads to.
async fn target(
    files: &Files,
    path: String,
) -> Result<(String, Option<String>, Option<About>), HostProblem> {
    let at = |refused: Refused| refused.at(&path);
    let Some(about) = files.about_link(&path).await.map_err(at)? else {
        return Ok((path, None, None));
    };
    let (real, link, about) = match about.kind {
        Kind::Link => {
            let nowhere = || problem(PutCode::LinkLeadsNowhere, [("path", json!(path))]);
            let real = match files.real_path(&path).await {
                Ok(real) => real,
                Err(Refused::Missing) => return Err(nowhere()),
                Err(refused) => return Err(at(refused)),
            };
            let about = files.about(&real).await.map_err(at)?;
            (real, Some(path.clone()), about.ok_or_else(nowhere)?)
        }
        _ => (path.clone(), None, about),
    };
    match about.kind {
        Kind::File => Ok((real, link, Some(about))),
        Kind::Folder => Err(problem(PutCode::IsFolder, [("path", json!(real))])),
        Kind::Link | Kind::Other => Err(problem(PutCode::NotAFile, [("path", json!(real))])),
    }
}

async fn read(files: &Files, path: &str, about: About) -> Result<Old, HostProblem> {
    let too_large = || problem(PutCode::TooLarge, [("path", json!(path))]);
    if about.size > LARGEST as u64 {
        return Err(too_large());
    }
    let read = files.read(path, LARGEST).await;
    let bytes = read.map_err(|refused| refused.at(path))?;
    match bytes.len() > LARGEST {
        true => Err(too_large()),
        false => Ok(Old { about, bytes }),
    }
}

pub(super) fn join(folder: &str, name: &str) -> String {
    match folder.ends_with('/') {
        true => format!("{folder}{name}"),
        false => format!("{folder}/{name}"),
    }
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

pub(super) fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}

pub(super) fn hex(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}
