//! Snippets name the versions that are run, and no others.

use rediseal_certificate::snippet::{Evidence, Library};

use super::source;
use crate::clients::programs::{NODE_PACKAGES, REQUIREMENTS_7};

/// The version that is installed here.
fn installed(library: Library) -> Option<String> {
    let node = |name: &str| {
        let packages: serde_json::Value = serde_json::from_str(NODE_PACKAGES).unwrap();
        packages["dependencies"][name].as_str().unwrap().to_owned()
    };
    let asked = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(program).args(arguments).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    Some(match library {
        Library::RedisCli => {
            let said = asked("redis-cli", &["--version"]);
            said.trim_start_matches("redis-cli ").to_owned()
        }
        Library::RedisPy => {
            let mut lines = REQUIREMENTS_7.lines();
            let line = lines.find_map(|line| line.strip_prefix("redis=="));
            line.unwrap().to_owned()
        }
        Library::Ioredis => node("ioredis"),
        Library::NodeRedis => node("redis"),
        Library::RedisRs => {
            let lock = include_str!("../../../Cargo.lock");
            let (_, crates) = lock.split_once("name = \"redis\"\nversion = \"").unwrap();
            crates.split_once('"').unwrap().0.to_owned()
        }
        Library::Phpredis => asked("php", &["-r", "echo phpversion('redis');"]),
        Library::RedisRb => asked("ruby", &["-r", "redis", "-e", "print Redis::VERSION"]),
        Library::Hiredis => {
            let header = source::hiredis().join("hiredis/hiredis.h");
            let header = std::fs::read_to_string(header).unwrap();
            let part = |name: &str| {
                let (_, after) = header
                    .split_once(&format!("#define HIREDIS_{name} "))
                    .unwrap();
                after.lines().next().unwrap().trim().to_owned()
            };
            [part("MAJOR"), part("MINOR"), part("PATCH")].join(".")
        }
        _ => return None,
    })
}

#[test]
fn the_versions_that_are_run_are_those_that_are_named() {
    for library in Library::ALL {
        match library.evidence() {
            Evidence::Run { version } => {
                assert_eq!(installed(*library).as_deref(), Some(version), "{library:?}");
            }
            Evidence::TlsRun { .. } | Evidence::Read { .. } => {
                assert_eq!(installed(*library), None, "{library:?}");
            }
        }
    }
}
