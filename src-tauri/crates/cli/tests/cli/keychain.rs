//! Accounts in a real Secret Service: one of its own, on a bus of its own.

use std::fs;
use std::process::{Command, Stdio};

use crate::run::{Run, Sandbox};

/// Runs a script on a new session bus with an unlocked keyring; `$CLI` is the command with its
/// folders.
pub(crate) fn with_keyring(sandbox: &Sandbox, script: &str) -> Run {
    let file = sandbox.path("script.sh");
    let start =
        "set -e\nprintf x | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n";
    fs::write(&file, format!("{start}{script}")).unwrap();
    let data = sandbox.path("data");
    let binary = env!("CARGO_BIN_EXE_rediseal-cli");
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", &file])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", sandbox.folder.path())
        .env("XDG_RUNTIME_DIR", sandbox.folder.path())
        .env("XDG_DATA_HOME", sandbox.folder.path().join("share"))
        .env("LANG", "C.UTF-8")
        .env("CLI", format!("{binary} --data-dir {data} --retry 2"))
        .env("ENDPOINT", sandbox.text("endpoint"))
        .env("ID", sandbox.text("secret_id"))
        .env("KEY", sandbox.text("secret_key"))
        .env("HTTPS", sandbox.optional("https_endpoint"))
        .env("CA", sandbox.optional("ca_file"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let run = Run::new(output);
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains(sandbox.text("secret_key")), "{text}");
    }
    run
}

#[test]
fn a_key_is_kept_used_and_forgotten() {
    let sandbox = Sandbox::start();
    let run = with_keyring(
        &sandbox,
        r#"printf '%s\n%s\n' "$ID" "$KEY" | $CLI --json --endpoint "$ENDPOINT" accounts add work
$CLI --json accounts list
$CLI --json instances
$CLI --json --account work status crs-f9u7lp2z
$CLI --json accounts remove work
$CLI --json accounts list
$CLI --json instances || echo "exit $?"
"#,
    );
    assert_eq!(run.code, 0, "{run:?}");
    let lines: Vec<_> = run.stdout.lines().collect();
    let json = |line: usize| serde_json::from_str::<serde_json::Value>(lines[line]).unwrap();
    assert_eq!(json(0)["name"], "work");
    assert_eq!(json(0)["keep"], "keychain");
    assert_eq!(json(1)["accounts"][0]["usable"], true);
    assert_eq!(json(1)["active"], json(0)["id"]);
    assert!(json(2).as_array().unwrap().len() >= 24);
    assert_eq!(json(3)["row"]["instance_id"], "crs-f9u7lp2z");
    assert_eq!(json(4)["name"], "work");
    assert_eq!(json(5)["accounts"].as_array().unwrap().len(), 0);
    assert_eq!(lines[6], "exit 2");
    assert!(run.stderr.contains("credentials_missing"), "{run:?}");
}

#[test]
fn what_was_known_is_shown_without_the_cloud_and_how_old_it_is() {
    let sandbox = Sandbox::start();
    let run = with_keyring(
        &sandbox,
        r#"printf '%s\n%s\n' "$ID" "$KEY" | $CLI --json --endpoint "$ENDPOINT" accounts add work
$CLI --json instances --cached
$CLI --json instances
echo '["status500"]' > "$HOME/fault" && curl --silent --data "@$HOME/fault" "$ENDPOINT/sandbox/faults"
echo
$CLI instances || echo "exit $?"
$CLI --json instances --cached
"#,
    );
    assert_eq!(run.code, 0, "{run:?}");
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines[1], "[]");
    assert_eq!(lines[4], "exit 4", "{run:?}");
    assert_eq!(lines[5], lines[2], "nothing is lost");
    assert!(run.stderr.contains("nothing is known yet"), "{run:?}");
    assert!(
        run.stderr
            .contains("what was known less than a minute ago is shown by"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("as of less than a minute ago; the cloud was not asked"),
        "{run:?}"
    );
}

#[test]
fn an_account_is_used_as_the_hints_say_and_a_new_name_is_told() {
    let sandbox = Sandbox::start();
    let run = with_keyring(
        &sandbox,
        r#"printf '%s\n%s\n' "$ID" "$KEY" | $CLI --endpoint "$ENDPOINT" accounts add p1
$CLI --endpoint "$ENDPOINT" instances > /dev/null && echo "the same endpoint"
$CLI --endpoint mainland instances || echo "another: $?"
TENCENTCLOUD_SECRET_KEY=half $CLI instances --cached > /dev/null && echo "cached"
$CLI --endpoint "$ENDPOINT" accounts import tccli:prod mine || echo "import: $?"
printf '%s\n%s\n' "$ID" "$KEY" | $CLI --endpoint "$ENDPOINT" accounts add mine
"#,
    );
    assert_eq!(run.code, 0, "{run:?}");
    for said in ["the same endpoint", "another: 2", "cached", "import: 2"] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
    for said in [
        "such as tccli/default",
        "was kept as p1",
        "called mine from now on",
    ] {
        assert!(run.stderr.contains(said), "{said}: {run:?}");
    }
}

#[test]
fn without_a_keychain_it_says_so_and_keeps_nothing() {
    let sandbox = Sandbox::start();
    let run = sandbox.run(&["--json", "accounts", "add", "work"]);
    assert_eq!(
        (run.code, run.error().as_str()),
        (1, "keychain_unavailable")
    );
    let accounts = sandbox.json(&["accounts", "list"]);
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 0);
}
