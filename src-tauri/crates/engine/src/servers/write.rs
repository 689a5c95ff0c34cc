//! A file brought to its place: whole, or not at all.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::files::{Files, Open, Refused};
use super::look::{Look, New, Old, join, octal};
use super::problem::{At as _, problem};
use crate::view::{HostProblem, PutCode, PutOutcome, PutStep};

/// Everything up to the moment at which the file is there.
const PREPARING: Duration = Duration::from_secs(60);

/// How it went.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) outcome: PutOutcome,
    /// Where the old file is now.
    pub(super) backup: Option<String>,
}

/// How it did not.
#[derive(Debug)]
pub(super) struct Undone {
    pub(super) problem: HostProblem,
    /// A temporary file that is still there.
    pub(super) left: Option<String>,
    /// Where the old file is now, if it was moved or copied.
    pub(super) backup: Option<String>,
}

impl From<HostProblem> for Undone {
    fn from(problem: HostProblem) -> Self {
        Self {
            problem,
            left: None,
            backup: None,
        }
    }
}

/// Does what the look says. Until the file is there a cancellation undoes everything; from then on
/// it has no effect.
pub(super) async fn put(
    files: &Files,
    look: &Look,
    new: &New,
    stamp: &str,
    cancel: &CancellationToken,
) -> Result<Done, Undone> {
    let done = |outcome| Done {
        outcome,
        backup: None,
    };
    match look.step {
        PutStep::Same | PutStep::Blocked => return Ok(done(PutOutcome::AlreadyThere)),
        PutStep::Adjust => {
            adjust(files, look).await?;
            return Ok(done(PutOutcome::Adjusted));
        }
        PutStep::Create | PutStep::Replace => {}
    }
    let temporary = join(
        &look.folder,
        &format!(".rediseal-{}.tmp", Uuid::new_v4().simple()),
    );
    let prepared = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(problem(PutCode::Cancelled, [])),
        prepared = timeout(PREPARING, prepare(files, look, new, &temporary)) => {
            prepared.unwrap_or_else(|_| {
                Err(Refused::Lost("it took too long".to_owned()).at(&temporary))
            })
        }
    };
    let swapped = match prepared {
        Ok(()) => swap(files, look, new, &temporary, stamp).await,
        Err(problem) => Err(problem.into()),
    };
    let done = match swapped {
        Ok(done) => done,
        Err(mut undone) => {
            undone.left = match files.remove(&temporary).await {
                Ok(()) | Err(Refused::Missing) => None,
                Err(_) => Some(temporary),
            };
            return Err(undone);
        }
    };
    let there = files.read(&look.path, new.bytes.len()).await;
    let differs = match there {
        Ok(there) if there == new.bytes => return Ok(done),
        Ok(_) => problem(PutCode::Differs, [("path", json!(look.path))]),
        Err(refused) => refused.at(&look.path),
    };
    Err(Undone {
        problem: differs,
        left: None,
        backup: done.backup,
    })
}

/// Writes the temporary file, and sees that it is on the disk as it should.
async fn prepare(
    files: &Files,
    look: &Look,
    new: &New,
    temporary: &str,
) -> Result<(), HostProblem> {
    let size = new.bytes.len();
    let file = match files.create(temporary).await {
        Ok(file) => file,
        // The folder was there a moment ago.
        Err(Refused::Missing) => return Err(Refused::Missing.at(&look.folder)),
        Err(refused) => return Err(files.why(refused, &look.folder, size).await),
    };
    let filled = fill(files, look, new, &file).await;
    let closed = files.close(file).await;
    filled?;
    closed.map_err(|refused| refused.at(temporary))?;
    let back = files.read(temporary, size).await;
    match back.map_err(|refused| refused.at(temporary))? == new.bytes {
        true => Ok(()),
        false => Err(problem(PutCode::Differs, [("path", json!(temporary))])),
    }
}

async fn fill(files: &Files, look: &Look, new: &New, file: &Open) -> Result<(), HostProblem> {
    if let Err(refused) = files.write(file, &new.bytes).await {
        return Err(files.why(refused, &look.folder, new.bytes.len()).await);
    }
    own(files, look, file).await?;
    match files.sync(file).await {
        Ok(()) => Ok(()),
        Err(refused) => Err(files.why(refused, &look.folder, new.bytes.len()).await),
    }
}

/// Owner first: giving a file away may take bits of its mode.
async fn own(files: &Files, look: &Look, file: &Open) -> Result<(), HostProblem> {
    let about = files.about_open(file).await;
    let is = about.map_err(|refused| refused.at(&look.path))?.owner;
    let wanted = |wanted: Option<u32>, is: Option<u32>| wanted.or(is);
    let owner =
        wanted(look.owner.0, is.map(|is| is.0)).zip(wanted(look.owner.1, is.map(|is| is.1)));
    if let Some(owner) = owner.filter(|owner| Some(*owner) != is)
        && let Err(refused) = files.set_owner(file, owner).await
    {
        let owner = json!(format!("{}:{}", owner.0, owner.1));
        return Err(as_code(
            PutCode::OwnerRefused,
            refused,
            look,
            ("owner", owner),
        ));
    }
    match files.set_mode(file, look.mode).await {
        Ok(()) => Ok(()),
        Err(refused) => {
            let mode = json!(octal(look.mode));
            Err(as_code(PutCode::ModeRefused, refused, look, ("mode", mode)))
        }
    }
}

fn as_code(
    code: PutCode,
    refused: Refused,
    look: &Look,
    fact: (&str, serde_json::Value),
) -> HostProblem {
    let mut found = refused.at(&look.path);
    if found.code != PutCode::ConnectionLost {
        found.code = code;
        found.facts.insert(fact.0.to_owned(), fact.1);
    }
    found
}

async fn adjust(files: &Files, look: &Look) -> Result<(), HostProblem> {
    let file = files.open(&look.path).await;
    let file = file.map_err(|refused| refused.at(&look.path))?;
    let owned = own(files, look, &file).await;
    let closed = files.close(file).await;
    owned?;
    closed.map_err(|refused| refused.at(&look.path))
}

/// From here on nothing is left half done by us: each step is one request.
async fn swap(
    files: &Files,
    look: &Look,
    new: &New,
    temporary: &str,
    stamp: &str,
) -> Result<Done, Undone> {
    let Some(old) = &look.old else {
        return match files.rename(temporary, &look.path).await {
            Ok(()) => Ok(Done {
                outcome: PutOutcome::Created,
                backup: None,
            }),
            Err(refused) => Err(not_renamed(files, look, new, refused).await.into()),
        };
    };
    let backup = keep(files, look, old, stamp).await?;
    match files.replace(temporary, &look.path).await {
        Ok(()) => Ok(Done {
            outcome: PutOutcome::Replaced,
            backup: Some(backup),
        }),
        Err(refused) => {
            let problem = not_renamed(files, look, new, refused).await;
            // The old file is where it was.
            let backup = files.remove(&backup).await.is_err().then_some(backup);
            Err(Undone {
                problem,
                left: None,
                backup,
            })
        }
    }
}

async fn not_renamed(files: &Files, look: &Look, new: &New, refused: Refused) -> HostProblem {
    if look.old.is_none()
        && let Refused::Failed(_) = refused
        && let Ok(Some(_)) = files.about_link(&look.path).await
    {
        // Somebody else made it meanwhile.
        return problem(PutCode::ChangedMeanwhile, [("path", json!(look.path))]);
    }
    files.why(refused, &look.folder, new.bytes.len()).await
}

/// Gives the old file a second name, or copies it where the server makes no links. It is never
/// without its own.
async fn keep(files: &Files, look: &Look, old: &Old, stamp: &str) -> Result<String, HostProblem> {
    const MOST: usize = 10;
    let lost = |refused: Refused| refused.at(&look.path);
    for attempt in 1..=MOST {
        let backup = match attempt {
            1 => format!("{}.bak-{stamp}", look.path),
            _ => format!("{}.bak-{stamp}-{attempt}", look.path),
        };
        if files.about_link(&backup).await.map_err(lost)?.is_some() {
            continue;
        }
        if !files.link(&look.path, &backup).await.map_err(lost)? {
            copy(files, look, old, &backup).await?;
        }
        return Ok(backup);
    }
    Err(problem(
        PutCode::ChangedMeanwhile,
        [("path", json!(look.path))],
    ))
}

async fn copy(files: &Files, look: &Look, old: &Old, backup: &str) -> Result<(), HostProblem> {
    let size = old.bytes.len();
    let file = match files.create(backup).await {
        Ok(file) => file,
        Err(refused) => return Err(files.why(refused, &look.folder, size).await),
    };
    let written = async {
        files.write(&file, &old.bytes).await?;
        // Whose it is can only be kept by root.
        if let Some(owner) = old.about.owner {
            let _ = files.set_owner(&file, owner).await;
        }
        if let Some(mode) = old.about.mode {
            files.set_mode(&file, mode).await?;
        }
        files.sync(&file).await
    };
    let written = written.await;
    let closed = files.close(file).await;
    match written.and(closed) {
        Ok(()) => Ok(()),
        Err(refused) => {
            let _ = files.remove(backup).await;
            Err(files.why(refused, &look.folder, size).await)
        }
    }
}
