//! Every request that the client can send, as it leaves: only parameters that are described, all
//! of the required ones, of the right types.

use std::{
    collections::BTreeSet,
    num::NonZeroU64,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, http::HeaderMap};
use rediseal_tencent::{
    Client, Credentials, Endpoint, Language, Limiter, Options, Patience,
    action::Action,
    http,
    redis::{
        DescribeInstancesRequest, DescribeTaskListRequest, EncryptionMode,
        ModifySslEncryptionModeRequest, ResetPasswordRequest, SwitchSslRequest,
        UpdateSslCertRequest, UpgradeInstanceVersionRequest, UpgradeProxyVersionRequest,
        UpgradeSmallVersionRequest,
    },
};
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::description::{self, Direction};

const REGION: &str = "ap-guangzhou";
const INSTANCE: &str = "crs-81zzc9hn";

#[tokio::test]
async fn every_request_is_as_described() {
    let sent = everything_sent().await;
    let names: BTreeSet<_> = sent.iter().map(|request| request.action.as_str()).collect();
    let all: BTreeSet<_> = Action::ALL.iter().map(|action| action.name).collect();
    assert_eq!(names, all, "an action without a request here");

    let mut misfits = Vec::new();
    for request in &sent {
        let named = |action: &&Action| action.name == request.action;
        let action = *Action::ALL.iter().find(named).unwrap();
        assert_eq!(request.version, action.product.version(), "{}", action.name);
        let description = description::of(action.product);
        let Some(described) = description.find(action) else {
            continue;
        };
        misfits.extend(
            description
                .misfits(&described.input, &request.body, Direction::Request)
                .into_iter()
                .map(|misfit| format!("{}: {misfit} in {}", action.name, request.body)),
        );
    }
    assert_eq!(misfits, [""; 0]);
}

/// Each request with as little and with as much as it can have. The literals name every field,
/// so that a new one cannot be forgotten.
async fn everything_sent() -> Vec<Request> {
    let recorder = Recorder::default();
    let client = client(&recorder.serve().await, "AKIDexample", "example");
    let id = || INSTANCE.to_owned();
    let version = || "5.8.20".to_owned();

    client.describe_regions().await.unwrap();
    client.caller_identity().await.unwrap();
    let whole = DescribeInstancesRequest {
        limit: Some(100),
        offset: Some(0),
        instance_id: Some(id()),
    };
    for request in [whole, DescribeInstancesRequest::default()] {
        client.describe_instances(REGION, &request).await.unwrap();
    }
    client.describe_ssl_status(REGION, INSTANCE).await.unwrap();
    for address_type in [None, Some(-1), Some(3)] {
        let request = SwitchSslRequest {
            instance_id: id(),
            address_type,
        };
        client.open_ssl(REGION, &request).await.unwrap();
        client.close_ssl(REGION, &request).await.unwrap();
    }
    let mode = ModifySslEncryptionModeRequest {
        instance_id: id(),
        encryption_mode: EncryptionMode::Required,
    };
    client
        .modify_ssl_encryption_mode(REGION, &mode)
        .await
        .unwrap();
    let whole = UpdateSslCertRequest {
        instance_id: id(),
        cert_source: Some(1),
        address_type: Some(0),
        cert_id: Some("aKnH4alS".to_owned()),
        ssl_min_version: Some("TLSv1.2".to_owned()),
        encryption_mode: Some(EncryptionMode::Flexible),
    };
    let least = UpdateSslCertRequest {
        instance_id: id(),
        ..Default::default()
    };
    for request in [whole, least] {
        client.update_ssl_cert(REGION, &request).await.unwrap();
    }
    let task = NonZeroU64::new(329).unwrap();
    client.describe_task_info(REGION, task).await.unwrap();
    let whole = DescribeTaskListRequest {
        instance_id: Some(id()),
        limit: Some(100),
        offset: Some(0),
        begin_time: Some("2026-11-01 00:00:00".to_owned()),
        end_time: Some("2026-11-24 00:00:00".to_owned()),
    };
    for request in [whole, DescribeTaskListRequest::default()] {
        client.describe_task_list(REGION, &request).await.unwrap();
    }
    let proxy = UpgradeProxyVersionRequest {
        instance_id: id(),
        current_proxy_version: version(),
        upgrade_proxy_version: version(),
        instance_type_upgrade_now: 1,
    };
    client.upgrade_proxy_version(REGION, &proxy).await.unwrap();
    let kernel = UpgradeSmallVersionRequest {
        instance_id: id(),
        current_redis_version: version(),
        upgrade_redis_version: version(),
        instance_type_upgrade_now: 0,
    };
    client.upgrade_small_version(REGION, &kernel).await.unwrap();
    let engine = UpgradeInstanceVersionRequest {
        instance_id: id(),
        target_instance_type: "17".to_owned(),
        switch_option: 2,
    };
    client
        .upgrade_instance_version(REGION, &engine)
        .await
        .unwrap();
    client
        .describe_instance_deal_detail(REGION, "20261124")
        .await
        .unwrap();
    for password in [None, Some(SecretString::from("Correct-horse1"))] {
        let request = ResetPasswordRequest {
            instance_id: id(),
            no_auth: password.is_none(),
            password,
        };
        client.reset_password(REGION, &request).await.unwrap();
    }
    client
        .describe_maintenance_window(REGION, INSTANCE)
        .await
        .unwrap();
    recorder.sent()
}

/// A client of a server on loopback.
pub(crate) fn client(endpoint: &str, secret_id: &str, secret_key: &str) -> Client {
    let endpoint = Endpoint::custom(endpoint).unwrap();
    let options = http::Options {
        proxy: http::Proxy::None,
        extra_ca: None,
        accepted: BTreeSet::new(),
        user_agent: "contract".to_owned(),
    };
    Client::new(Options {
        http: http::Http::new(&endpoint, &options).unwrap(),
        endpoint,
        credentials: Credentials {
            secret_id: secret_id.to_owned(),
            secret_key: secret_key.into(),
            token: None,
        },
        clock: Arc::new(jiff::Timestamp::now),
        language: Language::English,
        patience: Patience::default(),
        limiter: Limiter::default(),
    })
}

/// A request as it arrived.
#[derive(Clone)]
struct Request {
    action: String,
    version: String,
    body: Value,
}

/// A server that accepts everything and keeps it.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Request>>>);

impl Recorder {
    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(record).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn sent(&self) -> Vec<Request> {
        self.0.lock().unwrap().clone()
    }
}

async fn record(State(recorder): State<Recorder>, headers: HeaderMap, body: String) -> String {
    let header = |name| headers[name].to_str().unwrap().to_owned();
    recorder.0.lock().unwrap().push(Request {
        action: header("x-tc-action"),
        version: header("x-tc-version"),
        body: serde_json::from_str(&body).unwrap(),
    });
    r#"{"Response":{"RequestId":"1"}}"#.to_owned()
}
