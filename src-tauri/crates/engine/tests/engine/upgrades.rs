//! What cures a blocked instance.

use rediseal_engine::Code;
use rediseal_engine::view::{Action, Confirmation, EventCode, Phase, Readiness, When};

use crate::support::{Lab, OLD_PROXY, OLD_VERSION, PASSWORD_FREE, READY, apply, codes, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_is_upgraded_then_ssl_is_enabled() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let upgrade = Action::UpgradeProxy { when: When::Now };
    let job = run(&engine, upgrade, OLD_PROXY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    let row = engine.instance_detail(OLD_PROXY).await.unwrap().row;
    assert_eq!(row.proxy_version, "5.8.20");
    assert_eq!(row.readiness, Readiness::Ready);
    let job = run(&engine, Action::ENABLE_SSL, OLD_PROXY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(lab.calls("UpgradeProxyVersion"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_version_is_upgraded_by_an_order() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let upgrade = |target_type| Action::UpgradeVersion {
        when: When::Now,
        target_type,
    };
    for target_type in [2, 16, 20, 99] {
        let plan = engine
            .plan(upgrade(target_type), &[OLD_VERSION.to_owned()])
            .await
            .unwrap();
        // To itself there is nothing to do; to a cluster, to Valkey or to nobody knows what not.
        assert_eq!(
            plan.targets[0].applicable,
            target_type == 2,
            "{target_type}"
        );
    }
    let job = run(&engine, upgrade(17), OLD_VERSION).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    let row = engine.instance_detail(OLD_VERSION).await.unwrap().row;
    assert_eq!(row.version, "7.0");
    assert_eq!(lab.calls("UpgradeInstanceVersion"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_required() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let instances = [PASSWORD_FREE.to_owned()];
    let plan = engine
        .plan(Action::RequirePassword, &instances)
        .await
        .unwrap();
    assert!(plan.needs_password);
    for password in [
        None,
        Some("short1"),
        Some("alllowercase"),
        Some("/Slash-first-1"),
    ] {
        let confirmation = Confirmation {
            password: password.map(Into::into),
            ..Confirmation::default()
        };
        let error = engine.apply(&plan.id, confirmation, "r").await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{password:?}");
        if let Some(password) = password {
            assert!(!format!("{error} {error:?}").contains(password));
        }
    }
    let job = run(&engine, Action::RequirePassword, PASSWORD_FREE).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    let row = engine.instance_detail(PASSWORD_FREE).await.unwrap().row;
    assert!(!row.password_free);
    assert_eq!(row.readiness, Readiness::Ready);
    assert!(!lab.is_on_disk("Correct-horse-1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_in_the_window_is_scheduled_and_not_watched() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let later = Action::UpgradeProxy {
        when: When::MaintenanceWindow,
    };
    let plan = engine
        .plan(later.clone(), &[OLD_PROXY.to_owned()])
        .await
        .unwrap();
    let waits = plan
        .consequences
        .iter()
        .find(|c| c.code == "waits_for_maintenance_window")
        .unwrap();
    assert_eq!(waits.facts["window"], "03:00-06:00");
    let job = run(&engine, later, OLD_PROXY).await;
    assert_eq!(job.phase, Phase::Detached, "{job:#?}");
    assert!(codes(&job).contains(&EventCode::ScheduledForWindow));
    assert_eq!(lab.calls("UpgradeProxyVersion"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_offered_cannot_be_upgraded() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    let upgrade = Action::UpgradeProxy { when: When::Now };
    let error = apply(&engine, upgrade, READY).await.unwrap_err();
    assert_eq!(error.code(), Code::PreconditionFailed);
}
