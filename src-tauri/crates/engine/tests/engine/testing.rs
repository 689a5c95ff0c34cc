//! Connection tests through the engine.

use std::time::Duration;

use rediseal_engine::view::{Keep, RunState, Ssl, TestFiles, TestForm, TestRun, TrustChoice};
use rediseal_engine::{Code, Engine};
use rediseal_probe::{Cause, Format, Language, Report, StageId, Verdict};
use rediseal_sandbox::Options;

use crate::support::{Lab, ON, ON_WITHOUT_NAMES, READY, test_form, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_verdict_says_what_is_proven() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    for (instance, verdict, cause) in [
        (ON, Verdict::Secure, None),
        (
            ON_WITHOUT_NAMES,
            Verdict::ChainOnly,
            Some(Cause::CertificateNameNotCheckable),
        ),
        (
            "crs-c7d0pw4e",
            Verdict::Insecure,
            Some(Cause::CertificateNameMismatch),
        ),
        (
            "crs-w8x3jd5c",
            Verdict::Insecure,
            Some(Cause::CertificateWrongCa),
        ),
        (READY, Verdict::Insecure, Some(Cause::TlsPlaintextServer)),
    ] {
        let report = engine
            .test(test_form(instance), TestFiles::default())
            .await
            .unwrap();
        assert_eq!(report.verdict, verdict, "{instance}: {report:#?}");
        if cause.is_some() {
            assert_eq!(report.cause, cause, "{instance}: {report:#?}");
        }
        let row = engine.instance_detail(instance).await.unwrap().row;
        assert_eq!(row.last_test.unwrap().verdict, verdict);
    }
    until("progress", || {
        let tests = lab.events.tests.lock().unwrap();
        tests
            .iter()
            .any(|p| p.stages.iter().any(|s| s.id == StageId::Tcp))
    })
    .await;
    // Reports are there after a restart.
    drop(engine);
    let engine = lab.open().await;
    let reports = engine.reports().await;
    assert_eq!(reports.len(), 5);
    let detail = engine.instance_detail(ON).await.unwrap();
    assert_eq!(detail.report.as_ref().unwrap().verdict, Verdict::Secure);
    let file = lab.folder.path().join("report.json");
    let report = detail.report.unwrap();
    engine
        .save_report_to(&report, Format::Json, Language::En, &file, false)
        .unwrap();
    let saved = std::fs::read_to_string(file).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&saved).unwrap(), report);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn auth_goes_over_a_proven_connection() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let with = |password: &str| TestForm {
        password: Some(password.into()),
        ..test_form(ON)
    };
    let good = with(&lab.sandbox.ready().redis_password);
    let report = engine.test(good, TestFiles::default()).await.unwrap();
    assert_eq!((report.verdict, report.cause), (Verdict::Secure, None));
    let report = engine
        .test(with("wrong-password"), TestFiles::default())
        .await
        .unwrap();
    assert_eq!(report.cause, Some(Cause::RedisWrongPassword), "{report:#?}");
    assert!(!lab.is_on_disk(&lab.sandbox.ready().redis_password));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_address_against_a_file() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let file = lab.folder.path().join("ca.pem");
    engine
        .save_certificate_to(
            ON,
            rediseal_engine::view::CertificateFormat::Pem,
            &file,
            false,
        )
        .await
        .unwrap();
    let address = engine.instance_detail(ON).await.unwrap().row.address;
    let by_file = |address: &str| TestForm {
        instance_id: None,
        address: Some(address.to_owned()),
        trust: TrustChoice::File,
        ..test_form("by-file")
    };
    let files = TestFiles {
        trust: Some(&file),
        key: None,
    };
    let report = engine.test(by_file(&address), files).await.unwrap();
    assert_eq!(report.verdict, Verdict::Secure, "{report:#?}");
    assert!(engine.reports().await.is_empty(), "it is of no instance");
    // A good server elsewhere, or another CA, proves nothing about an instance without SSL.
    let elsewhere = TestForm {
        instance_id: Some(READY.to_owned()),
        ..by_file(&address)
    };
    let report = engine.test(elsewhere, files).await.unwrap();
    assert_eq!(report.verdict, Verdict::Secure, "{report:#?}");
    let row = engine.instance_detail(READY).await.unwrap().row;
    assert_eq!((row.last_test, row.certificate_ends), (None, None));
    for (form, trust) in [
        (by_file(&address), None),
        (by_file("no port"), Some(file.as_path())),
        (
            TestForm {
                address: None,
                ..by_file("")
            },
            Some(file.as_path()),
        ),
        (
            TestForm {
                trust: TrustChoice::Instance,
                ..by_file(&address)
            },
            None,
        ),
        (
            TestForm {
                sni: Some("127.0.0.1".to_owned()),
                ..by_file(&address)
            },
            Some(file.as_path()),
        ),
    ] {
        let error = engine
            .test(form, TestFiles { trust, key: None })
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_can_be_cancelled() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    // Accepts and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let form = TestForm {
        instance_id: Some(ON.to_owned()),
        address: Some(address),
        ..test_form("silent")
    };
    let id = form.test_id.clone();
    let running = tokio::spawn({
        let engine = engine.clone();
        async move { engine.test(form, TestFiles::default()).await }
    });
    let (_connection, _) = listener.accept().await.unwrap();
    engine.cancel_test(&id).await;
    let error = running.await.unwrap().unwrap_err();
    assert_eq!(error.code(), Code::Cancelled);
}

/// What was told last of a run that ended.
async fn ended(lab: &Lab) -> TestRun {
    until("the run ends", || {
        let runs = lab.events.runs.lock().unwrap();
        let last = runs.last();
        last.is_some_and(|(_, run)| run.state != RunState::Running)
    })
    .await;
    lab.events.runs.lock().unwrap().last().unwrap().1.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_instances_are_tested_and_each_row_has_its_verdict() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let ids = [
        ON,
        ON_WITHOUT_NAMES,
        "crs-c7d0pw4e",
        "crs-w8x3jd5c",
        "crs-00000000",
        ON,
    ]
    .map(str::to_owned);
    let begun = engine.test_instances(&ids).await.unwrap();
    assert_eq!((begun.state, begun.total), (RunState::Running, 5));
    // While it runs there is no other.
    let same = engine.test_instances(&[READY.to_owned()]).await.unwrap();
    assert_eq!(same.total, 5);
    let run = ended(&lab).await;
    assert_eq!(run.state, RunState::Finished);
    assert_eq!(
        (run.done, run.proven, run.failed, run.untested),
        (5, 2, 2, 1),
        "{run:?}"
    );
    assert_eq!(run.reasons.len(), 1);
    assert_eq!(run.reasons[0].instance_id, "crs-00000000");
    assert_eq!(run.reasons[0].error.code, Code::InstanceNotFound);
    assert_eq!(engine.test_run().await, Some(run));
    for (instance, verdict) in [
        (ON, Verdict::Secure),
        (ON_WITHOUT_NAMES, Verdict::ChainOnly),
        ("crs-c7d0pw4e", Verdict::Insecure),
        ("crs-w8x3jd5c", Verdict::Insecure),
    ] {
        let row = engine.instance_detail(instance).await.unwrap().row;
        assert_eq!(row.last_test.unwrap().verdict, verdict, "{instance}");
    }
    // As those of single tests, they are there after a restart.
    drop(engine);
    let engine = lab.open().await;
    assert_eq!(engine.reports().await.len(), 4);
    let none = engine.test_instances(&[]).await.unwrap_err();
    assert_eq!(none.code(), Code::InvalidInput);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_is_tested_with_few_events() {
    let lab = Lab::with(Options {
        rate: 100.0,
        fleet: Some(70),
        ..Options::default()
    })
    .await;
    let mut config = lab.config();
    config.timings.rate = 50.0;
    let engine = Engine::open(config).await.unwrap();
    engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
    engine.refresh_inventory().await.unwrap();
    let rows = engine.inventory_refreshed().await.unwrap().rows;
    let on: Vec<_> = rows
        .into_iter()
        .filter(|row| row.ssl == Ssl::On)
        .map(|row| row.instance_id)
        .collect();
    assert!(on.len() > 15, "{}", on.len());
    engine.test_instances(&on).await.unwrap();
    let run = ended(&lab).await;
    assert_eq!((run.state, run.done), (RunState::Finished, on.len()));
    assert_eq!(run.untested, 0, "{:?}", run.reasons);
    assert_eq!(engine.reports().await.len(), on.len());
    let runs = lab.events.runs.lock().unwrap();
    let times: Vec<_> = runs.iter().map(|(at, _)| *at).collect();
    for pair in times.windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_millis(240), "{pair:?}");
    }
    let done: Vec<_> = runs.iter().map(|(_, run)| run.done).collect();
    assert!(done.is_sorted(), "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_can_be_cancelled_and_what_was_found_stays() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    engine.certificate(ON).await.unwrap();
    lab.fault("latency:DescribeInstances:60000");
    // The second waits for the cloud, the first does not need it.
    let ids = [ON, ON_WITHOUT_NAMES].map(str::to_owned);
    engine.test_instances(&ids).await.unwrap();
    until("the first is there", || {
        let runs = lab.events.runs.lock().unwrap();
        runs.last().is_some_and(|(_, run)| run.done == 1)
    })
    .await;
    engine.cancel_test_run().await;
    let run = ended(&lab).await;
    assert_eq!((run.state, run.done), (RunState::Cancelled, 1));
    assert_eq!(run.proven, 1);
    assert_eq!(engine.reports().await.len(), 1);
}
