//! The ports of the instances.

use std::time::Duration;

use rediseal_sandbox::Options;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::{
    client::{GUANGZHOU, still, with},
    redis::{Redis, ended, talk},
};

const READY: &str = "crs-d3s0yk6b";
const WITH_NAME: &str = "crs-5k2mfx7q";
const WITHOUT_NAME: &str = "crs-f9u7lp2z";

#[tokio::test]
async fn tls_and_plaintext_share_the_port_while_ssl_is_on() {
    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, WITH_NAME).await;
    let auth = format!("AUTH {}\r\nPING\r\n", redis.password);
    let mut tls = redis.tls("127.0.0.1").await.unwrap();
    assert_eq!(talk(&mut tls, &auth, "+PONG\r\n").await, "+OK\r\n+PONG\r\n");
    let mut plain = redis.plain().await;
    assert_eq!(
        talk(&mut plain, &auth, "+PONG\r\n").await,
        "+OK\r\n+PONG\r\n"
    );
    let connections = sandbox.ledger().connections[WITH_NAME];
    assert_eq!(
        (connections.tls, connections.plain, connections.open),
        (1, 1, 2)
    );
}

#[tokio::test]
async fn a_client_hello_gets_an_answer_in_plaintext_while_ssl_is_off() {
    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, READY).await;
    let error = redis.tls("127.0.0.1").await.unwrap_err();
    assert!(error.to_string().contains("corrupt message"), "{error}");
    let mut plain = redis.plain().await;
    let answer = talk(&mut plain, "\x16\x03\x01\x02\x00\x01", "\r\n").await;
    assert!(answer.starts_with("-ERR Protocol error"), "{answer}");
    assert_eq!(sandbox.ledger().connections[READY].failed, 2);
}

#[tokio::test]
async fn turning_ssl_off_cuts_tls_connections_and_no_others() {
    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, WITH_NAME).await;
    let mut tls = redis.tls("127.0.0.1").await.unwrap();
    let mut plain = redis.plain().await;
    let noauth = "-NOAUTH Authentication required.\r\n";
    assert_eq!(talk(&mut tls, "PING\r\n", "\r\n").await, noauth);
    assert_eq!(talk(&mut plain, "PING\r\n", "\r\n").await, noauth);
    client
        .call("CloseSSL", GUANGZHOU, json!({ "InstanceId": WITH_NAME }))
        .await;
    sandbox.advance(Duration::from_secs(50));
    assert!(ended(&mut tls).await);
    assert_eq!(talk(&mut plain, "PING\r\n", "\r\n").await, noauth);
    redis.tls("127.0.0.1").await.unwrap_err();
}

#[tokio::test]
async fn certificates_name_what_the_fleet_says() {
    let (_sandbox, client) = still().await;
    for (region, id, error) in [
        (GUANGZHOU, WITHOUT_NAME, "NotValidForName"),
        ("ap-shanghai", "crs-c7d0pw4e", "NotValidForName"),
        ("ap-shanghai", "crs-w8x3jd5c", "UnknownIssuer"),
        ("ap-hongkong", "crs-r1m5ta8x", "Expired"),
    ] {
        let redis = Redis::of(&client, region, id).await;
        let found = redis.tls("127.0.0.1").await.unwrap_err().to_string();
        let found = found.replace("certificate expired", "Expired");
        let found = found.replace("certificate not valid for name", "NotValidForName");
        assert!(found.contains(error), "{id}: {found}");
    }
    // The CA has the same name and another key.
    let renewed = Redis::of(&client, "ap-singapore", "crs-e7y4pl1s").await;
    let error = renewed.tls("127.0.0.1").await.unwrap_err().to_string();
    assert!(
        error.contains("BadSignature") || error.contains("UnknownIssuer"),
        "{error}"
    );
    let soon = Redis::of(&client, "ap-hongkong", "crs-u8n2vc6d").await;
    soon.tls("127.0.0.1").await.unwrap();
}

#[tokio::test]
async fn the_public_address_leads_to_a_certificate_that_names_it() {
    let (_sandbox, client) = still().await;
    let mut redis = Redis::of(&client, "eu-frankfurt", "crs-i4h8fq2v").await;
    let instance = client.instance("eu-frankfurt", "crs-i4h8fq2v").await;
    instance["WanAddress"]
        .as_str()
        .unwrap()
        .clone_into(&mut redis.address);
    redis.tls("localhost").await.unwrap();
}

#[tokio::test]
async fn an_isolated_instance_takes_no_connection() {
    let (_sandbox, client) = still().await;
    let instance = client.instance("ap-shanghai", "crs-g2n7ov6y").await;
    let address = format!("127.0.0.1:{}", instance["Port"]);
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(ended(&mut stream).await);
}

#[tokio::test]
async fn passwords_are_asked_for_and_checked() {
    let (_sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, READY).await;
    let good = &redis.password;
    let mut stream = redis.plain().await;
    for (command, answer) in [
        ("GET a".to_owned(), "-NOAUTH Authentication required.\r\n"),
        (
            "AUTH wrong".to_owned(),
            "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
        ),
        (
            format!("AUTH nobody {good}"),
            "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
        ),
        (format!("AUTH {good}"), "+OK\r\n"),
        (format!("AUTH default {good}"), "+OK\r\n"),
        (format!("AUTH {READY} {good}"), "+OK\r\n"),
        (format!("AUTH {READY}:{good}"), "+OK\r\n"),
        (format!("AUTH default@{good}"), "+OK\r\n"),
        (
            "AUTH a b c".to_owned(),
            "-ERR wrong number of arguments for 'auth' command\r\n",
        ),
    ] {
        let found = talk(&mut stream, &format!("{command}\r\n"), "\r\n").await;
        assert_eq!(found, answer, "{command}");
    }
    let changed = Redis::of(&client, "na-siliconvalley", "crs-c0t7mb9n").await;
    let auth = format!("AUTH {good}\r\n");
    let found = talk(&mut changed.plain().await, &auth, "\r\n").await;
    assert!(found.starts_with("-WRONGPASS"), "{found}");
    let free = Redis::of(&client, "ap-beijing", "crs-b6j1xm4s").await;
    assert_eq!(
        talk(&mut free.plain().await, "PING\r\n", "\r\n").await,
        "+PONG\r\n"
    );
}

#[tokio::test]
async fn a_new_password_is_asked_for_once_it_is_set() {
    let (sandbox, client) = still().await;
    let reset =
        |password: &str| json!({ "InstanceId": READY, "NoAuth": false, "Password": password });
    for bad in [
        "short1",
        "alllowercase",
        "/Leading-slash1",
        "white space 1",
        &"a1".repeat(17),
    ] {
        let code = client.refusal("ResetPassword", GUANGZHOU, reset(bad)).await;
        assert_eq!(code, "InvalidParameterValue.PasswordRuleError", "{bad}");
    }
    let none = json!({ "InstanceId": READY, "NoAuth": false });
    assert_eq!(
        client.refusal("ResetPassword", GUANGZHOU, none).await,
        "MissingParameter"
    );
    client
        .call("ResetPassword", GUANGZHOU, reset("Correct-horse1"))
        .await;
    sandbox.advance(Duration::from_secs(11));
    let redis = Redis::of(&client, GUANGZHOU, READY).await;
    let mut stream = redis.plain().await;
    let auth = format!("AUTH {}\r\n", redis.password);
    assert!(
        talk(&mut stream, &auth, "\r\n")
            .await
            .starts_with("-WRONGPASS")
    );
    assert_eq!(
        talk(&mut stream, "AUTH Correct-horse1\r\n", "\r\n").await,
        "+OK\r\n"
    );

    client
        .call(
            "ResetPassword",
            GUANGZHOU,
            json!({ "InstanceId": READY, "NoAuth": true }),
        )
        .await;
    sandbox.advance(Duration::from_secs(11));
    assert_eq!(
        talk(&mut redis.plain().await, "PING\r\n", "\r\n").await,
        "+PONG\r\n"
    );
}

#[tokio::test]
async fn the_commands_answer_in_resp2_and_resp3() {
    let (_sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, READY).await;
    let mut stream = redis.plain().await;
    let hello = talk(&mut stream, "HELLO 3\r\n", "\r\n").await;
    assert!(hello.starts_with("-NOAUTH HELLO must be called"), "{hello}");
    talk(
        &mut stream,
        &format!("AUTH {}\r\n", redis.password),
        "+OK\r\n",
    )
    .await;
    for (command, answer) in [
        ("SET k hello", "+OK\r\n"),
        ("GET k", "$5\r\nhello\r\n"),
        ("GET none", "$-1\r\n"),
        ("EXISTS k none", ":1\r\n"),
        ("DBSIZE", ":1\r\n"),
        ("DEL k none", ":1\r\n"),
        ("ECHO hi", "$2\r\nhi\r\n"),
        ("PING hi", "$2\r\nhi\r\n"),
        ("SELECT 0", "+OK\r\n"),
        ("SELECT 1", "-ERR DB index is out of range\r\n"),
        ("CLIENT SETNAME me", "+OK\r\n"),
        ("CLIENT GETNAME", "$2\r\nme\r\n"),
        ("CLIENT SETINFO LIB-NAME x", "+OK\r\n"),
        ("COMMAND", "*0\r\n"),
        (
            "GET",
            "-ERR wrong number of arguments for 'get' command\r\n",
        ),
        ("FLUSHALL", "-ERR unknown command 'flushall'\r\n"),
    ] {
        let found = talk(&mut stream, &format!("{command}\r\n"), "\r\n").await;
        let found = if found.len() < answer.len() {
            found + &talk(&mut stream, "", "\r\n").await
        } else {
            found
        };
        assert_eq!(found, answer, "{command}");
    }
    let list = talk(&mut stream, "CLIENT LIST\r\n", "\n\r\n").await;
    assert!(
        list.contains("name=me") && list.contains("cmd=client"),
        "{list}"
    );
    let info = talk(&mut stream, "INFO server\r\n", "avg_ttl=0\r\n\r\n").await;
    assert!(info.contains("redis_version:6.2"), "{info}");
    let hello = format!("HELLO 3 AUTH default {}\r\nECHO end\r\n", redis.password);
    let map = talk(&mut stream, &hello, "$3\r\nend\r\n").await;
    assert!(map.starts_with("%7\r\n"), "{map}");
    assert!(map.contains("$5\r\nproto\r\n:3\r\n"), "{map}");
    assert_eq!(talk(&mut stream, "GET none\r\n", "\r\n").await, "_\r\n");
    assert_eq!(talk(&mut stream, "QUIT\r\n", "\r\n").await, "+OK\r\n");
    assert!(ended(&mut stream).await);
}

#[tokio::test]
async fn what_is_not_the_protocol_ends_the_connection() {
    let (_sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, READY).await;
    let endless = "a".repeat(4096);
    for bytes in ["*9999\r\n", "*1\r\n*1\r\n", "*1\r\n$99999999\r\n", &endless] {
        let mut stream = redis.plain().await;
        let answer = talk(&mut stream, bytes, "\r\n").await;
        assert!(answer.starts_with("-ERR Protocol error"), "{answer}");
        assert!(ended(&mut stream).await);
    }
}

#[tokio::test]
async fn memory_is_bounded() {
    let (_sandbox, client) = still().await;
    let redis = Redis::of(&client, "ap-beijing", "crs-b6j1xm4s").await;
    let mut stream = redis.plain().await;
    let value = "v".repeat(60_000);
    let mut answers = Vec::new();
    for key in 0..80 {
        let key = format!("{key:03}");
        let command = format!("*3\r\n$3\r\nSET\r\n$3\r\n{key}\r\n$60000\r\n{value}\r\n");
        answers.push(talk(&mut stream, &command, "\r\n").await);
    }
    assert_eq!(answers[0], "+OK\r\n");
    assert!(answers[79].starts_with("-OOM"), "{}", answers[79]);
}

#[tokio::test]
async fn a_real_redis_server_can_stand_behind_the_port() {
    let program = "/usr/bin/redis-server";
    let (sandbox, client) = with(Options {
        speed: 0.0,
        redis_server: Some(program.into()),
        ..Options::default()
    })
    .await;
    let redis = Redis::of(&client, GUANGZHOU, WITH_NAME).await;
    let mut tls = redis.tls("127.0.0.1").await.unwrap();
    let commands = format!("AUTH {}\r\nINCR n\r\n", redis.password);
    assert_eq!(talk(&mut tls, &commands, ":1\r\n").await, "+OK\r\n:1\r\n");
    let reset: Value = json!({ "InstanceId": WITH_NAME, "Password": "Correct-horse\"1" });
    client.call("ResetPassword", GUANGZHOU, reset).await;
    sandbox.advance(Duration::from_secs(11));
    let mut tls = redis.tls("127.0.0.1").await.unwrap();
    let commands = "AUTH \"Correct-horse\\\"1\"\r\nINCR n\r\n";
    assert_eq!(talk(&mut tls, commands, ":2\r\n").await, "+OK\r\n:2\r\n");
}

#[tokio::test]
async fn a_proxy_upgrade_cuts_connections_once() {
    const OLD_PROXY: &str = "crs-81zzc9hn";

    let (sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, OLD_PROXY).await;
    let mut stream = redis.plain().await;
    let noauth = "-NOAUTH Authentication required.\r\n";
    assert_eq!(talk(&mut stream, "PING\r\n", "\r\n").await, noauth);
    let upgrade = json!({
        "InstanceId": OLD_PROXY,
        "CurrentProxyVersion": "5.5.0",
        "UpgradeProxyVersion": "5.8.20",
        "InstanceTypeUpgradeNow": 1,
    });
    client.call("UpgradeProxyVersion", GUANGZHOU, upgrade).await;
    sandbox.advance(Duration::from_secs(41));
    assert!(ended(&mut stream).await);
    let mut stream = redis.plain().await;
    assert_eq!(talk(&mut stream, "PING\r\n", "\r\n").await, noauth);
}

#[tokio::test]
async fn a_pipeline_that_asks_for_much_is_answered_in_order() {
    let (_sandbox, client) = still().await;
    let redis = Redis::of(&client, "ap-beijing", "crs-b6j1xm4s").await;
    let mut stream = redis.plain().await;
    let value = "v".repeat(10_000);
    let mut commands = format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$10000\r\n{value}\r\n");
    commands += &"GET k\r\n".repeat(50);
    commands += "PING\r\n";
    let answers = talk(&mut stream, &commands, "+PONG\r\n").await;
    assert_eq!(answers.matches(&value).count(), 50);
}
