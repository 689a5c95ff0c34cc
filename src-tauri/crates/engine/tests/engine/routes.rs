//! What stands between this computer and a server, as it is remembered.

use rediseal_engine::view::{Keep, RouteView, RunState, TestFiles, TestForm, TrustChoice, ViaForm};
use rediseal_engine::{Code, Engine};
use rediseal_probe::Cause;

use crate::support::{Lab, ON, READY, until};

const HOP: &str = "http://me@127.0.0.1:9";
const SECRET: &str = "hop-secret-8c1";

fn form(instance: &str, via: Option<ViaForm>) -> TestForm {
    TestForm {
        test_id: format!("test-{instance}"),
        instance_id: Some(instance.to_owned()),
        address: None,
        name: None,
        sni: None,
        trust: TrustChoice::Instance,
        username: None,
        password: None,
        deep: false,
        cost: false,
        via,
    }
}

fn via(password: Option<&str>) -> ViaForm {
    ViaForm {
        url: HOP.to_owned(),
        password: password.map(Into::into),
        key_file: false,
        passphrase: None,
        accept_host_key: None,
    }
}

async fn url(engine: &Engine, instance: &str) -> Option<String> {
    engine.test_route(Some(instance)).await.unwrap().url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_is_remembered_without_its_secrets() {
    let lab = Lab::fast().await;
    let engine = lab.open().await;
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    let direct = RouteView {
        url: None,
        key_file: None,
    };
    assert_eq!(engine.test_route(Some(ON)).await.unwrap(), direct);

    let mut first = form(ON, Some(via(Some(SECRET))));
    assert_eq!(engine.remember_route(&mut first, None), None);
    // An instance without a route of its own begins with the last one of the account.
    assert_eq!(url(&engine, ON).await.as_deref(), Some(HOP));
    assert_eq!(url(&engine, READY).await.as_deref(), Some(HOP));
    // What was typed once in this session is put in.
    let mut second = form(READY, Some(via(None)));
    engine.remember_route(&mut second, None);
    assert!(second.via.unwrap().password.is_some());
    engine.remember_route(&mut form(READY, None), None);
    assert_eq!(url(&engine, READY).await, None);
    assert_eq!(url(&engine, ON).await.as_deref(), Some(HOP));
    drop(engine);

    // After a start anew the way is there and its secret is not.
    let engine = lab.open().await;
    assert_eq!(url(&engine, ON).await.as_deref(), Some(HOP));
    let mut third = form(ON, Some(via(None)));
    engine.remember_route(&mut third, None);
    assert!(third.via.unwrap().password.is_none());
    assert!(!lab.is_on_disk(SECRET));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_looked_at_by_itself_goes_the_way_that_was_chosen() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    engine.remember_route(&mut form(ON, Some(via(Some(SECRET)))), None);
    engine.test_instances(&[ON.to_owned()]).await.unwrap();
    until("the run ends", || {
        let runs = lab.events.runs.lock().unwrap();
        let last = runs.last();
        last.is_some_and(|(_, run)| run.state != RunState::Running)
    })
    .await;
    let reports = engine.reports().await;
    let (_, report) = reports.iter().find(|(id, _)| id == ON).unwrap();
    assert_eq!(report.cause, Some(Cause::ProxyUnreachable), "{report:#?}");
    assert_eq!(report.route, HOP);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_that_cannot_be_used_is_named_before_anything_is_sent() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let folder = tempfile::tempdir().unwrap();
    let nonsense = folder.path().join("key");
    std::fs::write(&nonsense, "no key").unwrap();
    assert!(engine.key_file(&nonsense).await.is_err());
    let ssh = |change: fn(&mut ViaForm)| {
        let mut via = via(None);
        via.url = "ssh://ops@127.0.0.1:9".to_owned();
        change(&mut via);
        form(ON, Some(via))
    };
    for (form, key) in [
        (ssh(|via| via.url = "ftp://127.0.0.1".to_owned()), None),
        (ssh(|via| via.url = "ssh://127.0.0.1".to_owned()), None),
        (ssh(|via| via.key_file = true), None),
        (ssh(|via| via.key_file = true), Some(nonsense.as_path())),
        (
            ssh(|via| via.accept_host_key = Some("yes".to_owned())),
            None,
        ),
    ] {
        let files = TestFiles { trust: None, key };
        let error = engine.test(form, files).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{error}");
    }
}
