//! Files of lines, with those that they include in their place.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::absolute;
use super::pattern;
use crate::view::{ConfigNote, ConfigProblem};

/// Far more than anybody writes by hand.
const LONGEST_FILE: u64 = 1024 * 1024;
/// As OpenSSH.
const DEEPEST: usize = 16;
/// With all that are included.
const MOST_FILES: usize = 256;

/// A line that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// What follows is about hosts of these patterns.
    Host(Vec<String>),
    /// What follows is about all hosts, or, for conditions that are not worked out here, none.
    Match { all: bool },
    /// The lines of other files.
    Include(Vec<Vec<Line>>),
    /// The keyword is in lower case.
    Set(String, Vec<String>),
}

/// What was read so far, and what was odd about it.
pub(super) struct Reading {
    home: Option<PathBuf>,
    files: usize,
    pub(super) notes: Vec<ConfigNote>,
}

impl Reading {
    pub(super) const fn new(home: Option<PathBuf>) -> Self {
        Self {
            home,
            files: 0,
            notes: Vec::new(),
        }
    }

    /// Of the user, which nobody else may have written.
    pub(super) fn own(&mut self, file: &Path, folder: &Path) -> Vec<Line> {
        if written_by_others(file) {
            self.note(file, None, ConfigProblem::WritableByOthers);
            return Vec::new();
        }
        self.file(file, folder, 0)
    }

    pub(super) fn global(&mut self, file: &Path, folder: &Path) -> Vec<Line> {
        self.file(file, folder, 0)
    }

    fn file(&mut self, file: &Path, folder: &Path, depth: usize) -> Vec<Line> {
        if depth > DEEPEST || self.files >= MOST_FILES {
            self.note(file, None, ConfigProblem::TooManyFiles);
            return Vec::new();
        }
        self.files += 1;
        let mut bytes = Vec::new();
        let read = File::open(file).and_then(|file| {
            let mut limited = file.take(LONGEST_FILE + 1);
            limited.read_to_end(&mut bytes)
        });
        match read {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(_) => {
                self.note(file, None, ConfigProblem::Unreadable);
                return Vec::new();
            }
            Ok(size) if size as u64 > LONGEST_FILE => {
                self.note(file, None, ConfigProblem::TooLarge);
                return Vec::new();
            }
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let Some((keyword, words)) = words(line) else {
                continue;
            };
            lines.push(match keyword.as_str() {
                "host" => Line::Host(words),
                "match" => {
                    let all = matches!(&words[..], [all] if all.eq_ignore_ascii_case("all"));
                    if !all {
                        self.note(file, Some(number + 1), ConfigProblem::MatchSkipped);
                    }
                    Line::Match { all }
                }
                "include" => {
                    let files = words.iter().flat_map(|word| self.named(word, folder));
                    let files: Vec<_> = files.collect();
                    let included = files.iter().map(|file| self.file(file, folder, depth + 1));
                    Line::Include(included.collect())
                }
                _ => Line::Set(keyword, words),
            });
        }
        lines
    }

    /// The files of an `Include`: a path, with patterns in its last part only.
    fn named(&self, word: &str, folder: &Path) -> Vec<PathBuf> {
        let Some(path) = absolute(word, folder, self.home.as_deref()) else {
            return Vec::new();
        };
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Vec::new();
        };
        let name = name.to_string_lossy();
        if !name.contains(['*', '?']) {
            return vec![path];
        }
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries
            .filter(|entry| {
                let file = entry.file_name();
                let file = file.to_string_lossy();
                // As in a shell, hidden files are meant only by name.
                file.starts_with('.') == name.starts_with('.') && pattern::matches(&name, &file)
            })
            .map(|entry| entry.path())
            .take(MOST_FILES)
            .collect();
        found.sort();
        found
    }

    fn note(&mut self, file: &Path, line: Option<usize>, problem: ConfigProblem) {
        self.notes.push(ConfigNote {
            file: file.display().to_string(),
            line,
            problem,
        });
    }
}

/// The names of hosts that are no patterns, each once.
pub(super) fn names(lines: &[Line], names: &mut Vec<String>, most: usize) {
    for line in lines {
        match line {
            Line::Host(patterns) => {
                for name in patterns.iter().filter(|name| !pattern::is_pattern(name)) {
                    if names.len() < most && !names.contains(name) {
                        names.push(name.clone());
                    }
                }
            }
            Line::Include(files) => {
                for file in files {
                    self::names(file, names, most);
                }
            }
            Line::Match { .. } | Line::Set(..) => {}
        }
    }
}

/// Keyword and arguments; none where there is nothing but a comment, or a quote that never ends.
fn words(line: &str) -> Option<(String, Vec<String>)> {
    let line = line.trim();
    let end = line.find(|c: char| c.is_whitespace() || c == '=')?;
    let (keyword, rest) = line.split_at(end);
    if keyword.starts_with('#') {
        return None;
    }
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest);
    let words = arguments(rest)?;
    (!words.is_empty()).then(|| (keyword.to_ascii_lowercase(), words))
}

/// Words with spaces stand in quotes; `#` before a word begins a comment.
fn arguments(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        if rest.peek().is_none_or(|c| *c == '#') {
            return Some(words);
        }
        let mut word = String::new();
        let mut quote = None;
        loop {
            match (rest.next(), quote) {
                (None, Some(_)) => return None,
                (None, None) => break,
                (Some('\\'), _) if rest.peek().is_some_and(|c| escapable(*c, quote)) => {
                    word.extend(rest.next());
                }
                (Some(c), Some(open)) if c == open => quote = None,
                (Some(c @ ('"' | '\'')), None) => quote = Some(c),
                (Some(c), None) if c.is_whitespace() => break,
                (Some(c), _) => word.push(c),
            }
        }
        words.push(word);
    }
}

const fn escapable(c: char, quote: Option<char>) -> bool {
    matches!(c, '"' | '\'' | '\\') || (c == ' ' && quote.is_none())
}

#[cfg(unix)]
fn written_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    const GROUP_OR_OTHERS: u32 = 0o022;
    std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & GROUP_OR_OTHERS != 0)
}

#[cfg(not(unix))]
const fn written_by_others(_: &Path) -> bool {
    false
}
