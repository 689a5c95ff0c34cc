//! Servers: one that speaks HTTP and answers what a test says, and one that speaks bytes.

use std::{
    collections::BTreeSet,
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::Request,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use rediseal_tencent::{Client, Credentials, Endpoint, Language, Limiter, Options, Patience, http};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// The clients' clock.
pub(crate) const NOW: i64 = 1_795_492_800;
pub(crate) const SECRET_ID: &str = "AKIDexample";
pub(crate) const SECRET_KEY: &str = "the-secret-key";

/// A request as it came.
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A running server; it stops when dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Arc<Received>>>>,
    task: AbortHandle,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Server {
    pub(crate) fn received(&self) -> Vec<Arc<Received>> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(options(&self.url))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Options with short patience, so that failing takes no time.
pub(crate) fn options(url: &str) -> Options {
    let endpoint = Endpoint::custom(url).unwrap();
    let http = http::Http::new(&endpoint, &http_options()).unwrap();
    Options {
        endpoint,
        credentials: Credentials {
            secret_id: SECRET_ID.to_owned(),
            secret_key: SECRET_KEY.into(),
            token: None,
        },
        http,
        clock: Arc::new(|| Timestamp::from_second(NOW).unwrap()),
        language: Language::English,
        patience: Patience {
            request: Duration::from_secs(20),
            attempts: 3,
            pause: Duration::from_millis(1),
            total: Duration::from_secs(2),
        },
        limiter: Limiter::default(),
    }
}

pub(crate) fn http_options() -> http::Options {
    http::Options {
        proxy: http::Proxy::None,
        extra_ca: None,
        accepted: BTreeSet::new(),
        user_agent: "RediSeal/test".to_owned(),
    }
}

/// Serves HTTP. `answer` is given the request and how many came before it.
pub(crate) async fn serve<R: IntoResponse>(
    answer: impl Fn(usize, &Received) -> R + Clone + Send + Sync + 'static,
) -> Server {
    let received = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&received);
    let app = Router::new().fallback(move |request: Request| {
        let record = Arc::clone(&record);
        let answer = answer.clone();
        async move {
            let (parts, body) = request.into_parts();
            let request = Arc::new(Received {
                method: parts.method.to_string(),
                path: parts.uri.to_string(),
                headers: parts.headers,
                body: to_bytes(body, usize::MAX).await.unwrap(),
            });
            let before = {
                let mut all = record.lock().unwrap();
                all.push(Arc::clone(&request));
                all.len() - 1
            };
            answer(before, &request).into_response()
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Server {
        url,
        received,
        task: task.abort_handle(),
    }
}

/// Serves bytes: reads the request of each connection, if it is to, and hands the connection on.
pub(crate) async fn serve_raw<F: Future<Output = ()> + Send>(
    script: impl Fn(TcpStream) -> F + Clone + Send + Sync + 'static,
) -> Server {
    let received = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&received);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read_request(&mut stream).await;
            record.lock().unwrap().push(Arc::new(request));
            script(stream).await;
        }
    });
    Server {
        url,
        received,
        task: task.abort_handle(),
    }
}

/// A script that writes `bytes` and hangs up.
pub(crate) async fn write(mut stream: TcpStream, bytes: &str) {
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}

pub(crate) fn success(fields: Value) -> Response {
    let mut fields = fields;
    fields["RequestId"] = json!("req-1");
    json!({"Response": fields}).to_string().into_response()
}

pub(crate) fn refusal(code: &str) -> Response {
    json!({"Response": {
        "Error": {"Code": code, "Message": "said by the cloud"},
        "RequestId": "req-1",
    }})
    .to_string()
    .into_response()
}

async fn read_request(stream: &mut TcpStream) -> Received {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            break bytes.len();
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    while bytes.len() < head + length && stream.read_buf(&mut bytes).await.unwrap_or(0) > 0 {}
    Received {
        method: text.split(' ').next().unwrap_or_default().to_owned(),
        path: String::new(),
        headers: HeaderMap::new(),
        body: bytes.split_off(head.min(bytes.len())).into(),
    }
}
