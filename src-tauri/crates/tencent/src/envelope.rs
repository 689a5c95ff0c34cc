//! The outermost layer of an answer: success and failure both come with HTTP status 200.

use serde_json::Value;

use crate::error::{ApiError, Error};

const EXCERPT: usize = 120;

/// Where an answer comes from, for its error.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) action: &'static str,
    pub(crate) region: Option<&'a str>,
    pub(crate) clock_offset: Option<i64>,
    /// Makes the excerpt of a body that is not understood.
    pub(crate) quote: &'a dyn Fn(&[u8]) -> String,
}

/// Takes the fields of the answer out of `body`.
pub(crate) fn open(body: &[u8], origin: Origin<'_>) -> Result<Value, Error> {
    let not_json = || Error::NotJson {
        action: origin.action,
        excerpt: (origin.quote)(body),
        request_id: request_id(body),
    };
    let mut document: Value = serde_json::from_slice(body).map_err(|_| not_json())?;
    let response = match document.get_mut("Response") {
        Some(response) if response.is_object() => response.take(),
        Some(_) => return Err(not_json()),
        None => return Err(legacy_refusal(&document, origin).unwrap_or_else(not_json)),
    };
    match response.get("Error") {
        None | Some(Value::Null) => Ok(response),
        Some(error) => Err(refusal(
            text(&error["Code"]).unwrap_or_else(|| "Unknown".to_owned()),
            &error["Message"],
            &response["RequestId"],
            origin,
        )),
    }
}

/// The RequestId in a body that is not understood, where it has its usual form.
fn request_id(body: &[u8]) -> Option<String> {
    const LONGEST: usize = 64;
    let text = String::from_utf8_lossy(body);
    let (_, after) = text.split_once("\"RequestId\"")?;
    let value = after.trim_start().strip_prefix(':')?.trim_start();
    let (id, _) = value.strip_prefix('"')?.split_once('"')?;
    let usual = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!id.is_empty() && id.len() <= LONGEST && id.chars().all(usual)).then(|| id.to_owned())
}

/// The beginning of a body that is not understood, as one printable line. A server that echoes
/// what it was sent must not bring `secret` into a log.
pub(crate) fn excerpt(body: &[u8], secret: Option<&str>) -> String {
    let head = String::from_utf8_lossy(&body[..body.len().min(8 * EXCERPT)]);
    let mut text = head.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(secret) = secret.filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "***");
    }
    text.chars()
        .filter(|character| !character.is_control())
        .take(EXCERPT)
        .collect()
}

/// `{"code": n, "message": "...", "codeDesc": "..."}`, an older form that gateways still send.
fn legacy_refusal(document: &Value, origin: Origin<'_>) -> Option<Error> {
    let code = text(&document["codeDesc"]).or_else(|| match &document["code"] {
        Value::Number(number) if number.as_i64() != Some(0) => Some(number.to_string()),
        _ => None,
    })?;
    Some(refusal(
        code,
        &document["message"],
        &document["requestId"],
        origin,
    ))
}

fn refusal(code: String, message: &Value, request_id: &Value, origin: Origin<'_>) -> Error {
    Error::Api(Box::new(ApiError {
        action: origin.action,
        region: origin.region.map(str::to_owned),
        code,
        message: text(message).unwrap_or_default(),
        request_id: text(request_id),
        clock_offset: origin.clock_offset,
    }))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
