//! The HTTP client that [`crate::Client`] is given: which way it takes, and whom it trusts.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use reqwest::Url;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{
    endpoint::Endpoint,
    peer::{Met, Peer},
    route::{ProxyError, Route, without_login},
    socks,
    trouble::{ConnectionFailure, Trouble},
    tunnel::{self, Answer},
    verifier::{Private, Verifier},
};

pub use crate::route::{Proxy, ProxyLogin, ProxyUrl, Variables};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// How the API is reached.
#[derive(Clone, Debug)]
pub struct Options {
    #[expect(missing_docs, reason = "the type says it")]
    pub proxy: Proxy,
    /// PEM certificates to trust beside those of the operating system.
    pub extra_ca: Option<Vec<u8>>,
    /// Keys of roots that are not public and may vouch for the vendor's hosts all the same; see
    /// [`Root::key`](crate::Root::key). A custom endpoint may have any trusted root.
    pub accepted: BTreeSet<String>,
    /// `User-Agent`, such as `RediSeal/0.1.0`.
    pub user_agent: String,
}

/// Why there is no HTTP client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The operating system's certificates, or the extra ones, are unusable.
    #[error("the certificates to trust cannot be loaded: {0}")]
    Trust(#[source] rustls::Error),
    /// The extra CA file has no certificate or a broken one.
    #[error("the extra CA file is not PEM certificates")]
    ExtraCa,
    /// An environment variable is no proxy's address.
    #[error("the environment variable {variable} names no usable proxy: {problem}")]
    Proxy {
        /// Its name.
        variable: &'static str,
        #[expect(missing_docs, reason = "the type says it")]
        problem: ProxyError,
    },
    /// Anything else.
    #[error("the HTTP client cannot be built: {0}")]
    Build(#[source] reqwest::Error),
}

/// An HTTP client, and what it knows of its way. Cheap to clone; keep it: it holds the
/// connections.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    route: Route,
    met: Arc<Met>,
    tls: Arc<ClientConfig>,
}

impl Http {
    /// Builds a client for `endpoint`: HTTP/1.1, gzip, no redirects and no repeated requests.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn new(endpoint: &Endpoint, options: &Options) -> Result<Self, ClientError> {
        let route = Route::new(&options.proxy)
            .map_err(|(variable, problem)| ClientError::Proxy { variable, problem })?;
        let met = Arc::new(Met::default());
        let proxy = {
            let route = route.clone();
            reqwest::Proxy::custom(move |destination| route.proxy_for(destination))
        };
        let tls = tls(endpoint, options, &route, &met)?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .user_agent(&options.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true)
            .proxy(proxy)
            .build()
            .map_err(ClientError::Build)?;
        Ok(Self {
            client,
            route,
            met,
            tls: Arc::new(tls),
        })
    }

    /// For requests of one's own, without a signature.
    #[must_use]
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// The certificates of the hosts that were connected to, the newest of each.
    #[must_use]
    pub fn peers(&self) -> Vec<Peer> {
        self.met.peers.all()
    }

    /// The certificates of the hosts that were refused as
    /// [`crate::ConnectionFailure::Inspected`].
    #[must_use]
    pub fn refused(&self) -> Vec<Peer> {
        self.met.refused.all()
    }

    /// `host:port` of the proxy for a destination; `None` when it is reached directly.
    #[must_use]
    pub fn proxy_for(&self, destination: &Url) -> Option<String> {
        self.route.shown(destination)
    }

    /// Where on the way an error of this client came up, and why. A proxy that opened no way is
    /// asked once more: one for HTTP for what it has to say, one for SOCKS whether it is one.
    pub async fn trouble(&self, error: &reqwest::Error) -> Trouble {
        let trouble = Trouble::read(error, &self.route);
        let asked = error
            .url()
            .and_then(|url| Some((self.route.proxy_for(url)?, url)));
        let Some((proxy, destination)) = asked else {
            return trouble;
        };
        if !proxy.scheme().starts_with("http") {
            let unclear = trouble.before_send && trouble.failure == ConnectionFailure::Other;
            return match unclear {
                true => match socks::other(&proxy).await {
                    Some(other) => trouble.no_socks(&proxy, other),
                    None => trouble,
                },
                false => trouble,
            };
        }
        let again = match trouble.failure {
            // A password that was refused is not sent again: that may lock its owner out.
            ConnectionFailure::ProxyLogin(_) => without_login(&proxy),
            ConnectionFailure::ProxyDenied { status: None } => proxy.clone(),
            _ => return trouble,
        };
        match tunnel::ask(&again, destination, Arc::clone(&self.tls)).await {
            Some(answer) => trouble.told(&proxy, &answer),
            None => trouble,
        }
    }

    /// What an HTTP proxy made of a request that needs no tunnel; `None` when it passed it on.
    pub(crate) fn not_passed_on(&self, response: &reqwest::Response) -> Option<Trouble> {
        let proxy = self.route.proxy_for(response.url())?;
        let readable = response.url().scheme() == "http" && proxy.scheme().starts_with("http");
        let answer = Answer::of(response.status().as_u16(), response.headers());
        // The cloud answers neither.
        (readable && matches!(answer.status, 401 | 407))
            .then(|| Trouble::not_passed_on(&proxy, &answer))
    }
}

fn tls(
    endpoint: &Endpoint,
    options: &Options,
    route: &Route,
    met: &Arc<Met>,
) -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(ClientError::Trust)?;
    if !endpoint.is_https() {
        return Ok(builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth());
    }
    let extra = match &options.extra_ca {
        None => Vec::new(),
        Some(pem) => extra_roots(pem)?,
    };
    let private = match endpoint {
        Endpoint::Custom(_) => Private::Expected,
        Endpoint::Mainland | Endpoint::International => Private::Refused(options.accepted.clone()),
    };
    let verifier = Verifier::new(provider, extra, private, route.tls_host(), Arc::clone(met))
        .map_err(ClientError::Trust)?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn extra_roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let roots: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| ClientError::ExtraCa)?;
    if roots.is_empty() {
        return Err(ClientError::ExtraCa);
    }
    Ok(roots)
}
