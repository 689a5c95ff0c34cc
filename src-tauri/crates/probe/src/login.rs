//! What a server repeats of a login is kept out of the report. Redis itself does that: the answer
//! to an AUTH that it does not know quotes the arguments.

use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::request::Auth;
use crate::stage::Finding;

/// In the place of what is not shown.
const MASK: &[u8] = b"***";

/// So long a part counts too, since servers cut what they quote.
const PART: usize = 8;

/// The bytes without user and password.
pub(crate) fn masked(bytes: &[u8], auth: Option<&Auth>) -> Vec<u8> {
    let Some(auth) = auth else {
        return bytes.to_vec();
    };
    let bytes = without(bytes, auth.password.expose_secret().as_bytes());
    match &auth.user {
        Some(user) => without(&bytes, user.as_bytes()),
        None => bytes,
    }
}

impl Finding {
    /// The same without user and password in its texts; in `bytes` they are hexadecimal, and have
    /// to be masked before.
    pub(crate) fn without_login(mut self, auth: Option<&Auth>) -> Self {
        for fact in self.facts.values_mut() {
            if let Value::String(text) = fact {
                *text = String::from_utf8_lossy(&masked(text.as_bytes(), auth)).into_owned();
            }
        }
        self
    }
}

fn without(bytes: &[u8], secret: &[u8]) -> Vec<u8> {
    let least = secret.len().clamp(1, PART);
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let same = rest.iter().zip(secret).take_while(|(a, b)| a == b).count();
        if same >= least {
            kept.extend_from_slice(MASK);
            rest = rest.get(same..).unwrap_or_default();
        } else {
            kept.push(*first);
            rest = after;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_secrets_and_long_parts_of_them_are_masked() {
        for (text, secret, left) in [
            ("'alice' 'sesame'", "sesame", "'alice' '***'"),
            ("sesamesesame", "sesame", "******"),
            ("sesam", "sesame", "sesam"),
            ("cut: correct-hor", "correct-horse-battery", "cut: ***"),
            ("x", "", "x"),
        ] {
            let masked = without(text.as_bytes(), secret.as_bytes());
            assert_eq!(String::from_utf8_lossy(&masked), left);
        }
    }
}
