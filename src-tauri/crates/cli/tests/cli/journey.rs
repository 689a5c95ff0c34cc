//! From plaintext to proven TLS and back, with this command alone, and judged by others.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::run::{Sandbox, exists, must};

/// Proxy 5.5.0, which has no SSL.
const ID: &str = "crs-81zzc9hn";

fn blocked(instance: &Value) -> Vec<&str> {
    let findings = instance["findings"].as_array().unwrap();
    let blocked = findings
        .iter()
        .filter(|finding| finding["status"] == "blocked");
    blocked
        .map(|finding| finding["check"].as_str().unwrap())
        .collect()
}

#[test]
fn from_plaintext_to_proven_tls_and_back() {
    let sandbox = Sandbox::start();

    // Blocked, with the reason, and nothing is sent.
    let fleet = sandbox.json(&["instances"]);
    let instance = fleet.as_array().unwrap().iter();
    let instance = instance.clone().find(|row| row["instance_id"] == ID);
    let instance = instance.unwrap();
    assert_eq!(instance["readiness"], "blocked");
    assert!(blocked(instance).contains(&"proxy_version"));
    let refused = sandbox.run(&["enable", ID, "--wait"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.stderr.contains("proxy 5.5.0 is older than 5.6.0"),
        "{refused:?}"
    );
    assert!(
        refused
            .stderr
            .contains(" upgrade-proxy crs-81zzc9hn --wait"),
        "{refused:?}"
    );
    assert_eq!(sandbox.count(ID, "OpenSSL"), 0);

    // Upgraded, turned on, certificate saved.
    let job = sandbox.json(&["upgrade-proxy", ID, "--wait"]);
    assert_eq!(job["phase"], "succeeded");
    let job = sandbox.json(&["enable", ID, "--wait"]);
    assert_eq!(job["phase"], "succeeded");
    assert_eq!(job["test"]["verdict"], "chain_only");
    assert_eq!(job["test"]["cause"], "certificate.name_not_checkable");
    assert_eq!(sandbox.count(ID, "OpenSSL"), 1);
    let out = sandbox.folder.path().join("certificates");
    fs::create_dir(&out).unwrap();
    let out = out.display().to_string();
    let saved = sandbox.json(&["certificate", ID, "--out", &out]);
    let ca = saved["saved"][0]["path"].as_str().unwrap();
    assert!(exists(ca) && exists(saved["saved"][1]["path"].as_str().unwrap()));

    // The saved CA verifies the live chain: here, by OpenSSL, and by redis-cli.
    let report = sandbox.json(&["test", ID, "--ca", ca]);
    assert_eq!(report["verdict"], "chain_only");
    assert_eq!(report["chain"][0]["signed_by_next"], true);
    let address = report["target"]["address"].as_str().unwrap();
    let leaf = sandbox.path("leaf.pem");
    fs::write(&leaf, report["chain"][0]["pem"].as_str().unwrap()).unwrap();
    let verified = must(Command::new("openssl").args(["verify", "-CAfile", ca, &leaf]));
    assert!(verified.trim_end().ends_with(": OK"), "{verified}");
    let handshake = must(Command::new("openssl").args([
        "s_client",
        "-connect",
        address,
        "-CAfile",
        ca,
        "-verify_return_error",
    ]));
    assert!(
        handshake.contains("Verify return code: 0 (ok)"),
        "{handshake}"
    );
    let (host, port) = address.rsplit_once(':').unwrap();
    let redis = || {
        let mut command = Command::new("redis-cli");
        command
            .args(["-h", host, "-p", port, "--tls", "--cacert", ca, "PING"])
            .env("REDISCLI_AUTH", sandbox.text("redis_password"));
        command
    };
    assert_eq!(must(&mut redis()).trim(), "PONG");

    // The same with the address alone, without a key, and with the archive as the CA.
    let zip = saved["saved"][1]["path"].as_str().unwrap();
    let by_address = sandbox.finish(sandbox.bare(&["--json", "test", address, "--ca", zip]));
    assert_eq!(by_address.code, 0, "{by_address:?}");
    assert_eq!(by_address.json()["verdict"], "chain_only");
    let logged_in = sandbox.run_with(
        &format!("{}\n", sandbox.text("redis_password")),
        &["--json", "test", ID, "--password-stdin"],
    );
    assert_eq!(
        logged_in.json()["stages"][5]["status"],
        "passed",
        "{logged_in:?}"
    );
    // No other CA vouches for it.
    let os = sandbox.finish(sandbox.bare(&["--json", "test", address]));
    assert_eq!(os.code, 1, "{os:?}");
    assert_eq!(os.json()["cause"], "certificate.wrong_ca");

    // Off only when the id is typed.
    for confirmation in [&[][..], &["--confirm", "crs-another"]] {
        let refused = sandbox.run(&[&["disable", ID], confirmation].concat());
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(
            refused.stderr.contains("--confirm crs-81zzc9hn"),
            "{refused:?}"
        );
    }
    assert_eq!(sandbox.count(ID, "CloseSSL"), 0);
    let job = sandbox.json(&["disable", ID, "--confirm", ID, "--wait"]);
    assert_eq!(job["phase"], "succeeded");
    assert_eq!(sandbox.count(ID, "CloseSSL"), 1);
    let plaintext = sandbox.run(&["--json", "test", ID]);
    assert_eq!(plaintext.code, 1, "{plaintext:?}");
    assert_eq!(plaintext.json()["cause"], "tls.plaintext_server");
    assert!(!redis().output().unwrap().status.success());
}

#[test]
fn a_version_with_ssl_and_a_password_are_had_from_here() {
    let sandbox = Sandbox::start();
    // There is no way back, so the id is typed once more.
    let old = "crs-z1c4fa9t";
    let upgrade = ["upgrade-version", old, "--to", "5.0"];
    let refused = sandbox.run(&upgrade);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("no way back"), "{refused:?}");
    assert!(
        refused.stderr.contains("--confirm crs-z1c4fa9t"),
        "{refused:?}"
    );
    let plan = sandbox.json(&[&upgrade[..], &["--plan"]].concat());
    assert_eq!(plan["targets"][0]["applicable"], true);
    assert_eq!(sandbox.count(old, "UpgradeInstanceVersion"), 0);
    let job = sandbox.json(&[&upgrade[..], &["--confirm", old, "--wait"]].concat());
    assert_eq!(job["phase"], "succeeded");
    assert_eq!(sandbox.count(old, "UpgradeInstanceVersion"), 1);
    let status = sandbox.json(&["status", "crs-z1c4fa9t"]);
    assert_eq!(status["row"]["version"], "5.0");
    assert_eq!(status["row"]["readiness"], "ready");

    let id = "crs-b6j1xm4s";
    let free = sandbox.json(&["status", id]);
    assert_eq!(blocked(&free["row"])[0], "password_required");
    let job = sandbox.run_with(
        "A-new-passw0rd\n",
        &[
            "--json",
            "require-password",
            id,
            "--password-stdin",
            "--wait",
        ],
    );
    assert_eq!(job.json()["phase"], "succeeded", "{job:?}");
    assert_eq!(sandbox.json(&["status", id])["row"]["readiness"], "ready");
    let weak = sandbox.run_with(
        "short\n",
        &[
            "--json",
            "require-password",
            "crs-p4k9we2m",
            "--password-stdin",
        ],
    );
    assert_eq!((weak.code, weak.error().as_str()), (2, "invalid_input"));
}

#[test]
fn without_wait_the_cloud_carries_on_and_jobs_follows() {
    let sandbox = Sandbox::with(&["--speed", "20"]);
    let id = "crs-d3s0yk6b";
    let job = sandbox.json(&["enable", id]);
    assert!(job["task_id"].is_i64(), "{job}");
    assert_eq!(job["finished"], Value::Null);
    let jobs = sandbox.json(&["jobs", "--wait"]);
    assert_eq!(jobs[0]["id"], job["id"]);
    assert_eq!(jobs[0]["phase"], "succeeded");
    assert_eq!(jobs[0]["test"]["verdict"], "chain_only");
    assert_eq!(sandbox.count(id, "OpenSSL"), 1);
    // Nothing is sent for what is so already.
    let again = sandbox.json(&["enable", id, "--wait"]);
    assert_eq!(again["phase"], "succeeded");
    assert_eq!(sandbox.count(id, "OpenSSL"), 1);
}
