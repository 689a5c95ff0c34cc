//! One request of the API, from the HTTP message to the answer.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header as name},
    response::Response,
};
use futures::{StreamExt as _, stream};
use jiff::{Timestamp, tz};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Wire,
    actions::{Action, Call},
    authentication::{authenticate, expired_token, header, server_time},
    parameters,
    refusal::Refusal,
};
use crate::{
    cloud::Cloud,
    fault::{Answer, Kind},
    text::Language,
};

/// The documented limit of a body.
const BODY: usize = 10 * 1024 * 1024;

/// `POST /`.
pub(crate) async fn answer(
    State(cloud): State<Arc<Cloud>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let action = header(&headers, "x-tc-action")
        .unwrap_or_default()
        .to_owned();

    if let Some(Answer::Latency(delay)) = take(&cloud, &action, |answer| {
        matches!(answer, Answer::Latency(_))
    }) {
        tokio::time::sleep(delay).await;
    }
    let before = |answer| matches!(answer, Answer::Status500 | Answer::Reset);
    match take(&cloud, &action, before) {
        Some(Answer::Status500) => {
            return plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/plain",
                "500 Internal Server Error\n",
            );
        }
        Some(_) => {
            wire.cut();
            return Response::default();
        }
        None => {}
    }

    let result = match to_bytes(body, BODY).await {
        Ok(body) => perform(&cloud, &parts.method, &headers, &action, &body),
        Err(_) => Err(Refusal::new(
            "RequestSizeLimitExceeded",
            "The body is larger than 10 MB.",
            "请求体超过 10 MB。",
        )),
    };
    let body = envelope(&cloud, language(&headers), result);

    let cleared = cloud.faults.cleared();
    match take(&cloud, &action, |answer| {
        matches!(
            answer,
            Answer::ResetAfter | Answer::NotJson | Answer::Truncate | Answer::Hold
        )
    }) {
        Some(Answer::ResetAfter) => {
            wire.cut();
            return Response::default();
        }
        Some(Answer::NotJson) => {
            return plain(
                StatusCode::OK,
                "text/html",
                "<html><body><h1>Sign in to the network</h1></body></html>\n",
            );
        }
        Some(Answer::Truncate) => return truncated(&body),
        Some(_) => cleared.await,
        None => {}
    }
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(
        name::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Ok(date) = HeaderValue::from_str(&http_date(server_time(&cloud))) {
        headers.insert(name::DATE, date);
    }
    response
}

fn perform(
    cloud: &Cloud,
    method: &Method,
    headers: &HeaderMap,
    action: &str,
    body: &Bytes,
) -> Result<Value, Refusal> {
    let content_type = header(headers, "content-type").unwrap_or_default();
    if method != Method::POST || !content_type.starts_with("application/json") {
        return Err(Refusal::new(
            "UnsupportedProtocol",
            "This endpoint takes POST with a body of application/json only.",
            "该接入点仅支持 application/json 格式的 POST 请求。",
        ));
    }
    if action.is_empty() {
        return Err(Refusal::missing("X-TC-Action"));
    }
    let service = authenticate(cloud, headers, body)?;
    refuse_by_fault(cloud, headers, &service, action)?;
    let older = cloud.faults.older();
    let action = Action::find(&service, action, older)?;
    let version =
        header(headers, "x-tc-version").ok_or_else(|| Refusal::missing("X-TC-Version"))?;
    if version != action.version {
        return Err(Refusal::new(
            "NoSuchVersion",
            format!("The product {service} has no version {version}."),
            format!("产品 {service} 不存在版本 {version}。"),
        ));
    }
    let region = header(headers, "x-tc-region").unwrap_or_default();
    if action.needs_region {
        if region.is_empty() {
            return Err(Refusal::missing("X-TC-Region"));
        }
        if !cloud.regions.iter().any(|known| known.region == region) {
            return Err(Refusal::new(
                "UnsupportedRegion",
                format!("The product {service} is not offered in the region {region}."),
                format!("产品 {service} 不支持地域 {region}。"),
            ));
        }
    }
    cloud.with(|state, now| {
        if !state
            .limits
            .admit(action.name, action.per_second, Instant::now())
        {
            return Err(Refusal::throttled(action.name, action.per_second));
        }
        let checked = parameters::check(action.parameters, older, body);
        let instance = checked
            .as_ref()
            .ok()
            .and_then(|parameters| parameters.get("InstanceId")?.as_str());
        state.ledger.count(action.name, instance);
        (action.perform)(&mut Call {
            cloud,
            state,
            now,
            region,
            language: language(headers),
            parameters: checked?,
        })
    })
}

fn refuse_by_fault(
    cloud: &Cloud,
    headers: &HeaderMap,
    service: &str,
    action: &str,
) -> Result<(), Refusal> {
    let region = header(headers, "x-tc-region").unwrap_or_default();
    let down = |kind: &Kind| matches!(kind, Kind::RegionDown(down) if down == region).then_some(());
    if service == "redis" && cloud.faults.take(down).is_some() {
        return Err(Refusal::new(
            "ServiceUnavailable",
            format!("The service is unavailable in {region}."),
            format!("地域 {region} 的服务暂时不可用。"),
        ));
    }
    match take(cloud, action, |answer| {
        matches!(
            answer,
            Answer::Throttle | Answer::Denied | Answer::ExpiredToken | Answer::ActionNotFound
        )
    }) {
        Some(Answer::Throttle) => Err(Refusal::throttled(action, 0)),
        Some(Answer::Denied) => Err(Refusal::new(
            "UnauthorizedOperation",
            format!("The key may not call {service}:{action}; a CAM policy has to allow it."),
            format!("密钥无权调用 {service}:{action}，请授予相应的 CAM 策略。"),
        )),
        Some(Answer::ActionNotFound) => Err(Refusal::new(
            "InvalidParameter.ActionNotFound",
            format!("The action {action} was not found."),
            format!("没有找到接口 {action}。"),
        )),
        Some(_) => Err(expired_token()),
        None => Ok(()),
    }
}

fn take(cloud: &Cloud, action: &str, wanted: impl Fn(Answer) -> bool) -> Option<Answer> {
    cloud.faults.answer(action, wanted)
}

fn envelope(cloud: &Cloud, language: Language, result: Result<Value, Refusal>) -> String {
    let mut response = match result {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => Map::new(),
        Err(refusal) => {
            cloud.with(|state, _| {
                state.ledger.refuse(refusal.code);
                state.ledger.throttled += u64::from(refusal.code == "RequestLimitExceeded");
            });
            let error = json!({
                "Code": refusal.code,
                "Message": refusal.message.into(language),
            });
            Map::from_iter([("Error".to_owned(), error)])
        }
    };
    response.insert("RequestId".to_owned(), json!(Uuid::new_v4().to_string()));
    json!({ "Response": response }).to_string()
}

fn language(headers: &HeaderMap) -> Language {
    match header(headers, "x-tc-language") {
        Some("en-US") => Language::English,
        _ => Language::Chinese,
    }
}

fn plain(status: StatusCode, content_type: &'static str, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(name::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Announces all of `body`, sends half and ends.
fn truncated(body: &str) -> Response {
    let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
    // The server writes the half when the stream has nothing more to give for the moment.
    let cut = stream::once(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    let sent = stream::iter([Ok(half)]).chain(cut);
    let mut response = Response::new(Body::from_stream(sent));
    let headers = response.headers_mut();
    headers.insert(name::CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(
        name::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// RFC 9110, 5.6.7.
fn http_date(at: Timestamp) -> String {
    let at = tz::TimeZone::UTC.to_datetime(at);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
