//! What a key may not do, and what a sweep did not bring: said once, with the permission.

use crate::run::{Run, Sandbox};

const READY: &str = "crs-d3s0yk6b";

fn count(run: &Run, text: &str) -> usize {
    run.stderr.matches(text).count()
}

#[test]
fn a_task_that_the_key_may_not_read_does_not_hold_up_its_job() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("denied:DescribeTaskInfo");
    let run = sandbox.run(&["enable", READY, "--wait"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(count(&run, "redis:DescribeTaskInfo"), 1, "{run:?}");
    assert!(run.stderr.contains(" policy` prints"), "{run:?}");
    assert!(!run.stderr.contains("account's key"), "{run:?}");
}

#[test]
fn regions_that_nobody_offers_are_no_failures() {
    let sandbox = Sandbox::start();
    let whole = sandbox.run(&["--json", "instances"]);
    sandbox.set_fault("denied:DescribeRegions");
    let run = sandbox.run(&["instances"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(count(&run, "warning: "), 1, "{run:?}");
    assert_eq!(count(&run, "Ask for region:DescribeRegions"), 1, "{run:?}");
    assert_eq!(count(&run, "did not answer"), 0, "{run:?}");
    let json = sandbox.run(&["--json", "instances"]);
    let ids = |run: &Run| {
        let rows = run.json();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["instance_id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!((json.code, ids(&json)), (0, ids(&whole)));
    let told: serde_json::Value = serde_json::from_str(json.stderr.trim()).unwrap();
    assert_eq!(
        told["regions_error"]["details"]["cam_action"],
        "region:DescribeRegions"
    );
}

#[test]
fn an_unread_state_is_no_region_that_does_not_answer() {
    let sandbox = Sandbox::start();
    for (fault, code, why) in [
        ("denied", 4, "Ask for redis:DescribeSSLStatus"),
        ("notjson", 3, "not in the documented form"),
    ] {
        sandbox.set_fault(&format!("{fault}:DescribeSSLStatus"));
        let run = sandbox.run(&["instances"]);
        assert_eq!(run.code, code, "{run:?}");
        assert_eq!(count(&run, "the SSL state of "), 1, "{run:?}");
        assert_eq!(count(&run, why), 1, "{run:?}");
        assert_eq!(count(&run, "did not answer"), 0, "{run:?}");
        let json = sandbox.run(&["--json", "instances"]);
        let told: serde_json::Value = serde_json::from_str(json.stderr.trim()).unwrap();
        let unread = told["unread_instances"].as_array().unwrap();
        assert_eq!(unread.len(), json.json().as_array().unwrap().len());
        sandbox.clear_faults();
    }
}

#[test]
fn one_refusal_of_all_regions_is_said_once() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("denied:DescribeInstances");
    let run = sandbox.run(&["instances"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert_eq!(count(&run, "was refused with"), 1, "{run:?}");
    assert_eq!(count(&run, "Ask for redis:DescribeInstances"), 1, "{run:?}");
    assert_eq!(count(&run, "ap-guangzhou, ap-shanghai"), 1, "{run:?}");
}
