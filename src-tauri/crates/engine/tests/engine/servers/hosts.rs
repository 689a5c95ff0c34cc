//! How hosts are named, known and reached.

use std::fs;

use rediseal_engine::view::{
    PutCode, PutOutcome, PutStep, TestFiles, TestForm, TrustChoice, ViaForm,
};
use rediseal_probe::{Cause, Verdict};

use super::{Desk, Server, form, keys, plan_code, user};
use crate::support::ON;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_host_is_accepted_by_its_key_and_never_silently() {
    let server = Server::start();
    let desk = Desk::knowing(&[]).await;
    desk.configure(&keys(&server));
    let host = server.typed();
    let known = desk.ssh().join("known_hosts");
    let plan = desk.plan(form(&[&host])).await;
    let problem = plan.hosts[0].problem.as_ref().unwrap();
    let stage = problem.stage.as_ref().unwrap();
    assert_eq!(stage.cause, Some(Cause::SshHostKeyUnknown));
    let shown = stage.facts["host_key_sha256"].as_str().unwrap().to_owned();
    assert_eq!(shown, server.host.fingerprint("ed25519"));
    assert!(!known.exists(), "nothing was accepted");

    let mut wrong = form(&[&host]);
    wrong.hosts[0].accept_host_keys = vec![format!("SHA256:{}", "A".repeat(43))];
    assert_eq!(desk.plan(wrong).await.hosts[0].step, PutStep::Blocked);
    assert!(!known.exists());

    let mut right = form(&[&host]);
    right.hosts[0].accept_host_keys = vec![shown.clone()];
    let plan = desk.plan(right).await;
    assert_eq!(plan.hosts[0].step, PutStep::Create, "{plan:#?}");
    assert!(plan.hosts[0].host_key_added);
    assert_eq!(plan.hosts[0].host_key, Some(shown));
    let again = desk.plan(form(&[&host])).await;
    assert_eq!(again.hosts[0].step, PutStep::Create);
    assert!(!again.hosts[0].host_key_added);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_has_the_name_and_the_way_that_the_configuration_gives_it() {
    let (inner, outer) = (Server::start(), Server::start());
    let desk = Desk::knowing(&[&inner, &outer]).await;
    desk.configure(&format!(
        "Host outer\n  HostName 127.0.0.1\n  Port {}\n  {}\
         Host inner\n  HostName 127.0.0.1\n  Port {}\n  ProxyJump outer\n  {}\
         Host circle\n  ProxyJump circle\n\
         Host program\n  ProxyCommand nc %h %p\n",
        outer.port(),
        keys(&outer),
        inner.port(),
        keys(&inner),
    ));
    let hosts = desk.engine.ssh_hosts().await.hosts;
    let names: Vec<_> = hosts.iter().map(|host| host.name.as_str()).collect();
    assert_eq!(names, ["outer", "inner", "circle", "program"]);
    let address = |server: &Server| format!("{}@127.0.0.1:{}", user(), server.port());
    assert_eq!(hosts[1].address, Some(address(&inner)));
    assert_eq!(hosts[1].jumps, [address(&outer)]);
    assert_eq!(hosts[2].problem, Some(PutCode::TooManyJumps));
    assert_eq!(hosts[3].problem, Some(PutCode::ProxyCommand));

    let plan = desk
        .plan(form(&["inner", "circle", "program", "no host"]))
        .await;
    assert_eq!(plan.hosts[0].step, PutStep::Create, "{plan:#?}");
    assert_eq!(plan.hosts[0].jumps, [address(&outer)]);
    let codes: Vec<_> = plan.hosts.iter().filter_map(plan_code).collect();
    let expected = [
        PutCode::TooManyJumps,
        PutCode::ProxyCommand,
        PutCode::HostUnusable,
    ];
    assert_eq!(codes, expected);
    let run = desk.put(&plan).await;
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::Created), "{run:#?}");
    assert!(inner.file().exists() && outer.names().is_empty());

    // It went through the other indeed.
    drop(outer);
    let plan = desk.plan(form(&["inner"])).await;
    assert_eq!(plan_code(&plan.hosts[0]), Some(PutCode::Ssh));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_goes_through_a_host_by_its_name() {
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    desk.configure(&format!(
        "Host jump\n  HostName 127.0.0.1\n  Port {}\n  {}",
        server.port(),
        keys(&server)
    ));
    let test = |url: &str| TestForm {
        test_id: url.to_owned(),
        instance_id: Some(ON.to_owned()),
        address: None,
        name: None,
        sni: None,
        trust: TrustChoice::Instance,
        username: None,
        password: None,
        deep: false,
        cost: false,
        via: Some(ViaForm {
            url: url.to_owned(),
            password: None,
            key_file: false,
            passphrase: None,
            accept_host_key: None,
            remember: false,
        }),
    };
    let report = desk
        .engine
        .test(test("ssh://jump"), TestFiles::default())
        .await
        .unwrap();
    assert_eq!(report.verdict, Verdict::Secure, "{report:#?}");
    assert_eq!(
        report.route,
        format!("ssh://{}@127.0.0.1:{}", user(), server.port())
    );
    fs::write(desk.ssh().join("config"), "Host jump\nProxyJump other\n").unwrap();
    let error = desk
        .engine
        .test(test("ssh://jump"), TestFiles::default())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("ProxyJump"), "{error}");
}
