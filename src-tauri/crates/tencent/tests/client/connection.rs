use std::{future::pending, sync::Arc, time::Duration};

use crate::server::{Server, http_options, options, serve, serve_raw, write};
use rediseal_tencent::{
    Class, Client, ConnectionFailure, Error, Phase, http, redis::SwitchSslRequest,
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

#[tokio::test]
async fn nothing_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = Client::new(options(&url))
        .caller_identity()
        .await
        .unwrap_err();
    assert_eq!(failure(&error), ConnectionFailure::Refused);
    assert_eq!(error.class(), Class::Network);
    assert!(error.provably_not_accepted() && error.is_retryable());
}

#[tokio::test]
async fn the_connection_is_cut_before_the_answer() {
    let server = serve_raw(|stream| async { drop(stream) }).await;
    let error = open(&server).await;
    assert_eq!(failure(&error), ConnectionFailure::Cut);
    assert!(!error.provably_not_accepted() && error.is_retryable());
    assert_eq!(server.received().len(), 1, "a write is sent once");
}

#[tokio::test]
async fn the_connection_is_cut_in_the_middle_of_the_answer() {
    for half in [
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Response\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Res\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\u{1f}",
    ] {
        let server = serve_raw(move |stream| write(stream, half)).await;
        let error = open(&server).await;
        assert_eq!(failure(&error), ConnectionFailure::Cut, "{half}");
        assert!(!error.provably_not_accepted(), "{half}");
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn a_read_survives_a_cut() {
    let first = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let server = serve_raw(move |stream| {
        let cut = first.swap(false, std::sync::atomic::Ordering::Relaxed);
        async move {
            let whole = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"Response\":{}}";
            write(stream, if cut { &whole[..30] } else { whole }).await;
        }
    })
    .await;
    server.client().caller_identity().await.unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn silence_is_a_timeout_that_says_what_was_waited_for() {
    async fn silent(mut stream: TcpStream, head: &str) {
        stream.write_all(head.as_bytes()).await.unwrap();
        pending::<()>().await;
    }
    for (head, expected) in [
        ("", Phase::Answer),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Phase::Body),
    ] {
        let server = serve_raw(move |stream| silent(stream, head)).await;
        let mut options = options(&server.url);
        options.patience.request = Duration::from_millis(200);
        let error = Client::new(options)
            .open_ssl("ap-x", &switch())
            .await
            .unwrap_err();
        assert_eq!(error.class(), Class::Timeout);
        assert!(!error.provably_not_accepted());
        let Error::Timeout { phase, after, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(phase, expected);
        assert!((200..2_000).contains(&after.as_millis()), "{after:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_the_gzip_it_says_is_not_the_protocol() {
    let server = serve(|_, _| ([("content-encoding", "gzip")], "not gzip at all")).await;
    let error = server.client().caller_identity().await.unwrap_err();
    assert_eq!(error.class(), Class::Protocol, "{error:?}");
}

#[test]
fn an_extra_authority_that_is_none_is_refused() {
    let endpoint = rediseal_tencent::Endpoint::Mainland;
    for pem in [
        "",
        "hello",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ] {
        let options = http::Options {
            extra_ca: Some(pem.as_bytes().to_vec()),
            ..http_options()
        };
        let error = http::Http::new(&endpoint, &options).err().unwrap();
        assert!(
            matches!(error, http::ClientError::ExtraCa),
            "{pem}: {error}"
        );
    }
}

async fn open(server: &Server) -> Error {
    server
        .client()
        .open_ssl("ap-x", &switch())
        .await
        .unwrap_err()
}

fn switch() -> SwitchSslRequest {
    SwitchSslRequest {
        instance_id: "crs-1".to_owned(),
        address_type: None,
    }
}

fn failure(error: &Error) -> ConnectionFailure {
    match error {
        Error::Connection { trouble, .. } => trouble.failure.clone(),
        other => panic!("{other:?}"),
    }
}
