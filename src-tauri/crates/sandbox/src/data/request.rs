//! Requests of the Redis protocol, read within bounds.

/// A request, its arguments included.
const REQUEST: usize = 64 * 1024;
const ARGUMENTS: usize = 64;
const INLINE: usize = 1024;

/// What the bytes at hand amount to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// Not enough for a request.
    Incomplete,
    /// A request and how many bytes it took. No arguments: an empty line.
    Request(Vec<Vec<u8>>, usize),
    /// Not the protocol; the text says what a Redis would say.
    Malformed(&'static str),
}

/// Reads an array of bulk strings or an inline command. Nesting does not exist in requests, so
/// nothing here recurses.
pub(crate) fn parse(bytes: &[u8]) -> Parsed {
    match bytes.first() {
        None => Parsed::Incomplete,
        Some(b'*') => array(bytes),
        Some(_) => inline(bytes),
    }
}

fn array(bytes: &[u8]) -> Parsed {
    let mut at = 1;
    let count = match number(bytes, &mut at) {
        Ok(Some(count)) if count <= ARGUMENTS => count,
        Ok(None) => return Parsed::Incomplete,
        _ => return Parsed::Malformed("Protocol error: invalid multibulk length"),
    };
    let mut arguments = Vec::with_capacity(count);
    for _ in 0..count {
        match bytes.get(at) {
            None => return Parsed::Incomplete,
            Some(b'$') => at += 1,
            Some(_) => return Parsed::Malformed("Protocol error: expected '$'"),
        }
        let length = match number(bytes, &mut at) {
            Ok(Some(length)) if at + length <= REQUEST => length,
            Ok(None) => return Parsed::Incomplete,
            _ => return Parsed::Malformed("Protocol error: invalid bulk length"),
        };
        let Some(argument) = bytes.get(at..at + length + 2) else {
            return Parsed::Incomplete;
        };
        arguments.push(argument[..length].to_owned());
        at += length + 2;
    }
    Parsed::Request(arguments, at)
}

fn inline(bytes: &[u8]) -> Parsed {
    let window = &bytes[..bytes.len().min(INLINE)];
    let Some(end) = window.iter().position(|byte| *byte == b'\n') else {
        return if bytes.len() >= INLINE {
            Parsed::Malformed("Protocol error: too big inline request")
        } else {
            Parsed::Incomplete
        };
    };
    let words = window[..end]
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .map(<[u8]>::to_owned)
        .collect();
    Parsed::Request(words, end + 1)
}

/// A decimal number and its line end; `None` when the line is not complete.
fn number(bytes: &[u8], at: &mut usize) -> Result<Option<usize>, ()> {
    const DIGITS: usize = 10;
    let rest = &bytes[*at..];
    let Some(end) = rest.iter().take(DIGITS + 2).position(|byte| *byte == b'\n') else {
        return if rest.len() > DIGITS + 1 {
            Err(())
        } else {
            Ok(None)
        };
    };
    let digits = rest[..end].strip_suffix(b"\r").ok_or(())?;
    let digits = std::str::from_utf8(digits).map_err(drop)?;
    *at += end + 1;
    digits.parse().map(Some).map_err(drop)
}

#[cfg(test)]
mod tests {
    use super::{Parsed, parse};

    fn request(words: &[&str], taken: usize) -> Parsed {
        let words = words.iter().map(|word| word.as_bytes().to_owned());
        Parsed::Request(words.collect(), taken)
    }

    #[test]
    fn arrays_and_inline_commands_are_read() {
        assert_eq!(
            parse(b"*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\nrest"),
            request(&["ECHO", "hi"], 22)
        );
        assert_eq!(parse(b"PING  a\r\n"), request(&["PING", "a"], 9));
        assert_eq!(parse(b"\r\n"), request(&[], 2));
    }

    #[test]
    fn every_prefix_of_a_request_is_incomplete() {
        let whole = b"*2\r\n$4\r\nECHO\r\n$12\r\nhello, world\r\n";
        for end in 0..whole.len() {
            assert_eq!(parse(&whole[..end]), Parsed::Incomplete, "{end}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_malformed() {
        for bytes in [
            &b"*65\r\n"[..],
            b"*-1\r\n",
            b"*99999999999999\r\n",
            b"*1\r\n*1\r\n",
            b"*1\r\n$70000\r\n",
            b"*1\r\n$-1\r\n",
            b"*x\r\n",
            &[b'a'; 2000],
        ] {
            assert!(matches!(parse(bytes), Parsed::Malformed(_)), "{bytes:?}");
        }
    }
}
