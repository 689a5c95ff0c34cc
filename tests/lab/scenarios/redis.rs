//! TLS that holds, and a Redis behind it that has something to say.

use rediseal_probe::{Auth, Cause, StageId};
use secrecy::SecretString;

use crate::children::{gnutls_server_for, openssl_server_for, redis_with_tls, stunnel_for};
use crate::pki::Authority;
use crate::scenario::{Make, Scenario, Site};
use crate::servers::{REDIS, Replies, closed, greeting, shared, tls_with};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [real(), replies(), others(), plaintext()]
        .into_iter()
        .flatten()
        .collect()
}

fn fails(id: &'static str, make: Make, about: &'static str, cause: Cause) -> Scenario {
    Scenario::fails(id, make, about, StageId::Redis, cause)
}

fn login(user: Option<&str>, password: &str) -> Option<Auth> {
    Some(Auth {
        user: user.map(str::to_owned),
        password: SecretString::from(password),
    })
}

fn real() -> Vec<Scenario> {
    fn start(auth: Option<Auth>) -> Site {
        let ca = Authority::new("Lab CA");
        let settings = [
            "tls-auth-clients no",
            "requirepass correct",
            "user nobody on >nothing -@all",
        ];
        let server = redis_with_tls(&ca.issue(), &ca.pem(), &settings);
        Site::program(server, &ca).with(|request| request.auth = auth)
    }
    vec![
        Scenario::warns(
            "password-wanted",
            Make::Redis,
            "Wants a password, and none was given",
            StageId::Redis,
            Cause::RedisAuthRequired,
        )
        .fact("reply", "NOAUTH Authentication required.")
        .at(|| async { start(None) }),
        Scenario::good(
            "good-password",
            Make::Redis,
            "Wants a password, and gets it",
        )
        .at(|| async { start(login(None, "correct")) }),
        fails(
            "password-wrong",
            Make::Redis,
            "Refuses the password",
            Cause::RedisWrongPassword,
        )
        .at(|| async { start(login(None, "wrong")) }),
        Scenario::warns(
            "no-permission",
            Make::Redis,
            "The account may not PING",
            StageId::Redis,
            Cause::RedisNoPermission,
        )
        .fact("auth", "accepted")
        .at(|| async { start(login(Some("nobody"), "nothing")) }),
    ]
}

fn replies() -> Vec<Scenario> {
    let says = |id, about, cause, ping: Option<&'static [u8]>| {
        fails(id, Make::Rustls, about, cause).at(move || async move {
            let ca = Authority::new("Lab CA");
            let server = tls_with(&ca.issue(), Replies { ping, ..REDIS }, &[]).await;
            Site::of(server, &ca).impatient()
        })
    };
    vec![
        says(
            "max-clients",
            "At its limit of connections",
            Cause::RedisMaxClients,
            Some(b"-ERR max number of clients reached\r\n"),
        ),
        says(
            "loading",
            "Still loads its data",
            Cause::RedisLoading,
            Some(b"-LOADING Redis is loading the dataset in memory\r\n"),
        ),
        says(
            "protected-mode",
            "In protected mode",
            Cause::RedisProtectedMode,
            Some(b"-DENIED Redis is running in protected mode because\r\n"),
        ),
        says(
            "https",
            "An HTTP server behind TLS",
            Cause::RedisNotRedis,
            Some(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        ),
        says(
            "half-a-reply",
            "Half a reply, then nothing",
            Cause::RedisNotRedis,
            Some(b"+PON"),
        ),
        says(
            "redis-silent",
            "TLS, then nothing",
            Cause::RedisTimeout,
            Some(b""),
        ),
        says(
            "redis-closes",
            "Closes at the first command",
            Cause::RedisClosed,
            None,
        ),
    ]
}

fn others() -> Vec<Scenario> {
    vec![
        fails(
            "echo-behind-tls",
            Make::GnuTls,
            "An echo server behind TLS",
            Cause::RedisNotRedis,
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let server = gnutls_server_for(&ca.issue_rsa(), &["--disable-client-cert"]);
            Site::program(server, &ca)
        }),
        fails(
            "terminal-behind-tls",
            Make::OpenSsl,
            "A terminal behind TLS at which nobody sits",
            Cause::RedisTimeout,
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            Site::program(openssl_server_for(&ca.issue_rsa(), &[]), &ca).impatient()
        }),
        fails(
            "nothing-behind-stunnel",
            Make::Stunnel,
            "The Redis behind stunnel is down",
            Cause::RedisClosed,
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let (down, taken) = closed();
            let stunnel = stunnel_for(&ca.issue_rsa(), down, &[]);
            let request = crate::case::request(stunnel.address, &ca);
            Site::new(request, (taken, stunnel))
        }),
        fails(
            "ssh-behind-stunnel",
            Make::Stunnel,
            "An SSH server behind stunnel",
            Cause::RedisNotRedis,
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let ssh = greeting(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n").await;
            let stunnel = stunnel_for(&ca.issue_rsa(), ssh.address, &[]);
            let request = crate::case::request(stunnel.address, &ca);
            Site::new(request, (ssh, stunnel))
        }),
    ]
}

fn plaintext() -> Vec<Scenario> {
    let also = |id, about, ping: &'static [u8], reply: &'static str| {
        Scenario::warns(
            id,
            Make::Rustls,
            about,
            StageId::Tls,
            Cause::PolicyPlaintextAccepted,
        )
        .fact("plaintext_answer", reply)
        .at(move || async move {
            let ca = Authority::new("Lab CA");
            let plaintext = Replies {
                ping: Some(ping),
                ..REDIS
            };
            let server = shared(&ca.issue(), plaintext).await;
            Site::of(server, &ca)
        })
    };
    vec![
        also(
            "plaintext-too",
            "Serves without TLS as well",
            b"+PONG\r\n",
            "PONG",
        ),
        also(
            "plaintext-with-password-too",
            "Takes passwords without TLS as well",
            b"-NOAUTH Authentication required.\r\n",
            "NOAUTH Authentication required.",
        ),
    ]
}
