//! Signing in and out.

use std::sync::Arc;

use rediseal_engine::view::{Action, Keep, NetworkForm, Phase, SignInForm, Site, VaultState};
use rediseal_engine::{Code, Engine, Environment, SessionVault, Vault, VaultError};
use zeroize::Zeroizing;

use crate::support::{Lab, ON, READY, apply, until, until_phase};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_there_after_a_restart_and_its_secret_is_not_on_disk() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    engine.refresh_inventory().await.unwrap();
    engine.inventory_refreshed().await.unwrap();
    let mut account = engine.app_snapshot().await.unwrap().accounts.remove(0);
    assert!(account.usable);
    // Not known before the first answer.
    assert!(account.clock_offset.take().is_some());
    assert!(account.identity.as_ref().unwrap().arn.contains("qcs"));
    drop(engine);

    let engine = lab.open().await;
    let snapshot = engine.app_snapshot().await.unwrap();
    assert_eq!(snapshot.accounts, std::slice::from_ref(&account));
    assert_eq!(snapshot.active, Some(account.id));
    // The key is good: the cloud answers.
    engine.refresh_inventory().await.unwrap();
    assert_eq!(engine.inventory_refreshed().await.unwrap().error, None);

    let ready = lab.sandbox.ready();
    assert!(lab.is_on_disk(ON), "the cache is there");
    assert!(!lab.is_on_disk(&ready.secret_key));
    assert!(!lab.is_on_disk(&ready.secret_id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_account_is_gone_after_a_restart() {
    let lab = Lab::fast().await;
    let engine = lab.open().await;
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    engine.refresh_inventory().await.unwrap();
    engine.inventory_refreshed().await.unwrap();
    drop(engine);
    assert!(!lab.is_on_disk(ON), "its fleet is not kept either");
    let engine = lab.open().await;
    let snapshot = engine.app_snapshot().await.unwrap();
    assert_eq!((snapshot.accounts.len(), snapshot.active), (0, None));
    let error = engine.refresh_inventory().await.unwrap_err();
    assert_eq!(error.code(), Code::CredentialsMissing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_secret_is_said() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let id = engine.app_snapshot().await.unwrap().active.unwrap();
    drop(engine);
    lab.vault.remove(&id).unwrap();
    let engine = lab.open().await;
    assert!(!engine.app_snapshot().await.unwrap().accounts[0].usable);
    let error = engine.refresh_inventory().await.unwrap_err();
    assert_eq!(error.code(), Code::CredentialsMissing);
    assert!(error.to_string().contains("Test"), "{error}");
    // Signing in again repairs the account and does not make a second one.
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    let accounts = engine.app_snapshot().await.unwrap().accounts;
    assert_eq!((accounts.len(), accounts[0].usable), (1, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_cloud_refuses_is_told_and_not_kept() {
    let lab = Lab::fast().await;
    let engine = lab.open().await;
    let wrong_key = SignInForm {
        secret_key: "wrong".into(),
        ..lab.form(Keep::Keychain)
    };
    let unknown = SignInForm {
        secret_id: "AKIDunknown0123456789".to_owned(),
        ..lab.form(Keep::Keychain)
    };
    let elsewhere = SignInForm {
        site: Site::Custom {
            url: "http://192.0.2.1".to_owned(),
        },
        ..lab.form(Keep::Keychain)
    };
    let closed = SignInForm {
        site: Site::Custom {
            url: "http://127.0.0.1:1".to_owned(),
        },
        ..lab.form(Keep::Keychain)
    };
    let empty = SignInForm {
        secret_id: " ".to_owned(),
        ..lab.form(Keep::Keychain)
    };
    let odd = SignInForm {
        secret_key: "two\nlines".into(),
        ..lab.form(Keep::Keychain)
    };
    for (form, code) in [
        (wrong_key, Code::CredentialsRejected),
        (unknown, Code::CredentialsRejected),
        (elsewhere, Code::EndpointRefused),
        (closed, Code::NetworkUnreachable),
        (empty, Code::InvalidInput),
        (odd, Code::InvalidInput),
    ] {
        let error = engine.sign_in(form).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(&lab.sandbox.ready().secret_key));
        assert!(!shown.contains("two\\nlines"));
    }
    assert!(engine.app_snapshot().await.unwrap().accounts.is_empty());
    assert!(engine.audit_log().await.unwrap().entries.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn temporary_credentials_work_with_their_token() {
    let lab = Lab::fast().await;
    let engine = lab.open().await;
    let temporary = &lab.sandbox.ready().temporary;
    let form = |token: Option<&str>| SignInForm {
        secret_id: temporary.secret_id.clone(),
        secret_key: temporary.secret_key.clone().into(),
        token: token.map(Into::into),
        ..lab.form(Keep::Session)
    };
    engine.sign_in(form(Some(&temporary.token))).await.unwrap();
    let error = engine.sign_in(form(Some("wrong"))).await.unwrap_err();
    assert_eq!(error.code(), Code::TokenExpired, "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_deletes_the_secret_and_keeps_the_audit_log() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let id = engine.app_snapshot().await.unwrap().active.unwrap();
    engine.remove_account(&id).await.unwrap();
    assert!(lab.vault.find(&id).unwrap().is_none());
    assert!(engine.app_snapshot().await.unwrap().accounts.is_empty());
    let log = engine.audit_log().await.unwrap();
    let actions: Vec<_> = log.entries.iter().map(|e| e.action.as_str()).collect();
    assert_eq!(actions, ["sign_out", "sign_in"]);
    assert_eq!(log.broken_at, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_found_key_is_offered_masked_and_taken_on_request() {
    let lab = Lab::fast().await;
    let ready = lab.sandbox.ready();
    let mut environment = Environment::default();
    for (name, value) in [
        ("TENCENTCLOUD_SECRET_ID", &ready.secret_id),
        ("TENCENTCLOUD_SECRET_KEY", &ready.secret_key),
    ] {
        environment.variables.insert(name.to_owned(), value.clone());
    }
    let mut config = lab.config();
    config.environment = environment;
    let engine = Engine::open(config).await.unwrap();
    let snapshot = engine.app_snapshot().await.unwrap();
    assert_eq!(snapshot.detected.len(), 1);
    assert!(snapshot.accounts.is_empty());
    let shown = serde_json::to_string(&snapshot).unwrap();
    assert!(!shown.contains(&ready.secret_key) && !shown.contains(&ready.secret_id));
    let site = Site::Custom {
        url: ready.endpoint.clone(),
    };
    let id = &snapshot.detected[0].id;
    let view = engine
        .take_detected(
            id,
            String::new(),
            site.clone(),
            Keep::Session,
            NetworkForm::default(),
        )
        .await
        .unwrap();
    assert!(!view.name.is_empty());
    let error = engine
        .take_detected(
            "profile",
            String::new(),
            site,
            Keep::Session,
            NetworkForm::default(),
        )
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keychain_that_fails_keeps_nothing_and_session_still_works() {
    struct Locked;
    impl Vault for Locked {
        fn state(&self) -> VaultState {
            VaultState::Locked
        }
        fn put(&self, _: &str, _: &[u8]) -> Result<(), VaultError> {
            Err(VaultError::Locked)
        }
        fn find(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
            Err(VaultError::Locked)
        }
        fn remove(&self, _: &str) -> Result<(), VaultError> {
            Err(VaultError::Locked)
        }
    }
    let lab = Lab::fast().await;
    let mut config = lab.config();
    config.vault = Arc::new(Locked);
    let engine = Engine::open(config).await.unwrap();
    assert_eq!(
        engine.app_snapshot().await.unwrap().vault,
        VaultState::Locked
    );
    let error = engine.sign_in(lab.form(Keep::Keychain)).await.unwrap_err();
    assert_eq!(error.code(), Code::KeychainLocked);
    assert!(engine.app_snapshot().await.unwrap().accounts.is_empty());
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_is_an_account_of_this_session() {
    let lab = Lab::fast().await;
    let engine = lab.open().await;
    let view = engine
        .enter_sandbox(lab.form(Keep::Keychain))
        .await
        .unwrap();
    assert!(view.sandbox);
    assert_eq!(view.keep, Keep::Session);
    let empty = SessionVault::default();
    assert!(empty.find(&view.id).unwrap().is_none());
    assert!(lab.vault.find(&view.id).unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_kept_and_told() {
    let lab = Lab::fast().await;
    let engine = lab.open().await;
    let mut settings = engine.app_snapshot().await.unwrap().settings;
    settings.language = "zh-CN".to_owned();
    engine.change_settings(settings.clone()).await.unwrap();
    until("an event", || {
        let app = lab.events.app.lock().unwrap();
        app.last().is_some_and(|s| s.settings.language == "zh-CN")
    })
    .await;
    settings.theme = "plaid".to_owned();
    let error = engine.change_settings(settings).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    drop(engine);
    let settings = lab.open().await.app_snapshot().await.unwrap().settings;
    assert_eq!(
        (settings.language.as_str(), settings.theme.as_str()),
        ("zh-CN", "system")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_have_their_own_jobs_on_instances_of_the_same_id() {
    let (one, other) = (Lab::still().await, Lab::still().await);
    let engine = one.engine().await;
    let first = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &first.id, Phase::Updating).await;
    let form = SignInForm {
        name: "Other".to_owned(),
        ..other.form(Keep::Keychain)
    };
    engine.sign_in(form).await.unwrap();
    let detail = engine.instance_detail(READY).await.unwrap();
    assert_eq!((detail.row.job_id, detail.jobs), (None, Vec::new()));
    let second = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    let names = (first.account.as_str(), second.account.as_str());
    assert_eq!(names, ("Test", "Other"));
    let detail = engine.instance_detail(READY).await.unwrap();
    let ids: Vec<_> = detail.jobs.into_iter().map(|job| job.id).collect();
    assert_eq!(ids, [second.id.as_str()]);
    one.advance(600);
    other.advance(600);
    for job in [&first, &second] {
        let job = engine.wait_for(&job.id).await.unwrap();
        assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    }
    assert_eq!((one.calls("OpenSSL"), other.calls("OpenSSL")), (1, 1));
    assert_eq!(engine.job_snapshots().await.unwrap().len(), 2);
}
