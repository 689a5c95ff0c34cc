use std::{num::NonZeroU64, sync::Arc};

use axum::http::header::CONTENT_ENCODING;
use jiff::Timestamp;
use rediseal_tencent::{
    Client, Error, Language,
    action::Action,
    redis::{
        DescribeInstancesRequest, DescribeTaskListRequest, EncryptionMode,
        ModifySslEncryptionModeRequest, ResetPasswordRequest, SwitchSslRequest,
        UpdateSslCertRequest, UpgradeInstanceVersionRequest, UpgradeProxyVersionRequest,
        UpgradeSmallVersionRequest,
    },
    tc3::{Authorization, Message},
};
use serde_json::{Value, json};

use crate::server::{NOW, Received, SECRET_ID, SECRET_KEY, options, serve, success};

#[tokio::test]
async fn every_action_is_signed_and_has_its_headers_and_body() {
    let server = serve(|_, _| success(json!({}))).await;
    let client = server.client();
    let expected = call_everything(&client).await;

    let received = server.received();
    assert_eq!(received.len(), Action::ALL.len());
    let host = server.url.trim_start_matches("http://");
    for ((action, body), request) in expected.iter().zip(&received) {
        let name = action.name;
        assert_eq!(request.method, "POST", "{name}");
        assert_eq!(request.path, "/", "{name}");
        assert_eq!(request.json(), *body, "{name}");
        assert_eq!(request.header("x-tc-action"), name);
        assert_eq!(request.header("x-tc-version"), action.product.version());
        assert_eq!(request.header("x-tc-timestamp"), NOW.to_string());
        assert_eq!(request.header("x-tc-language"), "en-US");
        assert_eq!(request.header("x-tc-token"), "");
        assert_eq!(request.header("host"), host);
        assert_eq!(request.header("user-agent"), "RediSeal/test");
        assert_eq!(request.header("accept-encoding"), "gzip");
        let region = match name {
            "DescribeRegions" => "",
            "GetCallerIdentity" => "ap-guangzhou",
            _ => "ap-shanghai",
        };
        assert_eq!(request.header("x-tc-region"), region, "{name}");
        verify(request, action);
    }
}

#[tokio::test]
async fn a_token_is_sent_and_not_signed_and_the_language_is_said() {
    let server = serve(|_, _| success(json!({}))).await;
    let mut options = options(&server.url);
    options.credentials.token = Some("temporary".into());
    options.language = Language::Chinese;
    Client::new(options).caller_identity().await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.header("x-tc-token"), "temporary");
    assert_eq!(request.header("x-tc-language"), "zh-CN");
    verify(request, &Action::GET_CALLER_IDENTITY);
}

#[tokio::test]
async fn a_value_that_no_header_can_hold_is_a_clear_error_and_nothing_is_sent() {
    let server = serve(|_, _| success(json!({}))).await;
    let mut options = options(&server.url);
    options.credentials.secret_id = "AKID\r\nX-Evil: 1".to_owned();
    let error = Client::new(options).caller_identity().await.unwrap_err();
    assert!(matches!(
        error,
        Error::Header {
            header: "authorization",
            ..
        }
    ));
    assert!(error.provably_not_accepted());
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn gzip_is_read() {
    let server = serve(|_, _| {
        let body = include_bytes!("answer.json.gz").to_vec();
        ([(CONTENT_ENCODING, "gzip")], body)
    })
    .await;
    let status = server
        .client()
        .describe_ssl_status("ap-shanghai", "crs-1")
        .await
        .unwrap();
    assert_eq!(status.ssl_config, Some(true));
    assert_eq!(status.other["RequestId"], "gz");
}

/// Calls every action once; returns what each should have sent.
async fn call_everything(client: &Client) -> Vec<(Action, Value)> {
    let region = "ap-shanghai";
    let id = "crs-1".to_owned();
    let instance = json!({"InstanceId": "crs-1"});
    let page = DescribeInstancesRequest {
        limit: Some(10),
        ..Default::default()
    };
    client.describe_instances(region, &page).await.unwrap();
    client.describe_ssl_status(region, &id).await.unwrap();
    let switch = |address_type| SwitchSslRequest {
        instance_id: "crs-1".to_owned(),
        address_type,
    };
    client.open_ssl(region, &switch(Some(1))).await.unwrap();
    client.close_ssl(region, &switch(None)).await.unwrap();
    let mode = ModifySslEncryptionModeRequest {
        instance_id: id.clone(),
        encryption_mode: EncryptionMode::Required,
    };
    client
        .modify_ssl_encryption_mode(region, &mode)
        .await
        .unwrap();
    let certificate = UpdateSslCertRequest {
        instance_id: id.clone(),
        ssl_min_version: Some("TLSv1.2".to_owned()),
        encryption_mode: Some("strict".to_owned().into()),
        ..Default::default()
    };
    client.update_ssl_cert(region, &certificate).await.unwrap();
    let task = NonZeroU64::new(329).unwrap();
    client.describe_task_info(region, task).await.unwrap();
    let list = DescribeTaskListRequest {
        instance_id: Some(id.clone()),
        ..Default::default()
    };
    client.describe_task_list(region, &list).await.unwrap();
    let proxy = UpgradeProxyVersionRequest {
        instance_id: id.clone(),
        current_proxy_version: "5.5.0".to_owned(),
        upgrade_proxy_version: "5.8.20".to_owned(),
        instance_type_upgrade_now: 1,
    };
    client.upgrade_proxy_version(region, &proxy).await.unwrap();
    let small = UpgradeSmallVersionRequest {
        instance_id: id.clone(),
        current_redis_version: "1".to_owned(),
        upgrade_redis_version: "2".to_owned(),
        instance_type_upgrade_now: 0,
    };
    client.upgrade_small_version(region, &small).await.unwrap();
    let version = UpgradeInstanceVersionRequest {
        instance_id: id.clone(),
        target_instance_type: "15".to_owned(),
        switch_option: 2,
    };
    client
        .upgrade_instance_version(region, &version)
        .await
        .unwrap();
    client
        .describe_instance_deal_detail(region, "2020")
        .await
        .unwrap();
    let password = ResetPasswordRequest {
        instance_id: id.clone(),
        password: Some("pass-word1".into()),
        no_auth: false,
    };
    client.reset_password(region, &password).await.unwrap();
    client
        .describe_maintenance_window(region, &id)
        .await
        .unwrap();
    client.describe_regions().await.unwrap();
    client.caller_identity().await.unwrap();
    vec![
        (Action::DESCRIBE_INSTANCES, json!({"Limit": 10})),
        (Action::DESCRIBE_SSL_STATUS, instance.clone()),
        (
            Action::OPEN_SSL,
            json!({"InstanceId": "crs-1", "AddressType": 1}),
        ),
        (Action::CLOSE_SSL, instance.clone()),
        (
            Action::MODIFY_SSL_ENCRYPTION_MODE,
            json!({"InstanceId": "crs-1", "EncryptionMode": "required"}),
        ),
        (
            Action::UPDATE_SSL_CERT,
            json!({"InstanceId": "crs-1", "SSLMinVersion": "TLSv1.2", "EncryptionMode": "strict"}),
        ),
        (Action::DESCRIBE_TASK_INFO, json!({"TaskId": 329})),
        (Action::DESCRIBE_TASK_LIST, instance.clone()),
        (
            Action::UPGRADE_PROXY_VERSION,
            json!({"InstanceId": "crs-1", "CurrentProxyVersion": "5.5.0",
                "UpgradeProxyVersion": "5.8.20", "InstanceTypeUpgradeNow": 1}),
        ),
        (
            Action::UPGRADE_SMALL_VERSION,
            json!({"InstanceId": "crs-1", "CurrentRedisVersion": "1",
                "UpgradeRedisVersion": "2", "InstanceTypeUpgradeNow": 0}),
        ),
        (
            Action::UPGRADE_INSTANCE_VERSION,
            json!({"InstanceId": "crs-1", "TargetInstanceType": "15", "SwitchOption": 2}),
        ),
        (
            Action::DESCRIBE_INSTANCE_DEAL_DETAIL,
            json!({"DealName": "2020"}),
        ),
        (
            Action::RESET_PASSWORD,
            json!({"InstanceId": "crs-1", "Password": "pass-word1", "NoAuth": false}),
        ),
        (Action::DESCRIBE_MAINTENANCE_WINDOW, instance),
        (Action::DESCRIBE_REGIONS, json!({"Product": "redis"})),
        (Action::GET_CALLER_IDENTITY, json!({})),
    ]
}

fn verify(request: &Arc<Received>, action: &Action) {
    let authorization: Authorization = request.header("authorization").parse().unwrap();
    assert_eq!(authorization.secret_id, SECRET_ID);
    assert_eq!(
        authorization.signed_headers,
        ["content-type", "host", "x-tc-action"]
    );
    let headers: Vec<(&str, &str)> = authorization
        .signed_headers
        .iter()
        .map(|name| (name.as_str(), request.header(name)))
        .collect();
    let message = Message {
        method: &request.method,
        query: "",
        headers: &headers,
        body: &request.body,
        service: action.product.service(),
        timestamp: Timestamp::from_second(NOW).unwrap(),
    };
    assert!(
        authorization.verify(&SECRET_KEY.into(), &message),
        "{}",
        action.name
    );
}
