//! The keychain against a real Secret Service: gnome-keyring on a session bus of its own.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::{Command, Stdio};

use rediseal_engine::view::VaultState;
use rediseal_engine::{Code, Keychain, Secret, Vault};
use rediseal_tencent::Credentials;
use secrecy::ExposeSecret;

/// Names the part that a child process plays.
const PART: &str = "REDISEAL_TEST_PART";
const UNLOCK: &str = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null";

#[test]
fn keychain() {
    match std::env::var(PART).as_deref() {
        Ok("available") => available(),
        Ok("kept") => kept(),
        Ok("locked") => locked(),
        Ok("no_collection") => no_collection(),
        Ok("no_service") => no_service(),
        Ok(other) => unreachable!("{other}"),
        Err(_) => every_part(),
    }
}

fn every_part() {
    let home = tempfile::tempdir().unwrap();
    play("available", home.path(), UNLOCK);
    play("kept", home.path(), UNLOCK);
    // Started by the bus, with the collection there and nobody to unlock it.
    play("locked", home.path(), "true");
    let empty = tempfile::tempdir().unwrap();
    play("no_collection", empty.path(), "true");
    play(
        "no_service",
        empty.path(),
        "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent",
    );
}

/// Runs this test again, as `part`, in a session of its own.
fn play(part: &str, home: &Path, before: &str) {
    let runtime = tempfile::tempdir().unwrap();
    let script = format!("{before}; exec \"$0\" keychain --exact --nocapture");
    let output = Command::new("timeout")
        .args(["60", "dbus-run-session", "--", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env(PART, part)
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("share"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_RUNTIME_DIR", runtime.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{part}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn secret(key: &str) -> Secret {
    Secret {
        key: Credentials {
            secret_id: "AKIDexample".to_owned(),
            secret_key: key.into(),
            token: Some("a-token".into()),
        },
        proxy: None,
    }
}

fn key_of(keychain: &Keychain, account: &str) -> Option<String> {
    let found = keychain.find(account).unwrap()?;
    Some(found.key.secret_key.expose_secret().to_owned())
}

fn available() {
    let keychain = Keychain::new("RediSeal test");
    assert_eq!(keychain.state(), VaultState::Available);
    assert_eq!(key_of(&keychain, "one"), None);
    keychain.put("one", &secret("first")).unwrap();
    keychain.put("two", &secret("other")).unwrap();
    keychain.put("one", &secret("second")).unwrap();
    assert_eq!(key_of(&keychain, "one").as_deref(), Some("second"));
    assert_eq!(key_of(&keychain, "two").as_deref(), Some("other"));
    let token = keychain.find("one").unwrap().unwrap().key.token.unwrap();
    assert_eq!(token.expose_secret(), "a-token");
    keychain.remove("two").unwrap();
    keychain.remove("two").unwrap();
    assert_eq!(key_of(&keychain, "two"), None);
}

fn kept() {
    let keychain = Keychain::new("RediSeal test");
    assert_eq!(key_of(&keychain, "one").as_deref(), Some("second"));
    let another = Keychain::new("Another");
    assert_eq!(key_of(&another, "one"), None);
}

fn refused(state: VaultState, code: Code) {
    let keychain = Keychain::new("RediSeal test");
    assert_eq!(keychain.state(), state);
    for error in [
        keychain.put("one", &secret("third")).unwrap_err(),
        keychain.find("one").unwrap_err(),
    ] {
        assert_eq!(error.code(), code, "{error:?}");
        assert!(!format!("{error:?} {error}").contains("third"));
    }
}

fn locked() {
    refused(VaultState::Locked, Code::KeychainLocked);
}

fn no_collection() {
    refused(VaultState::NoCollection, Code::KeychainNoCollection);
}

fn no_service() {
    refused(VaultState::Unavailable, Code::KeychainUnavailable);
}
