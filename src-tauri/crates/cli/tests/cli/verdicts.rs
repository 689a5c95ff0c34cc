//! What a test's text and exit code say, of servers that are odd behind TLS or have none.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::run::Sandbox;

/// Is isolated.
const ISOLATED: &str = "crs-g2n7ov6y";

/// Answers everything that comes through TLS with this; nothing closes the connection. Its CA
/// is written to `file`.
fn behind_tls(reply: &'static [u8], file: &str) -> SocketAddr {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    fs::write(file, ca.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".into()]).unwrap();
    let leaf = params.signed_by(&key, &ca).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let session = ServerConnection::new(Arc::clone(&config)).unwrap();
            thread::spawn(move || {
                let mut session = StreamOwned::new(session, socket);
                while let Ok(1..) = session.read(&mut [0; 256]) {
                    if reply.is_empty() || session.write_all(reply).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

#[test]
fn behind_tls_there_has_to_be_a_redis_that_answers() {
    let sandbox = Sandbox::start();
    let ca = sandbox.path("ca.pem");
    for (reply, code, said) in [
        (
            &b""[..],
            1,
            "TLS is proven; the server then closed the connection",
        ),
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            1,
            "TLS is proven; what answers behind it is no Redis",
        ),
        (
            b"-LOADING Redis is loading\r\n",
            0,
            "TLS is proven; Redis is still loading its data",
        ),
        (
            b"-ERR max number of clients reached\r\n",
            0,
            "TLS is proven; the server is at its limit",
        ),
        (
            b"-NOPERM no permissions to run 'ping'\r\n",
            0,
            "[redis.no_permission]",
        ),
        (
            b"-ERR operation not permitted\r\n",
            0,
            "ERR operation not permitted",
        ),
    ] {
        let address = behind_tls(reply, &ca).to_string();
        let run = sandbox.run(&["test", &address, "--ca", &ca]);
        assert_eq!(run.code, code, "{said}: {run:?}");
        assert!(run.stdout.starts_with("SECURE"), "{run:?}");
        assert!(run.stdout.contains(said), "{said}: {run:?}");
        let targets = sandbox.path("targets");
        fs::write(&targets, format!("{address}\n")).unwrap();
        let run = sandbox.run(&["test", "--targets", &targets, "--ca", &ca]);
        assert_eq!(run.code, code, "{said}: {run:?}");
        let apart = run.stderr.contains("1 proven but without a Redis");
        assert_eq!(apart, code == 1, "{said}: {run:?}");
    }
}

#[test]
fn what_was_asked_for_and_not_done_is_said() {
    let sandbox = Sandbox::start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.read(&mut [0; 512]);
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let run = sandbox.run(&["test", &address, "--deep", "--cost"]);
    for said in [
        "There is no deep report: no TLS was found on this port.",
        "What TLS costs was not measured: the server has not proven who it is.",
    ] {
        assert!(run.stdout.contains(said), "{run:?}");
    }
    let plain = sandbox.run(&["test", &address]);
    assert!(!plain.stdout.contains("There is no deep"), "{plain:?}");
}

#[test]
fn a_chinese_report_has_no_english_in_its_evidence() {
    let sandbox = Sandbox::start();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let chinese = |more: &[&str]| {
        let arguments = ["--language", "zh", "test", "--timeout", "2"];
        sandbox.run(&[&arguments[..], more].concat())
    };
    let run = chinese(&[&address]);
    assert!(run.stdout.contains("（未收到任何消息）"), "{run:?}");
    assert!(run.stdout.contains("无应答"), "{run:?}");
    drop(silent);
    let run = chinese(&[&address]);
    assert!(run.stdout.contains("回环地址："), "{run:?}");
    for word in ["loopback", "true", "nothing", "silent", "hint"] {
        assert!(!run.stdout.contains(word), "{word}: {run:?}");
    }
    let run = chinese(&["127.0.0.1:99999"]);
    assert!(run.stderr.contains("不是可连接的地址"), "{run:?}");
    assert!(!run.stderr.contains("is not an address"), "{run:?}");
    let via = ["127.0.0.1:1", "--via", "ssh://u@127.0.0.1:1"];
    let run = chinese(&[&via[..], &["--via-key", "/none"]].concat());
    assert!(run.stderr.contains("无法读取密钥文件"), "{run:?}");
    let run = chinese(&[&via[..], &["--accept-host-key", "x"]].concat());
    assert!(run.stderr.contains("--accept-host-key 的值"), "{run:?}");
}

#[test]
fn a_file_that_is_no_ca_is_not_quoted() {
    let sandbox = Sandbox::start();
    let file = sandbox.path("secrets");
    fs::write(&file, "MyS3cret=1\n").unwrap();
    for (language, said) in [("en", "plain text"), ("zh", "文本")] {
        for json in [&["--json"][..], &[]] {
            let arguments = ["--language", language, "test", "127.0.0.1:1", "--ca", &file];
            let run = sandbox.run(&[json, &arguments].concat());
            assert_eq!(run.code, 2, "{run:?}");
            assert!(!run.stderr.contains("S3cret"), "{run:?}");
            assert!(run.stderr.contains(said) || !json.is_empty(), "{run:?}");
        }
    }
}

#[test]
fn an_instance_that_is_not_in_use_is_not_waited_for() {
    let sandbox = Sandbox::start();
    for (language, said, not) in [
        ("en", "the instance is isolated", "other task"),
        ("zh", "实例已隔离", "其他任务"),
    ] {
        let run = sandbox.run(&["--language", language, "test", ISOLATED]);
        assert!(run.stderr.contains(said), "{run:?}");
        assert!(!run.stderr.contains(not), "{run:?}");
    }
}
