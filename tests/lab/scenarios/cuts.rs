//! Connections that end or stand still, after every message of a handshake.

use std::time::Duration;

use rediseal_probe::{Cause, StageId};
use tokio::io::AsyncReadExt as _;

use crate::case;
use crate::children::{gnutls_server_for, openssl_server_for, redis_with_tls};
use crate::client;
use crate::pki::Authority;
use crate::relay::{Fate, cut, dribble};
use crate::scenario::{Make, Scenario, Site};
use crate::servers::{replying, scripted, tls};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [at_once(), tls_1_2(), tls_1_3(), slow()]
        .into_iter()
        .flatten()
        .collect()
}

fn at_once() -> Vec<Scenario> {
    let before = |id, about, cause| {
        Scenario::fails(id, Make::Bytes, about, StageId::Tls, cause).fact("after", "nothing")
    };
    vec![
        before(
            "closes-at-hello",
            "Closes when it sees a ClientHello",
            Cause::TlsClosed,
        )
        .at(|| async { Site::deaf(replying(b"", true).await) }),
        before(
            "closes-at-once",
            "Closes every connection as soon as it stands",
            Cause::TlsClosed,
        )
        .fact("hint", "unasked")
        .at(|| async { Site::deaf(scripted(|socket, _| async { drop(socket) }).await) }),
        Scenario::fails(
            "redis-full",
            Make::Redis,
            "A Redis at its limit of connections, which says so without TLS only",
            StageId::Tls,
            Cause::TlsClosed,
        )
        .fact("hint", "unasked")
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let one = ["tls-auth-clients no", "maxclients 1"];
            let server = redis_with_tls(&ca.issue(), &ca.pem(), &one);
            let only = client::pinging(server.address, &ca).await;
            let request = case::request(server.address, &ca);
            Site::new(request, (server, only))
        }),
        before(
            "resets-at-hello",
            "Resets when it sees a ClientHello, as a firewall does that inspects traffic",
            Cause::TlsReset,
        )
        .at(|| async {
            let server = scripted(|mut socket, _| async move {
                let _ = socket.read(&mut [0; 16]).await;
                socket.set_zero_linger().unwrap();
            });
            Site::deaf(server.await)
        }),
    ]
}

/// What a server's handshake is cut down to.
#[derive(Clone, Copy)]
struct Cut {
    id: &'static str,
    about: &'static str,
    /// Whole records that come through, and bytes of the next.
    records: usize,
    more: usize,
    fate: Fate,
    /// The last message that comes through whole.
    after: &'static str,
}

impl Cut {
    fn of(self, make: Make, arguments: &'static [&'static str]) -> Scenario {
        let cause = match self.fate {
            Fate::Closed => Cause::TlsClosed,
            Fate::Reset => Cause::TlsReset,
            Fate::Silent => Cause::TlsTimeout,
        };
        Scenario::fails(self.id, make, self.about, StageId::Tls, cause)
            .fact("after", self.after)
            .at(move || self.site(make, arguments))
    }

    async fn site(self, make: Make, arguments: &'static [&'static str]) -> Site {
        let ca = Authority::new("Lab CA");
        let identity = ca.issue_rsa();
        let server = match make {
            Make::GnuTls => gnutls_server_for(&identity, arguments),
            _ => openssl_server_for(&identity, arguments),
        };
        let relay = cut(server.address, self.records, self.more, self.fate).await;
        let request = case::request(relay.address, &ca);
        Site::new(request, (server, relay)).impatient()
    }
}

const fn after(
    id: &'static str,
    about: &'static str,
    records: usize,
    fate: Fate,
    after: &'static str,
) -> Cut {
    Cut {
        id,
        about,
        records,
        more: 0,
        fate,
        after,
    }
}

fn tls_1_2() -> Vec<Scenario> {
    use Fate::{Closed, Reset, Silent};
    let arguments: &[&str] = &["-tls1_2", "-no_ticket"];
    [
        Cut {
            more: 20,
            ..after(
                "1.2-in-server-hello",
                "TLS 1.2: closes in the middle of ServerHello",
                0,
                Closed,
                "nothing",
            )
        },
        after(
            "1.2-after-server-hello",
            "TLS 1.2: closes after ServerHello",
            1,
            Closed,
            "ServerHello",
        ),
        after(
            "1.2-after-certificate",
            "TLS 1.2: resets after Certificate",
            2,
            Reset,
            "Certificate",
        ),
        after(
            "1.2-after-server-key-exchange",
            "TLS 1.2: silent after ServerKeyExchange",
            3,
            Silent,
            "ServerKeyExchange",
        ),
        after(
            "1.2-after-server-hello-done",
            "TLS 1.2: closes after ServerHelloDone",
            4,
            Closed,
            "ServerHelloDone",
        ),
        after(
            "1.2-after-change-cipher-spec",
            "TLS 1.2: silent after ChangeCipherSpec",
            5,
            Silent,
            "ServerHelloDone",
        ),
    ]
    .map(|cut| cut.of(Make::OpenSsl, arguments))
    .into()
}

/// ServerHello, ChangeCipherSpec, EncryptedExtensions, Certificate, CertificateVerify, Finished.
fn tls_1_3() -> Vec<Scenario> {
    use Fate::{Closed, Reset, Silent};
    let openssl: &[&str] = &["-tls1_3", "-num_tickets", "0"];
    let gnutls: &[&str] = &[
        "--disable-client-cert",
        "--priority",
        "NORMAL:-VERS-ALL:+VERS-TLS1.3",
    ];
    let mut scenarios: Vec<Scenario> = [
        after(
            "1.3-after-server-hello",
            "TLS 1.3: resets after ServerHello",
            1,
            Reset,
            "ServerHello",
        ),
        after(
            "1.3-after-encrypted-extensions",
            "TLS 1.3: closes after EncryptedExtensions",
            3,
            Closed,
            "EncryptedExtensions",
        ),
        after(
            "1.3-after-certificate",
            "TLS 1.3: silent after Certificate",
            4,
            Silent,
            "Certificate",
        ),
        after(
            "1.3-after-certificate-verify",
            "TLS 1.3: resets after CertificateVerify",
            5,
            Reset,
            "CertificateVerify",
        ),
    ]
    .map(|cut| cut.of(Make::OpenSsl, openssl))
    .into();
    scenarios.push(
        after(
            "1.3-after-certificate-gnutls",
            "TLS 1.3: closes after Certificate",
            4,
            Closed,
            "Certificate",
        )
        .of(Make::GnuTls, gnutls),
    );
    scenarios.extend([
        finished(
            "1.3-after-finished",
            "TLS 1.3: closes after Finished",
            Closed,
        ),
        finished(
            "1.3-silent-after-finished",
            "TLS 1.3: silent after Finished",
            Silent,
        ),
    ]);
    scenarios
}

/// TLS stands, and what is missing is the Redis behind it.
fn finished(id: &'static str, about: &'static str, fate: Fate) -> Scenario {
    let cause = match fate {
        Fate::Silent => Cause::RedisTimeout,
        _ => Cause::RedisClosed,
    };
    let cut = after(id, about, 6, fate, "Finished");
    let arguments: &[&str] = &["-tls1_3", "-num_tickets", "0"];
    Scenario::fails(id, Make::OpenSsl, about, StageId::Redis, cause)
        .at(move || cut.site(Make::OpenSsl, arguments))
}

fn slow() -> Vec<Scenario> {
    vec![
        Scenario::fails(
            "slower-than-the-deadline",
            Make::Rustls,
            "A byte at a time, with a tenth of a second between two",
            StageId::Tls,
            Cause::TlsTimeout,
        )
        .fact("after", "nothing")
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let server = tls(&ca.issue()).await;
            let slow = dribble(server.address, Duration::from_millis(100)).await;
            let request = case::request(slow.address, &ca);
            Site::new(request, (server, slow)).impatient()
        }),
    ]
}
