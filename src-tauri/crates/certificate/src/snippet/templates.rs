//! The files in `snippets/`, read at compile time: what is missing in them does not compile.

use askama::Template;

use super::{Comments, Library};

/// What is filled in.
pub(super) struct Values<'a> {
    pub(super) host: &'a str,
    /// With brackets around an IPv6 address.
    pub(super) bracketed_host: &'a str,
    /// Host and port.
    pub(super) address: &'a str,
    pub(super) host_is_address: bool,
    pub(super) port: u16,
    pub(super) ca: &'a str,
    pub(super) account: Option<&'a str>,
    pub(super) user: Option<&'a str>,
    pub(super) variable: &'a str,
    pub(super) truststore_variable: &'a str,
    pub(super) chain_only: bool,
    pub(super) say: &'a Comments,
}

macro_rules! templates {
    ($($library:ident: $path:tt),+ $(,)?) => {
        $(
            #[derive(Template)]
            #[template(path = $path)]
            struct $library<'a> {
                v: &'a Values<'a>,
            }
        )+

        pub(super) fn render(library: Library, values: &Values<'_>) -> String {
            let rendered = match library {
                $(Library::$library => $library { v: values }.render(),)+
            };
            // A String takes everything that is written to it.
            rendered.unwrap_or_default()
        }
    };
}

templates! {
    RedisCli: "redis-cli.sh",
    RedisPy: "redis-py.py",
    Jedis: "jedis.java",
    Lettuce: "lettuce.java",
    Redisson: "redisson.java",
    SpringBoot: "spring-boot.properties",
    Ioredis: "ioredis.mjs",
    NodeRedis: "node-redis.mjs",
    GoRedis: "go-redis.go",
    RedisRs: "redis-rs.rs",
    Phpredis: "phpredis.php",
    Stackexchange: "stackexchange.cs",
    RedisRb: "redis-rb.rb",
    Hiredis: "hiredis.c",
}
