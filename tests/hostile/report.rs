//! A report in which a server, or whoever typed the address, chose every text.

use serde_json::{Value, json};

/// A report with everything in it; `text` stands wherever a text can come from outside.
pub(crate) fn report(text: &str) -> Value {
    let facts = json!({
        "subject": text, "issuer": text, "common_name": text, "serial": text,
        "not_before": "2026-01-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z",
        "names": [{ "kind": "dns", "value": text }, { "kind": "other", "value": text }],
        "key": { "algorithm": text, "bits": 2048, "curve": text }, "signature": text,
        "sha256": text, "sha1": text, "is_ca": false, "self_issued": false,
        "extended_key_usage": [text], "version": 3,
    });
    let stage = |id: &str, status: &str, cause: Value, facts: Value| {
        json!({ "id": id, "status": status, "cause": cause, "facts": facts,
                "started_us": 10, "elapsed_us": 1000 })
    };
    let stages = json!([
        stage(
            "dns",
            "passed",
            Value::Null,
            json!({ "addresses": [text, text] })
        ),
        stage("tcp", "passed", Value::Null, json!({ "address": text })),
        stage(
            "tls",
            "passed",
            Value::Null,
            json!({ "plaintext_accepted": true, "alert": text })
        ),
        stage(
            "chain",
            "warning",
            json!("policy.expires_soon"),
            json!({ "issuer": text })
        ),
        stage(
            "name",
            "failed",
            json!("certificate.name_mismatch"),
            json!({ "expected": text, "presented": [text], "bytes": text, "hint": text })
        ),
        stage(
            "redis",
            "failed",
            json!("redis.not_redis"),
            json!({ "reply": text, "text": text })
        ),
    ]);
    let protocol = json!({
        "version": text, "accepted": true, "cause": "policy.old_protocol", "cipher_order": "server",
        "groups": [{ "id": text, "name": text, "post_quantum": true }], "group_order": "client",
        "signatures": [text], "resumption": true,
        "hello": { "extended_master_secret": false, "secure_renegotiation": false,
                   "compression": true, "session_tickets": false },
    });
    let cipher = json!({
        "protocol": text, "id": text, "name": text, "openssl_name": format!("{text}2"), "bits": 128,
        "forward_secrecy": false, "dh_bits": 1024, "weakness": "short_dh",
        "cause": "policy.weak_cipher",
    });
    let presented =
        json!({ "facts": facts, "cause": "certificate.expired", "protocol": text, "pem": [text] });
    let series = json!({ "count": 100, "p50_us": 1000, "p99_us": 2000 });
    json!({
        "schema": 1,
        "target": { "address": text, "name": text, "sni": text, "trust": text },
        "route": text, "started": "2026-11-24T12:00:00Z", "elapsed_us": 6000,
        "verdict": "insecure", "cause": "certificate.name_mismatch", "stages": stages,
        "chain": [
            { "role": "leaf", "facts": facts, "signed_by_next": true, "pem": text },
            { "role": "sent", "facts": null, "signed_by_next": false, "pem": text },
            { "role": "trusted", "facts": facts, "signed_by_next": null, "pem": text },
        ],
        "protocol": text, "cipher": text, "group": text,
        "addresses": [
            { "address": text, "verdict": "secure", "cause": null, "stages": stages },
            { "address": text, "verdict": "insecure", "cause": "tls.alert", "stages": stages },
        ],
        "protocols": [protocol], "ciphers": [cipher],
        "survey": {
            "address": text, "connections": 100, "at_once": 4, "per_second": 100,
            "elapsed_us": 100, "certificates": [presented, presented],
            "warnings": [{ "cause": "policy.weak_cipher", "facts": { "ciphers": [text] } }],
            "gaps": [{ "protocol": text, "part": "groups", "reason": "silent" }],
        },
        "cost": {
            "address": text, "connections": 202, "connect": series, "handshake": series,
            "resumed": null, "ping_tls": series, "ping_plaintext": null,
        },
        "clients": [
            { "id": "first", "name": text, "versions": text, "outcome": "connects_unchecked",
              "checks_name": false, "cause": null, "note": "common_name", "message": null,
              "configured": text, "setting": null, "run_with": text },
            { "id": "second", "name": text, "versions": text, "outcome": "refuses",
              "checks_name": true, "cause": "certificate.name_mismatch", "note": null,
              "message": text, "configured": text, "setting": text, "run_with": null },
        ],
    })
}
