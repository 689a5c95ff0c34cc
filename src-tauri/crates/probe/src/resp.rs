//! The little of RESP that a test needs: a command out, one reply in.

use redis_protocol::resp2::decode::decode;
use redis_protocol::resp2::types::OwnedFrame;
use zeroize::Zeroizing;

/// No reply to AUTH or PING is longer.
pub(crate) const LONGEST_REPLY: usize = 4096;

/// A command with its arguments, as every Redis reads it.
pub(crate) fn command(arguments: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(format!("*{}\r\n", arguments.len()).into_bytes());
    for argument in arguments {
        bytes.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
        bytes.extend_from_slice(argument);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// What bytes that should be a reply turn out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A reply so far as it goes.
    Incomplete,
    /// A simple string, a string or a number.
    Value(String),
    /// An error: its first word, such as `NOAUTH`, and the whole text.
    Error { code: String, text: String },
    /// No reply to AUTH or PING.
    NotResp,
}

pub(crate) fn read(bytes: &[u8]) -> Reading {
    match bytes.first() {
        None => return Reading::Incomplete,
        // Neither AUTH nor PING is answered with an aggregate.
        Some(b'+' | b'-' | b':' | b'$') => {}
        Some(_) => return Reading::NotResp,
    }
    match decode(bytes) {
        Ok(Some((OwnedFrame::SimpleString(text) | OwnedFrame::BulkString(text), _))) => {
            Reading::Value(String::from_utf8_lossy(&text).into_owned())
        }
        Ok(Some((OwnedFrame::Integer(number), _))) => Reading::Value(number.to_string()),
        Ok(Some((OwnedFrame::Error(text), _))) => {
            let code = text.split(' ').next().unwrap_or_default().to_owned();
            Reading::Error { code, text }
        }
        Ok(None) if bytes.len() < LONGEST_REPLY => Reading::Incomplete,
        Ok(_) | Err(_) => Reading::NotResp,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_arrays_of_strings() {
        assert_eq!(
            command(&[b"AUTH", b"p\r\n"]).as_slice(),
            b"*2\r\n$4\r\nAUTH\r\n$3\r\np\r\n\r\n"
        );
    }

    #[test]
    fn replies_are_told_apart() {
        let error = |code: &str, text: &str| Reading::Error {
            code: code.to_owned(),
            text: text.to_owned(),
        };
        for (bytes, reading) in [
            (&b"+PONG\r\n"[..], Reading::Value("PONG".to_owned())),
            (b"$4\r\nPONG\r\n", Reading::Value("PONG".to_owned())),
            (b":1\r\n", Reading::Value("1".to_owned())),
            (
                b"-NOAUTH Authentication required.\r\n",
                error("NOAUTH", "NOAUTH Authentication required."),
            ),
            (b"+PON", Reading::Incomplete),
            (b"", Reading::Incomplete),
            (b"$-1\r\n", Reading::NotResp),
            (b"*1\r\n:1\r\n", Reading::NotResp),
            (b"HTTP/1.1 400 Bad Request\r\n", Reading::NotResp),
            (b"\x15\x03\x01\x00\x02\x02\x46", Reading::NotResp),
        ] {
            assert_eq!(read(bytes), reading, "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(read(&[b'+'; LONGEST_REPLY]), Reading::NotResp);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }

        #[test]
        fn anything_after_a_type_byte_is_read(kind in "[+:$-]", rest: Vec<u8>) {
            let _ = read(&[kind.as_bytes(), &rest].concat());
        }
    }
}
