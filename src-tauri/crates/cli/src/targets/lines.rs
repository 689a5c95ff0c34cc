//! The targets of a file, a line each: `HOST:PORT` or an instance's id, then `name=N` and `sni=N`.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::failure::Failure;
use crate::language::say;
use crate::output::Output;
use crate::test::{INSTANCE, Target, a_url};

/// Bytes: a target with two names, each of the length that DNS allows, is shorter.
const LONGEST: u64 = 1024;

/// How many lines are read ahead of the tests.
const AHEAD: usize = 64;

/// A line that is neither empty nor a comment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    pub(super) target: Result<Target, Bad>,
}

/// Why a line cannot be used. Nothing of it is repeated: it may be a password.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bad {
    TooLong,
    NotText,
    /// It begins with neither an address nor the id of an instance.
    NoTarget,
    /// A URL, or an address with a user.
    Url,
    /// What follows the target is not understood.
    Word,
}

impl Bad {
    pub(super) fn failure(&self, output: &Output) -> Failure {
        let language = output.language;
        match self {
            Self::TooLong => Failure::usage(
                format!("it is longer than {LONGEST} bytes"),
                say!(
                    language,
                    "it is longer than {LONGEST} bytes",
                    "超过 {LONGEST} 字节"
                ),
            ),
            Self::NotText => Failure::usage(
                "it is not UTF-8",
                language.of("it is not UTF-8 text", "不是 UTF-8 文本"),
            ),
            Self::NoTarget => Failure::usage(
                "it begins with neither HOST:PORT nor the id of an instance",
                say!(
                    language,
                    "it begins with neither HOST:PORT nor the id of an instance ({INSTANCE}…)",
                    "开头既不是 HOST:PORT，也不是实例 ID（{INSTANCE}…）"
                ),
            ),
            Self::Url => a_url(output),
            Self::Word => Failure::usage(
                "what follows the target is not understood",
                language.of(
                    "what follows the target is not understood: name=N and sni=N may, once each",
                    "无法理解目标之后的内容：只能有 name=N 与 sni=N，各一次",
                ),
            ),
        }
    }
}

/// Reads as fast as lines are taken. `-` is stdin.
///
/// On a thread of its own: a read of a terminal or a pipe cannot be given up, and must not hold up
/// the end of the program.
pub(super) fn read(file: &Path) -> io::Result<Receiver<io::Result<Line>>> {
    let (sender, lines) = channel(AHEAD);
    if file.as_os_str() == "-" {
        std::thread::spawn(move || send(io::stdin().lock(), &sender));
    } else {
        let file = BufReader::new(File::open(file)?);
        std::thread::spawn(move || send(file, &sender));
    }
    Ok(lines)
}

/// Until the end, an error, or nobody takes them any more.
fn send(mut from: impl BufRead, to: &Sender<io::Result<Line>>) {
    let mut number = 0;
    loop {
        number += 1;
        let line = match next(&mut from) {
            Ok(None) => return,
            Ok(Some(bytes)) => match parse(&bytes).transpose() {
                Some(target) => Ok(Line { number, target }),
                None => continue,
            },
            Err(error) => Err(error),
        };
        let failed = line.is_err();
        if to.blocking_send(line).is_err() || failed {
            return;
        }
    }
}

/// A line without more of it than shows that it is too long; none at the end.
fn next(from: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut part = io::Read::take(&mut *from, LONGEST + 1);
    if part.read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if !bytes.ends_with(b"\n") && part.limit() == 0 {
        from.skip_until(b'\n')?;
    }
    Ok(Some(bytes))
}

/// None where there is no target.
fn parse(line: &[u8]) -> Result<Option<Target>, Bad> {
    if line.len() as u64 > LONGEST {
        return Err(Bad::TooLong);
    }
    let text = std::str::from_utf8(line).map_err(|_| Bad::NotText)?;
    // As Windows begins a text.
    let text = text.trim_start_matches('\u{feff}');
    let mut words = text.split_whitespace().take_while(|w| !w.starts_with('#'));
    let Some(target) = words.next() else {
        return Ok(None);
    };
    let mut target = Target {
        text: target.to_owned(),
        name: None,
        sni: None,
    };
    for word in words {
        let unknown = || Bad::Word;
        let (key, value) = word.split_once('=').ok_or_else(unknown)?;
        let field = match key {
            "name" => &mut target.name,
            "sni" => &mut target.sni,
            _ => return Err(unknown()),
        };
        if value.is_empty() || field.replace(value.to_owned()).is_some() {
            return Err(unknown());
        }
    }
    Ok(Some(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> Vec<Line> {
        let (sender, mut lines) = channel(AHEAD);
        send(text, &sender);
        drop(sender);
        std::iter::from_fn(|| lines.blocking_recv())
            .map(Result::unwrap)
            .collect()
    }

    fn target(text: &str, name: Option<&str>, sni: Option<&str>) -> Result<Target, Bad> {
        Ok(Target {
            text: text.to_owned(),
            name: name.map(str::to_owned),
            sni: sni.map(str::to_owned),
        })
    }

    #[test]
    fn a_bad_line_loses_nothing_else() {
        let long = "x".repeat(5_000);
        let text = format!(
            "\u{feff}10.0.0.7:6379\r\n\n  # all of them\ncrs-1 # the first\n\
             [::1]:1 sni=b.example name=a.example\na:1 port=2\na:1 name=x name=y\na:1 name=\n\
             {long}\nb:2"
        );
        let expected = [
            (1, target("10.0.0.7:6379", None, None)),
            (4, target("crs-1", None, None)),
            (5, target("[::1]:1", Some("a.example"), Some("b.example"))),
            (6, Err(Bad::Word)),
            (7, Err(Bad::Word)),
            (8, Err(Bad::Word)),
            (9, Err(Bad::TooLong)),
            (10, target("b:2", None, None)),
        ];
        let expected = expected.map(|(number, target)| Line { number, target });
        assert_eq!(all(text.as_bytes()), expected);
    }

    #[test]
    fn what_is_no_text_is_said() {
        let lines = all(b"\xff\xfe\na:1");
        assert_eq!(lines[0].target, Err(Bad::NotText));
        assert_eq!(lines[1].target, target("a:1", None, None));
    }

    #[test]
    fn the_end_of_a_long_last_line_is_the_end() {
        let lines = all("y".repeat(3_000).as_bytes());
        assert_eq!(lines.len(), 1);
    }
}
