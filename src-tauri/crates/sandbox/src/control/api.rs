//! One request of the API, from the HTTP message to the answer.

use std::{sync::Arc, time::Instant};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header as name},
    response::Response,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Wire,
    actions::{Action, Call},
    authentication::{authenticate, expired_token, header, server_time},
    damage, parameters,
    refusal::Refusal,
};
use crate::{
    cloud::Cloud,
    fault::{Answer, Stage},
    ledger::WriteRecord,
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
    let body = to_bytes(body, BODY).await;
    let fate = Fate::of(&cloud, &headers, body.as_deref().unwrap_or_default());

    if let Some(Answer::Latency(delay)) = fate.at(Stage::Arrival) {
        tokio::time::sleep(delay).await;
    }
    let now = server_time(&cloud);
    match fate.at(Stage::Gateway) {
        Some(Answer::Http429(after)) => {
            cloud.with(|state, _| state.ledger.throttled += 1);
            return damage::later(StatusCode::TOO_MANY_REQUESTS, after, now);
        }
        Some(Answer::Http503(after)) => {
            return damage::later(StatusCode::SERVICE_UNAVAILABLE, after, now);
        }
        Some(Answer::Status500) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return damage::page(status, "text/plain", "500 Internal Server Error\n");
        }
        Some(_) => {
            wire.cut();
            return Response::default();
        }
        None => {}
    }

    let request_id = Uuid::new_v4().to_string();
    let result = match body {
        Ok(body) => perform(&cloud, &parts.method, &headers, &fate, &body, &request_id),
        Err(_) => Err(Refusal::new(
            "RequestSizeLimitExceeded",
            "The body is larger than 10 MB.",
            "请求体超过 10 MB。",
        )),
    };
    let body = envelope(&cloud, language(&headers), result, request_id);

    let cleared = cloud.faults.cleared();
    match fate.at(Stage::Reply) {
        Some(Answer::ResetAfter) => {
            wire.cut();
            return Response::default();
        }
        Some(Answer::NotJson) => {
            return damage::page(
                StatusCode::OK,
                "text/html",
                "<html><body><h1>Sign in to the network</h1></body></html>\n",
            );
        }
        Some(Answer::BadJson) => return damage::broken_json(&body),
        Some(Answer::Truncate) => return damage::truncated(&body),
        Some(Answer::Dribble(pause)) => return damage::dribbling(&body, pause),
        Some(Answer::Endless) => return damage::endless(),
        Some(_) => cleared.await,
        None => {}
    }
    let mut response = damage::typed(Body::from(body), damage::JSON);
    if let Ok(date) = HeaderValue::from_str(&damage::http_date(now)) {
        response.headers_mut().insert(name::DATE, date);
    }
    response
}

/// What a request is going to suffer.
struct Fate<'a> {
    cloud: &'a Cloud,
    action: &'a str,
    chaos: Option<Answer>,
}

impl<'a> Fate<'a> {
    fn of(cloud: &'a Cloud, headers: &'a HeaderMap, body: &[u8]) -> Self {
        let action = header(headers, "x-tc-action").unwrap_or_default();
        Self {
            cloud,
            action,
            chaos: cloud.faults.chaos(action, || {
                let instance = cloud.with(|state, _| state.meant(body));
                let region = || header(headers, "x-tc-region").map(str::to_owned);
                instance.or_else(region).unwrap_or_default()
            }),
        }
    }

    /// Takes what strikes at `stage`.
    fn at(&self, stage: Stage) -> Option<Answer> {
        let set = self.cloud.faults.answer(self.action, stage);
        set.or(self.chaos.filter(|answer| answer.stage() == stage))
    }
}

fn perform(
    cloud: &Cloud,
    method: &Method,
    headers: &HeaderMap,
    fate: &Fate<'_>,
    body: &Bytes,
    request_id: &str,
) -> Result<Value, Refusal> {
    let action = fate.action;
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
    refuse_by_fault(fate, headers, &service)?;
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
        let (instance, next) = (instance.map(str::to_owned), state.next_task);
        let answer = (action.perform)(&mut Call {
            cloud,
            state,
            now,
            region,
            language: language(headers),
            parameters: checked?,
        })?;
        if action.changes() {
            state.ledger.writes.push(WriteRecord {
                action: action.name,
                instance_id: instance.unwrap_or_default(),
                task_id: (state.next_task > next).then_some(next),
                request_id: request_id.to_owned(),
            });
        }
        Ok(answer)
    })
}

fn refuse_by_fault(fate: &Fate<'_>, headers: &HeaderMap, service: &str) -> Result<(), Refusal> {
    let action = fate.action;
    let region = header(headers, "x-tc-region").unwrap_or_default();
    if service == "redis" && fate.cloud.faults.region_down(region) {
        return Err(Refusal::new(
            "ServiceUnavailable",
            format!("The service is unavailable in {region}."),
            format!("地域 {region} 的服务暂时不可用。"),
        ));
    }
    match fate.at(Stage::Refusal) {
        Some(Answer::Throttle) => {
            let documented = Action::find(service, action, false);
            let per_second = documented.map_or(20, |action| action.per_second);
            Err(Refusal::throttled(action, per_second))
        }
        Some(Answer::Busy) => Err(Refusal::new(
            "ResourceInUse.InstanceBeenLocked",
            "Another task holds the instance.",
            "实例已被其他任务锁定。",
        )),
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

fn envelope(
    cloud: &Cloud,
    language: Language,
    result: Result<Value, Refusal>,
    request_id: String,
) -> String {
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
    response.insert("RequestId".to_owned(), json!(request_id));
    json!({ "Response": response }).to_string()
}

fn language(headers: &HeaderMap) -> Language {
    match header(headers, "x-tc-language") {
        Some("en-US") => Language::English,
        _ => Language::Chinese,
    }
}
