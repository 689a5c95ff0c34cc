//! redis-rs as a stranger would use it. It runs in a process of its own, this program's, at the
//! lab's time.

use std::time::Duration;

use redis::{Client, ClientTlsConfig, ErrorKind, RedisError, TlsCertificates};

use crate::clients::programs::{Answer, Target};

/// Where the targets are; not set when this is only a test that passes.
pub(crate) const TARGETS: &str = "REDISEAL_CLIENT_TARGETS";

#[test]
#[expect(clippy::print_stdout, reason = "how it answers")]
fn asks() {
    let Some(file) = std::env::var_os(TARGETS) else {
        return;
    };
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let targets: Vec<Target> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    for target in targets {
        let answer = match ask(&target) {
            Ok(()) => (true, String::new()),
            Err(error) => (error.kind() != ErrorKind::Io, error.to_string()),
        };
        let answer = Answer {
            id: target.id,
            connects: answer.0,
            message: answer.1,
        };
        println!("\n{}", serde_json::to_string(&answer).unwrap());
    }
}

fn ask(target: &Target) -> Result<(), RedisError> {
    let host = match target.host.contains(':') {
        true => format!("[{}]", target.host),
        false => target.host.clone(),
    };
    let file = |name: &str| std::fs::read(target.files.join(name)).unwrap();
    let own = || ClientTlsConfig {
        client_cert: file("client.pem"),
        client_key: file("client.key"),
    };
    let certificates = TlsCertificates {
        client_tls: target.setting.contains("ClientTlsConfig").then(own),
        root_cert: Some(file("ca.pem")),
    };
    let address = format!("rediss://{host}:{}", target.port);
    let client = Client::build_with_tls(address, certificates)?;
    let client = match target
        .setting
        .contains("set_danger_accept_invalid_hostnames")
    {
        true => {
            let info = client.get_connection_info().clone();
            let mut address = info.addr().clone();
            address.set_danger_accept_invalid_hostnames(true);
            Client::open(info.set_addr(address))?
        }
        false => client,
    };
    let patience = Duration::from_secs(target.patience.into());
    let mut connection = client.get_connection_with_timeout(patience)?;
    connection.set_read_timeout(Some(patience))?;
    redis::cmd("PING").query(&mut connection)
}
