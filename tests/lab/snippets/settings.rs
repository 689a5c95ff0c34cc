//! What a report offers as the setting that leaves out the name is what the snippet has.

use rediseal_certificate::snippet::{
    Comments, Connection, Library, Login, NameCheck, PASSWORD_VARIABLE, snippet,
};
use rediseal_probe::{Cause, Outcome};

use crate::case;
use crate::pki::Authority;
use crate::servers::tls;

fn library(family: &str) -> Option<Library> {
    Some(match family {
        "redis-py-7" => Library::RedisPy,
        "jedis-7.4.2" => Library::Jedis,
        "lettuce-6" => Library::Lettuce,
        "redisson-3" => Library::Redisson,
        "ioredis-5" => Library::Ioredis,
        "node-redis-4" => Library::NodeRedis,
        "go-redis-5" => Library::GoRedis,
        "stackexchange-2" => Library::Stackexchange,
        "phpredis-5" => Library::Phpredis,
        "redis-rb-4" => Library::RedisRb,
        "redis-rs-1" => Library::RedisRs,
        _ => return None,
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
}

#[tokio::test]
async fn the_setting_of_a_report_is_in_the_snippet_and_only_where_the_name_is_left_out() {
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue_with(|leaf| leaf.subject_alt_names.clear())).await;
    let report = case::report(case::request(server.address, &ca)).await;
    assert_eq!(report.cause, Some(Cause::CertificateNameNotCheckable));
    let written = |library, name| {
        let connection = Connection {
            host: "127.0.0.1",
            port: server.address.port(),
            ca: "ca.pem",
            login: Login::Default,
            password_variable: PASSWORD_VARIABLE,
            name,
        };
        snippet(library, &connection, Comments::english())
            .unwrap()
            .code
    };
    let mut compared = 0;
    for verdict in &report.clients {
        let Some(library) = library(&verdict.id) else {
            continue;
        };
        assert_eq!(verdict.outcome, Outcome::Refuses, "{}", verdict.id);
        let setting = verdict.setting.as_deref().unwrap();
        let usual: Vec<&str> = words(&verdict.configured).collect();
        let (only_chain, full) = (
            written(library, NameCheck::ChainOnly),
            written(library, NameCheck::Full),
        );
        let full: Vec<&str> = words(&full).collect();
        let mut differs = false;
        for word in words(setting).filter(|word| !usual.contains(word)) {
            let is_there = words(&only_chain).any(|other| other == word);
            assert!(is_there, "{}: {word} is not in\n{only_chain}", verdict.id);
            differs |= !full.contains(&word);
        }
        assert!(differs, "{}: {setting}", verdict.id);
        compared += 1;
    }
    assert_eq!(compared, 11);
}
