//! What stands on stdout: the JSON that scripts read, and texts in both languages.

use std::fs;

use serde_json::Value;

use crate::run::Sandbox;

#[test]
fn instances_have_the_documented_fields() {
    let sandbox = Sandbox::start();
    let rows = sandbox.json(&["instances"]);
    let rows = rows.as_array().unwrap();
    assert!(rows.len() >= 24);
    let ssl = ["off", "on", "updating", "unsupported", "busy", "unknown"];
    let readiness = ["ready", "blocked", "done"];
    for row in rows {
        assert!(row["instance_id"].as_str().unwrap().starts_with("crs-"));
        assert!(row["region"].is_string());
        assert!(ssl.contains(&row["ssl"].as_str().unwrap()), "{row}");
        assert!(
            readiness.contains(&row["readiness"].as_str().unwrap()),
            "{row}"
        );
        assert_eq!(row["findings"].as_array().unwrap().len(), 7);
    }
    for wanted in ["off", "on", "updating", "unsupported", "busy"] {
        assert!(rows.iter().any(|row| row["ssl"] == wanted), "{wanted}");
    }
    let regions = rows.iter().map(|row| row["region"].as_str().unwrap());
    assert!(regions.collect::<std::collections::BTreeSet<_>>().len() >= 6);
}

#[test]
fn a_stream_has_each_instance_once_and_says_no_less() {
    let sandbox = Sandbox::start();
    let whole = sandbox.json(&["instances"]);
    let run = sandbox.run(&["instances", "--stream"]);
    assert_eq!(run.code, 0, "{run:?}");
    let lines = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let mut rows: Vec<Value> = lines.collect();
    assert!(rows.iter().all(|row| row["asked"].is_string()));
    let key = |row: &Value| {
        ["region", "name", "instance_id"].map(|name| row[name].as_str().unwrap().to_owned())
    };
    rows.sort_by_key(key);
    let keys = |rows: &[Value]| rows.iter().map(key).collect::<Vec<_>>();
    assert_eq!(keys(&rows), keys(whole.as_array().unwrap()));

    // A region that is not there is missing from the stream too.
    sandbox.set_fault("region_down:ap-beijing");
    let run = sandbox.run(&["instances", "--stream"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.stdout.lines().count() > 20 && !run.stdout.contains("ap-beijing"));
    assert!(run.stderr.contains("ap-beijing did not answer"), "{run:?}");
}

#[test]
fn the_report_has_the_documented_fields() {
    let sandbox = Sandbox::start();
    let report = sandbox.run(&["test", "crs-5k2mfx7q", "--json"]).json();
    assert_eq!(report["verdict"], "secure");
    assert_eq!(report["cause"], Value::Null);
    let address = report["target"]["address"].as_str().unwrap();
    assert!(address.starts_with("127.0.0.1:"));
    let stages = report["stages"].as_array().unwrap().iter();
    let stages: Vec<_> = stages.map(|stage| stage["id"].as_str().unwrap()).collect();
    assert_eq!(stages, ["dns", "tcp", "tls", "chain", "name", "redis"]);
    assert_eq!(report["chain"][0]["role"], "leaf");
    assert_eq!(report["chain"][1]["role"], "trusted");
}

#[test]
fn help_is_a_command_in_every_language() {
    let sandbox = Sandbox::start();
    for (arguments, english, chinese) in [
        (&["help"][..], "Usage:", "用法："),
        (&["help", "status"], "Usage:", "查看一个实例"),
        (&["accounts", "help"], "Usage:", "列出账号"),
        (
            &["help", "accounts", "import"],
            "Usage:",
            "验证找到的密钥并保存",
        ),
    ] {
        for (locale, said) in [("C.UTF-8", english), ("zh_CN.UTF-8", chinese)] {
            let mut command = sandbox.bare(arguments);
            command.env("LANG", locale);
            let run = sandbox.finish(command);
            assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
            assert!(run.stdout.contains(said), "{arguments:?}: {run:?}");
        }
    }
    let mut unknown = sandbox.bare(&["help", "nonsense"]);
    unknown.env("LANG", "zh_CN.UTF-8");
    assert_eq!(sandbox.finish(unknown).code, 2);
}

#[test]
fn the_policy_can_be_copied_and_needs_no_account() {
    let sandbox = Sandbox::start();
    let actions = |arguments: &[&str]| {
        let output = sandbox.bare(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let policy: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(policy["version"], "2.0");
        let actions = policy["statement"][0]["action"].as_array().unwrap();
        let actions = actions
            .iter()
            .map(|action| action.as_str().unwrap().to_owned());
        actions.collect::<Vec<_>>()
    };
    let all = actions(&["policy"]);
    assert!(all.contains(&"redis:OpenSSL".to_owned()), "{all:?}");
    assert_eq!(actions(&["policy", "--json"]), all);
    let read = actions(&["policy", "--read-only"]);
    // Everything that is called, the other products' too.
    for action in ["sts:GetCallerIdentity", "region:DescribeRegions"] {
        assert!(read.contains(&action.to_owned()), "{read:?}");
    }
    assert!(read.iter().all(|action| {
        let (_, name) = action.split_once(':').unwrap();
        name.starts_with("Describe") || name.starts_with("Get")
    }));
    assert!(read.len() < all.len() && read.iter().all(|action| all.contains(action)));
}

#[test]
fn an_archive_is_inspected_as_well_as_its_pem() {
    let sandbox = Sandbox::start();
    let out = sandbox.path("out");
    fs::create_dir(&out).unwrap();
    sandbox.json(&["certificate", "crs-5k2mfx7q", "--out", &out]);
    let zip = sandbox.json(&["inspect", &format!("{out}/crs-5k2mfx7q-crt.zip")]);
    assert_eq!(zip["kind"], "archive");
    let files = zip["certificates"][0]["files"].as_array().unwrap();
    assert_eq!(files.len(), 3, "pem, crt and p7b hold the same: {zip}");
    let pem = sandbox.json(&["inspect", &format!("{out}/crs-5k2mfx7q-ca.pem")]);
    assert_eq!(pem["kind"], "pem");
    assert_eq!(
        pem["certificates"][0]["sha256"],
        zip["certificates"][0]["sha256"]
    );
    let bad = sandbox.run(&["inspect", "/etc/hostname"]);
    assert_eq!(bad.code, 1, "{bad:?}");
}

#[test]
fn texts_are_in_the_language_of_the_locale_or_the_option() {
    let sandbox = Sandbox::start();
    let id = "crs-p4k9we2m";
    let mut chinese = sandbox.command(&["status", id]);
    chinese.env("LANG", "zh_CN.UTF-8");
    let by_locale = sandbox.finish(chinese);
    let by_option = sandbox.run(&["status", id, "--language", "zh-CN"]);
    assert_eq!(by_locale.stdout, by_option.stdout);
    assert!(by_locale.stdout.contains("免密访问已开启"), "{by_locale:?}");
    let english = sandbox.run(&["status", id]);
    assert!(
        english.stdout.contains("password-free access is on"),
        "{english:?}"
    );
    assert!(english.stdout.is_ascii(), "{english:?}");
    assert!(
        !english.stdout.contains('\u{1b}'),
        "colour without a terminal"
    );
    let help = sandbox.run(&["--language", "zh-CN", "enable", "--help"]);
    assert!(
        help.code == 0 && help.stdout.contains("开启 SSL"),
        "{help:?}"
    );
}
