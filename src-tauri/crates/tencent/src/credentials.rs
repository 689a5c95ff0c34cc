//! Who signs.

use secrecy::SecretString;

/// A cloud API key, with the token of a temporary one. Its `Debug` shows nothing secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Starts with `AKID` for a long-term key. Not a secret, but not for reports either.
    pub secret_id: String,
    /// Signs; never travels.
    pub secret_key: SecretString,
    /// `X-TC-Token`, for temporary credentials only.
    pub token: Option<SecretString>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?}",
            Credentials {
                secret_id: "AKIDexample".to_owned(),
                secret_key: "the-key".into(),
                token: Some("the-token".into()),
            }
        );
        assert!(shown.contains("AKIDexample"));
        assert!(!shown.contains("the-key") && !shown.contains("the-token"));
    }
}
