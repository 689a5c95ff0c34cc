//! What the usual tools say about the same servers.

use rediseal_probe::{Cause, StageId, Verdict};
use tempfile::TempDir;

use crate::case::{fails, holds, request};
use crate::children::{openssl, redis_with_tls, run};
use crate::pki::Authority;

#[tokio::test]
async fn redis_cli_and_openssl_agree() {
    let (ours, other) = (Authority::new("Lab CA"), Authority::new("Other CA"));
    let below = ours.intermediate("Lab Intermediate", |_| {});
    for identity in [
        ours.issue(),
        ours.issue_rsa(),
        below.issue().sending(below.der()),
    ] {
        let server = redis_with_tls(&identity, &ours.pem(), &["tls-auth-clients no"]);
        let folder = TempDir::new().unwrap();
        let path = folder.path();
        let report = holds(request(server.address, &ours), Verdict::Secure).await;
        let (leaf, rest) = report.chain.split_first().unwrap();
        let (_, sent) = rest.split_last().unwrap();
        std::fs::write(path.join("leaf.pem"), &leaf.pem).unwrap();
        let sent: String = sent.iter().map(|link| link.pem.as_str()).collect();
        std::fs::write(path.join("sent.pem"), sent).unwrap();
        std::fs::write(path.join("ours.pem"), ours.pem()).unwrap();
        std::fs::write(path.join("other.pem"), other.pem()).unwrap();

        let port = server.address.port().to_string();
        for (ca, trusted) in [("ours.pem", true), ("other.pem", false)] {
            let mut verify = vec!["verify", "-CAfile", ca];
            if report.chain.len() > 2 {
                verify.extend(["-untrusted", "sent.pem"]);
            }
            verify.push("leaf.pem");
            let verified = openssl(path, &verify);
            assert_eq!(verified.status.success(), trusted, "{verified:?}");

            let cli = ["-h", "127.0.0.1", "-p", &port, "--tls", "--cacert", ca];
            let pinged = run("redis-cli", path, &[&cli[..], &["PING"]].concat());
            assert_eq!(pinged.stdout == b"PONG\n", trusted, "{pinged:?}");
        }
        fails(
            request(server.address, &other),
            StageId::Chain,
            Cause::CertificateWrongCa,
        )
        .await;
    }
}
