//! Every answer of the sandbox: each required field is there and of the type that is described.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use rediseal_sandbox::{Options, Sandbox};
use rediseal_tencent::{
    Class, Client,
    action::Action,
    redis::{
        DescribeInstancesRequest, DescribeTaskListRequest, EncryptionMode,
        ModifySslEncryptionModeRequest, ResetPasswordRequest, SwitchSslRequest,
        UpdateSslCertRequest, UpgradeInstanceVersionRequest, UpgradeProxyVersionRequest,
        UpgradeSmallVersionRequest,
    },
};
use serde::Serialize;

use crate::{
    description::{self, Direction},
    requests::client,
};

/// In the published example of `DescribeInstances` and in no structure.
const UNDESCRIBED: &str = "ApplicationVersion is not described";
const GUANGZHOU: &str = "ap-guangzhou";
const READY: &str = "crs-d3s0yk6b";

#[tokio::test]
async fn every_answer_of_the_sandbox_is_as_described() {
    let options = Options {
        speed: 0.0,
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let ready = sandbox.ready();
    let client = client(&ready.endpoint, &ready.secret_id, &ready.secret_key);
    let mut seen = Seen::default();

    seen.check(Action::GET_CALLER_IDENTITY, &client.caller_identity().await);
    seen.check(Action::DESCRIBE_REGIONS, &client.describe_regions().await);
    for region in &ready.regions {
        lists(&client, region, &mut seen).await;
    }
    ssl(&sandbox, &client, &mut seen).await;
    upgrades(&sandbox, &client, &mut seen).await;
    for region in &ready.regions {
        lists(&client, region, &mut seen).await;
    }

    let all: BTreeSet<_> = Action::ALL.iter().map(|action| action.name).collect();
    let called: BTreeSet<_> = seen.answers.keys().copied().collect();
    assert_eq!(called, all, "an action that was not called");
    assert!(
        seen.answers["DescribeInstances"] >= 20,
        "{:?}",
        seen.answers
    );
    assert!(
        seen.answers["DescribeSSLStatus"] >= 60,
        "{:?}",
        seen.answers
    );
    assert_eq!(seen.misfits, BTreeSet::new());
}

#[tokio::test]
async fn what_an_older_api_lacks_is_not_there_yet() {
    let sandbox = Sandbox::start(Options {
        faults: vec!["older".parse().unwrap()],
        ..Options::default()
    })
    .await
    .unwrap();
    let ready = sandbox.ready();
    let client = client(&ready.endpoint, &ready.secret_id, &ready.secret_key);
    let open = client.open_ssl(GUANGZHOU, &bound()).await;
    let mode = client
        .modify_ssl_encryption_mode(GUANGZHOU, &required())
        .await;
    let update = client.update_ssl_cert(GUANGZHOU, &renewed()).await;
    for (answer, code) in [
        (open, "UnknownParameter"),
        (mode, "InvalidAction"),
        (update, "InvalidAction"),
    ] {
        let error = answer.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.class(), Class::NotYet);
        assert!(error.provably_not_accepted() && !error.is_retryable());
    }
}

fn bound() -> SwitchSslRequest {
    SwitchSslRequest {
        instance_id: READY.to_owned(),
        address_type: Some(1),
    }
}

fn required() -> ModifySslEncryptionModeRequest {
    ModifySslEncryptionModeRequest {
        instance_id: READY.to_owned(),
        encryption_mode: EncryptionMode::Required,
    }
}

fn renewed() -> UpdateSslCertRequest {
    UpdateSslCertRequest {
        instance_id: READY.to_owned(),
        ..Default::default()
    }
}

async fn lists(client: &Client, region: &str, seen: &mut Seen) {
    let page = client
        .describe_instances(region, &DescribeInstancesRequest::default())
        .await;
    seen.check(Action::DESCRIBE_INSTANCES, &page);
    for instance in page.unwrap().instance_set.unwrap() {
        // Those that are gone or not there yet are refused.
        let status = client
            .describe_ssl_status(region, &instance.instance_id.unwrap())
            .await;
        if status.is_ok() {
            seen.check(Action::DESCRIBE_SSL_STATUS, &status);
        }
    }
    let request = DescribeTaskListRequest::default();
    let tasks = client.describe_task_list(region, &request).await;
    seen.check(Action::DESCRIBE_TASK_LIST, &tasks);
}

async fn ssl(sandbox: &Sandbox, client: &Client, seen: &mut Seen) {
    let opened = client.open_ssl(GUANGZHOU, &bound()).await;
    seen.check(Action::OPEN_SSL, &opened);
    let task = opened.unwrap().task().unwrap();
    for _ in 0..3 {
        let info = client.describe_task_info(GUANGZHOU, task).await;
        seen.check(Action::DESCRIBE_TASK_INFO, &info);
        let status = client.describe_ssl_status(GUANGZHOU, READY).await;
        seen.check(Action::DESCRIBE_SSL_STATUS, &status);
        sandbox.advance(Duration::from_secs(35));
    }
    let mode = client
        .modify_ssl_encryption_mode(GUANGZHOU, &required())
        .await;
    seen.check(Action::MODIFY_SSL_ENCRYPTION_MODE, &mode);
    sandbox.advance(Duration::from_secs(120));
    let update = client.update_ssl_cert(GUANGZHOU, &renewed()).await;
    seen.check(Action::UPDATE_SSL_CERT, &update);
    sandbox.advance(Duration::from_secs(120));
    let closed = client.close_ssl(GUANGZHOU, &bound()).await;
    seen.check(Action::CLOSE_SSL, &closed);
    sandbox.advance(Duration::from_secs(120));
    let password = ResetPasswordRequest {
        instance_id: READY.to_owned(),
        password: Some("Correct-horse1".to_owned().into()),
        no_auth: false,
    };
    let reset = client.reset_password(GUANGZHOU, &password).await;
    seen.check(Action::RESET_PASSWORD, &reset);
    let window = client.describe_maintenance_window(GUANGZHOU, READY).await;
    seen.check(Action::DESCRIBE_MAINTENANCE_WINDOW, &window);
}

async fn upgrades(sandbox: &Sandbox, client: &Client, seen: &mut Seen) {
    let proxy = UpgradeProxyVersionRequest {
        instance_id: "crs-81zzc9hn".to_owned(),
        current_proxy_version: "5.5.0".to_owned(),
        upgrade_proxy_version: "5.8.20".to_owned(),
        instance_type_upgrade_now: 0,
    };
    let flow = client.upgrade_proxy_version(GUANGZHOU, &proxy).await;
    seen.check(Action::UPGRADE_PROXY_VERSION, &flow);
    let kernel = UpgradeSmallVersionRequest {
        instance_id: "crs-k2r6jw4z".to_owned(),
        current_redis_version: "7.0.9".to_owned(),
        upgrade_redis_version: "7.0.15".to_owned(),
        instance_type_upgrade_now: 1,
    };
    let flow = client
        .upgrade_small_version("na-siliconvalley", &kernel)
        .await;
    seen.check(Action::UPGRADE_SMALL_VERSION, &flow);
    let engine = UpgradeInstanceVersionRequest {
        instance_id: "crs-z1c4fa9t".to_owned(),
        target_instance_type: "6".to_owned(),
        switch_option: 2,
    };
    let order = client.upgrade_instance_version(GUANGZHOU, &engine).await;
    seen.check(Action::UPGRADE_INSTANCE_VERSION, &order);
    let order = order.unwrap().deal_name.unwrap();
    for _ in 0..2 {
        let details = client
            .describe_instance_deal_detail(GUANGZHOU, &order)
            .await;
        seen.check(Action::DESCRIBE_INSTANCE_DEAL_DETAIL, &details);
        sandbox.advance(Duration::from_secs(3600));
    }
}

/// What the sandbox answered.
#[derive(Default)]
struct Seen {
    answers: BTreeMap<&'static str, usize>,
    misfits: BTreeSet<String>,
}

impl Seen {
    /// Answers keep every field as it came, known or not, so they are written as they were read.
    fn check<T: Serialize>(&mut self, action: Action, answer: &Result<T, rediseal_tencent::Error>) {
        let name = action.name;
        let answer = answer.as_ref().unwrap_or_else(|error| panic!("{error}"));
        *self.answers.entry(name).or_default() += 1;
        let description = description::of(action.product);
        let Some(described) = description.find(action) else {
            return;
        };
        let answer = serde_json::to_value(answer).unwrap();
        assert!(answer["RequestId"].is_string(), "{name}: {answer}");
        self.misfits.extend(
            description
                .misfits(&described.output, &answer, Direction::Answer)
                .into_iter()
                .filter(|misfit| !misfit.ends_with(UNDESCRIBED))
                .map(|misfit| format!("{name}: {misfit}")),
        );
    }
}
