//! The closed table of client families.

use super::stack::Stack;

/// A library, for how it is written in its own language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    RedisCli,
    RedisPy,
    Jedis,
    JedisBefore,
    Lettuce,
    Redisson,
    Ioredis,
    NodeRedis,
    GoRedis,
    StackExchange,
    Phpredis,
    RedisRb,
    RedisRs,
}

/// Versions of a library that behave alike.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) versions: &'static str,
    pub(crate) library: Library,
    pub(crate) stack: Stack,
    /// By default.
    pub(crate) checks_name: bool,
    /// The version that the lab's tests run.
    pub(crate) run_with: Option<&'static str>,
}

/// In the order in which they are shown.
pub(crate) const FAMILIES: &[Family] = &[
    // cli_common.c `cliSecureConnection` sets SSL_VERIFY_PEER and no name; `--sni` is SNI alone.
    Family {
        id: "redis-cli",
        name: "redis-cli",
        versions: "6 – 8",
        library: Library::RedisCli,
        stack: Stack::OpenSsl,
        checks_name: false,
        run_with: Some("7.0.15"),
    },
    // redis/connection.py `SSLConnection`: ssl_check_hostname=False up to 5.x.
    Family {
        id: "redis-py-5",
        name: "redis-py",
        versions: "≤ 5",
        library: Library::RedisPy,
        stack: Stack::Python,
        checks_name: false,
        run_with: Some("5.3.1"),
    },
    // redis/connection.py `SSLConnection`: ssl_check_hostname=True since 6.0.
    Family {
        id: "redis-py-7",
        name: "redis-py",
        versions: "≥ 6",
        library: Library::RedisPy,
        stack: Stack::Python,
        checks_name: true,
        run_with: Some("7.4.1"),
    },
    // redis/jedis#4495: no endpoint identification with ssl(true) before 7.4.2.
    Family {
        id: "jedis-7.4.1",
        name: "Jedis",
        versions: "≤ 7.4.1",
        library: Library::JedisBefore,
        stack: Stack::Jsse,
        checks_name: false,
        run_with: None,
    },
    Family {
        id: "jedis-7.4.2",
        name: "Jedis",
        versions: "≥ 7.4.2",
        library: Library::Jedis,
        stack: Stack::Jsse,
        checks_name: true,
        run_with: None,
    },
    // lettuce SslConnectionBuilder: SslVerifyMode.FULL by default; CA since 6.1.
    Family {
        id: "lettuce-6",
        name: "Lettuce",
        versions: "≥ 6.1",
        library: Library::Lettuce,
        stack: Stack::Jsse,
        checks_name: true,
        run_with: None,
    },
    // RedisChannelInitializer: sslVerificationMode is STRICT by default; CA_ONLY clears the
    // endpoint identification and keeps the chain.
    Family {
        id: "redisson-3",
        name: "Redisson",
        versions: "≥ 3.30",
        library: Library::Redisson,
        stack: Stack::Jsse,
        checks_name: true,
        run_with: None,
    },
    // ioredis hands its `tls` to tls.connect.
    Family {
        id: "ioredis-5",
        name: "ioredis",
        versions: "≥ 5",
        library: Library::Ioredis,
        stack: Stack::Node,
        checks_name: true,
        run_with: Some("6.0.0"),
    },
    // node-redis hands its `socket` to tls.connect.
    Family {
        id: "node-redis-4",
        name: "node-redis",
        versions: "≥ 4",
        library: Library::NodeRedis,
        stack: Stack::Node,
        checks_name: true,
        run_with: Some("6.3.1"),
    },
    // go-redis options.go: tls.Client with TLSConfig in 5, which has to name the server;
    // tls.DialWithDialer since 6, which takes the address' host where it does not.
    Family {
        id: "go-redis-5",
        name: "go-redis",
        versions: "≥ 5",
        library: Library::GoRedis,
        stack: Stack::Go,
        checks_name: true,
        run_with: Some("5.2.9"),
    },
    // ConfigurationOptions.TrustIssuer: any policy error but that of the chain refuses. Before
    // 2.7.33 it took a chain that does not lead to the issuer (StackExchange.Redis#2665).
    Family {
        id: "stackexchange-2",
        name: "StackExchange.Redis",
        versions: "≥ 2.7.33",
        library: Library::StackExchange,
        stack: Stack::DotNet,
        checks_name: true,
        run_with: None,
    },
    // php.net, SSL context options: verify_peer and verify_peer_name are true by default.
    Family {
        id: "phpredis-5",
        name: "phpredis",
        versions: "≥ 5.3",
        library: Library::Phpredis,
        stack: Stack::Php,
        checks_name: true,
        run_with: Some("5.3.7"),
    },
    // redis/connection/ruby.rb (in 5: redis-client): SSLContext#set_params and
    // post_connection_check.
    Family {
        id: "redis-rb-4",
        name: "redis-rb",
        versions: "≥ 4",
        library: Library::RedisRb,
        stack: Stack::Ruby,
        checks_name: true,
        run_with: Some("4.8.0"),
    },
    // redis-rs with the feature tls-rustls: rustls' WebPkiServerVerifier.
    Family {
        id: "redis-rs-1",
        name: "redis-rs",
        versions: "1",
        library: Library::RedisRs,
        stack: Stack::Rustls,
        checks_name: true,
        run_with: Some("1.8.1"),
    },
];
