//! One call: signed, sent, bounded in time and size, and its answer read.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{
    Response, StatusCode, Url,
    header::{DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::{
    action::{Action, Product},
    answer::{self, Answer},
    class::Class,
    credentials::Credentials,
    endpoint::Endpoint,
    envelope::{self, Origin},
    error::{Error, Phase},
    http::Http,
    limiter::{Limiter, Priority, Slot},
    patience::{Caller, Patience},
    tc3::{self, Message},
};

/// Answers are cut off here. A page of 500 instances is about 1.5 MB.
const BODY_LIMIT: usize = 16 << 20;
const JSON: &str = "application/json; charset=utf-8";

/// Tells the time. The service refuses what is signed more than five minutes off.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Everything a [`Client`] needs.
#[derive(Clone)]
pub struct Options {
    /// Where to.
    pub endpoint: Endpoint,
    /// Who signs.
    pub credentials: Credentials,
    #[expect(missing_docs, reason = "the type says it")]
    pub http: Http,
    /// See [`Clock`].
    pub clock: Clock,
    /// Of the service's messages.
    pub language: Language,
    /// How long to wait and how often to ask.
    pub patience: Patience,
    /// One for all clients of an account.
    pub limiter: Limiter,
}

/// The language of the service's messages; codes do not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `en-US`
    #[default]
    English,
    /// `zh-CN`
    Chinese,
}

/// A client for one account. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    caller: Caller,
}

struct Inner {
    options: Options,
    clock_offset: Mutex<Option<i64>>,
}

impl Language {
    /// The value of `X-TC-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en-US",
            Self::Chinese => "zh-CN",
        }
    }
}

impl Client {
    /// Makes a client. Sends nothing.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            inner: Arc::new(Inner {
                options,
                clock_offset: Mutex::default(),
            }),
            caller: Caller {
                priority: Priority::Urgent,
                asks_again: false,
            },
        }
    }

    /// The same client, for calls that nobody waits for: where the rate limit makes calls wait,
    /// they let others go first.
    #[must_use]
    pub fn in_background(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            caller: Caller {
                priority: Priority::Background,
                asks_again: false,
            },
        }
    }

    /// The same client, for who asks again by himself and says meanwhile what is in the way.
    #[must_use]
    pub fn asking_again(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            caller: Caller {
                asks_again: true,
                ..self.caller
            },
        }
    }

    /// Waits until the rate limit allows one more call of `action`. Who takes the slot before
    /// choosing what to ask always asks for what is wanted most by then.
    pub async fn slot(&self, action: Action) -> Slot {
        self.inner
            .options
            .limiter
            .slot(action, self.caller.priority)
            .await
    }

    /// Where requests go.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.options.endpoint
    }

    /// `host:port` of the proxy that calls go through; `None` when they go directly.
    #[must_use]
    pub fn proxy(&self) -> Option<String> {
        let Options { endpoint, http, .. } = &self.inner.options;
        let url = Url::parse(&endpoint.origin(Product::Redis, None)).ok()?;
        http.proxy_for(&url)
    }

    /// Seconds that the service's clock is ahead of this computer's, by the `Date` header of the
    /// last answer, to about a second. `None` before the first answer.
    #[must_use]
    pub fn clock_offset(&self) -> Option<i64> {
        *self
            .inner
            .clock_offset
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `action` with a JSON body, first in `slot` if there is one. It is tried again, signed
    /// anew, on trouble that passes by itself; a write only where nothing was accepted for sure.
    pub(crate) async fn call<T: Answer>(
        &self,
        action: Action,
        region: Option<&str>,
        body: &[u8],
        mut slot: Option<Slot>,
    ) -> Result<T, Error> {
        let patience = self.inner.options.patience;
        let attempt = || self.attempt(action, region, body, slot.take());
        let answer = patience.keep_trying(self.caller, action, region, attempt);
        Ok(answer::read(answer.await?))
    }

    async fn attempt(
        &self,
        action: Action,
        region: Option<&str>,
        body: &[u8],
        slot: Option<Slot>,
    ) -> Result<Value, Error> {
        let slot = match slot {
            Some(slot) => slot,
            None => self.slot(action).await,
        };
        let answer = self.send(action, region, body).await;
        if let Err(error) = &answer
            && error.class() == Class::Throttled
        {
            let limiter = &self.inner.options.limiter;
            limiter.refused(action, &slot, error.retry_after());
        }
        answer
    }

    async fn send(
        &self,
        action: Action,
        region: Option<&str>,
        body: &[u8],
    ) -> Result<Value, Error> {
        let options = &self.inner.options;
        let (url, headers) = self.sign(action, region, body)?;
        let started = Instant::now();
        let deadline = started + options.patience.request;
        let proxy = Url::parse(&url)
            .ok()
            .and_then(|url| options.http.proxy_for(&url));
        let timeout = |phase| Error::Timeout {
            action: action.name,
            phase,
            after: started.elapsed(),
            proxy: proxy.clone(),
        };
        let failed = async |phase, error: reqwest::Error| {
            let after = started.elapsed();
            Error::from_reqwest(&error, &options.http, action.name, phase, after).await
        };

        let sending = options
            .http
            .client()
            .post(url)
            .headers(headers)
            .body(body.to_vec());
        let sent = timeout_at(deadline, sending.send()).await;
        let response = match sent.map_err(|_| timeout(Phase::Answer))? {
            Ok(response) => response,
            Err(error) => return Err(failed(Phase::Answer, error).await),
        };
        if let Some(trouble) = options.http.not_passed_on(&response) {
            return Err(Error::Connection {
                action: action.name,
                trouble: Box::new(trouble),
            });
        }
        let status = response.status();
        let clock_offset = self.note_clock(response.headers());
        let retry_after = self.retry_after(response.headers(), clock_offset);
        let read = timeout_at(deadline, bounded(response)).await;
        let body = match read.map_err(|_| timeout(Phase::Body))? {
            Ok(body) => body,
            Err(error) => return Err(failed(Phase::Body, error).await),
        };
        let body = body.ok_or(Error::TooLarge {
            action: action.name,
            limit: BODY_LIMIT,
        })?;

        let token = options.credentials.token.as_ref();
        let secret = token.map(ExposeSecret::expose_secret);
        let quote = |body: &[u8]| match action {
            Action::RESET_PASSWORD => String::new(),
            _ => envelope::excerpt(body, secret),
        };
        let answer = if status == StatusCode::OK {
            envelope::open(
                &body,
                Origin {
                    action: action.name,
                    region,
                    clock_offset,
                    quote: &quote,
                },
            )
        } else {
            Err(Error::Http {
                action: action.name,
                status: status.as_u16(),
                retry_after,
                excerpt: quote(&body),
            })
        };
        tracing::debug!(
            action = action.name,
            region,
            code = answer.as_ref().err().and_then(Error::code),
            request_id = match &answer {
                Ok(answer) => answer["RequestId"].as_str(),
                Err(error) => error.request_id(),
            },
            "answered"
        );
        answer
    }

    fn sign(
        &self,
        action: Action,
        region: Option<&str>,
        body: &[u8],
    ) -> Result<(String, HeaderMap), Error> {
        let options = &self.inner.options;
        let origin = options.endpoint.origin(action.product, region);
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        let timestamp = (options.clock)();
        let authorization = tc3::sign(
            &options.credentials.secret_id,
            &options.credentials.secret_key,
            &Message {
                method: "POST",
                query: "",
                headers: &[
                    ("content-type", JSON),
                    ("host", host),
                    ("x-tc-action", action.name),
                ],
                body,
                service: action.product.service(),
                timestamp,
            },
        )
        .authorization
        .to_string();

        let timestamp = timestamp.as_second().to_string();
        let token = options.credentials.token.as_ref();
        let fields = [
            ("content-type", Some(JSON)),
            ("host", Some(host)),
            ("authorization", Some(authorization.as_str())),
            ("x-tc-action", Some(action.name)),
            ("x-tc-version", Some(action.product.version())),
            ("x-tc-timestamp", Some(timestamp.as_str())),
            ("x-tc-language", Some(options.language.tag())),
            ("x-tc-region", region),
            ("x-tc-token", token.map(ExposeSecret::expose_secret)),
        ];
        let headers = fields
            .into_iter()
            .filter_map(|(header, text)| Some((header, text?)))
            .map(|(header, text)| {
                let mut value = HeaderValue::from_str(text).map_err(|_| Error::Header {
                    action: action.name,
                    header,
                })?;
                value.set_sensitive(matches!(header, "authorization" | "x-tc-token"));
                Ok((HeaderName::from_static(header), value))
            })
            .collect::<Result<_, Error>>()?;
        Ok((origin, headers))
    }

    /// A time is by the server's clock.
    fn retry_after(&self, headers: &HeaderMap, clock_offset: Option<i64>) -> Option<Duration> {
        let value = headers.get(RETRY_AFTER)?.as_bytes();
        if let Some(seconds) = str::from_utf8(value)
            .ok()
            .and_then(|text| text.parse().ok())
        {
            return Some(Duration::from_secs(seconds));
        }
        let now = (self.inner.options.clock)().as_second() + clock_offset.unwrap_or(0);
        let wait = http_date(value)?.as_second() - now;
        Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
    }

    fn note_clock(&self, headers: &HeaderMap) -> Option<i64> {
        let date = http_date(headers.get(DATE)?.as_bytes())?;
        let offset = date.as_second() - (self.inner.options.clock)().as_second();
        *self
            .inner
            .clock_offset
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(offset);
        Some(offset)
    }
}

/// The form that RFC 9110, 5.6.7 prefers.
fn http_date(text: &[u8]) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// Reads a body; `None` when it is larger than the limit.
async fn bounded(mut response: Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::http;

    #[test]
    fn a_request_is_signed_for_the_host_it_goes_to() {
        let custom = Endpoint::custom("http://127.0.0.1:1").unwrap();
        let http_options = http::Options {
            proxy: http::Proxy::None,
            extra_ca: None,
            accepted: Default::default(),
            user_agent: "test".to_owned(),
        };
        let client = |endpoint| {
            Client::new(Options {
                endpoint,
                credentials: Credentials {
                    secret_id: "AKIDexample".to_owned(),
                    secret_key: "the-secret-key".into(),
                    token: None,
                },
                http: Http::new(&custom, &http_options).unwrap(),
                clock: Arc::new(|| Timestamp::from_second(1_551_113_065).unwrap()),
                language: Language::English,
                patience: Patience::default(),
                limiter: Limiter::default(),
            })
        };
        for (endpoint, region, expected) in [
            (
                Endpoint::Mainland,
                "ap-beijing",
                "redis.tencentcloudapi.com",
            ),
            (
                Endpoint::Mainland,
                "ap-shanghai-fsi",
                "redis.ap-shanghai-fsi.tencentcloudapi.com",
            ),
            (
                Endpoint::International,
                "ap-singapore",
                "redis.intl.tencentcloudapi.com",
            ),
        ] {
            let client = client(endpoint);
            let (url, headers) = client.sign(Action::OPEN_SSL, Some(region), b"{}").unwrap();
            assert_eq!(url, format!("https://{expected}"));
            assert_eq!(headers["host"], expected);
            assert_eq!(headers["x-tc-region"], region);
            let signature = tc3::sign(
                "AKIDexample",
                &"the-secret-key".into(),
                &Message {
                    method: "POST",
                    query: "",
                    headers: &[
                        ("content-type", JSON),
                        ("host", expected),
                        ("x-tc-action", "OpenSSL"),
                    ],
                    body: b"{}",
                    service: "redis",
                    timestamp: Timestamp::from_second(1_551_113_065).unwrap(),
                },
            );
            assert_eq!(
                headers["authorization"],
                signature.authorization.to_string()
            );
        }
    }
}
