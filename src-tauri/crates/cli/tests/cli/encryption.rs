//! The address of the certificate, the encryption mode, a new certificate, and what codes mean.

use serde_json::{Value, json};

use crate::run::Sandbox;

const READY: &str = "crs-d3s0yk6b";
const ON: &str = "crs-5k2mfx7q";
const WITHOUT_NAMES: &str = "crs-f9u7lp2z";

fn event<'a>(job: &'a Value, code: &str) -> &'a Value {
    let mut events = job["events"].as_array().unwrap().iter();
    events.find(|event| event["code"] == code).unwrap()
}

#[test]
fn the_certificate_names_the_address_that_is_asked_for() {
    let sandbox = Sandbox::start();
    let job = sandbox.json(&["enable", READY, "--address", "private", "--wait"]);
    assert_eq!(job["action"]["address"], "private_ipv4");
    assert_eq!(job["test"]["verdict"], "secure");
    let status = sandbox.run(&["status", READY]);
    assert!(status.stdout.contains("certificate for"), "{status:?}");
    // It has no public address to be named.
    let plan = sandbox.run(&["disable", READY, "--address", "public", "--plan", "--json"]);
    assert_eq!(plan.code, 1, "{plan:?}");
    assert_eq!(plan.json()["addresses"][0]["address"], "private_ipv4");
    assert_eq!(sandbox.count(READY, "OpenSSL"), 1);
}

#[test]
fn plaintext_is_refused_and_taken_again() {
    let sandbox = Sandbox::start();
    let look = || sandbox.run(&["encryption-mode", ON, "--json"]);
    let seen = look();
    assert_eq!((seen.code, &seen.json()["seen"]), (1, &"accepted".into()));
    let plan = sandbox.run(&["encryption-mode", ON, "required", "--plan"]);
    assert_eq!(plan.code, 0);
    assert!(plan.stdout.contains("How many there are is not known"));
    let unconfirmed = sandbox.run(&["encryption-mode", ON, "required", "--wait", "--json"]);
    assert_eq!(unconfirmed.code, 2);
    assert_eq!(unconfirmed.error(), "confirmation_mismatch");
    assert_eq!(sandbox.count(ON, "ModifySSLEncryptionMode"), 0);

    let job = sandbox.json(&["encryption-mode", ON, "required", "--confirm", ON, "--wait"]);
    assert_eq!(event(&job, "tried_without_tls")["facts"]["seen"], "refused");
    assert_eq!(look().code, 0);
    let run = sandbox.run(&["encryption-mode", ON, "flexible", "--wait"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("the server takes plaintext"), "{run:?}");
    assert_eq!(look().code, 1);
    assert_eq!(sandbox.count(ON, "ModifySSLEncryptionMode"), 2);
}

#[test]
fn a_new_certificate_is_compared_and_tested() {
    let sandbox = Sandbox::start();
    let update = ["update-certificate", WITHOUT_NAMES, "--address", "private"];
    let job = sandbox.json(&[&update[..], &["--min-version", "TLSv1.3", "--wait"]].concat());
    assert_eq!(job["test"]["verdict"], "secure");
    let compared = &event(&job, "certificate_compared")["facts"];
    assert_eq!(compared["leaf_is_new"], true);
    assert_eq!(compared["authorities_are_new"], false);
    assert_eq!(sandbox.count(WITHOUT_NAMES, "UpdateSSLCert"), 1);
}

#[test]
fn an_older_cloud_refuses_and_nothing_is_sent_again() {
    let sandbox = Sandbox::with(&["--speed", "60", "--fault", "older"]);
    for arguments in [
        &["enable", READY, "--address", "private", "--wait"][..],
        &["encryption-mode", ON, "required", "--confirm", ON, "--wait"],
        &["update-certificate", ON, "--wait"],
    ] {
        let run = sandbox.run(&[arguments, &["--json"]].concat());
        assert_eq!(run.code, 4, "{run:?}");
        assert_eq!(run.json()["error"]["code"], "not_available_yet");
    }
    let run = sandbox.run(&["--language", "zh-CN", "update-certificate", ON, "--wait"]);
    assert!(run.stdout.contains("此处尚不可用"), "{run:?}");
    let job = sandbox.json(&["enable", READY, "--wait"]);
    assert_eq!(job["phase"], "succeeded");
}

#[test]
fn codes_are_explained() {
    let sandbox = Sandbox::start();
    let explain = |what: &str| sandbox.bare(&["explain", what, "--json"]).output().unwrap();
    let found = |what| {
        let output = explain(what);
        assert_eq!(output.status.code(), Some(0), "{what}");
        let codes: Value = serde_json::from_slice(&output.stdout).unwrap();
        codes.as_array().unwrap().clone()
    };
    let one = found("resourceunavailable.instancelockederror");
    assert_eq!(one.len(), 1);
    assert_eq!(one[0]["code"], "ResourceUnavailable.InstanceLockedError");
    assert_eq!(
        (&one[0]["class"], &one[0]["known"]),
        (&"busy".into(), &true.into())
    );
    for key in ["title", "explanation", "fix"] {
        assert_ne!(one[0][key], "", "{key}");
    }
    assert!(found("Locked").len() > 1);
    assert_eq!(found("certificate.name_mismatch").len(), 1);
    // A code of tomorrow is explained by its category.
    let unknown = found("ResourceUnavailable.MoonIsFull");
    assert_eq!(unknown[0]["known"], false);
    assert_eq!(unknown[0]["class"], "busy");
    assert_eq!(explain("MoonIsFull").status.code(), Some(1));
    // Where not even that is known, it says what is to be done with any code.
    let unknown: Value = serde_json::from_slice(&explain("Foo.Bar").stdout).unwrap();
    assert_eq!(
        (&unknown[0]["code"], &unknown[0]["known"]),
        (&json!("Foo.Bar"), &json!(false))
    );
    assert_ne!(unknown[0]["fix"], "");
    // The kind of trouble finds its codes, in the user's language too.
    for (word, language) in [("throttl", "en"), ("限流", "zh-CN")] {
        let arguments = ["explain", word, "--language", language];
        let run = sandbox.finish(sandbox.bare(&arguments));
        let found = run.stdout.contains("RequestLimitExceeded.UinLimitExceeded");
        assert!(found && run.stdout.contains("throttled"), "{run:?}");
    }

    let chinese = ["--language", "zh-CN", "explain", "InvalidAction"];
    let chinese = sandbox.bare(&chinese).output().unwrap();
    let chinese = String::from_utf8(chinese.stdout).unwrap();
    assert!(chinese.contains("处理方法："), "{chinese}");
}
