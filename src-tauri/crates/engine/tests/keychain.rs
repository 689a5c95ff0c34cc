//! The keychain against a real Secret Service: gnome-keyring on a session bus of its own.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::{Command, Stdio};

use rediseal_engine::view::VaultState;
use rediseal_engine::{Code, Keychain, Vault};

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

fn in_entry(keychain: &Keychain, name: &str) -> Option<String> {
    let found = keychain.find(name).unwrap()?;
    Some(String::from_utf8(found.to_vec()).unwrap())
}

fn available() {
    let keychain = Keychain::new("RediSeal test");
    assert_eq!(keychain.state(), VaultState::Available);
    assert_eq!(in_entry(&keychain, "one"), None);
    keychain.put("one", "first".as_bytes()).unwrap();
    keychain.put("two", "other".as_bytes()).unwrap();
    keychain.put("one", "second".as_bytes()).unwrap();
    assert_eq!(in_entry(&keychain, "one").as_deref(), Some("second"));
    assert_eq!(in_entry(&keychain, "two").as_deref(), Some("other"));
    keychain.remove("two").unwrap();
    keychain.remove("two").unwrap();
    assert_eq!(in_entry(&keychain, "two"), None);
}

fn kept() {
    let keychain = Keychain::new("RediSeal test");
    assert_eq!(in_entry(&keychain, "one").as_deref(), Some("second"));
    let another = Keychain::new("Another");
    assert_eq!(in_entry(&another, "one"), None);
}

fn refused(state: VaultState, code: Code) {
    let keychain = Keychain::new("RediSeal test");
    assert_eq!(keychain.state(), state);
    for error in [
        keychain.put("one", "third".as_bytes()).unwrap_err(),
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
