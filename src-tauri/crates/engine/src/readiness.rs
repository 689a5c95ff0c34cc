//! Whether SSL can be turned on, from the cloud's own answers: pure functions over wire types.
//!
//! Source: the vendor's SSL page (239/48048, 75865), the proxy page (47582) and the version
//! upgrade page (37710).

use rediseal_tencent::kind::{Kind, kind};
use rediseal_tencent::redis::{Instance, SslStatus};
use serde_json::{Value, json};

use crate::view::{Action, Check, FactMap, Finding, FindingStatus, Readiness, Ssl, When};

/// The first version with SSL.
const VERSION: &str = "4.0";
/// The first proxy with SSL.
const PROXY: &str = "5.6.0";
/// Where 2.8 is upgraded to unless the user chooses: on every edition of the vendor's list.
const DEFAULT_TARGET: i64 = 15;
/// Type codes that 2.8 can become. Its architecture, standard, cannot change on the way.
const TARGETS: [i64; 4] = [6, 8, 15, 17];

/// `Status` of an instance.
pub(crate) const RUNNING: i64 = 2;
pub(crate) const TASK_RUNNING: i64 = 1;
const INITIALIZING: i64 = 0;
const ISOLATED: i64 = -2;
const TO_BE_DELETED: i64 = -3;
/// `Status` of `DescribeSSLStatus`.
pub(crate) const SSL_CHANGING: i64 = 1;
pub(crate) const SSL_IDLE: i64 = 2;

/// Every check, in the order they are shown.
pub(crate) fn findings(instance: &Instance, ssl: Option<&SslStatus>) -> Vec<Finding> {
    let engine = engine(instance);
    let version = version(instance);
    let proxy = proxy(instance);
    let feature = feature(ssl, [&engine, &version, &proxy]);
    vec![
        running(instance),
        engine,
        version,
        proxy,
        password(instance),
        feature,
        idle(ssl),
    ]
}

/// The SSL state in a word. What is on is on, whatever else the cloud says about it.
pub(crate) fn ssl_state(instance: &Instance, ssl: Option<&SslStatus>, findings: &[Finding]) -> Ssl {
    let blocked = |check| status(findings, check) == Some(FindingStatus::Blocked);
    match ssl.map(|ssl| (ssl.status, ssl.ssl_config)) {
        Some((Some(SSL_CHANGING), _)) => return Ssl::Updating,
        Some((Some(SSL_IDLE), Some(true))) => return Ssl::On,
        _ => {}
    }
    if blocked(Check::EngineSupported) {
        return Ssl::Unsupported;
    }
    let off = ssl.is_some_and(|ssl| (ssl.status, ssl.ssl_config) == (Some(SSL_IDLE), Some(false)));
    // With a cure at hand it is off, and the checklist says what blocks it.
    let curable = blocked(Check::VersionSupported) || blocked(Check::ProxyVersion);
    let offered = ssl.and_then(|ssl| ssl.feature_support) != Some(false);
    match instance.status {
        _ if off && !offered && !curable => Ssl::Unsupported,
        Some(RUNNING) if off => Ssl::Off,
        Some(RUNNING) | None => Ssl::Unknown,
        // Some of these do not even answer how they stand.
        Some(TASK_RUNNING | INITIALIZING | ISOLATED | TO_BE_DELETED) => Ssl::Busy,
        // What a state means that is not known cannot be told.
        Some(_) => Ssl::Unknown,
    }
}

/// The encryption mode in the service's words. No document says that it is reported; where it is,
/// it is under the name that the requests have.
pub(crate) fn reported_mode(ssl: &SslStatus) -> Option<String> {
    let mode = ssl.other.get("EncryptionMode")?.as_str()?;
    (!mode.is_empty()).then(|| mode.to_owned())
}

/// Ready takes evidence: a state that could not be read is not ready.
pub(crate) fn readiness(ssl: Ssl, findings: &[Finding]) -> Readiness {
    let blocked = findings
        .iter()
        .any(|finding| finding.status == FindingStatus::Blocked);
    match ssl {
        Ssl::On => Readiness::Done,
        Ssl::Off if !blocked => Readiness::Ready,
        _ => Readiness::Blocked,
    }
}

pub(crate) fn status(findings: &[Finding], check: Check) -> Option<FindingStatus> {
    findings
        .iter()
        .find(|finding| finding.check == check)
        .map(|finding| finding.status)
}

pub(crate) fn running(instance: &Instance) -> Finding {
    let (verdict, state) = match instance.status {
        Some(RUNNING) => (FindingStatus::Passed, "running"),
        Some(TASK_RUNNING) => (FindingStatus::Blocked, "task_running"),
        Some(INITIALIZING) => (FindingStatus::Blocked, "initializing"),
        Some(ISOLATED) => (FindingStatus::Blocked, "isolated"),
        Some(TO_BE_DELETED) => (FindingStatus::Blocked, "to_be_deleted"),
        Some(_) => (FindingStatus::Blocked, "unknown"),
        None => (FindingStatus::Unknown, "unknown"),
    };
    let mut facts = facts([("state", json!(state)), ("status", json!(instance.status))]);
    if let Some(title) = &instance.instance_title {
        facts.insert("title".to_owned(), json!(title));
    }
    finding(Check::InstanceRunning, verdict, facts)
}

fn engine(instance: &Instance) -> Finding {
    let known = instance.kind.and_then(kind);
    let verdict = match known {
        Some(Kind {
            engine: "CKV" | "Memcached",
            ..
        }) => FindingStatus::Blocked,
        Some(_) => FindingStatus::Passed,
        None => FindingStatus::Unknown,
    };
    let mut facts = facts([("type", json!(instance.kind))]);
    if let Some(known) = known {
        facts.insert("current".to_owned(), json!(known.engine));
    }
    finding(Check::EngineSupported, verdict, facts)
}

fn version(instance: &Instance) -> Finding {
    let known = instance.kind.and_then(kind);
    let supported = known.and_then(|known| at_least(known.version, VERSION));
    let mut facts = facts([("required", json!(VERSION))]);
    if let Some(known) = known {
        facts.insert("current".to_owned(), json!(known.version));
    }
    let redis = known.is_some_and(|known| known.engine == "Redis");
    match supported {
        Some(false) if redis => {
            let targets: Vec<Value> = TARGETS
                .iter()
                .filter_map(|&code| Some(json!({ "type": code, "version": kind(code)?.version })))
                .collect();
            facts.insert("targets".to_owned(), json!(targets));
            Finding {
                fix: Some(Action::UpgradeVersion {
                    when: When::Now,
                    target_type: DEFAULT_TARGET,
                }),
                ..finding(Check::VersionSupported, FindingStatus::Blocked, facts)
            }
        }
        // Another engine counts its versions by itself.
        Some(_) if redis || known.is_some_and(|known| known.engine == "Valkey") => {
            finding(Check::VersionSupported, FindingStatus::Passed, facts)
        }
        _ => finding(Check::VersionSupported, FindingStatus::Unknown, facts),
    }
}

fn proxy(instance: &Instance) -> Finding {
    let current = instance.current_proxy_version.as_deref().unwrap_or("");
    let upgrade = instance.upgrade_proxy_version.as_deref().unwrap_or("");
    let facts = facts([
        ("current", json!(current)),
        ("required", json!(PROXY)),
        ("upgrade", json!(upgrade)),
    ]);
    match at_least(current, PROXY) {
        Some(true) => finding(Check::ProxyVersion, FindingStatus::Passed, facts),
        Some(false) => Finding {
            fix: (!upgrade.is_empty()).then_some(Action::UpgradeProxy { when: When::Now }),
            ..finding(Check::ProxyVersion, FindingStatus::Blocked, facts)
        },
        None => finding(Check::ProxyVersion, FindingStatus::Unknown, facts),
    }
}

fn password(instance: &Instance) -> Finding {
    let check = Check::PasswordRequired;
    match instance.no_auth {
        Some(false) => finding(check, FindingStatus::Passed, FactMap::new()),
        Some(true) => Finding {
            fix: Some(Action::RequirePassword),
            ..finding(check, FindingStatus::Blocked, FactMap::new())
        },
        None => finding(check, FindingStatus::Unknown, FactMap::new()),
    }
}

fn feature(ssl: Option<&SslStatus>, reasons: [&Finding; 3]) -> Finding {
    let check = Check::FeatureOffered;
    match ssl.and_then(|ssl| ssl.feature_support) {
        Some(true) => finding(check, FindingStatus::Passed, FactMap::new()),
        Some(false) => {
            let reason = reasons
                .iter()
                .find(|finding| finding.status == FindingStatus::Blocked)
                .map(|finding| finding.check);
            let facts = match reason {
                Some(reason) => facts([("because", json!(reason))]),
                None => FactMap::new(),
            };
            finding(check, FindingStatus::Blocked, facts)
        }
        None => finding(check, FindingStatus::Unknown, FactMap::new()),
    }
}

fn idle(ssl: Option<&SslStatus>) -> Finding {
    let current = ssl.and_then(|ssl| ssl.status);
    let verdict = match current {
        Some(SSL_IDLE) => FindingStatus::Passed,
        Some(SSL_CHANGING) => FindingStatus::Blocked,
        _ => FindingStatus::Unknown,
    };
    finding(Check::SslIdle, verdict, facts([("status", json!(current))]))
}

fn finding(check: Check, status: FindingStatus, facts: FactMap) -> Finding {
    Finding {
        check,
        status,
        facts,
        fix: None,
    }
}

pub(crate) fn facts<const N: usize>(entries: [(&str, Value); N]) -> FactMap {
    entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// Compares dotted versions number by number, so 5.10 is after 5.6; `None` when one is not such
/// a version.
pub(crate) fn at_least(current: &str, required: &str) -> Option<bool> {
    let numbers = |version: &str| -> Option<Vec<u64>> {
        version.split('.').map(|part| part.parse().ok()).collect()
    };
    let (mut current, mut required) = (numbers(current)?, numbers(required)?);
    let length = current.len().max(required.len());
    current.resize(length, 0);
    required.resize(length, 0);
    Some(current >= required)
}

#[cfg(test)]
#[path = "readiness_tests.rs"]
mod tests;
