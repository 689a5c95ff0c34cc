//! The two keys that the sandbox knows.

use std::time::Duration;

use rand::{RngExt, rngs::StdRng};
use secrecy::SecretString;

/// How long a temporary key holds, simulated.
const TEMPORARY: Duration = Duration::from_secs(2 * 60 * 60);

/// The keys that requests may be signed with.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) permanent: Key,
    pub(crate) temporary: Key,
    /// Goes with the temporary key.
    pub(crate) token: SecretString,
}

/// A SecretId and its SecretKey.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
}

/// Why a token does not fit the key that signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenProblem {
    /// A permanent key was sent with one.
    NotExpected,
    /// A temporary key was sent without it, or with another one.
    Wrong,
    Expired,
}

impl Credentials {
    pub(crate) fn new(random: &mut StdRng) -> Self {
        Self {
            permanent: Key::new("AKID", random),
            temporary: Key::new("AKIDtmp", random),
            token: alphanumeric(random, 64).into(),
        }
    }

    pub(crate) fn key(&self, id: &str) -> Option<&Key> {
        [&self.permanent, &self.temporary]
            .into_iter()
            .find(|key| key.id == id)
    }

    pub(crate) fn check_token(
        &self,
        key: &Key,
        token: Option<&str>,
        now: Duration,
    ) -> Result<(), TokenProblem> {
        use secrecy::ExposeSecret as _;

        if key.id == self.permanent.id {
            return match token {
                None | Some("") => Ok(()),
                Some(_) => Err(TokenProblem::NotExpected),
            };
        }
        if token != Some(self.token.expose_secret()) {
            Err(TokenProblem::Wrong)
        } else if now > TEMPORARY {
            Err(TokenProblem::Expired)
        } else {
            Ok(())
        }
    }
}

impl Key {
    fn new(prefix: &str, random: &mut StdRng) -> Self {
        Self {
            id: format!("{prefix}{}", alphanumeric(random, 36 - prefix.len())),
            secret: alphanumeric(random, 32).into(),
        }
    }
}

fn alphanumeric(random: &mut StdRng, length: usize) -> String {
    random
        .sample_iter(rand::distr::Alphanumeric)
        .take(length)
        .map(char::from)
        .collect()
}
