//! TC3-HMAC-SHA256, the signature of Tencent Cloud API 3.0, as pure functions.
//!
//! The client signs with [`sign`]; a server reads the header with
//! [`Authorization::from_str`](std::str::FromStr) and compares with [`Authorization::verify`].
//! Every intermediate value is returned, so that the two sides of a `SignatureFailure` can be
//! compared line by line.
//! Source: <https://cloud.tencent.com/document/api/213/30654>.

use std::{fmt, str::FromStr};

use aws_lc_rs::{constant_time, digest, hmac};
use jiff::{Timestamp, tz::TimeZone};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// The algorithm's name, as it starts the header and the string to sign.
pub const ALGORITHM: &str = "TC3-HMAC-SHA256";

const TERMINATOR: &str = "tc3_request";

/// What is signed of an HTTP request.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// The canonical query string, without `?`; empty for `POST`.
    pub query: &'a str,
    /// The signed headers in any order and case. `content-type` and `host` must be among them.
    pub headers: &'a [(&'a str, &'a str)],
    /// Exactly the bytes that travel.
    pub body: &'a [u8],
    /// The product part of the domain: `redis`, `region`, `sts`.
    pub service: &'a str,
    /// `X-TC-Timestamp`; its UTC date enters the keys.
    pub timestamp: Timestamp,
}

/// A signature and everything that led to it.
#[derive(Clone)]
pub struct Signed {
    /// Method, path, query, headers, names of the headers and hash of the body, one a line.
    pub canonical_request: String,
    /// Lowercase hex of the SHA-256 of `canonical_request`.
    pub canonical_request_hash: String,
    /// Algorithm, timestamp, scope and `canonical_request_hash`, one a line.
    pub string_to_sign: String,
    /// The three derived keys.
    pub keys: Keys,
    /// The parsed form of the header to send.
    pub authorization: Authorization,
}

/// Keys derived from a SecretKey, valid for one UTC date and one service. Secret.
#[derive(Clone)]
pub struct Keys {
    /// HMAC of the date with `TC3` + SecretKey.
    pub secret_date: Zeroizing<[u8; 32]>,
    /// HMAC of the service with `secret_date`.
    pub secret_service: Zeroizing<[u8; 32]>,
    /// HMAC of `tc3_request` with `secret_service`.
    pub secret_signing: Zeroizing<[u8; 32]>,
}

/// The `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Whose key signed.
    pub secret_id: String,
    /// `YYYY-MM-DD`, the UTC date of the timestamp.
    pub date: String,
    /// The product.
    pub service: String,
    /// Lowercase names, in the order of the header.
    pub signed_headers: Vec<String>,
    /// Lowercase hex.
    pub signature: String,
}

/// Why an `Authorization` header cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Another algorithm, or none.
    #[error("the algorithm is not {ALGORITHM}")]
    Algorithm,
    /// `Credential`, `SignedHeaders` or `Signature` is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// `Credential` is not `<SecretId>/<date>/<service>/tc3_request`.
    #[error("the credential scope is malformed")]
    Scope,
}

/// Signs `message`. The header to send is `signed.authorization.to_string()`.
#[must_use]
pub fn sign(secret_id: &str, secret_key: &SecretString, message: &Message<'_>) -> Signed {
    let (canonical_request, signed_headers) = canonical_request(message);
    let canonical_request_hash = sha256_hex(canonical_request.as_bytes());
    let date = utc_date(message.timestamp);
    let string_to_sign = format!(
        "{ALGORITHM}\n{}\n{date}/{}/{TERMINATOR}\n{canonical_request_hash}",
        message.timestamp.as_second(),
        message.service,
    );
    let keys = Keys::derive(secret_key, &date, message.service);
    let signature = hex::encode(hmac_sha256(
        keys.secret_signing.as_slice(),
        string_to_sign.as_bytes(),
    ));
    Signed {
        canonical_request,
        canonical_request_hash,
        string_to_sign,
        keys,
        authorization: Authorization {
            secret_id: secret_id.to_owned(),
            date,
            service: message.service.to_owned(),
            signed_headers,
            signature,
        },
    }
}

/// The UTC date of a timestamp as it stands in the scope, `YYYY-MM-DD`.
#[must_use]
pub fn utc_date(timestamp: Timestamp) -> String {
    TimeZone::UTC.to_datetime(timestamp).date().to_string()
}

/// Lowercase hex of the SHA-256 of `bytes`.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

impl Keys {
    /// Derives the keys of one date and service.
    #[must_use]
    pub fn derive(secret_key: &SecretString, date: &str, service: &str) -> Self {
        let root = Zeroizing::new(format!("TC3{}", secret_key.expose_secret()));
        let secret_date = hmac_sha256(root.as_bytes(), date.as_bytes());
        let secret_service = hmac_sha256(secret_date.as_slice(), service.as_bytes());
        let secret_signing = hmac_sha256(secret_service.as_slice(), TERMINATOR.as_bytes());
        Self {
            secret_date,
            secret_service,
            secret_signing,
        }
    }
}

impl Authorization {
    /// Whether `secret_key` signed exactly this message: date, service, the set of signed
    /// headers and the signature all fit. `message.headers` are the received headers that
    /// [`signed_headers`](Self::signed_headers) names. Takes the same time for every signature.
    #[must_use]
    pub fn verify(&self, secret_key: &SecretString, message: &Message<'_>) -> bool {
        let expected = sign(&self.secret_id, secret_key, message).authorization;
        let signature = constant_time::verify_slices_are_equal(
            expected.signature.as_bytes(),
            self.signature.as_bytes(),
        );
        signature.is_ok()
            && expected.date == self.date
            && expected.service == self.service
            && expected.signed_headers == self.signed_headers
    }
}

impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{ALGORITHM} Credential={}/{}/{}/{TERMINATOR}, SignedHeaders={}, Signature={}",
            self.secret_id,
            self.date,
            self.service,
            self.signed_headers.join(";"),
            self.signature,
        )
    }
}

impl FromStr for Authorization {
    type Err = ParseError;

    fn from_str(header: &str) -> Result<Self, ParseError> {
        let fields = header
            .strip_prefix(ALGORITHM)
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or(ParseError::Algorithm)?;
        let field = |name: &'static str| {
            fields
                .split(',')
                .filter_map(|field| field.trim().split_once('='))
                .find_map(|(key, value)| (key == name).then_some(value))
                .ok_or(ParseError::Missing(name))
        };
        let [secret_id, date, service, TERMINATOR] =
            field("Credential")?.split('/').collect::<Vec<_>>()[..]
        else {
            return Err(ParseError::Scope);
        };
        Ok(Self {
            secret_id: secret_id.to_owned(),
            date: date.to_owned(),
            service: service.to_owned(),
            signed_headers: field("SignedHeaders")?
                .split(';')
                .map(str::to_owned)
                .collect(),
            signature: field("Signature")?.to_owned(),
        })
    }
}

fn canonical_request(message: &Message<'_>) -> (String, Vec<String>) {
    let mut headers: Vec<(String, String)> = message
        .headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_lowercase()))
        .collect();
    headers.sort();
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    let names: Vec<String> = headers.into_iter().map(|(name, _)| name).collect();
    let request = format!(
        "{}\n/\n{}\n{lines}\n{}\n{}",
        message.method,
        message.query,
        names.join(";"),
        sha256_hex(message.body),
    );
    (request, names)
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Zeroizing<[u8; 32]> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
    let mut output = Zeroizing::new([0; 32]);
    output.copy_from_slice(tag.as_ref());
    output
}
