//! Programs to copy: what they say of the name, where they find the CA, and that they connect.

use std::fs;
use std::process::{Command, Stdio};

use crate::run::{Run, Sandbox};

const NAMED: &str = "crs-5k2mfx7q";
const NAMELESS: &str = "crs-f9u7lp2z";
const OTHERWISE: &str = "crs-c7d0pw4e";
const OF_ANOTHER_CA: &str = "crs-w8x3jd5c";

/// Runs a program as the user would, with the password in its environment.
fn shell(sandbox: &Sandbox, file: &str, password: &str) -> Run {
    let mut command = Command::new("sh");
    command
        .arg(file)
        .current_dir(sandbox.folder.path())
        .env("REDIS_PASSWORD", password)
        .stdin(Stdio::null());
    Run::new(command.output().unwrap())
}

#[test]
fn an_instance_is_reached_with_its_own_ca_where_it_was_saved() {
    let sandbox = Sandbox::start();
    let before = sandbox.json(&["snippet", NAMED, "--for", "redis-py"]);
    assert_eq!(before["ca"]["origin"], "not_saved", "{before}");
    assert_eq!(before["ca"]["path"], format!("{NAMED}-ca.pem"));
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    sandbox.json(&["certificate", NAMED, "--out", &out, "--format", "pem"]);
    let saved = format!("{out}/{NAMED}-ca.pem");

    let program = sandbox.path("redis_tls.sh");
    let words = ["snippet", NAMED, "--user", "default", "--out", &program];
    let written = sandbox.json(&words);
    assert_eq!(written["ca"]["origin"], "saved", "{written}");
    assert_eq!(written["ca"]["path"], saved, "{written}");
    assert_eq!(written["naming"]["kind"], "named", "{written}");
    assert_eq!(written["seen"]["by"], "this_test", "{written}");
    assert_eq!(written["code"], fs::read_to_string(&program).unwrap());
    let again = sandbox.run(&words);
    assert_eq!(again.code, 1, "nothing is overwritten: {again:?}");

    let pong = shell(&sandbox, &program, sandbox.text("redis_password"));
    assert_eq!(pong.stdout.trim(), "PONG", "{pong:?}");
    let wrong = shell(&sandbox, &program, "wrong");
    assert!(!wrong.stdout.contains("PONG"), "{wrong:?}");
}

#[test]
fn the_name_is_left_out_only_where_there_is_none() {
    let sandbox = Sandbox::start();
    let words = |id| ["snippet", id, "--for", "redis-py"];
    let nameless = sandbox.json(&words(NAMELESS));
    assert_eq!(nameless["naming"]["kind"], "nameless", "{nameless}");
    assert_eq!(nameless["checks_name"], false);
    let code = nameless["code"].as_str().unwrap();
    assert!(code.contains("ssl_check_hostname=False"), "{code}");
    assert!(code.contains("ssl_cert_reqs=\"required\""), "{code}");

    let other = sandbox.json(&words(OTHERWISE));
    assert_eq!(other["naming"]["names"][0], "10.2.0.17", "{other}");
    assert_eq!(other["checks_name"], true);
    let code = other["code"].as_str().unwrap();
    assert!(code.contains("ssl_check_hostname=True"), "{code}");

    let stranger = sandbox.json(&words(OF_ANOTHER_CA));
    assert_eq!(stranger["problem"], "certificate.wrong_ca", "{stranger}");
    let told = sandbox.run(&words(OF_ANOTHER_CA));
    assert!(told.stderr.contains("rediseal-cli"), "{told:?}");
    assert!(told.stdout.starts_with("import os\n"), "{told:?}");
}

#[test]
fn any_server_is_reached_with_the_file_of_its_ca() {
    let sandbox = Sandbox::start();
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    sandbox.json(&["certificate", NAMED, "--out", &out]);
    let (ca, zip) = (
        format!("{out}/{NAMED}-ca.pem"),
        format!("{out}/{NAMED}-crt.zip"),
    );
    let address = sandbox.json(&["status", NAMED])["row"]["address"].clone();
    let address = address.as_str().unwrap();

    let program = sandbox.path("redis_tls.sh");
    let written = sandbox.json(&["snippet", address, "--ca", &ca, "--out", &program]);
    assert_eq!(written["ca"]["origin"], "given", "{written}");
    let pong = shell(&sandbox, &program, sandbox.text("redis_password"));
    assert_eq!(pong.stdout.trim(), "PONG", "{pong:?}");

    // No client reads the archive: the program names the file to make of it.
    for (library, file) in [("go-redis", "ca.pem"), ("jedis", "ca.p12")] {
        let run = sandbox.run(&["snippet", address, "--ca", &zip, "--for", library]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains(&format!("\"{file}\"")), "{run:?}");
        let form = file.rsplit('.').next().unwrap();
        let told = format!("convert {zip} --to {form} --out {file}");
        assert!(run.stderr.contains(&told), "{run:?}");
    }
    let without = sandbox.run(&["snippet", address]);
    assert_eq!(without.code, 2, "{without:?}");
    let unreachable = sandbox.json(&["snippet", "127.0.0.1:1", "--ca", &ca]);
    assert_eq!(unreachable["naming"], serde_json::Value::Null);
    let invisible = sandbox.run(&["snippet", address, "--ca", &ca, "--user", "a\u{202e}b"]);
    assert_eq!(invisible.code, 2, "{invisible:?}");
}

#[test]
fn the_list_says_of_each_library_what_it_rests_on() {
    let sandbox = Sandbox::start();
    let list = sandbox.json(&["snippet", "--list"]);
    let all = list.as_array().unwrap();
    assert_eq!(all.len(), 14);
    for library in all {
        let id = library["id"].as_str().unwrap();
        assert!(library["evidence"]["version"].is_string(), "{library}");
        let shown = sandbox.run(&["--language", "zh-CN", "snippet", NAMED, "--for", id]);
        assert_eq!(shown.code, 0, "{shown:?}");
        assert!(shown.stdout.contains("REDIS_PASSWORD"), "{shown:?}");
    }
    let chinese = sandbox.run(&["--language", "zh-CN", "snippet", "--list"]);
    assert!(chinese.stdout.contains("未实际运行"), "{chinese:?}");
}
