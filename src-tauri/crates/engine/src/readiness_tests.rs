#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// A 6.2 standard instance that runs, with a new proxy and a password.
fn instance() -> Instance {
    Instance {
        instance_id: Some("crs-1".into()),
        status: Some(2),
        kind: Some(15),
        no_auth: Some(false),
        current_proxy_version: Some("5.8.20".into()),
        upgrade_proxy_version: Some(String::new()),
        ..Instance::default()
    }
}

fn off() -> SslStatus {
    SslStatus {
        ssl_config: Some(false),
        feature_support: Some(true),
        status: Some(2),
        ..SslStatus::default()
    }
}

fn judge(instance: &Instance, ssl: Option<&SslStatus>) -> (Ssl, Readiness, Vec<Check>) {
    let findings = findings(instance, ssl);
    let state = ssl_state(instance, ssl, &findings);
    let readiness = readiness(state, &findings);
    let blocked = findings
        .iter()
        .filter(|finding| finding.status == FindingStatus::Blocked)
        .map(|finding| finding.check)
        .collect();
    (state, readiness, blocked)
}

#[test]
fn every_state_of_the_cloud() {
    use Check::*;
    use Readiness::{Blocked, Done, Ready};

    let with = |change: fn(&mut Instance, &mut SslStatus)| {
        let (mut instance, mut ssl) = (instance(), off());
        change(&mut instance, &mut ssl);
        judge(&instance, Some(&ssl))
    };
    type Change = fn(&mut Instance, &mut SslStatus);
    type Expected = (Ssl, Readiness, &'static [Check]);
    let table: &[(&str, Change, Expected)] = &[
        ("ready", |_, _| {}, (Ssl::Off, Ready, &[])),
        ("on", |_, s| s.ssl_config = Some(true), (Ssl::On, Done, &[])),
        (
            "turning on",
            |i, s| {
                i.status = Some(1);
                s.status = Some(1);
            },
            (Ssl::Updating, Blocked, &[InstanceRunning, SslIdle]),
        ),
        (
            "turning off",
            |_, s| {
                s.status = Some(1);
                s.ssl_config = Some(true);
            },
            (Ssl::Updating, Blocked, &[SslIdle]),
        ),
        (
            "another task",
            |i, _| i.status = Some(1),
            (Ssl::Busy, Blocked, &[InstanceRunning]),
        ),
        (
            "on, another task",
            |i, s| {
                i.status = Some(1);
                s.ssl_config = Some(true);
            },
            (Ssl::On, Done, &[InstanceRunning]),
        ),
        (
            "isolated",
            |i, _| i.status = Some(-2),
            (Ssl::Busy, Blocked, &[InstanceRunning]),
        ),
        (
            "to be deleted",
            |i, _| i.status = Some(-3),
            (Ssl::Busy, Blocked, &[InstanceRunning]),
        ),
        (
            "initialising",
            |i, _| i.status = Some(0),
            (Ssl::Busy, Blocked, &[InstanceRunning]),
        ),
        (
            "an instance status added later",
            |i, _| i.status = Some(77),
            (Ssl::Unknown, Blocked, &[InstanceRunning]),
        ),
        (
            "no instance status",
            |i, _| i.status = None,
            (Ssl::Unknown, Blocked, &[]),
        ),
        (
            "an SSL status added later",
            |_, s| s.status = Some(9),
            (Ssl::Unknown, Blocked, &[]),
        ),
        (
            "no SSL status",
            |_, s| s.status = None,
            (Ssl::Unknown, Blocked, &[]),
        ),
        (
            "no SSL flag",
            |_, s| s.ssl_config = None,
            (Ssl::Unknown, Blocked, &[]),
        ),
        (
            "not offered, nobody says why",
            |_, s| s.feature_support = Some(false),
            (Ssl::Unsupported, Blocked, &[FeatureOffered]),
        ),
        (
            "on and not offered",
            |_, s| {
                s.feature_support = Some(false);
                s.ssl_config = Some(true);
            },
            (Ssl::On, Done, &[FeatureOffered]),
        ),
        (
            "feature flag missing",
            |_, s| s.feature_support = None,
            (Ssl::Off, Ready, &[]),
        ),
        (
            "2.8 standard",
            |i, s| {
                i.kind = Some(2);
                s.feature_support = Some(false);
            },
            (Ssl::Off, Blocked, &[VersionSupported, FeatureOffered]),
        ),
        (
            "old proxy",
            |i, s| {
                i.current_proxy_version = Some("5.5.0".into());
                s.feature_support = Some(false);
            },
            (Ssl::Off, Blocked, &[ProxyVersion, FeatureOffered]),
        ),
        (
            "old proxy, offered all the same",
            |i, _| i.current_proxy_version = Some("5.5.0".into()),
            (Ssl::Off, Blocked, &[ProxyVersion]),
        ),
        (
            "5.10 is after 5.6",
            |i, _| i.current_proxy_version = Some("5.10.0".into()),
            (Ssl::Off, Ready, &[]),
        ),
        (
            "proxy not told",
            |i, _| i.current_proxy_version = Some(String::new()),
            (Ssl::Off, Ready, &[]),
        ),
        (
            "password-free",
            |i, _| i.no_auth = Some(true),
            (Ssl::Off, Blocked, &[PasswordRequired]),
        ),
        (
            "CKV",
            |i, s| {
                i.kind = Some(4);
                s.feature_support = Some(false);
            },
            (
                Ssl::Unsupported,
                Blocked,
                &[EngineSupported, FeatureOffered],
            ),
        ),
        (
            "Memcached",
            |i, _| i.kind = Some(200),
            (Ssl::Unsupported, Blocked, &[EngineSupported]),
        ),
        ("Valkey", |i, _| i.kind = Some(20), (Ssl::Off, Ready, &[])),
        (
            "a type added later",
            |i, _| i.kind = Some(99),
            (Ssl::Off, Ready, &[]),
        ),
    ];
    for (name, change, (ssl, readiness, blocked)) in table {
        let expected = (*ssl, *readiness, blocked.to_vec());
        assert_eq!(with(*change), expected, "{name}");
    }
}

#[test]
fn without_an_ssl_status() {
    let nothing = judge(&instance(), None);
    assert_eq!(nothing, (Ssl::Unknown, Readiness::Blocked, vec![]));
    let isolated = Instance {
        status: Some(-2),
        ..instance()
    };
    assert_eq!(judge(&isolated, None).0, Ssl::Busy);
    let ckv = Instance {
        kind: Some(3),
        ..instance()
    };
    assert_eq!(
        judge(&ckv, None),
        (
            Ssl::Unsupported,
            Readiness::Blocked,
            vec![Check::EngineSupported]
        )
    );
}

#[test]
fn blockers_have_their_fix() {
    let fix = |instance: &Instance, check| {
        findings(instance, Some(&off()))
            .into_iter()
            .find(|finding| finding.check == check)
            .unwrap()
            .fix
    };
    let old_proxy = Instance {
        current_proxy_version: Some("5.5.0".into()),
        upgrade_proxy_version: Some("5.8.20".into()),
        ..instance()
    };
    assert_eq!(
        fix(&old_proxy, Check::ProxyVersion),
        Some(Action::UpgradeProxy { when: When::Now })
    );
    let not_offered = Instance {
        upgrade_proxy_version: None,
        ..old_proxy
    };
    assert_eq!(fix(&not_offered, Check::ProxyVersion), None);
    let old_version = Instance {
        kind: Some(2),
        ..instance()
    };
    assert_eq!(
        fix(&old_version, Check::VersionSupported),
        Some(Action::UpgradeVersion {
            when: When::Now,
            target_type: 15
        })
    );
    let open = Instance {
        no_auth: Some(true),
        ..instance()
    };
    assert_eq!(
        fix(&open, Check::PasswordRequired),
        Some(Action::RequirePassword)
    );
}

#[test]
fn targets_of_an_upgrade_keep_the_architecture() {
    let old = Instance {
        kind: Some(2),
        ..instance()
    };
    let finding = findings(&old, Some(&off()))
        .into_iter()
        .find(|finding| finding.check == Check::VersionSupported)
        .unwrap();
    assert_eq!(
        finding.facts["targets"],
        json!([
            { "type": 6, "version": "4.0" },
            { "type": 8, "version": "5.0" },
            { "type": 15, "version": "6.2" },
            { "type": 17, "version": "7.0" },
        ])
    );
    for code in TARGETS {
        assert_eq!(kind(code).unwrap().architecture, "standard");
    }
}

#[test]
fn versions_compare_by_number() {
    for (current, required, expected) in [
        ("5.6.0", "5.6.0", Some(true)),
        ("5.6", "5.6.0", Some(true)),
        ("5.10", "5.6.0", Some(true)),
        ("5.5.9", "5.6.0", Some(false)),
        ("10.0", "5.6.0", Some(true)),
        ("", "5.6.0", None),
        ("5.x", "5.6.0", None),
        ("99999999999999999999.1", "5.6.0", None),
    ] {
        assert_eq!(at_least(current, required), expected, "{current}");
    }
}
