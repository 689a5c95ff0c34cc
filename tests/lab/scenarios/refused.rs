//! A version, a cipher, a name or a client without a certificate is refused.

use rediseal_probe::{Cause, StageId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::children::{gnutls_server_for, openssl_server_for, redis_with_tls, stunnel_for};
use crate::pki::Authority;
use crate::program::Program;
use crate::scenario::{Make, Scenario, Site};
use crate::servers::{REDIS, plain, replying, scripted, tls_for_name};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [versions(), ciphers(), names(), client_certificates()]
        .into_iter()
        .flatten()
        .collect()
}

fn by(make: Make, arguments: &'static [&'static str]) -> impl Fn() -> Site {
    move || {
        let ca = Authority::new("Lab CA");
        let identity = ca.issue_rsa();
        let server: Program = match make {
            Make::OpenSsl => openssl_server_for(&identity, arguments),
            Make::GnuTls => gnutls_server_for(&identity, arguments),
            Make::Redis => redis_with_tls(&identity, &ca.pem(), arguments),
            _ => panic!("no program of its own"),
        };
        Site::program(server, &ca)
    }
}

fn refuses(
    id: &'static str,
    make: Make,
    about: &'static str,
    cause: Cause,
    arguments: &'static [&'static str],
) -> Scenario {
    let start = by(make, arguments);
    Scenario::fails(id, make, about, StageId::Tls, cause).at(move || std::future::ready(start()))
}

fn versions() -> Vec<Scenario> {
    let old = |id, make, about, arguments, version: &'static str| {
        refuses(id, make, about, Cause::TlsNoCommonVersion, arguments)
            .fact("accepts_version", version)
    };
    vec![
        old(
            "only-tls-1.0",
            Make::OpenSsl,
            "Only TLS 1.0",
            &["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"],
            "TLSv1",
        ),
        old(
            "only-tls-1.1",
            Make::OpenSsl,
            "Only TLS 1.1",
            &["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
            "TLSv1.1",
        ),
        old(
            "only-tls-1.0-gnutls",
            Make::GnuTls,
            "Only TLS 1.0",
            &[
                "--disable-client-cert",
                "--priority",
                "NORMAL:-VERS-ALL:+VERS-TLS1.0",
            ],
            "TLSv1",
        ),
        old(
            "only-tls-1.1-gnutls",
            Make::GnuTls,
            "Only TLS 1.1",
            &[
                "--disable-client-cert",
                "--priority",
                "NORMAL:-VERS-ALL:+VERS-TLS1.1",
            ],
            "TLSv1.1",
        ),
        old(
            "only-tls-1.1-redis",
            Make::Redis,
            "Only TLS 1.1",
            &[
                "tls-auth-clients no",
                "tls-protocols TLSv1.1",
                "tls-ciphers DEFAULT@SECLEVEL=0",
            ],
            "TLSv1.1",
        ),
        answers_in(
            "hello-of-1.1",
            "A ServerHello of TLS 1.1, whatever is offered",
            [3, 2],
            "TLSv1.1",
        ),
        answers_in(
            "hello-of-ssl-3",
            "A ServerHello of SSL 3.0, whatever is offered",
            [3, 0],
            "SSLv3",
        ),
    ]
}

fn answers_in(
    id: &'static str,
    about: &'static str,
    version: [u8; 2],
    name: &'static str,
) -> Scenario {
    Scenario::fails(
        id,
        Make::Bytes,
        about,
        StageId::Tls,
        Cause::TlsNoCommonVersion,
    )
    .fact("server_version", name)
    .fact("after", "ServerHello")
    .at(move || async move { Site::deaf(replying(&server_hello(version, [0, 0x2f]), false).await) })
}

/// A record with one message: version, a random of sevens, no session id, the cipher suite, no
/// compression.
pub(crate) fn server_hello(version: [u8; 2], cipher: [u8; 2]) -> Vec<u8> {
    [
        &[22][..],
        &version,
        &[0, 42, 2, 0, 0, 38],
        &version,
        &[7; 32],
        &[0],
        &cipher,
        &[0],
    ]
    .concat()
}

fn ciphers() -> Vec<Scenario> {
    let other = |id, make, about, arguments, cipher: Option<&'static str>| {
        refuses(id, make, about, Cause::TlsNoCommonCipher, arguments).fact("accepts_cipher", cipher)
    };
    vec![
        other(
            "only-rsa-key-exchange",
            Make::OpenSsl,
            "Only RSA key exchange",
            &["-tls1_2", "-cipher", "AES256-SHA256"],
            Some("TLS_RSA_WITH_AES_256_CBC_SHA256"),
        ),
        other(
            "only-cbc",
            Make::OpenSsl,
            "Only CBC mode",
            &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256"],
            Some("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
        ),
        other(
            "only-ccm",
            Make::OpenSsl,
            "Only CCM mode of TLS 1.3",
            &["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"],
            Some("TLS_AES_128_CCM_SHA256"),
        ),
        other(
            "only-rsa-key-exchange-gnutls",
            Make::GnuTls,
            "Only RSA key exchange",
            &[
                "--disable-client-cert",
                "--priority",
                "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA",
            ],
            Some("TLS_RSA_WITH_AES_256_GCM_SHA384"),
        ),
        other(
            "only-dhe-redis",
            Make::Redis,
            "Only finite-field Diffie-Hellman",
            &[
                "tls-auth-clients no",
                "tls-protocols TLSv1.2",
                "tls-ciphers DHE-RSA-AES128-SHA256",
            ],
            Some("TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
        ),
        refuses(
            "only-p-521-exchange",
            Make::OpenSsl,
            "Only P-521 for the key exchange",
            Cause::TlsNoCommonCipher,
            &["-groups", "P-521"],
        )
        .fact("hint", "groups")
        .fact("accepts_group", "secp521r1"),
        refuses(
            "only-x448-exchange",
            Make::OpenSsl,
            "Only TLS 1.3, with X448 for the key exchange",
            Cause::TlsNoCommonCipher,
            &["-tls1_3", "-groups", "X448"],
        )
        .fact("hint", "groups")
        .fact("accepts_version", "TLSv1.3")
        .fact("accepts_group", "x448"),
        Scenario::fails(
            "cipher-not-offered",
            Make::Bytes,
            "Answers with a cipher suite that was not offered",
            StageId::Tls,
            Cause::TlsNoCommonCipher,
        )
        .fact("after", "ServerHello")
        .at(|| async { Site::deaf(replying(&server_hello([3, 3], [0, 0x2f]), false).await) }),
    ]
}

fn names() -> Vec<Scenario> {
    let fatal = |id, about, make, arguments: &'static [&'static str], sni: &'static str| {
        let start = by(make, arguments);
        Scenario::fails(id, make, about, StageId::Tls, Cause::TlsNameRequired)
            .fact("sni", sni)
            .at(move || {
                let site = start().with(|request| request.sni = Some(sni.to_owned()));
                std::future::ready(site)
            })
    };
    vec![
        fatal(
            "name-unknown",
            "Knows another server name (SNI) only",
            Make::OpenSsl,
            &[
                "-cert2",
                "cert.pem",
                "-key2",
                "key.pem",
                "-servername",
                "redis.example.com",
                "-servername_fatal",
            ],
            UNKNOWN_NAME,
        ),
        fatal(
            "name-unknown-gnutls",
            "Knows another server name (SNI) only",
            Make::GnuTls,
            &[
                "--disable-client-cert",
                "--sni-hostname",
                "redis.example.com",
                "--sni-hostname-fatal",
            ],
            UNKNOWN_NAME,
        ),
        Scenario::fails(
            "name-refused-as-handshake",
            Make::Bytes,
            "Refuses the server name (SNI) with handshake_failure, and goes on without one",
            StageId::Tls,
            Cause::TlsNameRequired,
        )
        .fact("sni", UNKNOWN_NAME)
        .at(|| async {
            Site::deaf(scripted(|socket, _| no_name_please(socket)).await)
                .with(|request| request.sni = Some(UNKNOWN_NAME.to_owned()))
        }),
        Scenario::fails(
            "name-missing",
            Make::Rustls,
            "Has a certificate for a server name (SNI) only, and none is sent",
            StageId::Tls,
            Cause::TlsNameRequired,
        )
        .fact("sni", serde_json::Value::Null)
        .at(|| async {
            let ca = Authority::new("Lab CA");
            Site::of(tls_for_name(&ca.issue(), "redis.example.com").await, &ca)
        }),
        name_wanted(
            "name-missing-as-handshake",
            "Refuses with handshake_failure whoever does not send its server name (SNI), and none is sent",
            None,
        )
        .fact("hint", "no_name"),
        name_wanted(
            "name-other-as-handshake",
            "Refuses with handshake_failure whoever does not send its server name (SNI), and another is sent",
            Some(UNKNOWN_NAME),
        )
        .fact("hint", "refused"),
    ]
}

/// From outside nothing tells a name that is missing from a cipher that is.
fn name_wanted(id: &'static str, about: &'static str, sni: Option<&'static str>) -> Scenario {
    Scenario::fails(id, Make::Bytes, about, StageId::Tls, Cause::TlsAlert)
        .fact("alert", "handshake_failure")
        .fact("sni", sni)
        .at(move || async move {
            Site::deaf(scripted(|socket, _| only_with_name(socket)).await)
                .with(|request| request.sni = sni.map(str::to_owned))
        })
}

async fn only_with_name(socket: TcpStream) {
    by_name(socket, "redis.example.com", true).await;
}

const UNKNOWN_NAME: &str = "other.example.com";

async fn no_name_please(socket: TcpStream) {
    by_name(socket, UNKNOWN_NAME, false).await;
}

/// Goes on when the name is in the hello, or when it is not, and refuses otherwise.
async fn by_name(mut socket: TcpStream, name: &str, wanted: bool) {
    let mut hello = [0; 4096];
    let n = socket.read(&mut hello).await.unwrap_or(0);
    let name = name.as_bytes();
    let is_sent = hello[..n].windows(name.len()).any(|w| w == name);
    let answer = match is_sent == wanted {
        true => server_hello([3, 3], [0xc0, 0x2f]),
        false => vec![21, 3, 3, 0, 2, 2, 40],
    };
    let _ = socket.write_all(&answer).await;
}

fn client_certificates() -> Vec<Scenario> {
    let mutual = |id, make, about, arguments| {
        refuses(
            id,
            make,
            about,
            Cause::TlsClientCertificateRequired,
            arguments,
        )
    };
    vec![
        mutual(
            "client-certificate-1.2",
            Make::Redis,
            "Wants a client certificate, TLS 1.2",
            &["tls-auth-clients yes", "tls-protocols TLSv1.2"],
        )
        .fact("alert", "handshake_failure"),
        mutual(
            "client-certificate-1.3",
            Make::Redis,
            "Wants a client certificate, and says so after the handshake of TLS 1.3",
            &["tls-auth-clients yes", "tls-protocols TLSv1.3"],
        )
        .fact("alert", "certificate_required"),
        mutual(
            "client-certificate-openssl",
            Make::OpenSsl,
            "Wants a client certificate",
            &["-Verify", "1", "-verify_return_error"],
        ),
        mutual(
            "client-certificate-gnutls-1.2",
            Make::GnuTls,
            "Wants a client certificate, TLS 1.2",
            &[
                "--require-client-cert",
                "--priority",
                "NORMAL:-VERS-ALL:+VERS-TLS1.2",
            ],
        ),
        mutual(
            "client-certificate-gnutls-1.3",
            Make::GnuTls,
            "Wants a client certificate, TLS 1.3",
            &[
                "--require-client-cert",
                "--priority",
                "NORMAL:-VERS-ALL:+VERS-TLS1.3",
            ],
        ),
        Scenario::fails(
            "client-certificate-stunnel",
            Make::Stunnel,
            "Wants a client certificate",
            StageId::Tls,
            Cause::TlsClientCertificateRequired,
        )
        .at(|| async {
            let ca = Authority::new("Lab CA");
            let redis = plain(REDIS).await;
            let mutual = ["verifyChain = yes", "CAfile = cert.pem"];
            let stunnel = stunnel_for(&ca.issue_rsa(), redis.address, &mutual);
            let request = crate::case::request(stunnel.address, &ca);
            Site::new(request, (redis, stunnel))
        }),
    ]
}
