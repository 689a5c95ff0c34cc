//! The way to the cloud as the command line says it: proxies, who reads along, clocks.

use std::fs;

use serde_json::Value;

use crate::inspecting::{Authority, Inspecting};
use crate::keychain::with_keyring;
use crate::proxies::{microsocks, tinyproxy};
use crate::run::{Run, Sandbox};

/// As on a computer where the authority was installed.
async fn inspected(sandbox: &Sandbox) -> Inspecting {
    let authority = Authority::new("Corp Inspection CA", "Corp");
    fs::write(sandbox.path("corp.pem"), &authority.pem).unwrap();
    Inspecting::start(authority, sandbox.text("endpoint")).await
}

fn through(sandbox: &Sandbox, middle: &Inspecting, arguments: &[&str]) -> Run {
    let mut command = sandbox.command(&[&["--endpoint", "mainland"], arguments].concat());
    command
        .env("HTTPS_PROXY", &middle.url)
        .env("SSL_CERT_FILE", sandbox.path("corp.pem"));
    sandbox.finish(command)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_along_is_named_and_accepted_by_key_only() {
    let sandbox = Sandbox::start();
    let middle = inspected(&sandbox).await;
    let run = through(&sandbox, &middle, &["instances"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run:?}");
    for part in [
        "sts.tencentcloudapi.com is opened and read by Corp Inspection CA (Corp)",
        "nothing was sent",
    ] {
        assert!(run.stderr.contains(part), "{run:?}");
    }
    let advice = run.stderr.split("--trust-inspection ").nth(1).unwrap();
    let key = advice.split_whitespace().next().unwrap().to_owned();
    assert_eq!(sandbox.calls("GetCallerIdentity"), 0);

    let json = through(&sandbox, &middle, &["--json", "instances"]);
    assert_eq!(
        (json.code, json.error().as_str()),
        (3, "connection_inspected")
    );
    let chinese = through(&sandbox, &middle, &["--language", "zh-CN", "instances"]);
    assert!(
        chinese
            .stderr
            .contains("会被 Corp Inspection CA（Corp） 解密查看"),
        "{chinese:?}"
    );

    let wrong = through(
        &sandbox,
        &middle,
        &["--trust-inspection", "00", "instances"],
    );
    assert_eq!(wrong.code, 3);
    let run = through(
        &sandbox,
        &middle,
        &["--json", "--trust-inspection", &key, "instances"],
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.json().as_array().unwrap().is_empty());
    let asked = middle.asked.lock().unwrap().clone();
    assert!(asked.iter().any(|host| host == "redis.tencentcloudapi.com"));
    let around = [
        "--proxy",
        &middle.url,
        "--api-ca",
        &sandbox.path("corp.pem"),
    ];
    let mut command =
        sandbox.command(&[&["--endpoint", "mainland"], &around[..], &["instances"]].concat());
    command.env("HTTPS_PROXY", "http://127.0.0.1:1");
    let run = sandbox.finish(command);
    assert!(
        run.stderr.contains("Corp Inspection CA"),
        "the option wins: {run:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_read_along_is_shown_and_refused_again() {
    let sandbox = Sandbox::start();
    let middle = inspected(&sandbox).await;
    let named = through(&sandbox, &middle, &["--json", "instances"]);
    let error: Value = serde_json::from_str(named.stderr.lines().last().unwrap()).unwrap();
    let key = &error["error"]["details"]["peer"]["root"]["key"];
    let key = key.as_str().unwrap();
    let script = format!(
        r#"printf '%s\n%s\n' "$ID" "$KEY" | $CLI --json --endpoint mainland --proxy {proxy} --api-ca {ca} --trust-inspection {key} accounts add work
$CLI accounts network work
$CLI accounts network work --refuse-inspection 00 || echo "exit $?"
$CLI --language zh-CN accounts network work --refuse-inspection {key} || echo "exit $?"
$CLI --json accounts list
$CLI --json accounts network work --trust-inspection {key}
"#,
        proxy = middle.url,
        ca = sandbox.path("corp.pem"),
    );
    let run = with_keyring(&sandbox, &script);
    assert_eq!(run.code, 0, "{run:?}");
    let shown = format!("reads along, accepted: Corp Inspection CA (Corp)\n           key {key}");
    assert!(run.stdout.contains(&shown), "{run:?}");
    let exits: Vec<_> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("exit"))
        .collect();
    assert_eq!(exits, ["exit 2", "exit 3"], "{run:?}");
    let refused = format!("公钥为 {key} 的机构不再允许解密查看");
    assert!(run.stderr.contains(&refused), "{run:?}");
    assert!(
        run.stderr
            .contains("会被 Corp Inspection CA（Corp） 解密查看"),
        "{run:?}"
    );
    let json: Vec<Value> = run
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let accepted = |network: &Value| network["accepted"].as_array().unwrap().len();
    assert_eq!(accepted(&json[0]["network"]), 1);
    assert_eq!(accepted(&json[1]["accounts"][0]["network"]), 0);
    assert_eq!(accepted(&json[2]["network"]), 1);
}

#[test]
fn a_proxy_that_wants_a_login_says_so_and_is_no_unreachable_cloud() {
    let sandbox = Sandbox::start();
    let proxy = tinyproxy("BasicAuth me secret");
    let socks = microsocks(&["-u", "me", "-P", "secret"]);
    let run = |proxy: &str, login: &str, more: &[&str]| {
        let mut command = sandbox.command(&[more, &["--proxy", proxy, "instances"]].concat());
        command.env("REDISEAL_PROXY_LOGIN", login);
        sandbox.finish(command)
    };
    for (proxy, address) in [
        (format!("http://{}", proxy.address), proxy.address),
        (format!("socks5h://{}", socks.address), socks.address),
    ] {
        for (login, english, chinese) in [
            ("", "wants a login", "要求登录"),
            ("me:wrong", "refused the login", "不接受现有的用户名和密码"),
        ] {
            let said = run(&proxy, login, &[]);
            let expected = format!("the proxy {address} {english}");
            assert!(said.stderr.contains(&expected), "{said:?}");
            assert!(
                said.stderr
                    .contains("REDISEAL_PROXY_LOGIN to USER:PASSWORD")
            );
            assert!(!said.stderr.contains("wrong"), "{said:?}");
            let said = run(&proxy, login, &["--language", "zh-CN"]);
            assert!(said.stderr.contains(chinese), "{said:?}");
            let said = run(&proxy, login, &["--json"]);
            assert_eq!((said.code, said.error().as_str()), (3, "proxy_login"));
        }
        let said = run(&proxy, "me:secret", &[]);
        assert_eq!(said.code, 0, "{said:?}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let sandbox = Sandbox::start();
    let run = sandbox.run(&["--proxy", "http://127.0.0.1:1", "instances"]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr
            .contains("nothing listens at the proxy 127.0.0.1:1"),
        "{run:?}"
    );
    let run = sandbox.run(&["--proxy", "http://me:secret@127.0.0.1:1", "instances"]);
    assert_eq!(run.code, 2);
    assert!(!run.stderr.contains("secret@"), "{run:?}");
    assert!(run.stderr.contains("REDISEAL_PROXY_LOGIN"), "{run:?}");
    for wrong in ["ftp://proxy", "http://proxy/path"] {
        assert_eq!(
            sandbox.run(&["--proxy", wrong, "instances"]).code,
            2,
            "{wrong}"
        );
    }
}

#[test]
fn a_wrong_clock_is_explained_with_its_offset() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("clock:100");
    let run = sandbox.run(&["instances"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr
            .contains("clock is 1 min 40 s behind Tencent Cloud"),
        "{run:?}"
    );
    sandbox.clear_faults();
    sandbox.set_fault("clock:-432");
    let run = sandbox.run(&["instances"]);
    assert_eq!(run.code, 4);
    assert!(
        run.stderr
            .contains("clock is 7 min 12 s ahead of Tencent Cloud"),
        "{run:?}"
    );
    let chinese = sandbox.run(&["--language", "zh-CN", "instances"]);
    assert!(
        chinese.stderr.contains("本机时钟比腾讯云快 7 分 12 秒"),
        "{chinese:?}"
    );
}

#[test]
fn whose_rights_are_used_is_said_before_a_change() {
    let sandbox = Sandbox::start();
    let run = sandbox.run(&["enable", "crs-d3s0yk6b", "--plan"]);
    let who = "sub-user 100000000002 of account 100000000001";
    assert!(run.stdout.contains(who), "{run:?}");
    let run = sandbox.run(&["--language", "zh-CN", "enable", "crs-d3s0yk6b"]);
    assert!(
        run.stderr
            .contains("主账号 100000000001 的子用户 100000000002"),
        "{run:?}"
    );
}

#[test]
fn an_account_s_network_is_changed_without_its_key() {
    let sandbox = Sandbox::with(&["--speed", "60", "--https"]);
    let run = with_keyring(
        &sandbox,
        r#"printf '%s\n%s\n' "$ID" "$KEY" | $CLI --endpoint "$HTTPS" accounts add work || echo "exit $?"
printf '%s\n%s\n' "$ID" "$KEY" | $CLI --json --endpoint "$HTTPS" --api-ca "$CA" accounts add work
$CLI --proxy http://127.0.0.1:1 accounts network work || echo "exit $?"
$CLI --json --proxy none accounts network work
$CLI --proxy none instances || echo "exit $?"
$CLI accounts list
$CLI accounts network work
$CLI --api-ca none accounts network work || echo "exit $?"
"#,
    );
    assert_eq!(run.code, 0, "{run:?}");
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines[0], "exit 3", "{run:?}");
    let json = |line: usize| serde_json::from_str::<Value>(lines[line]).unwrap();
    assert_eq!(json(1)["network"]["proxy"]["kind"], "system");
    assert_eq!(lines[2], "exit 3", "{run:?}");
    assert_eq!(json(3)["network"]["proxy"]["kind"], "none");
    assert_eq!(json(3)["network"]["api_ca"], json(1)["network"]["api_ca"]);
    assert_eq!(lines[4], "exit 2", "{run:?}");
    assert!(
        lines[5].contains("sub-user 100000000002 of account 100000000001"),
        "{run:?}"
    );
    assert!(run.stdout.contains("not a public authority"), "{run:?}");
    assert_eq!(*lines.last().unwrap(), "exit 3");
    for part in [
        "which is not trusted",
        "nothing listens at the proxy 127.0.0.1:1",
    ] {
        assert!(run.stderr.contains(part), "{run:?}");
    }
}

#[test]
fn a_terminal_is_asked_for_the_key_and_does_not_show_it() {
    let sandbox = Sandbox::start();
    let run = with_keyring(
        &sandbox,
        r#"cat > "$HOME/type.py" <<'EOF'
import os, pty, sys, termios, time
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
def read():
    global shown
    try:
        more = os.read(terminal, 4096)
    except OSError:
        more = b""
    shown += more
    return more
for prompt, answer in ((b"SecretId: ", "ID"), (b"SecretKey (hidden): ", "KEY"), (b"(hidden): ", "")):
    seen = len(shown)
    while not shown[seen:].endswith(prompt):
        assert read(), shown
    # A person does not type in the moment between the prompt and the end of the echo.
    while b"hidden" in prompt and termios.tcgetattr(terminal)[3] & termios.ECHO:
        time.sleep(0.001)
    os.write(terminal, os.environ.get(answer, "").encode() + b"\n")
while read():
    pass
sys.stdout.buffer.write(shown)
EOF
python3 "$HOME/type.py" $CLI --endpoint "$ENDPOINT" accounts add work
$CLI --json accounts list
"#,
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("SecretKey (hidden): "), "{run:?}");
    assert!(
        run.stdout.contains(sandbox.text("secret_id")),
        "what is no secret is shown"
    );
    assert!(run.stdout.contains("work is checked and kept"), "{run:?}");
    let list: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(list["accounts"][0]["usable"], true);
}

#[test]
fn keys_of_other_tools_are_listed_masked_and_imported_when_asked() {
    let sandbox = Sandbox::start();
    let profiles = format!(
        "[default]\nsecret_id = {}\nsecret_key = {}\n[half]\nsecret_id = AKIDhalf0123456789abcd\n",
        sandbox.text("secret_id"),
        sandbox.text("secret_key")
    );
    fs::create_dir_all(sandbox.path(".tencentcloud")).unwrap();
    fs::create_dir_all(sandbox.path(".tccli")).unwrap();
    fs::write(sandbox.path(".tencentcloud/credentials"), profiles).unwrap();
    fs::write(sandbox.path(".tccli/odd.credential"), "{").unwrap();
    let run = with_keyring(
        &sandbox,
        r#"$CLI accounts detected
$CLI --language zh-CN accounts detected
$CLI --json accounts list
$CLI --json --endpoint "$ENDPOINT" accounts import profile/default mine
$CLI --json --endpoint "$ENDPOINT" accounts import profile/half mine || echo "exit $?"
"#,
    );
    assert_eq!(run.code, 0, "{run:?}");
    for part in [
        "profile/default",
        "secret_key is missing",
        "not in its form: look at line 1",
        "格式有误：请查看第 1 行",
        "exit 2",
    ] {
        assert!(run.stdout.contains(part), "{part}: {run:?}");
    }
    assert!(!run.stdout.contains(sandbox.text("secret_id")), "{run:?}");
    let lines: Vec<_> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with('{'))
        .collect();
    let json = |line: usize| serde_json::from_str::<Value>(lines[line]).unwrap();
    assert_eq!(json(0)["accounts"], serde_json::json!([]));
    assert_eq!(json(1)["name"], "mine");
}
