//! The way to the cloud: certificates, real proxies, and what reads along.

use std::collections::BTreeMap;

use axum::{http::StatusCode, response::AppendHeaders};
use rediseal_tencent::{
    Class, Client, ConnectionFailure, Distrust, Endpoint, Error, Hop, LoginTrouble, Peer, Trouble,
    http::{Http, Options, Proxy, ProxyLogin, ProxyUrl, Variables},
    sts::CallerIdentity,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    inspecting::{Authority, Inspecting},
    middle::{free_port, tls_in_front_of},
    program::Program,
    proxies::{microsocks, tinyproxy},
    server::{Server, http_options, options, serve, success},
};

const HOST: &str = "sts.tencentcloudapi.com";

#[tokio::test]
async fn an_unknown_authority_is_named_and_the_extra_one_is_trusted() {
    let authority = Authority::new("Example Root", "Example Ltd.");
    let (cloud, url) = cloud(&authority).await;
    let other = Authority::new("Other Root", "");
    let trouble = trouble(&call(&url, Proxy::None, &other).await.unwrap_err());
    let ConnectionFailure::Untrusted { peer, reason } = &trouble.failure else {
        panic!("{trouble:?}")
    };
    assert_eq!(*reason, Distrust::Issuer);
    assert_eq!(peer.issuer.to_string(), "Example Root (Example Ltd.)");
    assert_eq!(
        (peer.host.as_str(), &trouble.hop),
        ("127.0.0.1", &Hop::Cloud)
    );
    assert!(trouble.before_send && peer.root.is_none());
    assert!(cloud.received().is_empty(), "nothing was sent");

    let (client, http) = client(&url, Proxy::None, Some(&authority));
    client.caller_identity().await.unwrap();
    let root = http.peers().remove(0).root.unwrap();
    assert_eq!(root.name.common_name, "Example Root");
    assert!(!root.public);
}

#[tokio::test]
async fn why_a_certificate_is_not_trusted_is_told_apart() {
    let authority = Authority::new("Example Root", "");
    let date = rcgen::date_time_ymd;
    for (name, from, until, expected) in [
        ("127.0.0.1", 2020, 2021, Distrust::Expired),
        ("127.0.0.1", 2095, 2096, Distrust::NotYetValid),
        ("127.0.0.2", 2020, 2096, Distrust::Name),
    ] {
        let config = authority.server_valid(name, |params| {
            params.not_before = date(from, 1, 1);
            params.not_after = date(until, 1, 1);
        });
        let cloud = answering().await;
        let url = tls_in_front_of(&cloud.url, config).await;
        let trouble = trouble(&call(&url, Proxy::None, &authority).await.unwrap_err());
        match &trouble.failure {
            ConnectionFailure::Untrusted { reason, .. } => assert_eq!(*reason, expected),
            other => panic!("{other:?}"),
        }
        assert!(cloud.received().is_empty());
    }
}

#[tokio::test]
async fn who_opens_the_connection_is_named_before_anything_is_sent() {
    let cloud = answering().await;
    let authority = Authority::new("Corp Inspection CA", "Corp");
    let trusted = authority.pem.clone();
    let middle = Inspecting::start(authority, &cloud.url).await;
    let accepting = |keys: &[String]| {
        let mut http = http_options();
        http.proxy = Proxy::Url(ProxyUrl::parse(&middle.url).unwrap().0);
        http.extra_ca = Some(trusted.clone().into_bytes());
        http.accepted = keys.iter().cloned().collect();
        mainland(&http)
    };
    let (client, http) = accepting(&[]);
    let error = client.caller_identity().await.unwrap_err();
    assert_eq!(error.class(), Class::Inspected, "{error}");
    assert!(error.provably_not_accepted() && !error.is_retryable());
    let peer = inspected(&error);
    let root = peer.root.unwrap();
    assert_eq!(peer.host, HOST);
    assert_eq!(root.name.to_string(), "Corp Inspection CA (Corp)");
    assert!(!root.public);
    assert!(cloud.received().is_empty(), "nothing was sent");
    assert_eq!(*middle.asked.lock().unwrap(), [HOST]);
    assert!(http.peers().is_empty(), "refused is not seen");

    let (client, http) = accepting(std::slice::from_ref(&root.key));
    client.caller_identity().await.unwrap();
    assert_eq!(cloud.received().len(), 1);
    assert_eq!(http.peers()[0].root.as_ref(), Some(&root));

    let (client, _) = accepting(&["another".to_owned()]);
    let error = client.caller_identity().await.unwrap_err();
    assert_eq!(
        inspected(&error).root.unwrap(),
        root,
        "another one asks again"
    );
}

#[tokio::test]
async fn a_real_http_proxy_is_used_and_its_password_asked_for() {
    let authority = Authority::new("Example Root", "");
    let (cloud, url) = cloud(&authority).await;
    let open = tinyproxy("");
    let identity = call(&url, at("http", &open, None), &authority).await;
    assert_eq!(identity.unwrap().arn.as_deref(), Some("over TLS"));

    let closed = tinyproxy("BasicAuth me secret");
    for (login, expected) in [
        (None, Some(LoginTrouble::Missing)),
        // Of a wrong login it says 401, as if the cloud had refused it.
        (Some(("me", "wrong")), Some(LoginTrouble::Refused)),
        (Some(("me", "secret")), None),
    ] {
        let before = cloud.received().len();
        let answer = call(&url, at("http", &closed, login), &authority).await;
        let Some(expected) = expected else {
            answer.unwrap();
            continue;
        };
        let error = answer.unwrap_err();
        let trouble = trouble(&error);
        assert_eq!(trouble.failure, ConnectionFailure::ProxyLogin(expected));
        assert_eq!(trouble.hop, Hop::Proxy(closed.address.to_string()));
        assert_eq!(error.class(), Class::ProxyLogin);
        assert!(!error.is_retryable());
        assert!(trouble.before_send);
        assert!(!format!("{error} {error:?}").contains("wrong"));
        assert_eq!(cloud.received().len(), before);
    }
}

#[tokio::test]
async fn a_real_socks_proxy_is_used_and_its_password_asked_for() {
    let authority = Authority::new("Example Root", "");
    let (_cloud, url) = cloud(&authority).await;
    let open = microsocks(&[]);
    for scheme in ["socks5", "socks5h"] {
        call(&url, at(scheme, &open, None), &authority)
            .await
            .unwrap();
    }
    let closed = microsocks(&["-u", "me", "-P", "secret"]);
    for (program, login, expected) in [
        (&closed, None, LoginTrouble::Missing),
        (&closed, Some(("me", "wrong")), LoginTrouble::Refused),
        (&open, Some(("me", "secret")), LoginTrouble::Unwanted),
    ] {
        let error = call(&url, at("socks5h", program, login), &authority).await;
        let trouble = trouble(&error.unwrap_err());
        assert_eq!(trouble.failure, ConnectionFailure::ProxyLogin(expected));
        assert_eq!(trouble.hop, Hop::Proxy(program.address.to_string()));
    }
    let login = Some(("me", "secret"));
    call(&url, at("socks5h", &closed, login), &authority)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_proxy_that_reads_the_request_is_told_from_the_cloud_by_its_login() {
    let cloud = answering().await;
    let authority = Authority::new("Example Root", "");
    let closed = tinyproxy("BasicAuth me secret");
    for (login, expected) in [
        (None, LoginTrouble::Missing),
        (Some(("me", "wrong")), LoginTrouble::Refused),
    ] {
        let error = call(&cloud.url, at("http", &closed, login), &authority).await;
        let trouble = trouble(&error.unwrap_err());
        assert_eq!(trouble.failure, ConnectionFailure::ProxyLogin(expected));
        assert_eq!(trouble.hop, Hop::Proxy(closed.address.to_string()));
    }
    assert!(cloud.received().is_empty());
    let login = Some(("me", "secret"));
    call(&cloud.url, at("http", &closed, login), &authority)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_login_of_another_kind_is_named_and_a_refused_password_is_sent_once() {
    let closed = serve(|_, _| {
        let challenges = ["negotiate", "NTLM"].map(|kind| ("proxy-authenticate", kind));
        (
            StatusCode::PROXY_AUTHENTICATION_REQUIRED,
            AppendHeaders(challenges),
        )
    })
    .await;
    let login = ProxyLogin {
        user: "me".to_owned(),
        password: "secret".into(),
    };
    let address = closed.url.trim_start_matches("http://");
    let proxy = Proxy::Url(proxy("http", address).with_login(Some(&login)));
    let (client, _) = client("https://cloud.invalid", proxy, None);
    let trouble = trouble(&client.caller_identity().await.unwrap_err());
    let kinds = LoginTrouble::Kind(vec!["Negotiate", "NTLM"]);
    assert_eq!(trouble.failure, ConnectionFailure::ProxyLogin(kinds));
    let asked = closed.received();
    let asked: Vec<_> = asked
        .iter()
        .map(|asked| {
            let with_login = !asked.header("proxy-authorization").is_empty();
            (asked.method.as_str(), asked.path.as_str(), with_login)
        })
        .collect();
    let tunnel = |with_login| ("CONNECT", "cloud.invalid:443", with_login);
    assert_eq!(asked, [tunnel(true), tunnel(false)]);
}

#[tokio::test]
async fn the_hop_that_failed_is_told() {
    let authority = Authority::new("Example Root", "");
    let (_cloud, url) = cloud(&authority).await;
    let nobody = format!("127.0.0.1:{}", free_port());
    let nowhere = format!("https://127.0.0.1:{}", free_port());
    let nowhere_by_name = "https://no-such-host.invalid".to_owned();
    let no_name = "no-such-host.invalid:3128";
    let http = tinyproxy("");
    let picky = tinyproxy("ConnectPort 1");
    let socks = microsocks(&[]);
    let proxy = |scheme: &str, address: &str| Proxy::Url(proxy(scheme, address));
    use ConnectionFailure::{Dns, NotSocks, ProxyDenied, Refused};
    let plain = nowhere.replace("https", "http");
    for (proxy, url, failure, hop) in [
        (Proxy::None, &nowhere, Refused, Hop::Cloud),
        (
            proxy("http", &nobody),
            &plain,
            Refused,
            Hop::Proxy(nobody.clone()),
        ),
        (
            proxy("http", &nobody),
            &url,
            Refused,
            Hop::Proxy(nobody.clone()),
        ),
        (
            proxy("socks5h", &nobody),
            &url,
            Refused,
            Hop::Proxy(nobody.clone()),
        ),
        // The name is the proxy's to look up, so it is the proxy that is missed.
        (
            proxy("socks5", &nobody),
            &nowhere_by_name,
            Refused,
            Hop::Proxy(nobody.clone()),
        ),
        (
            proxy("socks5", &http.address.to_string()),
            &url,
            NotSocks,
            Hop::Proxy(http.address.to_string()),
        ),
        (
            proxy("http", no_name),
            &url,
            Dns,
            Hop::Proxy(no_name.to_owned()),
        ),
        (
            proxy("http", &picky.address.to_string()),
            &url,
            ProxyDenied { status: Some(403) },
            Hop::Behind(picky.address.to_string()),
        ),
        (
            proxy("http", &http.address.to_string()),
            &nowhere,
            ProxyDenied { status: Some(500) },
            Hop::Behind(http.address.to_string()),
        ),
        (
            proxy("socks5h", &socks.address.to_string()),
            &nowhere,
            Refused,
            Hop::Behind(socks.address.to_string()),
        ),
    ] {
        let shown = format!("{proxy:?} {url}");
        let found = trouble(&call(url, proxy, &authority).await.unwrap_err());
        assert_eq!(
            (&found.failure, &found.hop),
            (&failure, &hop),
            "{shown} {found:?}"
        );
        assert!(found.before_send);
    }
    let error = call(&url, proxy("http", &nobody), &authority)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("at the proxy {nobody}")),
        "{error}"
    );
}

#[tokio::test]
async fn a_proxy_spoken_to_with_tls_shows_its_own_certificate() {
    let authority = Authority::new("Example Root", "");
    let cloud = answering().await;
    let inspecting = Inspecting::start(Authority::new("Corp Inspection CA", ""), &cloud.url).await;
    let address = inspecting.url.trim_start_matches("http://");
    let outer = tls_in_front_of(address, authority.server("127.0.0.1")).await;
    let mut http = http_options();
    http.extra_ca = Some(authority.pem.into_bytes());
    http.proxy = Proxy::Url(ProxyUrl::parse(&outer).unwrap().0);
    let (client, http) = mainland(&http);
    // The proxy's own certificate is nobody's business; the one behind it is not trusted.
    let trouble = trouble(&client.caller_identity().await.unwrap_err());
    match &trouble.failure {
        ConnectionFailure::Untrusted { peer, .. } => assert_eq!(peer.host, HOST),
        other => panic!("{other:?}"),
    }
    assert_eq!(http.peers()[0].host, "127.0.0.1");
    assert!(cloud.received().is_empty());
}

#[tokio::test]
async fn the_environment_names_the_proxy_and_what_goes_without() {
    let cloud = answering().await;
    let middle = Inspecting::start(Authority::new("Corp Inspection CA", ""), &cloud.url).await;
    let through = |variables: &[(&str, &str)]| {
        let variables: BTreeMap<_, _> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let proxy = Proxy::System(Variables::from_environment(&variables));
        client("https://cloud.invalid", proxy, None).0
    };
    let proxy = ("HTTPS_PROXY", middle.url.as_str());
    let error = through(&[proxy]).caller_identity().await.unwrap_err();
    assert_eq!(*middle.asked.lock().unwrap(), ["cloud.invalid"]);
    let address = middle.url.trim_start_matches("http://").to_owned();
    assert_eq!(trouble(&error).hop, Hop::Behind(address));

    let around = [proxy, ("NO_PROXY", "example.com,.invalid")];
    let error = through(&around).caller_identity().await.unwrap_err();
    assert_eq!(trouble(&error).hop, Hop::Cloud);
    assert_eq!(
        middle.asked.lock().unwrap().len(),
        1,
        "the proxy was not asked"
    );
}

/// An API that says who called.
async fn answering() -> Server {
    serve(|_, _| success(json!({"Arn": "over TLS"}))).await
}

/// The same with TLS.
async fn cloud(authority: &Authority) -> (Server, String) {
    let cloud = answering().await;
    let url = tls_in_front_of(&cloud.url, authority.server("127.0.0.1")).await;
    (cloud, url)
}

fn proxy(scheme: &str, address: &str) -> ProxyUrl {
    ProxyUrl::parse(&format!("{scheme}://{address}")).unwrap().0
}

fn at(scheme: &str, program: &Program, login: Option<(&str, &str)>) -> Proxy {
    let login = login.map(|(user, password)| ProxyLogin {
        user: user.to_owned(),
        password: password.into(),
    });
    Proxy::Url(proxy(scheme, &program.address.to_string()).with_login(login.as_ref()))
}

fn client(url: &str, proxy: Proxy, extra_ca: Option<&Authority>) -> (Client, Http) {
    let mut options = options(url);
    let http = Options {
        proxy,
        extra_ca: extra_ca.map(|authority| authority.pem.clone().into_bytes()),
        ..http_options()
    };
    options.http = Http::new(&options.endpoint, &http).unwrap();
    let http = options.http.clone();
    (Client::new(options), http)
}

async fn call(url: &str, proxy: Proxy, ca: &Authority) -> Result<CallerIdentity, Error> {
    client(url, proxy, Some(ca)).0.caller_identity().await
}

fn mainland(http: &Options) -> (Client, Http) {
    let mut options = options("http://127.0.0.1:1");
    options.endpoint = Endpoint::Mainland;
    // An unreachable name must not be asked for again and again.
    options.patience.attempts = 1;
    options.http = Http::new(&options.endpoint, http).unwrap();
    let http = options.http.clone();
    (Client::new(options), http)
}

fn trouble(error: &Error) -> Trouble {
    match error {
        Error::Connection { trouble, .. } => (**trouble).clone(),
        other => panic!("{other:?}"),
    }
}

fn inspected(error: &Error) -> Peer {
    match trouble(error).failure {
        ConnectionFailure::Inspected(peer) => *peer,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_listener_that_says_nothing_is_told_from_a_proxy_that_does_not_answer() {
    // The backlog takes the connection; nobody answers CONNECT.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let mut options = options("https://127.0.0.1:1");
    options.patience.request = std::time::Duration::from_millis(200);
    options.patience.attempts = 1;
    let http = Options {
        proxy: Proxy::Url(proxy("http", &address)),
        ..http_options()
    };
    options.http = Http::new(&options.endpoint, &http).unwrap();
    let error = Client::new(options).caller_identity().await.unwrap_err();
    match error {
        Error::Timeout { proxy, .. } => assert_eq!(proxy, Some(address)),
        other => panic!("{other:?}"),
    }
}
