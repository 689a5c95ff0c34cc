//! The exit codes, which scripts rely on, and that nothing is lost by a bad answer.

use std::fs;
use std::process::{Command, Stdio};

use crate::run::{Run, Sandbox};

const ID: &str = "crs-f9u7lp2z";

#[test]
fn what_the_cloud_refuses_is_told_from_what_does_not_answer() {
    let sandbox = Sandbox::start();
    for (fault, code, error) in [
        ("denied", 4, "permission_denied"),
        ("expired_token", 4, "token_expired"),
        ("clock:600", 4, "clock_skewed"),
        ("throttle", 4, "throttled"),
        ("status500", 4, "service_failed"),
        ("notjson", 3, "bad_answer"),
        ("reset", 3, "network_unreachable"),
        ("truncate", 3, "network_unreachable"),
    ] {
        sandbox.set_fault(fault);
        let run = sandbox.run(&["--json", "status", ID]);
        assert_eq!((run.code, run.error().as_str()), (code, error), "{fault}");
        sandbox.clear_faults();
    }
    assert_eq!(sandbox.run(&["status", ID]).code, 0);
    let unknown = sandbox.run(&["--json", "status", "crs-00000000"]);
    assert_eq!(
        (unknown.code, unknown.error().as_str()),
        (1, "instance_not_found")
    );
}

#[test]
fn a_wrong_key_is_refused_and_kept_nowhere() {
    let sandbox = Sandbox::start();
    let mut wrong = sandbox.command(&["--json", "instances"]);
    wrong.env("TENCENTCLOUD_SECRET_KEY", "not-the-key-of-this-account");
    let run = sandbox.finish(wrong);
    assert_eq!(
        (run.code, run.error().as_str()),
        (4, "credentials_rejected")
    );
    assert!(!run.stdout.contains("not-the-key"));
    let mut unknown = sandbox.command(&["--json", "instances"]);
    unknown.env("TENCENTCLOUD_SECRET_ID", "AKIDnobody0000000000");
    let run = sandbox.finish(unknown);
    assert_eq!(
        (run.code, run.error().as_str()),
        (4, "credentials_rejected")
    );
    // The temporary key works with its token and not without.
    let temporary = |token: &str| {
        let mut command = sandbox.command(&["--json", "status", ID]);
        command
            .env("TENCENTCLOUD_SECRET_ID", sandbox.temporary("secret_id"))
            .env("TENCENTCLOUD_SECRET_KEY", sandbox.temporary("secret_key"))
            .env("TENCENTCLOUD_TOKEN", token);
        sandbox.finish(command)
    };
    assert_eq!(temporary(sandbox.temporary("token")).code, 0);
    let run = temporary("another");
    assert_eq!((run.code, run.error().as_str()), (4, "token_expired"));
}

#[test]
fn what_makes_no_sense_is_usage() {
    let sandbox = Sandbox::start();
    let no_key = sandbox.finish(sandbox.bare(&["--json", "instances"]));
    assert_eq!(
        (no_key.code, no_key.error().as_str()),
        (2, "credentials_missing")
    );
    let mut half = sandbox.bare(&["instances"]);
    half.env("TENCENTCLOUD_SECRET_ID", "AKIDx");
    let half = sandbox.finish(half);
    assert_eq!(half.code, 2);
    assert!(half.stderr.contains("TENCENTCLOUD_SECRET_KEY"), "{half:?}");
    for arguments in [
        &["enable"][..],
        &["nonsense"],
        &["test", ID, "--via", "ftp://127.0.0.1:1"],
        &["test", ID, "--via", "socks5://me:secret@127.0.0.1:1"],
        &["test", ID, "--via", "socks5://me@127.0.0.1:1"],
        &["test", ID, "--via-password-stdin"],
        &["test", ID, "--timeout", "0"],
        &["test", ID, "--user", "u"],
        &["test", "127.0.0.1:0"],
        &["test", "redis.example"],
        &["test", "127.0.0.1:1", "--ca", "/none/ca.pem"],
        &["--account", "nobody", "instances"],
        &["upgrade-version", ID, "--to", "1.0"],
        &["sandbox", "--listen", "0.0.0.0:0"],
        &["sandbox", "--fault", "earthquake"],
        &["sandbox", "--speed", "0"],
        &["sandbox", "--speed", "inf"],
        &["test", "localhost"],
        &["inspect", "/none/ca.pem"],
    ] {
        let run = sandbox.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(!run.stderr.is_empty() && run.stdout.is_empty(), "{run:?}");
    }
    let mut plain_http =
        sandbox.command(&["--json", "--endpoint", "http://192.0.2.1", "instances"]);
    plain_http.env("LANG", "zh_CN.UTF-8");
    let run = sandbox.finish(plain_http);
    assert_eq!((run.code, run.error().as_str()), (2, "endpoint_refused"));
}

#[test]
fn an_endpoint_that_is_not_there_is_unreachable() {
    let sandbox = Sandbox::start();
    let run = sandbox.run(&["--json", "--endpoint", "http://127.0.0.1:9", "instances"]);
    assert_eq!((run.code, run.error().as_str()), (3, "network_unreachable"));
    let run = sandbox.run(&["--json", "test", "127.0.0.1:9"]);
    assert_eq!((run.code, &run.json()["cause"]), (3, &"tcp.refused".into()));
}

#[test]
fn a_bad_archive_is_refused_and_overwrites_nothing() {
    let sandbox = Sandbox::start();
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    let file = format!("{out}/{ID}-ca.pem");
    fs::write(&file, "precious").unwrap();
    for fault in [
        "zip_truncated",
        "zip_bomb",
        "zip_traversal",
        "zip_empty",
        "zip_garbage_pem",
        "zip_huge",
        "zip_404",
    ] {
        sandbox.set_fault(fault);
        let run = sandbox.run(&["--json", "certificate", ID, "--out", &out, "--force"]);
        let expected = match fault {
            "zip_404" => "certificate_download_failed",
            _ => "certificate_invalid",
        };
        assert_eq!((run.code, run.error().as_str()), (1, expected), "{fault}");
        sandbox.clear_faults();
    }
    let run = sandbox.run(&["--json", "certificate", ID, "--out", &out]);
    assert_eq!((run.code, run.error().as_str()), (1, "file_exists"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    let run = sandbox.run(&["--json", "certificate", ID, "--out", &out, "--force"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    // One of the two files is there: not even the other is written.
    fs::remove_file(&file).unwrap();
    let run = sandbox.run(&["--json", "certificate", ID, "--out", &out]);
    assert_eq!((run.code, run.error().as_str()), (1, "file_exists"));
    assert!(!std::path::Path::new(&file).exists());
    let missing = sandbox.run(&["--json", "certificate", ID, "--out", &sandbox.path("none")]);
    assert_eq!((missing.code, missing.error().as_str()), (1, "save_failed"));
}

#[test]
fn a_region_that_is_down_is_named_and_the_others_are_listed() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("region_down:ap-beijing");
    let run = sandbox.run(&["--json", "instances"]);
    assert_eq!(run.code, 4, "{run:?}");
    let failures: serde_json::Value =
        serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(failures["failed_regions"][0]["region"], "ap-beijing");
    let people = sandbox.run(&["instances"]);
    let named = people.stderr.contains("ap-beijing did not answer");
    assert!(named && people.stderr.contains("1 of "), "{people:?}");
    let rows = run.json();
    assert!(rows.as_array().unwrap().len() > 20);
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .all(|row| row["region"] != "ap-beijing")
    );
}

#[test]
fn an_instance_in_an_unknown_state_is_shown_and_left_alone() {
    let sandbox = Sandbox::start();
    let id = "crs-q9d2he7u";
    let shown = sandbox.run(&["status", id]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(shown.stdout.contains("(status 7)"), "{shown:?}");
    let refused = sandbox.run(&["--json", "enable", id]);
    assert_eq!(
        (refused.code, refused.error().as_str()),
        (1, "precondition_failed")
    );
    assert_eq!(sandbox.count(id, "OpenSSL"), 0);
}

#[test]
fn a_task_that_fails_is_reported_at_once() {
    let sandbox = Sandbox::start();
    let id = "crs-d3s0yk6b";
    sandbox.set_fault(&format!("task_fail:{id}"));
    let run = sandbox.run(&["--json", "enable", id, "--wait"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.json()["phase"], "failed");
    assert_eq!(run.json()["error"]["code"], "task_failed");
    assert_eq!(sandbox.count(id, "OpenSSL"), 1);
}

#[test]
fn a_data_folder_that_cannot_be_used_changes_nothing() {
    let sandbox = Sandbox::start();
    let file = sandbox.path("file");
    fs::write(&file, "").unwrap();
    let run = sandbox.run(&["--json", "--data-dir", &file, "enable", "crs-d3s0yk6b"]);
    assert_eq!(
        (run.code, run.error().as_str()),
        (1, "data_folder_unwritable")
    );
    assert_eq!(sandbox.count("crs-d3s0yk6b", "OpenSSL"), 0);
}

#[test]
fn no_answer_of_any_region_is_not_an_empty_fleet() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("denied:DescribeInstances");
    let run = sandbox.run(&["instances"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(!run.stdout.contains("in any region"), "{run:?}");
    assert!(run.stderr.contains("regions did not answer"), "{run:?}");
    let json = sandbox.run(&["--json", "instances"]);
    assert_eq!((json.code, json.json()), (4, serde_json::json!([])));
}

#[test]
fn what_could_not_be_read_is_not_known_rather_than_blocked() {
    let sandbox = Sandbox::start();
    for (fault, code) in [("denied", 4), ("reset", 3)] {
        sandbox.set_fault(&format!("{fault}:DescribeSSLStatus"));
        let run = sandbox.run(&["instances"]);
        assert_eq!(run.code, code, "{run:?}");
        let row = run.stdout.lines().find(|line| line.contains(ID)).unwrap();
        assert!(row.contains("not known: "), "{row}");
        assert!(!row.contains("blocked"), "{row}");
        sandbox.clear_faults();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_a_full_disk_does_not_take_is_a_failure() {
    let full = || {
        fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    let sandbox = Sandbox::start();
    for arguments in [
        &["status", ID][..],
        &["--json", "status", ID],
        &["jobs"],
        &["--help"],
        &["--version"],
    ] {
        let mut command = sandbox.command(arguments);
        let run = Run::new(
            command
                .stdout(full())
                .stderr(Stdio::piped())
                .output()
                .unwrap(),
        );
        assert_eq!(run.code, 1, "{arguments:?}: {run:?}");
        assert!(run.stderr.contains("could not be written"), "{run:?}");
        // None of these changes anything.
        assert!(!run.stderr.contains("lists changes"), "{run:?}");
    }
    // A reader that went away is no failure.
    for arguments in [&["status", ID][..], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = sandbox.command(arguments);
        let run = Run::new(
            command
                .stdout(writer)
                .stderr(Stdio::piped())
                .output()
                .unwrap(),
        );
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
    }
    // A sandbox that could not say where it is has no use, and ends.
    let (reader, closed) = std::io::pipe().unwrap();
    drop(reader);
    for (stdout, code) in [(Stdio::from(full()), 1), (Stdio::from(closed), 0)] {
        let mut command = Command::new("timeout");
        command.args(["20", env!("CARGO_BIN_EXE_rediseal-cli"), "sandbox"]);
        let run = Run::new(
            command
                .stdout(stdout)
                .stderr(Stdio::piped())
                .output()
                .unwrap(),
        );
        assert_eq!(run.code, code, "{run:?}");
    }
}

#[test]
fn usage_errors_are_json_too_and_in_the_users_language() {
    let sandbox = Sandbox::start();
    for arguments in [&["--json", "nonsense"][..], &["enable", "--json"]] {
        let run = sandbox.run(arguments);
        assert_eq!((run.code, run.error().as_str()), (2, "invalid_input"));
    }
    let chinese = sandbox.run(&["--language", "zh-CN", "enable"]);
    assert!(
        chinese.stderr.starts_with("错误：缺少参数 <ID>"),
        "{chinese:?}"
    );
    let faults = sandbox.run(&["sandbox", "--fault", "bogus"]);
    assert!(faults.stderr.contains("task_stall:INSTANCE"), "{faults:?}");
    for (language, word) in [("en", "the connection is cut"), ("zh-CN", "连接被重置")] {
        let help = sandbox.run(&["--language", language, "sandbox", "--help"]);
        assert!(help.stdout.contains("  chaos:SEED:PERCENT  "), "{help:?}");
        assert!(help.stdout.contains(word), "{help:?}");
    }
}

#[test]
fn a_password_in_a_url_is_not_repeated() {
    let sandbox = Sandbox::start();
    for target in ["redis://user:hunter2@h", "user:hunter2@h:6379"] {
        for json in [&["test", target][..], &["--json", "test", target]] {
            let run = sandbox.run(json);
            assert_eq!(run.code, 2, "{run:?}");
            assert!(run.stderr.contains("HOST:PORT"), "{run:?}");
            assert!(!run.stderr.contains("hunter2"), "{run:?}");
        }
    }
    let host = sandbox.run(&["test", "localhost"]);
    assert!(host.stderr.contains("localhost:6379"), "{host:?}");
}

#[test]
fn a_login_that_fails_is_a_no_even_though_tls_is_proven() {
    let sandbox = Sandbox::start();
    let run = sandbox.run_with("a-wrong-one\n", &["test", ID, "--password-stdin"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stdout.contains("TLS is proven, but the login failed"),
        "{run:?}"
    );
    assert!(run.stdout.contains("redis.wrong_password"), "{run:?}");
    assert_eq!(sandbox.run(&["test", ID]).code, 0);
}

#[test]
fn a_remedy_names_the_same_cloud_and_folder() {
    let sandbox = Sandbox::start();
    let run = sandbox.run(&["status", "crs-00000000"]);
    let expected = format!(
        "`rediseal-cli --endpoint {} --data-dir {} instances`",
        sandbox.text("endpoint"),
        sandbox.path("data")
    );
    assert!(run.stderr.contains(&expected), "{run:?}");
}

#[test]
fn an_error_in_chinese_has_the_original_last() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("status500");
    let run = sandbox.run(&["--language", "zh-CN", "status", ID]);
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(lines[0], "错误：腾讯云服务出错", "{run:?}");
    assert!(lines[1].contains("故障在腾讯云一侧"), "{run:?}");
    assert!(lines.last().unwrap().starts_with("  原文："), "{run:?}");
}

#[test]
fn a_plan_alone_sends_nothing_and_says_whether_it_can_be_done() {
    let sandbox = Sandbox::start();
    let ready = sandbox.run(&["enable", "crs-d3s0yk6b", "--plan"]);
    assert_eq!(ready.code, 0, "{ready:?}");
    assert!(ready.stdout.contains("nothing was sent"), "{ready:?}");
    let blocked = sandbox.run(&["enable", "crs-81zzc9hn", "--plan"]);
    assert_eq!(blocked.code, 1, "{blocked:?}");
    assert!(blocked.stdout.contains("older than 5.6.0"), "{blocked:?}");
    let password = sandbox.run(&["--json", "require-password", "crs-b6j1xm4s", "--plan"]);
    assert_eq!(password.json()["needs_password"], true);
    assert_eq!(sandbox.count("crs-d3s0yk6b", "OpenSSL"), 0);
    assert_eq!(sandbox.json(&["jobs"]), serde_json::json!([]));
}

#[test]
fn on_and_not_proven_is_a_no_with_its_cause() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("zip_404");
    let run = sandbox.run(&["enable", ID, "--wait"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("SSL is on, not proven: "), "{run:?}");
    assert!(run.stdout.contains("404"), "{run:?}");
    assert!(!run.stdout.contains(" certificate crs-"), "{run:?}");
    sandbox.clear_faults();
    let run = sandbox.run(&["enable", ID, "--wait"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(sandbox.count(ID, "OpenSSL"), 0);
}

#[test]
fn a_task_without_a_number_is_no_task_minus_one() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("task_minus_one");
    let run = sandbox.run(&["enable", "crs-d3s0yk6b", "--wait"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("gave no task to follow"), "{run:?}");
    assert!(!run.stderr.contains("-1"), "{run:?}");
}

#[test]
fn what_is_said_is_true_of_what_was_asked() {
    let sandbox = Sandbox::start();
    let says = |run: &Run, code: i32, words: &[&str]| {
        assert_eq!(run.code, code, "{run:?}");
        for words in words {
            let said = run.stdout.contains(words) || run.stderr.contains(words);
            assert!(said, "{words}: {run:?}");
        }
    };
    // An answer that was cut still says which one it was.
    sandbox.set_fault("badjson:GetCallerIdentity@1");
    says(
        &sandbox.run(&["instances"]),
        3,
        &["RequestId ", "changed the answer"],
    );
    // The option and the file are named, whatever is wrong with it.
    let text = sandbox.path("text");
    fs::write(&text, "no certificate").unwrap();
    for file in [text.as_str(), "/none/ca.pem"] {
        let run = sandbox.run(&["--api-ca", file, "instances"]);
        says(&run, 2, &["--api-ca", file]);
    }
    let mut junk = sandbox.command(&["instances"]);
    junk.env("HTTPS_PROXY", "junk://x");
    says(&sandbox.finish(junk), 2, &["HTTPS_PROXY"]);
    says(
        &sandbox.run(&["status", "order-cache-prod"]),
        1,
        &["by its id"],
    );
    sandbox.set_fault("throttle:GetCallerIdentity");
    says(
        &sandbox.run(&["--language", "en", "status", ID]),
        4,
        &["limited to 20 requests a second"],
    );
    sandbox.clear_faults();
    // What was not given is not to be left out.
    sandbox.set_fault("older");
    let run = sandbox.run(&["enable", "crs-d3s0yk6b", "--address", "private"]);
    says(&run, 4, &["without --address,"]);
    let on = "crs-5k2mfx7q";
    let run = sandbox.run(&["encryption-mode", on, "required", "--confirm", on]);
    says(&run, 4, &["wait until this region has it"]);
    assert!(!run.stdout.contains("--address"), "{run:?}");
}

#[test]
fn a_service_that_recovers_is_waited_for() {
    let sandbox = Sandbox::start();
    for fault in ["throttle:GetCallerIdentity@5", "reset:GetCallerIdentity@5"] {
        sandbox.set_fault(fault);
        let run = sandbox.run(&["--retry", "60", "status", ID]);
        assert_eq!(run.code, 0, "{fault}: {run:?}");
    }
}
