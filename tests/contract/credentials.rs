//! The files that `tccli` writes are understood, by what `tccli` itself writes.

use std::process::Command;

use serde_json::{Value, json};

use crate::vendor;

#[test]
fn what_tccli_writes_is_found() {
    let home = tempfile::tempdir().unwrap();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../tests/contract/vendor_credentials.py"
    );
    let python = Command::new(vendor::python())
        .arg(script)
        .env("HOME", home.path())
        .output()
        .unwrap();
    assert!(python.status.success(), "{python:?}");

    let detected = Command::new(env!("CARGO_BIN_EXE_rediseal-cli"))
        .env_clear()
        .env("HOME", home.path())
        .args(["--json", "accounts", "detected"])
        .output()
        .unwrap();
    let said = String::from_utf8(detected.stdout).unwrap();
    for secret in ["-key", "-token"] {
        assert!(!said.contains(secret), "{said}");
    }
    let found: Value = serde_json::from_str(&said).unwrap();
    let found = found["detected"].as_array().unwrap();
    let one = |profile: &str| {
        let profiles = found.iter().filter(|one| one["profile"] == profile);
        let [one] = profiles.collect::<Vec<_>>()[..] else {
            panic!("{profile}: {said}")
        };
        let facts = [
            "secret_id",
            "site",
            "expires",
            "temporary",
            "renewed_elsewhere",
        ];
        assert_eq!(one["id"], format!("tccli/{profile}"));
        json!([
            facts.map(|fact| &one[fact]),
            one["role"],
            one["problem"]["kind"]
        ])
    };
    let mainland = json!({"kind": "mainland"});
    let international = json!({"kind": "international"});
    let ends = "2026-11-24T04:00:00Z";
    assert_eq!(found.len(), 6, "{said}");
    assert_eq!(
        one("default"),
        json!([["AKIDtype…abcd", mainland, null, false, false], null, null])
    );
    assert_eq!(
        one("abroad"),
        json!([
            ["AKIDabro…9abc", international, null, false, false],
            null,
            null
        ])
    );
    assert_eq!(
        one("role"),
        json!([
            ["AKIDrole…bcde", mainland, null, false, false],
            "qcs::cam::uin/1:roleName/reader",
            null
        ])
    );
    assert_eq!(
        one("browser"),
        json!([["AKIDoaut…abcd", mainland, ends, true, true], null, null])
    );
    assert_eq!(
        one("company"),
        json!([
            ["AKIDsso0…cdef", international, ends, true, true],
            null,
            null
        ])
    );
    assert_eq!(
        one("machine"),
        json!([["", null, null, false, false], null, "only_in_cloud"])
    );
}
