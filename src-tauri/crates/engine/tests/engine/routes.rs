//! What stands between this computer and a server, as it is remembered.

use std::path::PathBuf;
use std::sync::Arc;

use rediseal_engine::view::{Keep, RouteView, RunState, TestFiles, TestForm, VaultState, ViaForm};
use rediseal_engine::{Code, Engine, SessionVault, Vault, VaultError};
use rediseal_probe::Cause;
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::support::{Lab, ON, READY, test_form, until};

const HOP: &str = "http://me@127.0.0.1:9";
const SECRET: &str = "hop-secret-8c1";

fn form(instance: &str, via: Option<ViaForm>) -> TestForm {
    TestForm {
        via,
        ..test_form(instance)
    }
}

fn via(password: Option<&str>) -> ViaForm {
    ViaForm {
        url: HOP.to_owned(),
        password: password.map(Into::into),
        key_file: false,
        passphrase: None,
        remember: false,
        accept_host_key: None,
    }
}

async fn remember(engine: &Engine, form: &mut TestForm) -> Option<PathBuf> {
    engine.remember_route(form, None).await.unwrap()
}

/// The password that a test of `instance` is completed with when `tick` is how its form is sent.
async fn completed(engine: &Engine, instance: &str, tick: bool) -> Option<String> {
    let mut form = form(
        instance,
        Some(ViaForm {
            remember: tick,
            ..via(None)
        }),
    );
    remember(engine, &mut form).await;
    let password = form.via.unwrap().password?;
    Some(password.expose_secret().to_owned())
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
        remembered: false,
        may_remember: true,
    };
    assert_eq!(engine.test_route(Some(ON)).await.unwrap(), direct);

    let mut first = form(ON, Some(via(Some(SECRET))));
    assert_eq!(remember(&engine, &mut first).await, None);
    // An instance without a route of its own begins with the last one of the account.
    assert_eq!(url(&engine, ON).await.as_deref(), Some(HOP));
    assert_eq!(url(&engine, READY).await.as_deref(), Some(HOP));
    // What was typed once in this session is put in.
    let mut second = form(READY, Some(via(None)));
    remember(&engine, &mut second).await;
    assert!(second.via.unwrap().password.is_some());
    remember(&engine, &mut form(READY, None)).await;
    assert_eq!(url(&engine, READY).await, None);
    assert_eq!(url(&engine, ON).await.as_deref(), Some(HOP));
    drop(engine);

    // After a start anew the way is there and its secret is not.
    let engine = lab.open().await;
    assert_eq!(url(&engine, ON).await.as_deref(), Some(HOP));
    let mut third = form(ON, Some(via(None)));
    remember(&engine, &mut third).await;
    assert!(third.via.unwrap().password.is_none());
    assert!(!lab.is_on_disk(SECRET));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hop_s_secrets_are_in_the_keychain_for_as_long_as_the_user_wants_that() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let account = engine.app_snapshot().await.unwrap().active.unwrap();
    let entry = format!("{HOP} ({account})");
    let in_keychain = || lab.vault.find(&entry).unwrap();
    let with = |password: &str| {
        form(
            ON,
            Some(ViaForm {
                remember: true,
                ..via(Some(password))
            }),
        )
    };
    let shown = async |engine: &Engine| engine.test_route(Some(ON)).await.unwrap().remembered;
    // There is nothing to remember yet.
    assert_eq!(completed(&engine, ON, true).await, None);
    assert!(in_keychain().is_none() && !shown(&engine).await);
    remember(&engine, &mut with("typed-before")).await;
    remember(&engine, &mut with(SECRET)).await;
    assert!(in_keychain().is_some() && shown(&engine).await);
    assert!(!lab.is_on_disk(SECRET));
    drop(engine);

    // After a start anew it is there, for another server behind the same hop too, and for what
    // the user does not look at.
    let engine = lab.open().await;
    assert!(shown(&engine).await);
    assert_eq!(
        completed(&engine, READY, true).await.as_deref(),
        Some(SECRET)
    );
    drop(engine);
    let engine = lab.open().await;
    // Another hop is chosen meanwhile, and this one again.
    let mut elsewhere = via(None);
    elsewhere.url = "socks5://127.0.0.1:9".to_owned();
    remember(&engine, &mut form(READY, Some(elsewhere.clone()))).await;
    remember(&engine, &mut form(ON, Some(elsewhere))).await;
    assert!(in_keychain().is_some());
    assert_eq!(completed(&engine, ON, true).await.as_deref(), Some(SECRET));

    // Once it is not wanted there any more it lasts as long as this process.
    assert_eq!(completed(&engine, ON, false).await.as_deref(), Some(SECRET));
    assert!(in_keychain().is_none() && !shown(&engine).await);
    assert_eq!(completed(&engine, ON, false).await.as_deref(), Some(SECRET));
    drop(engine);
    let engine = lab.open().await;
    assert_eq!(completed(&engine, ON, true).await, None);

    // It goes with the account.
    remember(&engine, &mut with(SECRET)).await;
    engine.remove_account(&account).await.unwrap();
    assert!(in_keychain().is_none());
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    assert_eq!(completed(&engine, ON, true).await, None);
    drop(engine);

    // An account of this session leaves nothing behind.
    let engine = lab.open().await;
    engine.remove_account(&account).await.unwrap();
    engine.sign_in(lab.form(Keep::Session)).await.unwrap();
    remember(&engine, &mut with(SECRET)).await;
    let route = engine.test_route(Some(ON)).await.unwrap();
    assert!(!route.remembered && !route.may_remember);
    assert!(in_keychain().is_none() && !lab.is_on_disk(SECRET));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keychain_that_does_not_keep_a_secret_says_so_and_is_not_asked_for_it() {
    /// It keeps the account's key and nothing else.
    struct Full(Arc<SessionVault>);
    impl Vault for Full {
        fn state(&self) -> VaultState {
            VaultState::Available
        }
        fn put(&self, entry: &str, secret: &[u8]) -> Result<(), VaultError> {
            match entry.starts_with(HOP) {
                true => Err(VaultError::Locked),
                false => self.0.put(entry, secret),
            }
        }
        fn find(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
            assert!(!entry.starts_with(HOP), "nothing of it is there");
            self.0.find(entry)
        }
        fn remove(&self, entry: &str) -> Result<(), VaultError> {
            assert!(!entry.starts_with(HOP), "nothing of it is there");
            self.0.remove(entry)
        }
    }
    let lab = Lab::fast().await;
    let mut config = lab.config();
    config.vault = Arc::new(Full(Arc::clone(&lab.vault)));
    let engine = Engine::open(config).await.unwrap();
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    let mut wanted = form(
        ON,
        Some(ViaForm {
            remember: true,
            ..via(Some(SECRET))
        }),
    );
    let error = engine.remember_route(&mut wanted, None).await.unwrap_err();
    assert_eq!(error.code(), Code::KeychainLocked);
    // Without the keychain it goes on.
    remember(&engine, &mut form(ON, Some(via(Some(SECRET))))).await;
    assert_eq!(completed(&engine, ON, false).await.as_deref(), Some(SECRET));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_looked_at_by_itself_goes_the_way_that_was_chosen() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    remember(&engine, &mut form(ON, Some(via(Some(SECRET))))).await;
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
