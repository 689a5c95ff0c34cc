//! A client of the control plane that can be wrong on purpose.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rediseal_sandbox::{Options, Ready, Sandbox};
use rediseal_tencent::tc3::{self, Message};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};

pub(crate) const GUANGZHOU: &str = "ap-guangzhou";

/// A change of the Authorization header.
pub(crate) type Tamper = fn(String) -> String;

/// A request, right unless a field is changed.
pub(crate) struct Request {
    pub(crate) service: &'static str,
    pub(crate) action: String,
    pub(crate) version: &'static str,
    pub(crate) region: String,
    pub(crate) body: Vec<u8>,
    pub(crate) secret_id: String,
    pub(crate) secret_key: String,
    pub(crate) token: Option<String>,
    pub(crate) language: Option<&'static str>,
    /// Seconds that the client's clock is ahead.
    pub(crate) ahead: i64,
    pub(crate) signed_headers: Vec<&'static str>,
    pub(crate) content_type: &'static str,
    /// The body is signed as `UNSIGNED-PAYLOAD`.
    pub(crate) unsigned_payload: bool,
    /// Changes the Authorization header after it was signed; empty: leaves it out.
    pub(crate) tamper: Tamper,
}

pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) ready: Ready,
    pub(crate) endpoint: String,
}

/// A sandbox whose time moves by hand only, and a client of it.
pub(crate) async fn still() -> (Sandbox, Client) {
    with(Options {
        speed: 0.0,
        ..Options::default()
    })
    .await
}

pub(crate) async fn with(options: Options) -> (Sandbox, Client) {
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = Client::new(sandbox.ready());
    (sandbox, client)
}

impl Client {
    pub(crate) fn new(ready: &Ready) -> Self {
        Self {
            http: http(RootCertStore::empty()),
            ready: ready.clone(),
            endpoint: ready.endpoint.clone(),
        }
    }

    pub(crate) fn request(&self, action: &str, body: &Value) -> Request {
        let (service, version) = match action {
            "DescribeRegions" => ("region", "2022-06-27"),
            "GetCallerIdentity" => ("sts", "2018-08-13"),
            _ => ("redis", "2018-04-12"),
        };
        Request {
            service,
            action: action.to_owned(),
            version,
            region: GUANGZHOU.to_owned(),
            body: body.to_string().into_bytes(),
            secret_id: self.ready.secret_id.clone(),
            secret_key: self.ready.secret_key.clone(),
            token: None,
            language: Some("en-US"),
            ahead: 0,
            signed_headers: vec!["content-type", "host"],
            content_type: "application/json",
            unsigned_payload: false,
            tamper: |authorization| authorization,
        }
    }

    pub(crate) async fn send(&self, request: Request) -> Result<reqwest::Response, reqwest::Error> {
        let host = self.endpoint.split("//").nth(1).unwrap();
        let timestamp =
            Timestamp::from_second(Timestamp::now().as_second() + request.ahead).unwrap();
        let all = [
            ("content-type", request.content_type),
            ("host", host),
            ("x-tc-action", request.action.as_str()),
        ];
        let headers: Vec<_> = all
            .into_iter()
            .filter(|(name, _)| request.signed_headers.contains(name))
            .collect();
        let signed = tc3::sign(
            &request.secret_id,
            &request.secret_key.clone().into(),
            &Message {
                method: "POST",
                query: "",
                headers: &headers,
                body: if request.unsigned_payload {
                    b"UNSIGNED-PAYLOAD"
                } else {
                    &request.body
                },
                service: request.service,
                timestamp,
            },
        );
        let mut http = self
            .http
            .post(&self.endpoint)
            .header("Content-Type", request.content_type)
            .header("X-TC-Action", &request.action)
            .header("X-TC-Version", request.version)
            .header("X-TC-Timestamp", timestamp.as_second().to_string());
        let authorization = (request.tamper)(signed.authorization.to_string());
        if !authorization.is_empty() {
            http = http.header("Authorization", authorization);
        }
        if request.unsigned_payload {
            http = http.header("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD");
        }
        if !request.region.is_empty() {
            http = http.header("X-TC-Region", &request.region);
        }
        if let Some(token) = &request.token {
            http = http.header("X-TC-Token", token);
        }
        if let Some(language) = request.language {
            http = http.header("X-TC-Language", language);
        }
        http.body(request.body).send().await
    }

    /// The fields of `Response`, `Error` among them when it was refused.
    pub(crate) async fn answer(&self, request: Request) -> Value {
        let response = self.send(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert!(body["Response"]["RequestId"].is_string());
        body["Response"].clone()
    }

    /// A call in a region that has to succeed.
    pub(crate) async fn call(&self, action: &str, region: &str, body: Value) -> Value {
        let mut request = self.request(action, &body);
        region.clone_into(&mut request.region);
        let answer = self.answer(request).await;
        assert!(answer["Error"].is_null(), "{action}: {answer}");
        answer
    }

    /// The code of a call in a region that has to be refused.
    pub(crate) async fn refusal(&self, action: &str, region: &str, body: Value) -> String {
        let mut request = self.request(action, &body);
        region.clone_into(&mut request.region);
        code(&self.answer(request).await)
    }

    pub(crate) async fn ssl(&self, region: &str, id: &str) -> Value {
        self.call("DescribeSSLStatus", region, json!({ "InstanceId": id }))
            .await
    }

    pub(crate) async fn instance(&self, region: &str, id: &str) -> Value {
        let body = json!({ "InstanceId": id });
        let mut answer = self.call("DescribeInstances", region, body).await;
        assert_eq!(answer["TotalCount"], 1, "{id}");
        answer["InstanceSet"][0].take()
    }

    /// The certificate archive of an instance.
    pub(crate) async fn archive(&self, region: &str, id: &str) -> Vec<u8> {
        let status = self.ssl(region, id).await;
        let url = status["CertDownloadUrl"].as_str().unwrap();
        let response = self.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.bytes().await.unwrap().to_vec()
    }
}

pub(crate) fn code(answer: &Value) -> String {
    answer["Error"]["Code"].as_str().unwrap_or("").to_owned()
}

pub(crate) fn http(roots: RootCertStore) -> reqwest::Client {
    builder(roots).build().unwrap()
}

pub(crate) fn builder(roots: RootCertStore) -> reqwest::ClientBuilder {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .timeout(Duration::from_secs(20))
}
