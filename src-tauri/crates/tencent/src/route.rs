//! The way out of the user's network: which proxy a request takes, if any.

use std::{collections::BTreeMap, fmt, sync::Arc};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::endpoint::is_loopback;

/// Schemes of proxies that can be used. `socks5` and `socks5h` are one: the proxy resolves names,
/// which a network that needs a proxy often does not do itself.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// How the API is reached.
#[derive(Clone, Debug)]
pub enum Proxy {
    /// As the environment and, where it is silent, the system's settings say (macOS and Windows
    /// have some). Never for this computer itself.
    System(Variables),
    /// Direct.
    None,
    /// Always this one, for this computer itself too.
    Url(ProxyUrl),
}

/// What the environment says of proxies, as curl reads it: `HTTPS_PROXY` before `ALL_PROXY`,
/// capitals before small letters.
#[derive(Clone, Default)]
pub struct Variables {
    proxy: Option<(&'static str, String)>,
    bypass: String,
}

impl Variables {
    /// The names that count.
    pub const NAMES: [&'static str; 6] = [
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
    ];

    /// Picks what counts from an environment.
    #[must_use]
    pub fn from_environment(variables: &BTreeMap<String, String>) -> Self {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = variables.get(*name)?.trim();
                (!value.is_empty()).then(|| (*name, value.to_owned()))
            })
        };
        let [https, small_https, all, small_all, no, small_no] = Self::NAMES;
        Self {
            proxy: first(&[https, small_https, all, small_all]),
            bypass: first(&[no, small_no]).map_or_else(String::new, |(_, list)| list),
        }
    }
}

// A proxy's address may have a password in it.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variables")
            .field("proxy", &self.proxy.as_ref().map(|(name, _)| name))
            .field("bypass", &self.bypass)
            .finish()
    }
}

/// A proxy's address and, apart from it, how to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyUrl {
    url: Url,
}

/// Why an address is no proxy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// Not `scheme://host[:port]`.
    #[error("it is not an address such as http://proxy.example.com:8080")]
    NotUrl,
    /// Another scheme than those that can be used.
    #[error("its scheme is not http, https, socks5 or socks5h")]
    Scheme,
    /// A path or more.
    #[error("it has more than a host and a port")]
    NotOrigin,
}

/// User and password of a proxy.
#[derive(Clone, Debug)]
pub struct ProxyLogin {
    #[expect(missing_docs, reason = "the name says it")]
    pub user: String,
    #[expect(missing_docs, reason = "the name says it")]
    pub password: SecretString,
}

impl ProxyUrl {
    /// Reads an address; without a scheme it is `http`, as everywhere. What it says of user and
    /// password comes back apart.
    ///
    /// # Errors
    /// See [`ProxyError`].
    pub fn parse(text: &str) -> Result<(Self, Option<ProxyLogin>), ProxyError> {
        let text = text.trim();
        let full = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let mut url = Url::parse(&full).map_err(|_| ProxyError::NotUrl)?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(ProxyError::Scheme);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(ProxyError::NotUrl);
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(ProxyError::NotOrigin);
        }
        let login = login_of(&url).map(|(user, password)| ProxyLogin {
            user,
            password: password.into(),
        });
        url = without_login(&url);
        url.set_path("");
        Ok((Self { url }, login))
    }

    /// `scheme://host:port`, without user and password.
    #[must_use]
    pub fn address(&self) -> String {
        self.url.as_str().trim_end_matches('/').to_owned()
    }

    /// The address with a login for it.
    #[must_use]
    pub fn with_login(mut self, login: Option<&ProxyLogin>) -> Self {
        if let Some(login) = login {
            let _ = self.url.set_username(&login.user);
            let password = login.password.expose_secret();
            let _ = self.url.set_password(Some(password));
        }
        self
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// A proxy choice, ready to be asked.
#[derive(Clone)]
pub(crate) struct Route {
    way: Arc<Way>,
}

enum Way {
    Direct,
    Always(Url),
    /// What the matcher lets through goes over the address, or over the matcher's own.
    System {
        matcher: Box<Matcher>,
        proxy: Option<Url>,
    },
}

impl Route {
    pub(crate) fn new(proxy: &Proxy) -> Result<Self, (&'static str, ProxyError)> {
        let way = match proxy {
            Proxy::None => Way::Direct,
            Proxy::Url(proxy) => Way::Always(proxy.url.clone()),
            Proxy::System(Variables {
                proxy: Some((name, value)),
                bypass,
            }) => {
                let (proxy, login) = ProxyUrl::parse(value).map_err(|error| (*name, error))?;
                let url = proxy.with_login(login.as_ref()).url;
                let matcher = Matcher::builder().all(url.as_str()).no(bypass).build();
                Way::System {
                    matcher: Box::new(matcher),
                    proxy: Some(url),
                }
            }
            // The environment is silent, so what this finds are the system's settings. Linux has
            // none that are common to all desktops.
            Proxy::System(_) if cfg!(any(windows, target_os = "macos")) => Way::System {
                matcher: Box::new(Matcher::from_system()),
                proxy: None,
            },
            Proxy::System(_) => Way::Direct,
        };
        Ok(Self { way: Arc::new(way) })
    }

    /// The proxy for a destination, with the login.
    pub(crate) fn proxy_for(&self, destination: &Url) -> Option<Url> {
        self.chosen(destination).map(resolving)
    }

    fn chosen(&self, destination: &Url) -> Option<Url> {
        match &*self.way {
            Way::Direct => None,
            Way::Always(proxy) => Some(proxy.clone()),
            Way::System { .. } if is_loopback(destination) => None,
            Way::System { matcher, proxy } => {
                let found = matcher.intercept(&destination.as_str().parse().ok()?)?;
                proxy
                    .clone()
                    .or_else(|| Url::parse(&found.uri().to_string()).ok())
            }
        }
    }

    /// The host of a proxy that is spoken to with TLS.
    pub(crate) fn tls_host(&self) -> Option<String> {
        let proxy = match &*self.way {
            Way::Always(proxy)
            | Way::System {
                proxy: Some(proxy), ..
            } => proxy,
            Way::Direct | Way::System { proxy: None, .. } => return None,
        };
        let host = proxy.host_str().filter(|_| proxy.scheme() == "https")?;
        Some(host.trim_matches(['[', ']']).to_owned())
    }

    /// `host:port` of the proxy for a destination, for display.
    pub(crate) fn shown(&self, destination: &Url) -> Option<String> {
        self.proxy_for(destination)
            .map(|proxy| host_and_port(&proxy))
    }
}

/// The same proxy in the words of the HTTP client, which resolves names itself for `socks5`.
fn resolving(proxy: Url) -> Url {
    let rest = proxy.as_str().strip_prefix("socks5://");
    let named = rest.and_then(|rest| Url::parse(&format!("socks5h://{rest}")).ok());
    named.unwrap_or(proxy)
}

/// User and password in a proxy's address.
pub(crate) fn login_of(proxy: &Url) -> Option<(String, String)> {
    let (user, password) = (proxy.username(), proxy.password());
    (!user.is_empty() || password.is_some())
        .then(|| (decoded(user), decoded(password.unwrap_or_default())))
}

/// The same address without them.
pub(crate) fn without_login(proxy: &Url) -> Url {
    let mut url = proxy.clone();
    // Fails only for addresses without a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// `host:port`.
pub(crate) fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(match url.scheme() {
        "socks5" | "socks5h" => 1080,
        _ => 80,
    });
    format!("{host}:{port}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn route(variables: &[(&str, &str)]) -> Route {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Route::new(&Proxy::System(Variables::from_environment(&variables))).unwrap()
    }

    fn via(route: &Route, destination: &str) -> Option<String> {
        route.shown(&Url::parse(destination).unwrap())
    }

    const API: &str = "https://redis.tencentcloudapi.com/";

    #[test]
    fn the_environment_is_read_as_curl_reads_it() {
        for (variables, expected) in [
            (vec![], None),
            (vec![("HTTP_PROXY", "http://wrong:1")], None),
            (vec![("HTTPS_PROXY", "http://a:1")], Some("a:1")),
            (vec![("https_proxy", "a:2")], Some("a:2")),
            (vec![("HTTPS_PROXY", " ")], None),
            (
                vec![("ALL_PROXY", "socks5h://b"), ("HTTPS_PROXY", "http://a")],
                Some("a:80"),
            ),
            (vec![("all_proxy", "socks5h://b")], Some("b:1080")),
            (
                vec![
                    ("HTTPS_PROXY", "a:1"),
                    ("NO_PROXY", "example.com, .tencentcloudapi.com"),
                ],
                None,
            ),
            (vec![("HTTPS_PROXY", "a:1"), ("no_proxy", "*")], None),
            (
                vec![("HTTPS_PROXY", "a:1"), ("NO_PROXY", "cloudapi.com")],
                Some("a:1"),
            ),
        ] {
            let found = via(&route(&variables), API);
            assert_eq!(found.as_deref(), expected, "{variables:?}");
        }
    }

    #[test]
    fn only_a_chosen_proxy_is_used_for_this_computer() {
        let variables = [("HTTPS_PROXY", "http://a:1")];
        assert_eq!(via(&route(&variables), "https://127.0.0.1:8443/"), None);
        let (chosen, _) = ProxyUrl::parse("http://a:1").unwrap();
        let chosen = Route::new(&Proxy::Url(chosen)).unwrap();
        assert_eq!(via(&chosen, "https://127.0.0.1:8443/").unwrap(), "a:1");
    }

    #[test]
    fn a_variable_that_is_no_address_is_named() {
        let variables = [("ALL_PROXY".to_owned(), "ftp://a".to_owned())].into();
        let variables = Variables::from_environment(&variables);
        let error = Route::new(&Proxy::System(variables)).err().unwrap();
        assert_eq!(error, ("ALL_PROXY", ProxyError::Scheme));
    }

    #[test]
    fn a_login_is_kept_apart_and_shown_nowhere() {
        let (proxy, login) = ProxyUrl::parse("http://me%40corp:p%3Aw@proxy:3128/").unwrap();
        let login = login.unwrap();
        assert_eq!(proxy.address(), "http://proxy:3128");
        assert_eq!(login.user, "me@corp");
        assert_eq!(login.password.expose_secret(), "p:w");
        let used = proxy.with_login(Some(&login));
        assert_eq!(used.url.as_str(), "http://me%40corp:p%3Aw@proxy:3128/");
        assert_eq!(host_and_port(&used.url), "proxy:3128");
        let variables = [("HTTPS_PROXY".to_owned(), "http://me:hidden@a".to_owned())].into();
        let variables = Variables::from_environment(&variables);
        assert!(!format!("{variables:?}").contains("hidden"));
    }

    #[test]
    fn what_is_no_proxy_is_refused() {
        for (text, expected) in [
            ("", ProxyError::NotUrl),
            ("http://", ProxyError::NotUrl),
            ("ftp://proxy", ProxyError::Scheme),
            ("socks4://proxy", ProxyError::Scheme),
            ("http://proxy/path", ProxyError::NotOrigin),
            ("http://proxy?x", ProxyError::NotOrigin),
        ] {
            assert_eq!(ProxyUrl::parse(text).unwrap_err(), expected, "{text}");
        }
    }
}
