//! The ends of certificates as files, read back by those who have to read them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;
use rediseal_engine::view::{CertificateEnd, CertificateRole, EndingInstance, Expiry, Source};
use rediseal_probe::Language;
use serde_json::{Value, json};

use crate::packages;

const REQUIREMENTS: &str = include_str!("judges/requirements.txt");
const CALENDAR: &str = include_str!("judges/calendar.py");
const METRICS: &str = include_str!("judges/metrics.py");

fn judge(program: &str, text: &str) -> Value {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine");
    let python: PathBuf = packages::python(&folder, "judges", REQUIREMENTS);
    let mut child = Command::new(python)
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn instance(number: usize, name: &str) -> EndingInstance {
    EndingInstance {
        instance_id: format!("crs-{number}"),
        name: name.to_owned(),
        region: "ap-guangzhou".to_owned(),
        first: true,
        sources: vec![Source::Live],
        last_seen: "2026-11-24T11:00:00Z".parse().unwrap(),
    }
}

fn end(sha256: &str, not_after: Timestamp, names: &[&str]) -> CertificateEnd {
    let instances = names.iter().enumerate();
    CertificateEnd {
        sha256: sha256.to_owned(),
        role: CertificateRole::Leaf,
        name: "CN".to_owned(),
        subject: "CN=a\\,b; \"c\"".to_owned(),
        issuer: "CN=证书颁发机构".repeat(9),
        serial: "0a".to_owned(),
        not_after,
        days: 21,
        threshold: Some(30),
        instances: instances.map(|(at, name)| instance(at, name)).collect(),
    }
}

/// Names are free text of somebody else.
const HOSTILE: &str = "a\"} 1\nb\\,;: c\rEND:VEVENT";

fn expiry() -> Expiry {
    Expiry {
        now: "2026-11-24T12:00:00Z".parse().unwrap(),
        certificates: vec![
            end("aa", "2026-12-15T08:30:00Z".parse().unwrap(), &[HOSTILE]),
            end(
                "bb",
                "2044-06-11T00:00:00Z".parse().unwrap(),
                &["订单缓存"; 30],
            ),
            end("cc", Timestamp::MAX, &["never"]),
        ],
        unseen: vec!["crs-9".to_owned()],
    }
}

#[test]
fn a_calendar_has_an_event_for_each_end_with_its_alarms() {
    let expiry = expiry();
    for (language, summary) in [
        (Language::En, "The certificate of 30 instances ends"),
        (Language::ZhCn, "30 个实例 的证书到期"),
    ] {
        let text = expiry.calendar(language);
        assert_eq!(text, expiry.calendar(language));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let read = judge(CALENDAR, &text);
        let events = read["events"].as_array().unwrap();
        // The one without a well-defined end has none.
        let uids: Vec<_> = events.iter().map(|event| &event["uid"]).collect();
        assert_eq!(uids, ["aa@rediseal", "bb@rediseal"]);
        assert_eq!(events[0]["start"], "2026-12-15T08:30:00+00:00");
        assert_eq!(events[0]["days"], json!([90, 30, 7, 1]));
        let hostile = events[0]["summary"].as_str().unwrap();
        assert!(
            hostile.contains("a\"} 1\nb\\,;: c END:VEVENT"),
            "{hostile:?}"
        );
        let description = events[0]["description"].as_str().unwrap();
        assert!(description.contains("CN=a\\,b; \"c\"\n"), "{description}");
        assert!(description.contains(&expiry.certificates[0].issuer));
        assert_eq!(events[1]["summary"], summary);
        let description = events[1]["description"].as_str().unwrap();
        assert_eq!(description.matches("订单缓存").count(), 20);
        assert!(description.contains("10"), "{description}");
    }
}

#[test]
fn metrics_are_gauges_that_prometheus_reads() {
    let read = judge(METRICS, &expiry().metrics());
    let ends = &read["rediseal_certificate_not_after_seconds"];
    assert_eq!(ends["type"], "gauge");
    assert!(!ends["help"].as_str().unwrap().is_empty());
    let samples = ends["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 32);
    assert_eq!(samples[0][1], 1_797_323_400.0);
    let labels = &samples[0][0];
    assert_eq!(labels["name"], HOSTILE);
    assert_eq!(
        (&labels["role"], &labels["region"]),
        (&json!("leaf"), &json!("ap-guangzhou"))
    );
    assert_eq!(labels["instance_id"], "crs-0");
    let unseen = &read["rediseal_instances_without_certificate"]["samples"];
    assert_eq!(unseen[0][1], 1.0);
}
