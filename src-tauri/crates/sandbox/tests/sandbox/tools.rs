//! The sandbox judged by the tools that its users have: OpenSSL, `redis-cli`, `keytool`.

use std::process::{Command, Output, Stdio};

use crate::{
    archive::unpack,
    client::{Client, GUANGZHOU, still},
    redis::Redis,
};

const RSA: (&str, &str) = (GUANGZHOU, "crs-5k2mfx7q");
const ECDSA: (&str, &str) = ("ap-shanghai", "crs-e2l6sq8v");

/// Runs a program away from the runtime's threads, which the sandbox needs.
async fn run(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

async fn files(client: &Client, (region, id): (&str, &str)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in unpack(&client.archive(region, id).await) {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_verifies_the_server_by_chain_and_address() {
    let (_sandbox, client) = still().await;
    for instance in [RSA, ECDSA] {
        let folder = files(&client, instance).await;
        let redis = Redis::of(&client, instance.0, instance.1).await;
        let ca = folder.path().join("ca.crt");
        for version in ["-tls1_2", "-tls1_3"] {
            let output = run(
                "openssl",
                &[
                    "s_client",
                    "-connect",
                    &redis.address,
                    "-CAfile",
                    ca.to_str().unwrap(),
                    "-verify_return_error",
                    "-verify_ip",
                    "127.0.0.1",
                    version,
                ],
            )
            .await;
            let text = text(&output);
            assert!(
                text.contains("Verify return code: 0 (ok)"),
                "{version} {text}"
            );
            let leaf = text
                .split_once("-----BEGIN")
                .unwrap()
                .1
                .split_once("-----END")
                .unwrap()
                .0;
            let leaf = format!("-----BEGIN{leaf}-----END CERTIFICATE-----\n");
            let path = folder.path().join("server.pem");
            std::fs::write(&path, leaf).unwrap();
            let arguments = [
                "verify",
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-CAfile",
                ca.to_str().unwrap(),
                path.to_str().unwrap(),
            ];
            let verified = run("openssl", &arguments).await;
            assert!(verified.status.success(), "{}", self::text(&verified));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_certificate_has_no_names_extension_and_twenty_years() {
    let (_sandbox, client) = still().await;
    let redis = Redis::of(&client, GUANGZHOU, "crs-f9u7lp2z").await;
    let shown = run(
        "openssl",
        &["s_client", "-connect", &redis.address, "-showcerts"],
    )
    .await;
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.pem");
    std::fs::write(&path, shown).unwrap();
    let facts = run(
        "openssl",
        &["x509", "-in", path.to_str().unwrap(), "-noout", "-text"],
    )
    .await;
    let facts = text(&facts);
    assert!(!facts.contains("Subject Alternative Name"), "{facts}");
    assert!(facts.contains("CN = crs-f9u7lp2z"), "{facts}");
    assert!(
        facts.contains("Not Before: Nov  3") && facts.contains("Not After : Nov  3"),
        "{facts}"
    );
    assert!(
        facts.contains("2026 GMT") && facts.contains("2046 GMT"),
        "{facts}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_cli_connects_with_the_archive() {
    let (_sandbox, client) = still().await;
    for instance in [RSA, ECDSA] {
        let folder = files(&client, instance).await;
        let redis = Redis::of(&client, instance.0, instance.1).await;
        let (host, port) = redis.address.split_once(':').unwrap();
        let ca = folder.path().join("ca.pem");
        for protocol in ["-2", "-3"] {
            let output = run(
                "redis-cli",
                &[
                    protocol,
                    "-h",
                    host,
                    "-p",
                    port,
                    "--tls",
                    "--cacert",
                    ca.to_str().unwrap(),
                    "--no-auth-warning",
                    "-a",
                    &redis.password,
                    "SET",
                    "greeting",
                    "hello",
                ],
            )
            .await;
            assert_eq!(text(&output), "OK\n");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_reads_the_p7b_and_keytool_the_trust_store() {
    let (_sandbox, client) = still().await;
    for instance in [RSA, ECDSA] {
        let folder = files(&client, instance).await;
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let pem = run(
            "openssl",
            &[
                "x509",
                "-in",
                &path("ca.pem"),
                "-noout",
                "-fingerprint",
                "-sha256",
            ],
        )
        .await;
        let fingerprint = text(&pem).trim().split_once('=').unwrap().1.to_owned();

        let certificates = path("certificates.pem");
        let printed = run(
            "openssl",
            &[
                "pkcs7",
                "-inform",
                "DER",
                "-in",
                &path("ca.p7b"),
                "-print_certs",
                "-out",
                &certificates,
            ],
        )
        .await;
        assert!(printed.status.success(), "{}", text(&printed));
        let p7b = run(
            "openssl",
            &[
                "x509",
                "-in",
                &certificates,
                "-noout",
                "-fingerprint",
                "-sha256",
            ],
        )
        .await;
        assert!(text(&p7b).contains(&fingerprint));

        let arguments = [
            "-J-Duser.language=en",
            "-list",
            "-v",
            "-keystore",
            &path("ca.jks"),
            "-storetype",
            "JKS",
            "-storepass",
            "tencentdb",
        ];
        let listed = run("keytool", &arguments).await;
        let listed = text(&listed);
        assert!(listed.contains(&fingerprint), "{listed}");
        assert!(listed.contains("trustedCertEntry"), "{listed}");
        let wrong = run(
            "keytool",
            &[
                "-list",
                "-keystore",
                &path("ca.jks"),
                "-storetype",
                "JKS",
                "-storepass",
                "another",
            ],
        )
        .await;
        assert!(!wrong.status.success());
    }
}
