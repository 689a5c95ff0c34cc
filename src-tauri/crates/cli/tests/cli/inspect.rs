//! What files hold, who signed what, and passwords that are never arguments.

use std::fs;

use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;

use crate::run::{Run, Sandbox, must};

const ID: &str = "crs-5k2mfx7q";

/// The instance's CA, and a stranger, as files.
fn files(sandbox: &Sandbox) -> (String, String) {
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    sandbox.json(&["certificate", ID, "--out", &out]);
    let stranger = sandbox.path("stranger.pem");
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["stranger.example".to_owned()]).unwrap();
    fs::write(&stranger, params.self_signed(&key).unwrap().pem()).unwrap();
    (format!("{out}/{ID}-ca.pem"), stranger)
}

#[test]
fn a_server_proves_by_signature_whose_certificate_it_shows() {
    let sandbox = Sandbox::start();
    let (ca, stranger) = files(&sandbox);
    let address = sandbox.json(&["status", ID])["row"]["address"].clone();
    let address = address.as_str().unwrap();
    for server in [ID, address] {
        let shown = sandbox.json(&["inspect", &ca, "--server", server]);
        let proof = &shown["server"];
        assert_eq!(proof["signed"], true, "{proof}");
        assert_eq!(proof["by"][0], shown["certificates"][0]["sha256"]);
        assert_eq!(proof["address"], address);
    }
    let run = sandbox.run(&["--json", "inspect", &stranger, "--server", address]);
    assert_eq!(run.code, 1, "{run:?}");
    let proof = &run.json()["server"];
    assert_eq!(
        (&proof["signed"], &proof["verdict"]),
        (&false.into(), &"insecure".into())
    );
    let both = sandbox.run(&["inspect", &ca, &stranger, "--server", address]);
    assert_eq!(both.code, 1, "{both:?}");
    assert!(
        both.stdout.contains("the signature was checked"),
        "{both:?}"
    );
    assert!(
        both.stdout.contains("No certificate of this file signed"),
        "{both:?}"
    );
    let nobody = sandbox.run(&["inspect", &ca, "--server", "127.0.0.1:1"]);
    assert_eq!(nobody.code, 3, "{nobody:?}");
}

#[test]
fn several_files_are_an_array_with_what_is_odd_about_each() {
    let sandbox = Sandbox::start();
    let (ca, stranger) = files(&sandbox);
    let all = sandbox.json(&["inspect", &ca, &stranger]);
    let all: Vec<Value> = all.as_array().unwrap().clone();
    assert_eq!(all.len(), 2);
    let odd = all[1]["certificates"][0]["odd"].as_array().unwrap();
    assert!(odd.contains(&"self_signed_leaf".into()), "{odd:?}");
    let text = sandbox.run(&["--language", "zh-CN", "inspect", &stranger]);
    assert!(
        text.stdout.contains("异常：自签名，且不是 CA。"),
        "{text:?}"
    );
}

#[test]
fn a_keystore_opens_with_a_password_from_stdin_and_no_other_way() {
    let sandbox = Sandbox::start();
    let (ca, _) = files(&sandbox);
    let store = sandbox.path("a.p12");
    must(std::process::Command::new("openssl").args([
        "pkcs12",
        "-export",
        "-nokeys",
        "-in",
        &ca,
        "-out",
        &store,
        "-passout",
        "pass:Tr0ub4dor",
    ]));
    let run = sandbox.run_with(
        "Tr0ub4dor\n",
        &["--json", "inspect", &store, "--password-stdin"],
    );
    assert_eq!(
        (run.code, &run.json()["kind"]),
        (0, &"pkcs12".into()),
        "{run:?}"
    );
    // The last line stands for the files that follow.
    let run = sandbox.run_with(
        "Tr0ub4dor\n",
        &["inspect", &store, &store, "--password-stdin"],
    );
    assert_eq!(run.code, 0, "{run:?}");
    let problem = |run: &Run, exit: i32| {
        assert_eq!((run.code, run.stdout.as_str()), (exit, ""), "{run:?}");
        let error: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
        error["error"]["details"]["problem"].clone()
    };
    let arguments = ["--json", "inspect", &store, "--password-stdin"];
    let wrong = sandbox.run_with("not-this-one\n", &arguments);
    assert_eq!(problem(&wrong, 1), "password_wrong");
    let nothing = sandbox.run(&arguments);
    assert_eq!(problem(&nothing, 2), "password_needed");
    let twice = sandbox.run_with("not-this-one\n", &["inspect", "-", "--password-stdin"]);
    assert_eq!(twice.code, 2, "{twice:?}");
}

#[test]
fn a_file_that_no_truststore_is_ends_at_once() {
    let sandbox = Sandbox::start();
    let huge = sandbox.path("huge.pem");
    // No block of it is ever written to the disk.
    fs::File::create(&huge).unwrap().set_len(100 << 20).unwrap();
    let run = sandbox.run(&["--json", "inspect", &huge]);
    assert_eq!(
        (run.code, run.error().as_str()),
        (1, "certificate_invalid"),
        "{run:?}"
    );
    assert!(run.stderr.contains("too_large"), "{run:?}");
    let chinese = sandbox.run(&["--language", "zh-CN", "inspect", "/etc/hostname"]);
    assert!(
        chinese.stderr.contains("既不是 PEM 也不是 DER"),
        "{chinese:?}"
    );
}
