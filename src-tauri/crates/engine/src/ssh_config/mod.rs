//! `~/.ssh/config`, as far as it says how a host is reached: ssh_config(5). The judge is `ssh -G`.
//!
//! `lines` reads files, `found` picks what holds for one host.

mod found;
mod lines;
mod pattern;

use std::path::{Path, PathBuf};

pub(crate) use self::found::{Found, Proxy, Tokens};
use self::lines::{Line, Reading};
use crate::detect::Environment;
use crate::view::ConfigNote;

/// Of all users of this computer.
const GLOBAL_FOLDER: &str = "/etc/ssh";

/// How many hosts are offered; the others can still be typed.
const MOST_HOSTS: usize = 1000;

/// Both files, read once.
#[derive(Debug, Default)]
pub(crate) struct SshConfig {
    /// The user's own, then the computer's: the first value wins.
    files: Vec<Vec<Line>>,
    /// What could not be taken into account.
    pub(crate) notes: Vec<ConfigNote>,
}

impl SshConfig {
    /// Reads what this computer has. What is not there says nothing; what cannot be read is a note.
    pub(crate) async fn read(environment: &Environment) -> Self {
        let home = environment.home.clone();
        let read = tokio::task::spawn_blocking(move || {
            let own = home.as_deref().map(|home| home.join(".ssh"));
            Self::of(
                own.as_deref(),
                Some(Path::new(GLOBAL_FOLDER)),
                home.as_deref(),
            )
        });
        read.await.unwrap_or_default()
    }

    fn of(own: Option<&Path>, global: Option<&Path>, home: Option<&Path>) -> Self {
        let mut reading = Reading::new(home.map(Path::to_owned));
        let own = own.map(|folder| reading.own(&folder.join("config"), folder));
        let global = global.map(|folder| reading.global(&folder.join("ssh_config"), folder));
        Self {
            files: own.into_iter().chain(global).collect(),
            notes: reading.notes,
        }
    }

    /// What is said of a host, by the name that the user gave it.
    pub(crate) fn find(&self, host: &str) -> Found {
        let mut found = Found::default();
        for file in &self.files {
            found::look(file, host, &mut found);
        }
        found
    }

    /// The hosts that have a name of their own, in the order of the files.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let mut names = Vec::new();
        for file in &self.files {
            lines::names(file, &mut names, MOST_HOSTS);
        }
        names
    }
}

/// A path as it is written in a file, absolute.
fn absolute(text: &str, folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    match (text.strip_prefix('~'), home) {
        (Some(""), Some(home)) => Some(home.to_owned()),
        (Some(rest), Some(home)) => Some(home.join(rest.strip_prefix('/')?)),
        (Some(_), None) => None,
        (None, _) => Some(folder.join(text)),
    }
}

#[cfg(test)]
mod tests;
