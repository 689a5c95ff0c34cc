//! Verdicts of the libraries that cannot be run here, and what holds for all of them.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::{ClientVerdict, Note, Outcome, verdicts};
use crate::cause::Cause;
use crate::report::Report;

/// A test of `host` that got as far as the name, with the certificate's names; `change` makes it
/// another.
fn report(host: &str, names: &[(&str, &str)], change: impl FnOnce(&mut Value)) -> Report {
    let names: Vec<Value> = names
        .iter()
        .map(|(kind, value)| json!({ "kind": kind, "value": value }))
        .collect();
    let facts = |subject: &str, names: &[Value]| {
        json!({
            "subject": subject, "issuer": "CN=CA", "common_name": "Redis", "serial": "01",
            "not_before": "2026-01-01T00:00:00Z", "not_after": "2046-01-01T00:00:00Z",
            "names": names, "key": { "algorithm": "RSA", "bits": 2048, "curve": null },
            "signature": "sha256WithRSAEncryption", "sha256": "", "sha1": "", "is_ca": false,
            "self_issued": subject == "CN=CA", "extended_key_usage": [], "version": 3,
        })
    };
    let stage = |id: &str, status: &str| {
        json!({ "id": id, "status": status, "cause": null, "facts": {},
                "started_us": 0, "elapsed_us": 0 })
    };
    let holds = names.iter().any(|name| name["value"] == host);
    let name = match (holds, names.is_empty()) {
        (true, _) => "passed",
        (false, true) => "warning",
        (false, false) => "failed",
    };
    let sni = host.parse::<std::net::IpAddr>().is_err().then_some(host);
    let mut report = json!({
        "schema": 1,
        "target": { "address": format!("{host}:6379"), "name": host, "sni": sni, "trust": "ca" },
        "route": "direct", "started": "2026-11-24T12:00:00Z", "elapsed_us": 0,
        "verdict": "insecure", "cause": null,
        "stages": [stage("tls", "passed"), stage("chain", "passed"), stage("name", name)],
        "chain": [
            { "role": "leaf", "facts": facts("CN=Redis", &names), "signed_by_next": true, "pem": "" },
            { "role": "trusted", "facts": facts("CN=CA", &[]), "signed_by_next": null, "pem": "" },
        ],
        "protocol": null, "cipher": null, "group": null, "addresses": [], "clients": [],
    });
    change(&mut report);
    serde_json::from_value(report).unwrap()
}

fn of<'a>(verdicts: &'a [ClientVerdict], id: &str) -> &'a ClientVerdict {
    verdicts.iter().find(|verdict| verdict.id == id).unwrap()
}

fn fails(stage: usize, cause: &str, facts: Value) -> impl FnOnce(&mut Value) {
    move |report| {
        report["stages"][stage]["status"] = "failed".into();
        report["stages"][stage]["cause"] = cause.into();
        report["stages"][stage]["facts"] = facts;
    }
}

const IP: &str = "10.0.0.7";
const CHECKING: [&str; 5] = [
    "jedis-7.4.2",
    "lettuce-6",
    "redisson-3",
    "go-redis-5",
    "stackexchange-2",
];

#[test]
fn a_right_name_is_all_that_is_needed() {
    let verdicts = verdicts(&report(IP, &[("ip", IP)], |_| {}));
    for verdict in &verdicts {
        let expected = match verdict.checks_name {
            true => Outcome::Connects,
            false => Outcome::ConnectsUnchecked,
        };
        assert_eq!(verdict.outcome, expected, "{}", verdict.id);
        assert_eq!((verdict.cause, &verdict.setting), (None, &None));
    }
    assert!(!of(&verdicts, "jedis-7.4.1").checks_name);
}

#[test]
fn without_a_name_only_those_that_check_names_refuse_and_only_the_name_is_turned_off() {
    let found = verdicts(&report(IP, &[], |_| {}));
    assert_eq!(
        of(&found, "jedis-7.4.1").outcome,
        Outcome::ConnectsUnchecked
    );
    let settings = [
        "SslVerifyMode.CA",
        "SslVerifyMode.CA",
        "CA_ONLY",
        "VerifyConnection",
        "~SslPolicyErrors.RemoteCertificateNameMismatch",
    ];
    for (id, setting) in CHECKING.into_iter().zip(settings) {
        let verdict = of(&found, id);
        assert_eq!(verdict.outcome, Outcome::Refuses, "{id}");
        assert_eq!(verdict.cause, Some(Cause::CertificateNameNotCheckable));
        assert!(verdict.setting.as_ref().unwrap().contains(setting), "{id}");
    }
    let java = of(&found, "jedis-7.4.2").message.as_deref();
    assert_eq!(java, Some("No subject alternative names present"));

    // A public CA gives certificates to anybody: there the name is all there is.
    let public = verdicts(&report(IP, &[], |r| r["target"]["trust"] = "os".into()));
    for verdict in public {
        assert_eq!(verdict.setting, None, "{}", verdict.id);
    }
}

#[test]
fn another_name_is_to_be_connected_to_and_never_written_into_code_unseen() {
    let names = [("dns", "*.example.com"), ("dns", "redis.example.com")];
    let found = verdicts(&report(IP, &names, |_| {}));
    for id in CHECKING {
        let setting = of(&found, id).setting.as_ref().unwrap();
        assert!(setting.contains("redis.example.com"), "{id}: {setting}");
    }
    let hostile = [("dns", "x\", rejectUnauthorized: false, y: \"")];
    for verdict in verdicts(&report(IP, &hostile, |_| {})) {
        assert_eq!(verdict.setting, None, "{}", verdict.id);
    }
}

#[test]
fn a_ca_out_of_date_is_one_to_java() {
    let facts = json!({ "certificate": "CN=CA" });
    let expired = fails(1, "certificate.ca_expired", facts);
    let found = verdicts(&report(IP, &[("ip", IP)], expired));
    assert_eq!(of(&found, "lettuce-6").outcome, Outcome::Connects);
    assert_eq!(of(&found, "lettuce-6").note, Some(Note::CaDates));
    for id in ["go-redis-5", "stackexchange-2"] {
        assert_eq!(of(&found, id).outcome, Outcome::Refuses, "{id}");
    }
}

#[test]
fn what_the_test_did_not_see_is_not_guessed() {
    let other = verdicts(&report(IP, &[("ip", IP)], |r| {
        r["target"]["sni"] = "other.example.com".into();
    }));
    assert!(other.iter().all(|v| v.outcome == Outcome::Unknown));
    let public = verdicts(&report(IP, &[("ip", IP)], |r| {
        r["target"]["trust"] = "os".into();
    }));
    assert_eq!(of(&public, "lettuce-6").note, Some(Note::OwnStore));
    assert_eq!(of(&public, "go-redis-5").outcome, Outcome::Connects);
    let closed = fails(0, "tls.closed", json!({}));
    assert_eq!(verdicts(&report(IP, &[], closed)), []);
}

#[test]
fn no_setting_turns_off_the_check_of_the_chain() {
    let certificate = fails(0, "tls.client_certificate_required", json!({}));
    for report in [
        report(IP, &[], |_| {}),
        report(IP, &[("dns", "redis.example.com")], |_| {}),
        report(IP, &[("ip", IP)], certificate),
    ] {
        for verdict in verdicts(&report) {
            let settings = [Some(verdict.configured), verdict.setting];
            for setting in settings.into_iter().flatten() {
                for word in [
                    "--insecure",
                    "CERT_NONE",
                    "INSECURE",
                    "NONE",
                    "rejectUnauthorized",
                    "'verify_peer' =>",
                    "#insecure",
                ] {
                    assert!(!setting.contains(word), "{setting}");
                }
                // Go has no switch for the name alone: what it skips is done by hand.
                let skips = setting.contains("InsecureSkipVerify");
                assert_eq!(skips, setting.contains("VerifyConnection"), "{setting}");
            }
        }
    }
}
