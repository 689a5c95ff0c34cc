//! The closed list of libraries.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Format;

/// A client library, or a program, that a snippet is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(rename = "SnippetLibrary")]
#[expect(missing_docs, reason = "what they call themselves")]
pub enum Library {
    RedisCli,
    RedisPy,
    Jedis,
    Lettuce,
    Redisson,
    SpringBoot,
    Ioredis,
    NodeRedis,
    GoRedis,
    RedisRs,
    Phpredis,
    Stackexchange,
    RedisRb,
    Hiredis,
}

/// What a snippet rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The tests run it with this version of the library, against servers that it has to accept
    /// and servers that it has to refuse.
    Run {
        #[expect(missing_docs, reason = "the library's")]
        version: &'static str,
    },
    /// The library is not to be had where the tests run: the tests compile it and run its TLS
    /// with this instead, and what it calls was looked up in the source of this version.
    TlsRun {
        #[expect(missing_docs, reason = "the library's")]
        version: &'static str,
        /// What its TLS was run with.
        with: &'static str,
    },
    /// It was not run: what it calls was looked up in the source of this version.
    Read {
        #[expect(missing_docs, reason = "the library's")]
        version: &'static str,
    },
}

impl Library {
    /// All there are, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::RedisCli,
        Self::RedisPy,
        Self::Jedis,
        Self::Lettuce,
        Self::Redisson,
        Self::SpringBoot,
        Self::Ioredis,
        Self::NodeRedis,
        Self::GoRedis,
        Self::RedisRs,
        Self::Phpredis,
        Self::Stackexchange,
        Self::RedisRb,
        Self::Hiredis,
    ];

    /// Stable, and the same in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::RedisCli => "redis-cli",
            Self::RedisPy => "redis-py",
            Self::Jedis => "jedis",
            Self::Lettuce => "lettuce",
            Self::Redisson => "redisson",
            Self::SpringBoot => "spring-boot",
            Self::Ioredis => "ioredis",
            Self::NodeRedis => "node-redis",
            Self::GoRedis => "go-redis",
            Self::RedisRs => "redis-rs",
            Self::Phpredis => "phpredis",
            Self::Stackexchange => "stackexchange",
            Self::RedisRb => "redis-rb",
            Self::Hiredis => "hiredis",
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jedis => "Jedis",
            Self::Lettuce => "Lettuce",
            Self::Redisson => "Redisson",
            Self::SpringBoot => "Spring Boot",
            Self::Stackexchange => "StackExchange.Redis",
            other => other.id(),
        }
    }

    /// The language of the program.
    #[must_use]
    pub const fn language(self) -> &'static str {
        match self {
            Self::RedisCli => "Shell",
            Self::RedisPy => "Python",
            Self::Jedis | Self::Lettuce | Self::Redisson | Self::SpringBoot => "Java",
            Self::Ioredis | Self::NodeRedis => "Node.js",
            Self::GoRedis => "Go",
            Self::RedisRs => "Rust",
            Self::Phpredis => "PHP",
            Self::Stackexchange => "C#",
            Self::RedisRb => "Ruby",
            Self::Hiredis => "C",
        }
    }

    /// How a file with the program is called.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::RedisCli => "redis_tls.sh",
            Self::RedisPy => "redis_tls.py",
            // A public class has a file of its name.
            Self::Jedis | Self::Lettuce | Self::Redisson => "RedisTls.java",
            Self::SpringBoot => "application.properties",
            Self::Ioredis | Self::NodeRedis => "redis_tls.mjs",
            Self::GoRedis => "redis_tls.go",
            Self::RedisRs => "redis_tls.rs",
            Self::Phpredis => "redis_tls.php",
            Self::Stackexchange => "RedisTls.cs",
            Self::RedisRb => "redis_tls.rb",
            Self::Hiredis => "redis_tls.c",
        }
    }

    /// What it takes the trusted certificates as.
    #[must_use]
    pub const fn trust(self) -> Format {
        match self {
            Self::Jedis | Self::Redisson => Format::P12,
            _ => Format::Pem,
        }
    }

    /// Whether it can compare the certificate's names with the host at all.
    #[must_use]
    pub const fn can_check_name(self) -> bool {
        // cli_common.c `cliSecureConnection` sets no name to verify.
        !matches!(self, Self::RedisCli)
    }

    /// What its snippet rests on.
    #[must_use]
    pub const fn evidence(self) -> Evidence {
        match self {
            Self::RedisCli => Evidence::Run { version: "7.0.15" },
            Self::RedisPy => Evidence::Run { version: "7.4.1" },
            Self::Ioredis => Evidence::Run { version: "6.0.0" },
            Self::NodeRedis => Evidence::Run { version: "6.3.1" },
            Self::RedisRs => Evidence::Run { version: "1.8.1" },
            Self::Phpredis => Evidence::Run { version: "5.3.7" },
            Self::RedisRb => Evidence::Run { version: "4.8.0" },
            Self::Hiredis => Evidence::Run { version: "1.5.0" },
            Self::GoRedis => Evidence::TlsRun {
                version: "9.22.0",
                with: "go-redis 5.2.9",
            },
            Self::Jedis => Evidence::Read { version: "7.5.3" },
            Self::Lettuce => Evidence::Read { version: "7.7.0" },
            Self::Redisson => Evidence::Read { version: "4.7.0" },
            Self::SpringBoot => Evidence::Read { version: "3.5" },
            Self::Stackexchange => Evidence::Read { version: "3.1" },
        }
    }
}
