//! How each language writes a text between its quotes. What is written is printable already.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// A backslash before each of these; everything else as it is.
fn backslashed<W: Write>(mut to: W, text: &str, special: &[char]) -> fmt::Result {
    for letter in text.chars() {
        if special.contains(&letter) {
            to.write_char('\\')?;
        }
        to.write_char(letter)?;
    }
    Ok(())
}

/// `"…"` of Python, Java, JavaScript, Go, Rust and C#: nothing in them is a variable.
#[derive(Clone, Copy)]
pub(super) struct DoubleQuoted;

impl Escaper for DoubleQuoted {
    fn write_escaped_str<W: Write>(&self, to: W, text: &str) -> fmt::Result {
        backslashed(to, text, &['\\', '"'])
    }
}

/// `"…"` of C, where `??/` is a backslash to some compilers.
#[derive(Clone, Copy)]
pub(super) struct C;

impl Escaper for C {
    fn write_escaped_str<W: Write>(&self, to: W, text: &str) -> fmt::Result {
        backslashed(to, text, &['\\', '"', '?'])
    }
}

/// `"…"` of Ruby, where `#{…}` is code.
#[derive(Clone, Copy)]
pub(super) struct Ruby;

impl Escaper for Ruby {
    fn write_escaped_str<W: Write>(&self, to: W, text: &str) -> fmt::Result {
        backslashed(to, text, &['\\', '"', '#'])
    }
}

/// `'…'` of PHP.
#[derive(Clone, Copy)]
pub(super) struct SingleQuoted;

impl Escaper for SingleQuoted {
    fn write_escaped_str<W: Write>(&self, to: W, text: &str) -> fmt::Result {
        backslashed(to, text, &['\\', '\''])
    }
}

/// `'…'` of a POSIX shell, which has no escapes.
#[derive(Clone, Copy)]
pub(super) struct Shell;

impl Escaper for Shell {
    fn write_escaped_str<W: Write>(&self, mut to: W, text: &str) -> fmt::Result {
        to.write_str(&text.replace('\'', r"'\''"))
    }
}

/// A value in a `.properties` file (`java.util.Properties.load`): ISO 8859-1, and blanks at its
/// beginning are not part of it.
#[derive(Clone, Copy)]
pub(super) struct Properties;

impl Escaper for Properties {
    fn write_escaped_str<W: Write>(&self, mut to: W, text: &str) -> fmt::Result {
        for unit in text.encode_utf16() {
            match u8::try_from(unit).map(char::from) {
                Ok(letter @ ('\\' | ' ')) => write!(to, "\\{letter}")?,
                Ok(letter) if letter.is_ascii() => to.write_char(letter)?,
                _ => write!(to, "\\u{unit:04X}")?,
            }
        }
        Ok(())
    }
}
