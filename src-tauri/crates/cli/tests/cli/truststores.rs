//! Truststores of an instance and of files: passwords are generated, piped in, and never kept.

use std::fs;
use std::process::Command;

use crate::run::{Sandbox, exists, must};

const ID: &str = "crs-5k2mfx7q";

fn saved(outcome: &serde_json::Value) -> Vec<String> {
    let saved = outcome["saved"].as_array().unwrap();
    let path = |file: &serde_json::Value| file["path"].as_str().unwrap().to_owned();
    saved.iter().map(path).collect()
}

#[test]
fn an_instances_truststores_open_with_the_password_that_was_shown_once() {
    let sandbox = Sandbox::start();
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    let all = "pem,zip,pem-each,der,p7b,p12,jks";
    let arguments = ["--json", "certificate", ID, "--out", &out, "--format", all];
    let run = sandbox.run(&[&arguments[..], &["--generate-password"]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    let names = [
        "ca.pem", "crt.zip", "ca-1.pem", "ca.der", "ca.p7b", "ca.p12", "ca.jks",
    ];
    let expected: Vec<_> = names
        .iter()
        .map(|name| format!("{out}/{ID}-{name}"))
        .collect();
    assert_eq!(saved(&run.json()), expected);
    let line = run
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("password: "));
    let password = line.unwrap().to_owned();
    assert_eq!(password.len(), 24);
    assert!(!run.stdout.contains(&password), "{run:?}");
    let ca = sandbox.json(&["inspect", &expected[0]])["certificates"][0]["sha256"].clone();
    for path in &expected {
        let input = format!("{password}\n");
        let shown = sandbox.run_with(&input, &["--json", "inspect", path, "--password-stdin"]);
        assert_eq!(shown.json()["certificates"][0]["sha256"], ca, "{path}");
        let bytes = fs::read(path).unwrap();
        assert!(!bytes.windows(24).any(|part| part == password.as_bytes()));
    }
    for store in ["ca.p12", "ca.jks"] {
        let path = format!("{out}/{ID}-{store}");
        let list = ["-list", "-keystore", &path, "-storepass:env", "STOREPASS"];
        let listed = must(
            Command::new("keytool")
                .args(list)
                .env("STOREPASS", &password),
        );
        assert!(listed.contains("trustedCertEntry"), "{store}: {listed}");
    }
    let again = sandbox.run(&[&arguments[..], &["--generate-password"]].concat());
    assert_eq!(
        (again.code, again.error().as_str()),
        (1, "file_exists"),
        "{again:?}"
    );
    assert!(
        !again.stderr.contains("password:"),
        "nothing was written: {again:?}"
    );
}

#[test]
fn what_is_converted_twice_is_the_same() {
    let sandbox = Sandbox::start();
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    sandbox.json(&["certificate", ID, "--out", &out]);
    let pem = format!("{out}/{ID}-ca.pem");
    for format in ["p12", "jks"] {
        let paths = ["a", "b"].map(|name| sandbox.path(&format!("{name}.{format}")));
        for path in &paths {
            let convert = [
                "convert",
                &pem,
                "--to",
                format,
                "--out",
                path,
                "--new-password-stdin",
            ];
            let run = sandbox.run_with("correct-horse\n", &convert);
            assert_eq!(run.code, 0, "{run:?}");
        }
        assert_eq!(
            fs::read(&paths[0]).unwrap(),
            fs::read(&paths[1]).unwrap(),
            "{format}"
        );
        // From one truststore into another: the old password first, then the new one.
        let back = sandbox.path(&format!("{format}.p7b"));
        let convert = [
            "convert",
            &paths[0],
            "--to",
            "p7b",
            "--out",
            &back,
            "--password-stdin",
        ];
        assert_eq!(sandbox.run_with("correct-horse\n", &convert).code, 0);
        let next = sandbox.path(&format!("{format}.next"));
        let run = sandbox.run_with(
            "correct-horse\nbattery-staple\n",
            &[
                "convert",
                &paths[0],
                "--to",
                "jks",
                "--out",
                &next,
                "--password-stdin",
                "--new-password-stdin",
            ],
        );
        assert_eq!(run.code, 0, "{run:?}");
        let shown = sandbox.run_with("battery-staple\n", &["inspect", &next, "--password-stdin"]);
        assert_eq!(shown.code, 0, "{shown:?}");
    }
}

#[test]
fn a_truststore_without_a_usable_password_is_not_written() {
    let sandbox = Sandbox::start();
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    sandbox.json(&["certificate", ID, "--out", &out]);
    let (pem, store) = (format!("{out}/{ID}-ca.pem"), sandbox.path("a.p12"));
    let convert = ["--json", "convert", &pem, "--to", "p12", "--out", &store];
    let nobody = sandbox.run(&convert);
    assert_eq!(
        (nobody.code, nobody.error().as_str()),
        (2, "invalid_input"),
        "{nobody:?}"
    );
    for (password, problem) in [
        ("tiny!\n", "password_too_short"),
        ("p\u{e4}ssword\n", "password_not_ascii"),
    ] {
        let run = sandbox.run_with(
            password,
            &[&convert[..], &["--new-password-stdin"]].concat(),
        );
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(problem), "{run:?}");
    }
    assert!(!exists(&store));
}
