//! Many targets: each line has its result as soon as it is there, and none holds up another.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::run::{Run, Sandbox, must};

const ON: &str = "crs-5k2mfx7q";
const ON_WITHOUT_NAMES: &str = "crs-f9u7lp2z";
const WRONG_NAME: &str = "crs-c7d0pw4e";

/// Reports and errors by the number of their line.
fn lines(run: &Run) -> Vec<Value> {
    let lines = run.stdout.lines().map(serde_json::from_str);
    let mut lines: Vec<Value> = lines.map(Result::unwrap).collect();
    lines.sort_by_key(|line| line["line"].as_u64());
    lines
}

fn summary(stderr: &str) -> Value {
    let last = stderr.lines().last().unwrap();
    let said: Value = serde_json::from_str(last).unwrap();
    said["summary"].clone()
}

/// The address of an instance, and a file with its CA.
fn good(sandbox: &Sandbox) -> (String, String) {
    let report = sandbox.json(&["test", ON]);
    let address = report["target"]["address"].as_str().unwrap().to_owned();
    let folder = sandbox.folder.path().display().to_string();
    sandbox.json(&["certificate", ON, "--out", &folder, "--format", "pem"]);
    (address, format!("{folder}/{ON}-ca.pem"))
}

#[test]
fn each_line_has_a_result_and_a_bad_one_loses_nothing_else() {
    let sandbox = Sandbox::start();
    let (address, ca) = good(&sandbox);
    let file = sandbox.path("targets.txt");
    let text = format!(
        "# the fleet\n{ON}\n{ON_WITHOUT_NAMES}  # no names\n\n{WRONG_NAME}\nname only\n127.0.0.1:1\n\
         redis://user:sesame@10.0.0.1:6379\ncrs-00000000\nlocalhost\n{WRONG_NAME} name=cache.example\n{address}\n"
    );
    fs::write(&file, text).unwrap();
    let run = sandbox.run(&["--json", "test", "--targets", &file]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(!run.stdout.contains("sesame"), "{run:?}");
    let found: Vec<_> = lines(&run)
        .iter()
        .map(|line| {
            let what = match line["error"]["code"].as_str() {
                Some(code) => code,
                None => line["verdict"].as_str().unwrap(),
            };
            format!(
                "{} {} {what}",
                line["line"],
                line["given"].as_str().unwrap()
            )
        })
        .collect();
    let expected = [
        format!("2 {ON} secure"),
        format!("3 {ON_WITHOUT_NAMES} chain_only"),
        format!("5 {WRONG_NAME} insecure"),
        "6  invalid_input".to_owned(),
        "7 127.0.0.1:1 unreachable".to_owned(),
        "8  invalid_input".to_owned(),
        "9 crs-00000000 instance_not_found".to_owned(),
        // What names nothing may be a password.
        "10  invalid_input".to_owned(),
        format!("11 {WRONG_NAME} insecure"),
        // By the operating system's CAs.
        format!("12 {address} insecure"),
    ];
    assert_eq!(found, expected, "{run:?}");
    let reports = lines(&run);
    assert_eq!(reports[0]["stages"].as_array().unwrap().len(), 6);
    assert_eq!(reports[8]["target"]["name"], "cache.example");
    let counts = summary(&run.stderr);
    assert_eq!(counts["targets"], 10, "{counts}");
    assert_eq!(
        [
            &counts["secure"],
            &counts["chain_only"],
            &counts["insecure"]
        ],
        [1, 1, 3],
        "{counts}"
    );
    assert_eq!([&counts["unreachable"], &counts["not_tested"]], [1, 4]);

    // For people, a line each.
    let run = sandbox.run(&["test", "--targets", &file, "--ca", &ca]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stdout.lines().count(), 10, "{run:?}");
    assert!(run.stdout.contains("line 6"), "{run:?}");
    assert!(run.stderr.contains("10 targets in "), "{run:?}");
    assert!(
        run.stdout
            .contains(&format!("({WRONG_NAME}, name=cache.example)")),
        "{run:?}"
    );
    let chinese = sandbox.run(&["--language", "zh", "test", "--targets", &file]);
    assert!(chinese.stdout.contains("未测试  第 6 行"), "{chinese:?}");
}

#[test]
fn what_is_no_target_is_not_repeated() {
    let sandbox = Sandbox::start();
    let file = sandbox.path("targets.txt");
    let text = "127.0.0.1:1 Hunter2\npassword=Hunter2\nHunter2\nu:Hunter2@h:1\n";
    fs::write(&file, text).unwrap();
    for arguments in [
        &["test"][..],
        &["--json", "test"],
        &["--language", "zh", "test"],
    ] {
        let run = sandbox.run(&[arguments, &["--targets", &file]].concat());
        assert_eq!(run.code, 1, "{run:?}");
        assert!(!run.stdout.contains("Hunter2"), "{run:?}");
        assert!(!run.stderr.contains("Hunter2"), "{run:?}");
        assert_eq!(run.stdout.lines().count(), 4, "{run:?}");
    }
}

#[test]
fn an_interrupt_counts_those_that_had_not_begun() {
    let sandbox = Sandbox::start();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let file = sandbox.path("targets.txt");
    let line = format!("{}\n", silent.local_addr().unwrap());
    fs::write(&file, line.repeat(200)).unwrap();
    let mut command = sandbox.command(&["test", "--targets", &file, "--timeout", "600"]);
    command.args(["--concurrency", "2"]);
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Both tests have begun.
    for _ in 0..2 {
        silent.accept().unwrap();
    }
    must(Command::new("kill").args(["-INT", &child.id().to_string()]));
    let ended = Run::new(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("Stopped: 200 of 200 not tested, of which 2 had begun. 0 targets in "),
        "{ended:?}"
    );
}

#[test]
fn when_all_are_proven_the_answer_is_yes() {
    let sandbox = Sandbox::start();
    let (address, ca) = good(&sandbox);
    let file = sandbox.path("targets.txt");
    fs::write(&file, format!("{address}\n").repeat(300)).unwrap();
    let all = ["test", "--targets", &file, "--ca", &ca];
    let run = sandbox.run(&[&["--json"], &all[..], &["--concurrency", "16"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(lines(&run).len(), 300);
    assert_eq!(summary(&run.stderr)["secure"], 300);
    let missing = sandbox.run(&["--json", "test", "--targets", "/nowhere"]);
    assert_eq!(
        (missing.code, missing.error().as_str()),
        (2, "invalid_input")
    );
    fs::write(&file, "# none\n\n").unwrap();
    assert_eq!(sandbox.run(&all).code, 2);
    let none = sandbox.run(&["test", "--targets", "-"]);
    assert!(none.stderr.contains("stdin has no target"), "{none:?}");
    let unnamed = sandbox.run(&["test"]);
    assert!(unnamed.stderr.contains("--targets FILE"), "{unnamed:?}");
    fs::write(&file, format!("{address}\n")).unwrap();
    let one = sandbox.run(&all);
    assert!(one.stderr.starts_with("1 target in "), "{one:?}");
    for refused in [
        &["--targets", &file, ON][..],
        &["--targets", &file, "--cost"],
        &[],
    ] {
        assert_eq!(sandbox.run(&[&["test"], refused].concat()).code, 2);
    }
}

#[test]
fn a_silent_target_holds_up_nobody_and_an_interrupt_ends_all_at_once() {
    let sandbox = Sandbox::start();
    let (address, ca) = good(&sandbox);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    let mut command = sandbox.command(&["--json", "test", "--targets", "-", "--ca", &ca]);
    command.args(["--timeout", "600", "--concurrency", "2"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut targets = child.stdin.take().unwrap();
    let mut results = BufReader::new(child.stdout.take().unwrap()).lines();
    writeln!(targets, "{silent}").unwrap();
    for _ in 0..20 {
        // The next target is written when the result of this one is there.
        writeln!(targets, "{address}").unwrap();
        let result = results.next().unwrap().unwrap();
        let result: Value = serde_json::from_str(&result).unwrap();
        assert_eq!(result["verdict"], "secure", "{result}");
    }
    must(Command::new("kill").args(["-INT", &child.id().to_string()]));
    let ended = Run::new(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 1, "{ended:?}");
    let counts = summary(&ended.stderr);
    assert_eq!(counts["stopped"], true);
    assert_eq!(
        (&counts["targets"], &counts["unfinished"]),
        (&20.into(), &1.into())
    );
    assert!(results.next().is_none());
    drop(targets);
}
