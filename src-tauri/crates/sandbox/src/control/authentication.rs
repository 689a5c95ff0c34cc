//! TC3-HMAC-SHA256, checked in full.

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use rediseal_tencent::tc3::{self, Authorization, Message};

use super::refusal::Refusal;
use crate::{clock::wall, cloud::Cloud, credentials::TokenProblem};

/// How far the clocks of client and server may differ, in seconds.
const SKEW: i64 = 5 * 60;
const REQUIRED_HEADERS: [&str; 2] = ["content-type", "host"];
/// The value of `X-TC-Content-SHA256` that stands for the hash of the body.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Checks signature, time and token; the service is the one that was signed for.
pub(crate) fn authenticate(
    cloud: &Cloud,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, Refusal> {
    let authorization: Authorization = header(headers, "authorization")
        .ok_or_else(|| Refusal::missing("Authorization"))?
        .parse()
        .map_err(|error| invalid_authorization(&format!("{error}")))?;
    for required in REQUIRED_HEADERS {
        if !authorization
            .signed_headers
            .iter()
            .any(|name| name == required)
        {
            return Err(invalid_authorization(&format!("{required} is not signed")));
        }
    }
    let timestamp = header(headers, "x-tc-timestamp")
        .ok_or_else(|| Refusal::missing("X-TC-Timestamp"))?
        .parse()
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or_else(|| {
            Refusal::wrong_value(
                "X-TC-Timestamp",
                "it is not a UNIX time",
                "不是 UNIX 时间戳",
            )
        })?;
    let now = server_time(cloud);
    if (timestamp.as_second() - now.as_second()).abs() > SKEW {
        return Err(Refusal::new(
            "AuthFailure.SignatureExpire",
            format!(
                "The signature expired: the request says {timestamp} and the server {now}, more \
                 than five minutes apart."
            ),
            format!("签名已过期：请求时间为 {timestamp}，服务器时间为 {now}，相差超过五分钟。"),
        ));
    }
    let key = cloud
        .credentials
        .key(&authorization.secret_id)
        .ok_or_else(|| {
            Refusal::new(
                "AuthFailure.SecretIdNotFound",
                "The SecretId is not found; it may be mistyped, disabled or deleted.",
                "SecretId 不存在，可能输入有误、已禁用或已删除。",
            )
        })?;
    let mismatch = || {
        Refusal::new(
            "AuthFailure.SignatureFailure",
            "The signature does not match what the server computed.",
            "请求签名与服务器计算的签名不一致。",
        )
    };
    let signed = authorization
        .signed_headers
        .iter()
        .map(|name| Some((name.as_str(), header(headers, name)?)))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(mismatch)?;
    let body = match header(headers, "x-tc-content-sha256") {
        Some(UNSIGNED_PAYLOAD) => UNSIGNED_PAYLOAD.as_bytes(),
        _ => body,
    };
    let message = Message {
        method: "POST",
        query: "",
        headers: &signed,
        body,
        service: &authorization.service,
        timestamp,
    };
    if !authorization.verify(&key.secret, &message) {
        return Err(mismatch());
    }
    cloud
        .credentials
        .check_token(key, header(headers, "x-tc-token"), cloud.clock.now())
        .map_err(token_failure)?;
    Ok(authorization.service)
}

/// The clock that timestamps are compared with and that the `Date` header shows.
pub(crate) fn server_time(cloud: &Cloud) -> Timestamp {
    let ahead = SignedDuration::from_secs(cloud.faults.clock_seconds());
    wall().checked_add(ahead).unwrap_or(Timestamp::MAX)
}

/// A header's value as text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

pub(crate) fn expired_token() -> Refusal {
    token_failure(TokenProblem::Expired)
}

fn token_failure(problem: TokenProblem) -> Refusal {
    let (english, chinese) = match problem {
        TokenProblem::NotExpected => ("this key takes no token", "该密钥不使用 Token"),
        TokenProblem::Wrong => ("it does not belong to this key", "与密钥不匹配"),
        TokenProblem::Expired => ("it expired", "已过期"),
    };
    Refusal::new(
        "AuthFailure.TokenFailure",
        format!("The token is not valid: {english}."),
        format!("Token 无效：{chinese}。"),
    )
}

fn invalid_authorization(reason: &str) -> Refusal {
    Refusal::new(
        "AuthFailure.InvalidAuthorization",
        format!(
            "The Authorization header is malformed: {reason}; {} is expected.",
            tc3::ALGORITHM
        ),
        format!("请求头 Authorization 不符合规范：{reason}。"),
    )
}
