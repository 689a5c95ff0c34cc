//! How an account reaches the cloud: proxies, authorities of one's own, who reads along, clocks and
//! keys that end.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use rediseal_engine::view::{
    AccountView, Action, EdgeError, EventCode, Keep, LoginChoice, NetworkForm, Phase, ProxyChoice,
    SignInForm, Site,
};
use rediseal_engine::{Code, Engine, Secret, Vault};
use rediseal_sandbox::Options;
use secrecy::ExposeSecret;

use crate::inspecting::{Authority, Inspecting};
use crate::support::{Lab, READY, apply, codes, until, until_event, until_phase};

/// A sandbox behind a proxy that opens connections to the vendor's own hosts.
struct Inspected {
    lab: Lab,
    middle: Inspecting,
    ca: PathBuf,
}

impl Inspected {
    async fn new() -> Self {
        let lab = Lab::fast().await;
        let authority = Authority::new("Corp Inspection CA", "Corp");
        let ca = lab.folder.path().join("corp.pem");
        std::fs::write(&ca, &authority.pem).unwrap();
        let middle = Inspecting::start(authority, &lab.sandbox.ready().endpoint).await;
        Self { lab, middle, ca }
    }

    async fn form(&self, engine: &Engine) -> SignInForm {
        SignInForm {
            site: Site::Mainland,
            network: NetworkForm {
                proxy: ProxyChoice::Url {
                    url: self.middle.url.clone(),
                },
                api_ca: Some(engine.api_ca(&self.ca).await.unwrap().id),
                ..NetworkForm::default()
            },
            ..self.lab.form(Keep::Keychain)
        }
    }
}

fn root_key(error: &EdgeError) -> String {
    let root = &error.details["peer"]["root"];
    root["key"].as_str().unwrap().to_owned()
}

async fn account(engine: &Engine) -> AccountView {
    engine.app_snapshot().await.unwrap().accounts.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_along_is_named_before_the_key_is_used_and_remembered() {
    let inspected = Inspected::new().await;
    let lab = &inspected.lab;
    let engine = lab.open().await;
    let form = inspected.form(&engine).await;
    let error: EdgeError = engine.sign_in(form.clone()).await.unwrap_err().into();
    assert_eq!(error.code, Code::ConnectionInspected, "{error:?}");
    let peer = &error.details["peer"];
    assert_eq!(peer["root"]["name"]["common_name"], "Corp Inspection CA");
    assert_eq!(peer["root"]["name"]["organization"], "Corp");
    assert_eq!(peer["host"], "sts.tencentcloudapi.com");
    assert_eq!(lab.calls("GetCallerIdentity"), 0, "nothing was sent");
    assert!(engine.app_snapshot().await.unwrap().accounts.is_empty());

    let mut accepting = form;
    accepting.network.accept = vec![root_key(&error)];
    let view = engine.sign_in(accepting).await.unwrap();
    assert_eq!(view.network.accepted.len(), 1);
    assert_eq!(view.network.accepted[0].name.organization, "Corp");
    let through = inspected.middle.url.trim_start_matches("http://");
    assert_eq!(view.network.through.as_deref(), Some(through));
    assert_eq!(view.network.peers[0].host, "sts.tencentcloudapi.com");
    let asked = inspected.middle.asked.lock().unwrap().len();
    drop(engine);

    // After a restart it is asked for no more.
    let engine = lab.open().await;
    engine.refresh_inventory().await.unwrap();
    let fleet = engine.inventory_refreshed().await.unwrap();
    assert_eq!(fleet.error, None);
    assert!(!fleet.rows.is_empty());
    assert!(inspected.middle.asked.lock().unwrap().len() > asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_authority_asks_again_and_can_be_accepted_later() {
    let inspected = Inspected::new().await;
    let lab = &inspected.lab;
    let engine = lab.open().await;
    let form = inspected.form(&engine).await;
    let error: EdgeError = engine.sign_in(form.clone()).await.unwrap_err().into();
    let mut accepting = form;
    accepting.network.accept = vec![root_key(&error)];
    let id = engine.sign_in(accepting).await.unwrap().id;

    let other = Authority::new("Another CA", "");
    let ca = lab.folder.path().join("another.pem");
    std::fs::write(&ca, &other.pem).unwrap();
    let middle = Inspecting::start(other, &lab.sandbox.ready().endpoint).await;
    let network = NetworkForm {
        proxy: ProxyChoice::Url { url: middle.url },
        api_ca: Some(engine.api_ca(&ca).await.unwrap().id),
        ..NetworkForm::default()
    };
    engine.change_network(&id, network).await.unwrap();
    let error: EdgeError = engine.check_account(&id).await.unwrap_err().into();
    assert_eq!(error.code, Code::ConnectionInspected);
    let unknown = engine.accept_root(&id, "0000").await.unwrap_err();
    assert_eq!(
        unknown.code(),
        Code::InvalidInput,
        "only who was met is accepted"
    );
    let view = engine.accept_root(&id, &root_key(&error)).await.unwrap();
    let names = view
        .network
        .accepted
        .iter()
        .map(|root| root.name.common_name.as_str());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["Corp Inspection CA", "Another CA"]
    );
    engine.check_account(&id).await.unwrap();
    let log = engine.audit_log().await.unwrap();
    let actions: Vec<_> = log.entries.iter().map(|e| e.action.as_str()).collect();
    assert_eq!(actions, ["accept_root", "change_network", "sign_in"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_accepted_can_be_refused_again() {
    let inspected = Inspected::new().await;
    let lab = &inspected.lab;
    let engine = lab.open().await;
    let form = inspected.form(&engine).await;
    let error: EdgeError = engine.sign_in(form.clone()).await.unwrap_err().into();
    let key = root_key(&error);
    let mut accepting = form;
    accepting.network.accept = vec![key.clone()];
    let id = engine.sign_in(accepting).await.unwrap().id;
    engine.check_account(&id).await.unwrap();

    let unknown = engine.refuse_root(&id, "0000").await.unwrap_err();
    assert_eq!(unknown.code(), Code::InvalidInput);
    let view = engine.refuse_root(&id, &key).await.unwrap();
    assert!(view.network.accepted.is_empty());
    let before = lab.calls("GetCallerIdentity");
    let error = engine.check_account(&id).await.unwrap_err();
    assert_eq!(error.code(), Code::ConnectionInspected);
    assert_eq!(lab.calls("GetCallerIdentity"), before, "nothing was sent");
    drop(engine);

    let engine = lab.open().await;
    assert!(account(&engine).await.network.accepted.is_empty());
    let log = engine.audit_log().await.unwrap();
    assert_eq!(log.entries[0].action, "refuse_root");
    assert_eq!(log.entries[0].facts["root"]["key"], key);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_waits_for_the_network_to_be_mended() {
    let inspected = Inspected::new().await;
    let lab = &inspected.lab;
    let engine = lab.engine().await;
    lab.fault(&format!("task_stall:{READY}"));
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;
    let id = account(&engine).await.id;
    let wrong = NetworkForm {
        proxy: ProxyChoice::Url {
            url: "http://127.0.0.1:1".to_owned(),
        },
        ..NetworkForm::default()
    };
    engine.change_network(&id, wrong).await.unwrap();
    let waiting = until_event(&engine, &job.id, EventCode::CloudDoesNotAnswer).await;
    assert_eq!(waiting.phase, Phase::Updating);
    engine
        .change_network(&id, NetworkForm::default())
        .await
        .unwrap();
    until_event(&engine, &job.id, EventCode::CloudAnswersAgain).await;
    assert_eq!(lab.calls("OpenSSL"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_s_login_is_kept_with_the_key_and_nowhere_else() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let id = account(&engine).await.id;
    let form = |url: &str, login: LoginChoice| NetworkForm {
        proxy: ProxyChoice::Url {
            url: url.to_owned(),
        },
        login,
        ..NetworkForm::default()
    };
    let given = LoginChoice::Given {
        user: "proxy-user".to_owned(),
        password: "proxy-secret".into(),
    };
    let proxy = "http://127.0.0.1:1";
    let view = engine
        .change_network(&id, form(proxy, given))
        .await
        .unwrap();
    assert!(view.network.with_login);
    assert!(!serde_json::to_string(&view).unwrap().contains("proxy-"));
    let login = || {
        let secret = lab.vault.find(&id).unwrap().unwrap();
        Secret::from_bytes(&secret).unwrap().proxy
    };
    assert_eq!(login().unwrap().password.expose_secret(), "proxy-secret");
    // Kept with the same proxy, gone with another one.
    engine
        .change_network(&id, form(proxy, LoginChoice::Keep))
        .await
        .unwrap();
    assert_eq!(login().unwrap().user, "proxy-user");
    let elsewhere = "http://127.0.0.1:2";
    let view = engine
        .change_network(&id, form(elsewhere, LoginChoice::Keep))
        .await
        .unwrap();
    assert!(!view.network.with_login && login().is_none());
    let inside = "http://proxy-user:proxy-secret@127.0.0.1:3";
    let view = engine
        .change_network(&id, form(inside, LoginChoice::Keep))
        .await
        .unwrap();
    let expected = ProxyChoice::Url {
        url: "http://127.0.0.1:3".to_owned(),
    };
    assert_eq!(view.network.proxy, expected);
    assert_eq!(login().unwrap().password.expose_secret(), "proxy-secret");
    drop(engine);
    assert!(lab.is_on_disk("127.0.0.1:3"));
    assert!(!lab.is_on_disk("proxy-secret") && !lab.is_on_disk("proxy-user"));
    // The key is still there.
    let engine = lab.open().await;
    engine
        .change_network(&id, NetworkForm::default())
        .await
        .unwrap();
    engine.check_account(&id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_proxy_and_no_authority_is_refused() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let id = account(&engine).await.id;
    for url in ["", "ftp://proxy", "http://proxy/path"] {
        let form = NetworkForm {
            proxy: ProxyChoice::Url {
                url: url.to_owned(),
            },
            ..NetworkForm::default()
        };
        let error = engine.change_network(&id, form).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{url}");
    }
    let file = lab.folder.path().join("no-ca.pem");
    for content in ["", "nothing", &leaf()] {
        std::fs::write(&file, content).unwrap();
        engine.api_ca(&file).await.unwrap_err();
    }
    let unknown = NetworkForm {
        api_ca: Some("unknown".to_owned()),
        ..NetworkForm::default()
    };
    let error = engine.change_network(&id, unknown).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}

/// A certificate that is no authority's.
fn leaf() -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["example.com".to_owned()]).unwrap();
    params.self_signed(&key).unwrap().pem()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authority_of_one_s_own_endpoint_is_shown_and_no_alarm() {
    let lab = Lab::with(Options {
        https: true,
        ..Options::default()
    })
    .await;
    let ready = lab.sandbox.ready();
    let engine = lab.open().await;
    let form = |api_ca: Option<String>| SignInForm {
        site: Site::Custom {
            url: ready.https_endpoint.clone().unwrap(),
        },
        network: NetworkForm {
            api_ca,
            ..NetworkForm::default()
        },
        ..lab.form(Keep::Keychain)
    };
    let error: EdgeError = engine.sign_in(form(None)).await.unwrap_err().into();
    assert_eq!(error.code, Code::CertificateUntrusted);
    assert_eq!(error.details["failure"], "untrusted_issuer");
    assert!(error.details["peer"]["issuer"]["common_name"].is_string());

    let ca = engine
        .api_ca(ready.ca_file.as_ref().unwrap())
        .await
        .unwrap();
    assert!(ca.certificates[0].is_ca);
    let view = engine.sign_in(form(Some(ca.id.clone()))).await.unwrap();
    assert_eq!(view.network.api_ca.as_ref(), Some(&ca));
    assert!(view.network.accepted.is_empty());
    let root = view.network.peers[0].root.as_ref().unwrap();
    assert!(!root.public);
    drop(engine);
    let engine = lab.open().await;
    engine.check_account(&view.id).await.unwrap();
    assert_eq!(account(&engine).await.network.api_ca, Some(ca));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_off_is_known_before_it_matters_and_explained_when_it_does() {
    let lab = Lab::fast().await;
    lab.fault("clock:100");
    let engine = lab.engine().await;
    let offset = account(&engine).await.clock_offset.unwrap();
    assert!((98..=102).contains(&offset), "{offset}");

    lab.sandbox.clear_faults();
    lab.fault("clock:432");
    let error: EdgeError = engine
        .sign_in(lab.form(Keep::Session))
        .await
        .unwrap_err()
        .into();
    assert_eq!(error.code, Code::ClockSkewed);
    let offset = error.details["offset_seconds"].as_i64().unwrap();
    assert!((430..=434).contains(&offset), "{offset}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_is_told_after_a_sweep() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let told = || {
        let app = lab.events.app.lock().unwrap();
        app.last()
            .and_then(|app| app.accounts.first()?.clock_offset)
    };
    until("the clock is right", || {
        told().is_some_and(|offset| offset.abs() < 3)
    })
    .await;
    lab.fault("clock:-90");
    engine.refresh_inventory().await.unwrap();
    until("it is told", || told().is_some_and(|offset| offset < -80)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_key_ends_goes_on_with_a_new_one() {
    let lab = Lab::still().await;
    let temporary = &lab.sandbox.ready().temporary;
    let expires = Timestamp::now() + SignedDuration::from_hours(2);
    let engine = lab.open().await;
    let view = engine
        .sign_in(SignInForm {
            secret_id: temporary.secret_id.clone(),
            secret_key: temporary.secret_key.clone().into(),
            token: Some(temporary.token.clone().into()),
            expires: Some(expires),
            ..lab.form(Keep::Keychain)
        })
        .await
        .unwrap();
    assert!(view.temporary);
    assert_eq!(view.expires, Some(expires));
    let job = apply(&engine, Action::ENABLE_SSL, READY).await.unwrap();
    until_phase(&engine, &job.id, Phase::Updating).await;

    lab.advance(2 * 60 * 60 + 1);
    let waiting = until_event(&engine, &job.id, EventCode::WaitingForKey).await;
    assert_eq!(waiting.trouble.unwrap().error.code, Code::TokenExpired);
    let error = engine.check_account(&view.id).await.unwrap_err();
    assert_eq!(error.code(), Code::TokenExpired);

    let renewed = engine
        .sign_in(SignInForm {
            replaces: Some(view.id.clone()),
            ..lab.form(Keep::Keychain)
        })
        .await
        .unwrap();
    assert_eq!(renewed.id, view.id);
    assert!(!renewed.temporary && renewed.expires.is_none());
    let done = engine.wait_for(&job.id).await.unwrap();
    assert!(codes(&done).contains(&EventCode::KeyIsBack));
    assert_eq!(done.phase, Phase::Succeeded, "{:?}", done.error);
    assert_eq!(lab.calls("OpenSSL"), 1);
}
