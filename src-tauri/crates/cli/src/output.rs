//! Where results and messages go: results to stdout, in JSON when asked; progress and failures
//! for people to stderr.

use std::io::{self, IsTerminal as _};

use serde::Serialize;
use serde_json::json;

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::language::{Language, say};

/// How this run speaks.
pub(crate) struct Output {
    pub(crate) language: Language,
    json: bool,
    colour: bool,
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
        Self {
            language: global.language.unwrap_or(Language::English),
            json: global.json,
            colour: !global.json && !no_colour && io::stdout().is_terminal(),
        }
    }

    /// The result: `value` for programs, or the text for people.
    pub(crate) fn result(&self, value: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            self.json(value);
        } else {
            write(&mut io::stdout(), &text());
        }
    }

    /// One line of JSON on stdout, flushed.
    pub(crate) fn json(&self, value: &impl Serialize) {
        let line = serde_json::to_string(value)
            .unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string());
        write(&mut io::stdout(), &format!("{line}\n"));
    }

    /// A line about what goes on, for people.
    pub(crate) fn note(&self, text: &str) {
        write(&mut io::stderr(), &format!("{text}\n"));
    }

    pub(crate) fn failure(&self, failure: &Failure) -> Exit {
        if self.json {
            self.json(&json!({ "error": failure.error }));
        } else {
            let mark = say!(self.language, "error: ", "错误：");
            write(
                &mut io::stderr(),
                &format!("{mark}{}\n", failure.text(self.language)),
            );
        }
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
}

/// A reader that went away, such as `head`, is no failure of ours.
fn write(to: &mut impl io::Write, text: &str) {
    let _ = to.write_all(text.as_bytes());
    let _ = to.flush();
}

/// Text that came from a peer or a file: without characters that steer a terminal or turn the
/// text around them.
pub(crate) fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars()
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .collect()
}

/// A duration in microseconds, with as many digits as matter.
pub(crate) fn milliseconds(microseconds: u64) -> String {
    let milliseconds = microseconds as f64 / 1000.0;
    if milliseconds < 1.0 {
        format!("{milliseconds:.2} ms")
    } else if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::{milliseconds, plain};

    #[test]
    fn a_peer_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}"), "a\u{fffd}[2Jb\u{fffd}");
        assert_eq!(plain("腾讯云 redis"), "腾讯云 redis");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(milliseconds(123), "0.12 ms");
        assert_eq!(milliseconds(1_234_567), "1235 ms");
    }
}
