//! The HTTP client that [`crate::Client`] is given.

use std::{sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::endpoint::Endpoint;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// How the API is reached.
#[derive(Clone, Debug)]
pub struct Options {
    /// Never used for a loopback endpoint.
    pub proxy: Proxy,
    /// PEM certificates to trust beside those of the operating system.
    pub extra_ca: Option<Vec<u8>>,
    /// `User-Agent`, such as `RediSeal/0.1.0`.
    pub user_agent: String,
}

/// The way out of the company's network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the system and the environment say.
    #[default]
    System,
    /// Direct.
    None,
    /// `http://`, `https://`, `socks5://` or `socks5h://`, with user and password if need be.
    Url(String),
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
    /// The proxy's address.
    #[error("the proxy's address is not usable")]
    Proxy,
    /// Anything else.
    #[error("the HTTP client cannot be built: {0}")]
    Build(#[source] reqwest::Error),
}

/// Builds a client for `endpoint`: HTTP/1.1, gzip, no redirects and no repeated requests. Keep
/// it: it holds the connections.
///
/// # Errors
/// See [`ClientError`].
pub fn client(endpoint: &Endpoint, options: &Options) -> Result<reqwest::Client, ClientError> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls(endpoint, options)?)
        .user_agent(&options.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .tcp_nodelay(true);
    builder = match &options.proxy {
        _ if endpoint.is_loopback() => builder.no_proxy(),
        Proxy::System => builder,
        Proxy::None => builder.no_proxy(),
        Proxy::Url(url) => builder.proxy(reqwest::Proxy::all(url).map_err(|_| ClientError::Proxy)?),
    };
    builder.build().map_err(ClientError::Build)
}

fn tls(endpoint: &Endpoint, options: &Options) -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(ClientError::Trust)?;
    if !endpoint.is_https() {
        return Ok(builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth());
    }
    let verifier = match &options.extra_ca {
        None => Verifier::new(provider),
        Some(pem) => Verifier::new_with_extra_roots(extra_roots(pem)?, provider),
    }
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
