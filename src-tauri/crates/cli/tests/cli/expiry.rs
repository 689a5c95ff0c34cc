//! When certificates end: the exit code, and files for calendars and monitoring.

use std::fs;

use crate::run::{Sandbox, exists};

const SOON: &str = "crs-u8n2vc6d";

#[test]
fn it_says_what_ends_and_exits_with_it() {
    let sandbox = Sandbox::start();
    let none = sandbox.run(&["expiry"]);
    assert_eq!(none.code, 0, "{none:?}");
    assert!(none.stdout.contains("no certificate to show"), "{none:?}");
    let looked = sandbox.run(&["--json", "expiry", "--look"]);
    assert_eq!(looked.code, 1, "{looked:?}");
    let looked = looked.json();
    let all = looked["certificates"].as_array().unwrap();
    assert_eq!(looked["within"], 30);
    let is_soon = |end: &&serde_json::Value| end["instances"][0]["instance_id"] == SOON;
    let soon = all.iter().filter(|end| end["role"] == "leaf").find(is_soon);
    let soon = soon.unwrap();
    assert_eq!(
        (&soon["days"], &soon["threshold"]),
        (&20.into(), &30.into())
    );
    assert_eq!(soon["instances"][0]["first"], true);

    // What was seen is remembered, and the cloud is not asked for it.
    let calls = sandbox.calls("DescribeInstances");
    let known = sandbox.run(&["--json", "expiry", "--within", "21"]);
    assert_eq!(known.code, 1, "{known:?}");
    let known = known.json();
    assert_eq!(known["certificates"].as_array().unwrap().len(), 2);
    assert_eq!(known["certificates"][1]["sha256"], soon["sha256"]);
    assert_eq!(sandbox.calls("DescribeInstances"), calls);
    // One has expired, which is within any number of days.
    let text = sandbox.run(&["expiry", "--within", "0"]);
    assert_eq!(text.code, 1, "{text:?}");
    assert!(
        text.stdout.contains("ends within 0 days: 1 of 1"),
        "{text:?}"
    );
    let text = sandbox.run(&["--language", "zh-CN", "expiry"]);
    assert!(
        text.stdout.contains("已到期") && text.stdout.contains("20 天"),
        "{text:?}"
    );
}

#[test]
fn files_are_written_whole_and_replaced_where_that_is_wanted() {
    let sandbox = Sandbox::start();
    sandbox.run(&["test", SOON]);
    let calendar = sandbox.path("ends.ics");
    let saved = sandbox.run(&["--json", "expiry", "--ics", &calendar]);
    assert_eq!(saved.code, 1, "{saved:?}");
    assert_eq!(saved.json()["certificates"].as_array().unwrap().len(), 2);
    let text = fs::read_to_string(&calendar).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2);
    let again = sandbox.run(&["--json", "expiry", "--ics", &calendar]);
    assert_eq!(again.error(), "file_exists");
    let forced = sandbox.run(&["expiry", "--ics", &calendar, "--force"]);
    assert_eq!(forced.code, 1, "{forced:?}");
    let printed = sandbox.run(&["expiry", "--ics", "-"]);
    assert!(printed.stdout.ends_with("END:VCALENDAR\r\n"), "{printed:?}");

    let metrics = sandbox.path("rediseal.prom");
    for _ in 0..2 {
        let run = sandbox.run(&["expiry", "--prometheus", "--out", &metrics]);
        assert_eq!(run.code, 1, "{run:?}");
    }
    let text = fs::read_to_string(&metrics).unwrap();
    assert_eq!(sandbox.run(&["expiry", "--prometheus"]).stdout, text);
    let name = "rediseal_certificate_not_after_seconds{";
    let roles = ["role=\"leaf\"", "role=\"ca\""].map(|role| {
        let lines = text.lines().filter(|line| line.starts_with(name));
        lines.filter(|line| line.contains(role)).count()
    });
    assert_eq!(roles, [1, 1], "{text}");
    // Nothing half-written stays, and a folder that is not there is an error.
    assert!(exists(&metrics));
    let nowhere = sandbox.path("no/such/folder.prom");
    let failed = sandbox.run(&["--json", "expiry", "--prometheus", "--out", &nowhere]);
    assert_eq!((failed.code, failed.error()), (1, "save_failed".to_owned()));
    for wrong in [
        &["--json", "expiry", "--ics", "-"][..],
        &["--json", "expiry", "--prometheus"],
        &["expiry", "--out", "x"],
        &["expiry", "--prometheus", "--ics", "x"],
    ] {
        assert_eq!(sandbox.run(wrong).code, 2, "{wrong:?}");
    }
}
