//! `test --via`: through real proxies, with secrets that are no arguments.

use crate::hops::{microsocks, tinyproxy};
use crate::run::Sandbox;

/// An instance that has TLS.
const ID: &str = "crs-5k2mfx7q";

#[test]
fn an_instance_is_tested_through_a_proxy() {
    let sandbox = Sandbox::start();
    let proxy = microsocks(&[]);
    let via = format!("socks5://{}", proxy.address);
    let report = sandbox.json(&["test", ID, "--via", &via]);
    assert_eq!(report["route"], via.as_str());
    assert_eq!(report["verdict"], "secure");
    assert_eq!(report["stages"][2]["id"], "hop");
    let run = sandbox.run(&["test", ID, "--via", &via]);
    assert!(run.stdout.contains(&format!("through: {via}")), "{run:?}");
    drop(proxy);
    let run = sandbox.run(&["--json", "test", ID, "--via", &via]);
    assert_eq!(
        (run.code, &run.json()["cause"]),
        (3, &"proxy.unreachable".into())
    );
}

#[test]
fn a_password_comes_from_stdin_or_the_environment() {
    let sandbox = Sandbox::start();
    let proxy = tinyproxy("BasicAuth me hunter2");
    let via = format!("http://me@{}", proxy.address);
    let arguments = ["--json", "test", ID, "--via", &via];
    let given = [&arguments[..], &["--via-password-stdin"]].concat();
    let run = sandbox.run_with("hunter2\n", &given);
    assert_eq!((run.code, &run.json()["verdict"]), (0, &"secure".into()));
    let run = sandbox.run_with("guess\n", &given);
    assert_eq!(
        (run.code, &run.json()["cause"]),
        (3, &"proxy.auth_required".into())
    );

    let mut command = sandbox.command(&arguments);
    command.env("REDISEAL_VIA_PASSWORD", "hunter2");
    let run = sandbox.finish(command);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.stdout.contains("hunter2"));
}
