//! How each library is set up, in its own language. Nothing here turns off the check of the chain.
//!
//! Sources: `redis-cli --help`; redis-py `SSLConnection`; Jedis `SslOptions`, `SslVerifyMode`;
//! Lettuce `SslOptions`, `SslVerifyMode`; Redisson `SslVerificationMode`; Node.js `tls.connect`;
//! Go `tls.Config`; Ruby `OpenSSL::SSL::SSLContext#set_params`; StackExchange.Redis `ConfigurationOptions`, .NET `X509ChainPolicy`; PHP's SSL
//! context options; redis-rs `TlsCertificates`, `ConnectionAddr`.

use super::family::Library;
use super::judge::Judgement;
use super::situation::Situation;
use crate::cause::Cause;

/// What is set beside TLS and the CA.
enum Beside<'a> {
    Nothing,
    /// The chain is checked, the name is not.
    NoName,
    /// The certificate is for this name.
    Name(&'a str),
    /// A certificate of the client's own.
    Own,
}

/// As its documentation has it.
pub(crate) fn configured(library: Library, situation: &Situation<'_>) -> String {
    written(library, situation, &Beside::Nothing)
}

/// What makes it work and stays safe.
pub(crate) fn setting(
    library: Library,
    judgement: Judgement,
    situation: &Situation<'_>,
) -> Option<String> {
    let beside = match judgement.cause? {
        // Whoever has a certificate of a public CA could pose as this server.
        Cause::CertificateNameNotCheckable if situation.trusts_given => Beside::NoName,
        Cause::CertificateNameMismatch => Beside::Name(situation.other_name()?),
        Cause::TlsClientCertificateRequired => Beside::Own,
        _ => return None,
    };
    Some(written(library, situation, &beside))
}

fn written(library: Library, situation: &Situation<'_>, beside: &Beside<'_>) -> String {
    let ca = situation.trusts_given;
    match library {
        Library::RedisCli => redis_cli(ca, situation, beside),
        Library::RedisPy => redis_py(ca, beside),
        Library::Jedis => jedis(ca, beside),
        Library::JedisBefore => jedis_before(ca, beside),
        Library::Lettuce => lettuce(ca, beside),
        Library::Redisson => redisson(ca, beside),
        Library::Ioredis => match node(ca, beside) {
            options if options.is_empty() => "tls: {}".to_owned(),
            options => format!("tls: {{ {} }}", options.join(", ")),
        },
        Library::NodeRedis => {
            let options = [vec!["tls: true".to_owned()], node(ca, beside)].concat();
            format!("socket: {{ {} }}", options.join(", "))
        }
        Library::GoRedis => go_redis(ca, beside),
        Library::StackExchange => stack_exchange(ca, beside),
        Library::Phpredis => phpredis(ca, beside),
        Library::RedisRb => redis_rb(ca, beside),
        Library::RedisRs => redis_rs(ca, beside),
    }
}

/// Those that are there, one after the other.
fn joined<const N: usize>(parts: [Option<String>; N], between: &str) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(between)
}

fn text(part: &str) -> Option<String> {
    Some(part.to_owned())
}

fn redis_cli(ca: bool, situation: &Situation<'_>, beside: &Beside<'_>) -> String {
    // Alone among the libraries it sends no server name by itself.
    let sni = (!situation.host_is_address()).then(|| format!("--sni {}", situation.host));
    let own =
        matches!(beside, Beside::Own).then(|| "--cert client.pem --key client.key".to_owned());
    joined(
        [
            text("--tls"),
            ca.then(|| "--cacert ca.pem".to_owned()),
            sni,
            own,
        ],
        " ",
    )
}

fn redis_py(ca: bool, beside: &Beside<'_>) -> String {
    let more = match beside {
        Beside::Nothing => None,
        Beside::NoName => text("ssl_check_hostname=False"),
        Beside::Name(name) => Some(format!("host=\"{name}\"")),
        Beside::Own => text("ssl_certfile=\"client.pem\", ssl_keyfile=\"client.key\""),
    };
    let ca = ca.then(|| "ssl_ca_certs=\"ca.pem\"".to_owned());
    joined([text("ssl=True"), ca, more], ", ")
}

fn jedis(ca: bool, beside: &Beside<'_>) -> String {
    let store = ca.then(|| "truststore(new File(\"ca.p12\"), password)".to_owned());
    let more = match beside {
        Beside::NoName => text("sslVerifyMode(SslVerifyMode.CA)"),
        Beside::Own => text("keystore(new File(\"client.p12\"), password)"),
        _ => None,
    };
    let options = joined(
        [text("SslOptions.builder()"), store, more, text("build()")],
        ".",
    );
    let options = format!("config.sslOptions({options})");
    match beside {
        Beside::Name(name) => format!("new HostAndPort(\"{name}\", port), {options}"),
        _ => options,
    }
}

fn jedis_before(ca: bool, beside: &Beside<'_>) -> String {
    let store = ca.then(|| "-Djavax.net.ssl.trustStore=ca.p12".to_owned());
    let own =
        matches!(beside, Beside::Own).then(|| "-Djavax.net.ssl.keyStore=client.p12".to_owned());
    joined([text("config.ssl(true)"), store, own], ", ")
}

fn lettuce(ca: bool, beside: &Beside<'_>) -> String {
    let uri = match beside {
        Beside::NoName => "uri.withSsl(true).withVerifyPeer(SslVerifyMode.CA)".to_owned(),
        Beside::Name(name) => format!("uri.withHost(\"{name}\").withSsl(true)"),
        _ => "uri.withSsl(true)".to_owned(),
    };
    let store = ca.then(|| "trustManager(new File(\"ca.pem\"))".to_owned());
    let own = matches!(beside, Beside::Own)
        .then(|| "keyManager(new File(\"client.pem\"), new File(\"client.key\"), null)".to_owned());
    match joined([store, own], ".") {
        options if options.is_empty() => uri,
        options => format!("{uri}, SslOptions.builder().{options}.build()"),
    }
}

fn redisson(ca: bool, beside: &Beside<'_>) -> String {
    let store = ca.then(|| "setSslTruststore(url(\"ca.p12\"))".to_owned());
    let more = match beside {
        Beside::NoName => text("setSslVerificationMode(SslVerificationMode.CA_ONLY)"),
        Beside::Own => text("setSslKeystore(url(\"client.p12\"))"),
        _ => None,
    };
    let address = match beside {
        Beside::Name(name) => format!("setAddress(\"rediss://{name}:\" + port)"),
        _ => "setAddress(\"rediss://\" + host)".to_owned(),
    };
    joined([Some(address), store, more], ".")
}

fn node(ca: bool, beside: &Beside<'_>) -> Vec<String> {
    let ca = ca.then(|| "ca: readFileSync(\"ca.pem\")".to_owned());
    let more = match beside {
        Beside::Nothing => None,
        Beside::NoName => text("checkServerIdentity: () => undefined"),
        // RFC 6066 knows no address as a server name.
        Beside::Name(name) if name.parse::<std::net::IpAddr>().is_ok() => {
            Some(format!("host: \"{name}\""))
        }
        Beside::Name(name) => Some(format!("servername: \"{name}\"")),
        Beside::Own => {
            text("cert: readFileSync(\"client.pem\"), key: readFileSync(\"client.key\")")
        }
    };
    ca.into_iter().chain(more).collect()
}

fn go_redis(ca: bool, beside: &Beside<'_>) -> String {
    let server = match beside {
        Beside::Name(name) => format!("ServerName: \"{name}\""),
        _ => "ServerName: host".to_owned(),
    };
    let roots = ca.then(|| "RootCAs: pool".to_owned());
    let more = match beside {
        Beside::Nothing | Beside::Name(_) => None,
        // The library has no switch for the name alone: crypto/tls, example of VerifyConnection.
        Beside::NoName => text(
            "InsecureSkipVerify: true, VerifyConnection: func(s tls.ConnectionState) error { \
             sent := x509.NewCertPool(); for _, c := range s.PeerCertificates[1:] { sent.AddCert(c) }; \
             _, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: pool, Intermediates: sent}); \
             return err }",
        ),
        Beside::Own => text("Certificates: []tls.Certificate{client}"),
    };
    let config = joined([Some(server), roots, more], ", ");
    format!("TLSConfig: &tls.Config{{{config}}}")
}

fn stack_exchange(ca: bool, beside: &Beside<'_>) -> String {
    let trust = ca.then(|| "options.TrustIssuer(\"ca.pem\")".to_owned());
    let ssl = text("options.Ssl = true");
    match beside {
        Beside::Nothing => joined([ssl, trust], "; "),
        Beside::Name(name) => joined(
            [ssl, trust, Some(format!("options.SslHost = \"{name}\""))],
            "; ",
        ),
        Beside::Own => joined(
            [
                ssl,
                trust,
                text("options.SetUserPemCertificate(\"client.pem\", \"client.key\")"),
            ],
            "; ",
        ),
        // TrustIssuer minds the name as well.
        Beside::NoName => {
            "options.SslClientAuthenticationOptions = host => new() { TargetHost = host, \
             CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, \
             CustomTrustStore = { ca }, RevocationMode = X509RevocationMode.NoCheck }, \
             RemoteCertificateValidationCallback = (_, _, _, errors) => \
             (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None }"
                .to_owned()
        }
    }
}

fn phpredis(ca: bool, beside: &Beside<'_>) -> String {
    let ca = ca.then(|| "'cafile' => 'ca.pem'".to_owned());
    let more = match beside {
        Beside::Nothing => None,
        Beside::NoName => text("'verify_peer_name' => false"),
        Beside::Name(name) => Some(format!("'peer_name' => '{name}'")),
        Beside::Own => text("'local_cert' => 'client.pem', 'local_pk' => 'client.key'"),
    };
    format!("'stream' => [{}]", joined([ca, more], ", "))
}

fn redis_rb(ca: bool, beside: &Beside<'_>) -> String {
    let ca = ca.then(|| "ca_file: \"ca.pem\"".to_owned());
    let more = match beside {
        Beside::NoName => text("verify_hostname: false"),
        Beside::Own => text(
            "cert: OpenSSL::X509::Certificate.new(File.read(\"client.pem\")), \
             key: OpenSSL::PKey.read(File.read(\"client.key\"))",
        ),
        _ => None,
    };
    let host = match beside {
        Beside::Name(name) => Some(format!("host: \"{name}\"")),
        _ => None,
    };
    let options = match joined([ca, more], ", ") {
        options if options.is_empty() => None,
        options => Some(format!("ssl_params: {{ {options} }}")),
    };
    joined([host, text("ssl: true"), options], ", ")
}

fn redis_rs(ca: bool, beside: &Beside<'_>) -> String {
    let own = match beside {
        Beside::Own => "Some(ClientTlsConfig { client_cert, client_key })",
        _ => "None",
    };
    let root = match ca {
        true => "Some(ca_pem)",
        false => "None",
    };
    let url = match beside {
        Beside::Name(name) => format!("format!(\"rediss://{name}:{{port}}\")"),
        _ => "url".to_owned(),
    };
    let build = format!(
        "Client::build_with_tls({url}, TlsCertificates {{ client_tls: {own}, root_cert: {root} }})"
    );
    match beside {
        // With the feature `tls-rustls-insecure`, which leaves the chain checked.
        Beside::NoName => format!("{build}, address.set_danger_accept_invalid_hostnames(true)"),
        _ => build,
    }
}
