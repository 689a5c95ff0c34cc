//! Servers that are not the cloud's: a real redis-server, by address and without a key.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, RsaKeySize};

use crate::run::{Run, eventually};

struct Redis {
    process: Child,
    address: String,
}

impl Redis {
    fn start(folder: &Path, key: KeyPair) -> Self {
        Self::configured(folder, key, &[])
    }

    fn configured(folder: &Path, key: KeyPair, configuration: &[&str]) -> Self {
        let mut ca = CertificateParams::default();
        ca.distinguished_name.push(DnType::CommonName, "Lab CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_key = KeyPair::generate().unwrap();
        let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
        let issuer = Issuer::new(ca, ca_key);
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let server = CertificateParams::new(names).unwrap();
        let server = server.signed_by(&key, &issuer).unwrap().pem();
        fs::write(folder.join("ca.pem"), ca_pem).unwrap();
        fs::write(folder.join("server.pem"), server).unwrap();
        fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
        let port = free_port().to_string();
        let process = Command::new("redis-server")
            .current_dir(folder)
            .args(["--bind", "127.0.0.1", "--port", "0", "--save", ""])
            .args(["--tls-port", &port, "--tls-auth-clients", "no"])
            .args([
                "--tls-cert-file",
                "server.pem",
                "--tls-key-file",
                "server.key",
            ])
            .args(["--tls-ca-cert-file", "ca.pem", "--requirepass", "sesame"])
            .args(configuration)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let address = format!("127.0.0.1:{port}");
        eventually("redis-server", || TcpStream::connect(&address).is_ok());
        Self { process, address }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn test(arguments: &[&str], password: Option<&str>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rediseal-cli"));
    command
        .env_clear()
        .args(["--json", "test"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    if let Some(password) = password {
        use std::io::Write as _;
        writeln!(stdin, "{password}").unwrap();
    }
    drop(stdin);
    Run::new(child.wait_with_output().unwrap())
}

#[test]
fn a_real_redis_server_gets_the_right_verdict_with_both_kinds_of_key() {
    let rsa = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    for key in [rsa, KeyPair::generate().unwrap()] {
        let folder = tempfile::tempdir().unwrap();
        let redis = Redis::start(folder.path(), key);
        let address = redis.address.as_str();
        let ca = folder.path().join("ca.pem").display().to_string();

        let secure = test(&[address, "--ca", &ca], None);
        assert_eq!(secure.code, 0, "{secure:?}");
        assert_eq!(secure.json()["verdict"], "secure");

        let login = test(&[address, "--ca", &ca, "--password-stdin"], Some("sesame"));
        assert_eq!(login.json()["stages"][5]["status"], "passed", "{login:?}");
        assert!(!login.stdout.contains("sesame"));
        let wrong = test(&[address, "--ca", &ca, "--password-stdin"], Some("mellon"));
        assert_eq!(
            wrong.json()["stages"][5]["cause"],
            "redis.wrong_password",
            "{wrong:?}"
        );

        let name = test(&[address, "--ca", &ca, "--name", "redis.example"], None);
        assert_eq!(name.code, 1, "{name:?}");
        assert_eq!(name.json()["cause"], "certificate.name_mismatch");

        let os = test(&[address], None);
        assert_eq!(
            (os.code, &os.json()["cause"]),
            (1, &"certificate.wrong_ca".into())
        );

        // A key in the CA file is refused, whatever else is in it.
        let key = folder.path().join("server.key").display().to_string();
        let refused = test(&[address, "--ca", &key], None);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains("private key"), "{refused:?}");
    }
}

#[test]
fn documents_are_written_whole_beside_the_result_and_replace_nothing_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start(folder.path(), KeyPair::generate().unwrap());
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (ca, page, ticket) = (at("ca.pem"), at("report.html"), at("report.md"));
    let target = [redis.address.as_str(), "--ca", &ca];
    let files = ["--html", &page, "--markdown", &ticket];

    let run = test(&[&target[..], &files].concat(), None);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["verdict"], "secure");
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"));
    assert!(html.contains(&redis.address) && html.contains("BEGIN CERTIFICATE"));
    let markdown = fs::read_to_string(&ticket).unwrap();
    assert!(
        markdown.contains(&format!("`{}`", redis.address)),
        "{markdown}"
    );

    fs::write(&page, "mine").unwrap();
    let exists = test(&[&target[..], &files].concat(), None);
    assert_eq!(
        (exists.code, exists.stdout.as_str()),
        (1, ""),
        "before the test: {exists:?}"
    );
    assert_eq!(exists.error(), "file_exists");
    assert_eq!(fs::read_to_string(&page).unwrap(), "mine");
    let forced = test(&[&target[..], &files, &["--force"]].concat(), None);
    assert_eq!(forced.code, 0, "{forced:?}");
    assert_ne!(fs::read_to_string(&page).unwrap(), "mine");

    let nowhere = at("no/folder/report.html");
    let nowhere = test(&[&target[..], &["--html", &nowhere]].concat(), None);
    assert_eq!((nowhere.code, nowhere.error().as_str()), (1, "save_failed"));
    let two = test(&[&target[..], &["--html", "-"]].concat(), None);
    assert_eq!(two.code, 2, "JSON and a page on one stdout: {two:?}");
}

#[test]
fn what_a_server_repeats_of_a_login_is_in_no_document() {
    let folder = tempfile::tempdir().unwrap();
    // Without an AUTH, Redis quotes what it was given.
    let key = KeyPair::generate().unwrap();
    let redis = Redis::configured(folder.path(), key, &["--rename-command", "AUTH", "LOGIN"]);
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (ca, page, ticket) = (at("ca.pem"), at("report.html"), at("report.md"));
    let (user, password) = ("tenant-4711", "correct-horse-battery");
    let run = test(
        &[
            &redis.address,
            "--ca",
            &ca,
            "--html",
            &page,
            "--markdown",
            &ticket,
            "--user",
            user,
            "--password-stdin",
        ],
        Some(password),
    );
    let reply = run.json()["stages"][5]["facts"]["reply"].to_string();
    assert!(
        reply.contains("unknown command") && reply.contains("***"),
        "{reply}"
    );
    let (page, ticket) = (
        fs::read_to_string(page).unwrap(),
        fs::read_to_string(ticket).unwrap(),
    );
    for text in [&run.stdout, &run.stderr, &page, &ticket] {
        assert!(!text.contains(user) && !text.contains(password), "{text}");
    }
}
