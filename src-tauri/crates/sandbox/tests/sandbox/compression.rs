//! Answers are compressed for who accepts it, and the client of this application reads them.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rediseal_sandbox::{Options, Ready};
use rediseal_tencent::{
    Client, Credentials, Endpoint, Language, Limiter, Patience,
    http::{self, Http},
};
use rustls::RootCertStore;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::client::{GUANGZHOU, builder, with};

const FLEET: usize = 300;
const MARK: &[u8] = b"content-encoding: gzip";

async fn fleet() -> (rediseal_sandbox::Sandbox, crate::client::Client) {
    with(Options {
        fleet: Some(FLEET),
        ..Options::default()
    })
    .await
}

/// Passes on and keeps what the server said.
async fn relay(target: String) -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let said = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&said);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&target).await.unwrap();
            let (mut asks, mut hears) = client.into_split();
            let (mut answers, mut takes) = server.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut asks, &mut takes).await });
            let record = Arc::clone(&record);
            tokio::spawn(async move {
                let mut piece = [0; 4096];
                while let Ok(size @ 1..) = answers.read(&mut piece).await {
                    record.lock().unwrap().extend_from_slice(&piece[..size]);
                    hears.write_all(&piece[..size]).await.unwrap();
                }
            });
        }
    });
    (url, said)
}

fn real_client(url: &str, ready: &Ready) -> Client {
    let endpoint = Endpoint::custom(url).unwrap();
    let options = http::Options {
        proxy: http::Proxy::None,
        extra_ca: None,
        accepted: Default::default(),
        user_agent: "test".to_owned(),
    };
    Client::new(rediseal_tencent::Options {
        http: Http::new(&endpoint, &options).unwrap(),
        endpoint,
        credentials: Credentials {
            secret_id: ready.secret_id.clone(),
            secret_key: ready.secret_key.clone().into(),
            token: None,
        },
        clock: Arc::new(Timestamp::now),
        language: Language::English,
        patience: Patience::default(),
        limiter: Limiter::default(),
    })
}

#[tokio::test]
async fn a_list_arrives_compressed_and_is_read_whole() {
    let (_sandbox, client) = fleet().await;
    let target = client.endpoint.trim_start_matches("http://").to_owned();
    let (url, said) = relay(target).await;
    let listed = real_client(&url, &client.ready)
        .all_instances(GUANGZHOU)
        .await
        .unwrap()
        .instances;
    let total = client.call("DescribeInstances", GUANGZHOU, json!({})).await["TotalCount"].clone();
    assert_eq!(json!(listed.len()), total);
    let said = said.lock().unwrap();
    assert!(said.windows(MARK.len()).any(|part| part == MARK));
    let id = listed[0].instance_id.as_deref().unwrap().as_bytes();
    let readable = said.windows(id.len()).any(|part| part == id);
    assert!(!readable, "the list is compressed");
}

#[tokio::test]
async fn who_does_not_accept_it_and_what_is_small_gets_it_plain() {
    let (_sandbox, client) = fleet().await;
    let target = client.endpoint.trim_start_matches("http://").to_owned();
    let (url, said) = relay(target).await;
    let plain = crate::client::Client {
        http: builder(RootCertStore::empty()).no_gzip().build().unwrap(),
        endpoint: url.clone(),
        ready: client.ready.clone(),
    };
    let list = plain.call("DescribeInstances", GUANGZHOU, json!({})).await;
    assert!(!list["InstanceSet"].as_array().unwrap().is_empty());
    let small = real_client(&url, &client.ready);
    small.caller_identity().await.unwrap();
    let said = said.lock().unwrap();
    assert!(!said.windows(MARK.len()).any(|part| part == MARK));
}
