//! Where results and messages go: results to stdout, in JSON when asked; progress and failures to
//! stderr, failures in JSON then too.

use std::cell::OnceCell;
use std::io::{self, IsTerminal as _};

use serde::Serialize;
use serde_json::json;

pub(crate) use rediseal_probe::{milliseconds, plain};

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::language::{Language, say};

/// How a text for people begins a command of this program.
const COMMAND: &str = "rediseal-cli ";

/// How this run speaks.
pub(crate) struct Output {
    pub(crate) language: Language,
    json: bool,
    colour: bool,
    /// stderr is a terminal on which a line can be written again.
    live: bool,
    /// [`COMMAND`] with the options that say which cloud, key and folder this run uses, so that a
    /// line that is pasted from a text does not reach another.
    command: String,
    /// Why stdout did not take a result.
    lost: OnceCell<io::Error>,
}

/// What a piece of text means, in colour where there is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Careful,
    Bad,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self {
            language: global.language.unwrap_or(Language::English),
            json: global.json,
            colour: !global.json && !no_colour && !dumb && io::stdout().is_terminal(),
            live: !global.json && !dumb && io::stderr().is_terminal(),
            command: command(global),
            lost: OnceCell::new(),
        }
    }

    /// The result: `value` for programs, or the text for people.
    pub(crate) fn result(&self, value: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            self.json(value);
        } else {
            self.stdout(&self.spoken(&text()));
        }
    }

    /// One line of JSON on stdout, flushed.
    pub(crate) fn json(&self, value: &impl Serialize) {
        self.stdout(&line(value));
    }

    /// A document on stdout, as it is.
    pub(crate) fn verbatim(&self, document: &str) {
        self.stdout(document);
    }

    /// Why stdout did not take all results, if it did not. A reader that went away, such as
    /// `head`, is among the reasons.
    pub(crate) fn lost(&self) -> Option<&io::Error> {
        self.lost.get()
    }

    /// A line about what goes on, for people.
    pub(crate) fn note(&self, text: &str) {
        stderr(&format!("{}\n", self.spoken(text)));
    }

    /// A line beside a result, for people alone.
    pub(crate) fn remark(&self, text: &str) {
        if !self.json {
            self.note(text);
        }
    }

    /// How far it is, on the last line of a terminal; an empty text takes the line away.
    pub(crate) fn progress(&self, text: &str) {
        if self.live {
            stderr(&format!("\r\u{1b}[2K{text}"));
        }
    }

    /// What is missing from the result: `value` for programs, or the text for people.
    pub(crate) fn missing(&self, value: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            stderr(&line(value));
        } else {
            self.note(&text());
        }
    }

    pub(crate) fn failure(&self, failure: &Failure) -> Exit {
        self.missing(&json!({ "error": failure.error }), || {
            let text = failure.text(self.language);
            say!(self.language, "error: {text}", "错误：{text}")
        });
        failure.exit
    }

    pub(crate) fn paint(&self, text: &str, tone: Tone) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => 36,
            Tone::Careful => 33,
            Tone::Bad => 31,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// With the commands in it as they are to be run.
    fn spoken(&self, text: &str) -> String {
        text.replace(COMMAND, &self.command)
    }

    fn stdout(&self, text: &str) {
        if let Err(error) = write(&mut io::stdout(), text) {
            // The first reason is the one.
            let _ = self.lost.set(error);
        }
    }
}

fn command(global: &Global) -> String {
    let folder = global.data_dir.as_ref().map(|path| path.to_string_lossy());
    let options = [
        ("--endpoint", global.endpoint.as_deref()),
        ("--account", global.account.as_deref()),
        ("--data-dir", folder.as_deref()),
    ];
    let mut command = COMMAND.to_owned();
    for (option, value) in options {
        // A URL with a password in it is refused, and not repeated.
        if let Some(value) = value.filter(|value| !value.contains('@')) {
            command += &format!("{option} {} ", quoted(&plain(value)));
        }
    }
    command
}

/// As a POSIX shell takes it for one word.
fn quoted(word: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || "_./:=%+,-".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn line(value: &impl Serialize) -> String {
    let line = serde_json::to_string(value)
        .unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string());
    line + "\n"
}

/// There is nowhere to say that stderr does not take a message.
pub(crate) fn stderr(text: &str) {
    let _ = write(&mut io::stderr(), text);
}

fn write(to: &mut impl io::Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_a_quoted_word_for_one() {
        assert_eq!(quoted("http://127.0.0.1:80"), "http://127.0.0.1:80");
        assert_eq!(quoted("my data"), "'my data'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
