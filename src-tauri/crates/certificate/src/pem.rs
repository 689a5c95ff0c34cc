//! The blocks of a PEM file (RFC 7468) with their places, so that an error can name one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Error, PemProblem};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// How the labels of private keys end.
pub(crate) const PRIVATE_KEY: &str = "PRIVATE KEY";

/// A block and where it stands.
pub(crate) struct Block {
    pub(crate) label: String,
    /// Of a private key nothing.
    pub(crate) content: Vec<u8>,
    /// Counted from 1.
    number: usize,
    /// Of its first line, counted from 1.
    line: usize,
}

impl Block {
    pub(crate) fn error(&self, problem: PemProblem) -> Error {
        Error::Pem {
            block: self.number,
            line: self.line,
            problem,
        }
    }
}

/// Whether anything in it wants to be a PEM block.
pub(crate) fn looks_like_pem(bytes: &[u8]) -> bool {
    [BEGIN, END].iter().any(|mark| {
        bytes
            .windows(mark.len())
            .any(|part| part == mark.as_bytes())
    })
}

/// The blocks, in order, one at a time: a file is not held twice. Text around the blocks is
/// allowed; anything that is meant as a block and is not a whole one is an error.
pub(crate) struct Blocks<'a> {
    lines: Box<dyn Iterator<Item = &'a [u8]> + 'a>,
    /// Lines read.
    line: usize,
    /// Blocks read.
    block: usize,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            lines: Box::new(lines(bytes)),
            line: 0,
            block: 0,
        }
    }

    /// None when no block follows.
    pub(crate) fn next(&mut self) -> Result<Option<Block>, Error> {
        let mut open: Option<Open> = None;
        for line in self.lines.by_ref() {
            self.line += 1;
            let line = String::from_utf8_lossy(line);
            // Concatenated files have byte order marks in the middle.
            let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            match &mut open {
                None if line.contains(BEGIN) || line.contains(END) => {
                    self.block += 1;
                    open = Some(Open::new(line, self.block, self.line)?);
                }
                None => {}
                Some(block) if line.contains(END) => return block.close(line, self.line).map(Some),
                Some(block) => block.push(line, self.line)?,
            }
        }
        match open {
            Some(block) => Err(block.not_ended()),
            None => Ok(None),
        }
    }
}

/// Ended by CR, LF or both.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').flat_map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        line.split(|byte| *byte == b'\r')
    })
}

/// A block whose end was not reached yet.
struct Open {
    label: String,
    base64: String,
    number: usize,
    line: usize,
    last_line: usize,
}

impl Open {
    fn new(line: &str, number: usize, at: usize) -> Result<Self, Error> {
        let error = |problem| Error::Pem {
            block: number,
            line: at,
            problem,
        };
        let label = line
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(DASHES))
            .ok_or_else(|| error(PemProblem::Boundary { line: at }))?;
        Ok(Self {
            label: label.to_owned(),
            base64: String::new(),
            number,
            line: at,
            last_line: at,
        })
    }

    fn push(&mut self, line: &str, at: usize) -> Result<(), Error> {
        if line.contains(BEGIN) {
            return Err(self.not_ended());
        }
        if self.is_private_key() {
            return Ok(());
        }
        let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
        if !line.chars().all(base64) {
            return Err(self.error(PemProblem::NotBase64 { line: at }));
        }
        if !line.is_empty() {
            self.last_line = at;
        }
        self.base64.push_str(line);
        Ok(())
    }

    fn close(&mut self, line: &str, at: usize) -> Result<Block, Error> {
        let ended = line
            .strip_prefix(END)
            .and_then(|rest| rest.strip_suffix(DASHES))
            .filter(|label| !label.contains(DASHES))
            .ok_or_else(|| self.error(PemProblem::Boundary { line: at }))?;
        if ended != self.label {
            return Err(self.error(PemProblem::LabelsDiffer {
                label: self.label.clone(),
                ended: ended.to_owned(),
            }));
        }
        if self.base64.is_empty() && !self.is_private_key() {
            return Err(self.error(PemProblem::Empty));
        }
        let content = STANDARD.decode(&self.base64).map_err(|_| {
            self.error(PemProblem::NotBase64 {
                line: self.last_line,
            })
        })?;
        Ok(Block {
            label: self.label.clone(),
            content,
            number: self.number,
            line: self.line,
        })
    }

    /// Which is passed over and not kept.
    fn is_private_key(&self) -> bool {
        self.label.ends_with(PRIVATE_KEY)
    }

    fn not_ended(&self) -> Error {
        self.error(PemProblem::NotEnded {
            label: self.label.clone(),
        })
    }

    fn error(&self, problem: PemProblem) -> Error {
        Error::Pem {
            block: self.number,
            line: self.line,
            problem,
        }
    }
}
