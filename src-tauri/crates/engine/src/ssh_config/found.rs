//! What the lines say of one host.

use std::path::{Path, PathBuf};

use super::lines::Line;
use super::{absolute, pattern};

/// Of each setting the first value; keys are all offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// `HostName`, with its tokens.
    pub(super) host_name: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) user: Option<String>,
    /// As they are written; none when nothing is said.
    pub(super) identity_files: Vec<String>,
    pub(super) known_hosts: Option<Vec<String>>,
    pub(crate) proxy: Option<Proxy>,
}

/// What stands before a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// Explicitly nothing.
    None,
    /// Hosts to go through, in this order.
    Jump(Vec<String>),
    /// A program, which is not run here.
    Command,
}

/// What `%` stands for in paths.
pub(crate) struct Tokens<'a> {
    /// As the user gave it: `%n`.
    pub(crate) given: &'a str,
    /// Where it leads: `%h`.
    pub(crate) host: &'a str,
    /// `%p`.
    pub(crate) port: u16,
    /// On the host: `%r`.
    pub(crate) user: &'a str,
    /// Here: `%u`.
    pub(crate) local_user: &'a str,
    /// `%d`, and `~`.
    pub(crate) home: Option<&'a Path>,
}

/// The lines of one file and all that it includes.
pub(super) fn look(lines: &[Line], host: &str, found: &mut Found) {
    walk(lines, host, found, true, true);
}

/// A file that is included where nothing holds can say nothing at all.
fn walk(lines: &[Line], host: &str, found: &mut Found, mut holds: bool, may_hold: bool) {
    for line in lines {
        match line {
            Line::Host(patterns) => holds = may_hold && pattern::any(patterns, host),
            Line::Match { all } => holds = may_hold && *all,
            Line::Include(files) => {
                for file in files {
                    walk(file, host, found, holds, may_hold && holds);
                }
            }
            Line::Set(keyword, words) if holds => found.set(keyword, words),
            Line::Set(..) => {}
        }
    }
}

impl Found {
    fn set(&mut self, keyword: &str, words: &[String]) {
        let Some(first) = words.first() else {
            return;
        };
        match keyword {
            "hostname" => first_wins(&mut self.host_name, first.clone()),
            "user" => first_wins(&mut self.user, first.clone()),
            "port" => {
                if let Ok(port) = first.parse() {
                    first_wins(&mut self.port, port);
                }
            }
            "identityfile" if self.identity_files.contains(first) => {}
            "identityfile" => self.identity_files.push(first.clone()),
            "userknownhostsfile" => first_wins(&mut self.known_hosts, words.to_vec()),
            "proxyjump" => {
                let jump = match first.eq_ignore_ascii_case("none") {
                    true => Proxy::None,
                    false => Proxy::Jump(first.split(',').map(str::to_owned).collect()),
                };
                first_wins(&mut self.proxy, jump);
            }
            "proxycommand" => {
                let command = match first.eq_ignore_ascii_case("none") {
                    true => Proxy::None,
                    false => Proxy::Command,
                };
                first_wins(&mut self.proxy, command);
            }
            _ => {}
        }
    }

    /// Where a host leads.
    pub(crate) fn host(&self, given: &str) -> String {
        match &self.host_name {
            None => given.to_owned(),
            Some(name) => {
                expand(name, |token| (token == 'h').then(|| given.to_owned()))
                    // What is not understood is no name either, and is said to be none.
                    .unwrap_or_else(|| name.clone())
            }
        }
    }

    /// The keys to offer; none when those in the usual places are meant. A path with a token that
    /// is not known here is left out.
    pub(crate) fn keys(&self, tokens: &Tokens<'_>) -> Option<Vec<PathBuf>> {
        let none = |file: &String| file.eq_ignore_ascii_case("none");
        (!self.identity_files.is_empty()).then(|| {
            let files = self.identity_files.iter().filter(|file| !none(file));
            files.filter_map(|file| tokens.path(file)).collect()
        })
    }

    /// The files of known hosts; none when those in the usual places are meant.
    pub(crate) fn known_hosts(&self, tokens: &Tokens<'_>) -> Option<Vec<PathBuf>> {
        let files = self.known_hosts.as_ref()?;
        let files = files
            .iter()
            .filter(|file| !file.eq_ignore_ascii_case("none"));
        Some(files.filter_map(|file| tokens.path(file)).collect())
    }
}

impl Tokens<'_> {
    fn path(&self, text: &str) -> Option<PathBuf> {
        if text.contains("${") {
            return None;
        }
        let text = expand(text, |token| {
            Some(match token {
                'n' | 'k' => self.given.to_owned(),
                'h' => self.host.to_owned(),
                'p' => self.port.to_string(),
                'r' => self.user.to_owned(),
                'u' => self.local_user.to_owned(),
                'd' => self.home?.display().to_string(),
                _ => return None,
            })
        })?;
        absolute(&text, self.home?, self.home)
    }
}

/// None when there is a token that stands for nothing.
fn expand(text: &str, stands_for: impl Fn(char) -> Option<String>) -> Option<String> {
    let mut expanded = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '%' => match rest.next()? {
                '%' => expanded.push('%'),
                token => expanded += &stands_for(token)?,
            },
            c => expanded.push(c),
        }
    }
    Some(expanded)
}

fn first_wins<T>(setting: &mut Option<T>, value: T) {
    setting.get_or_insert(value);
}
