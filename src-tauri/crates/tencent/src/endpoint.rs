//! Where requests go.

use reqwest::Url;

use crate::action::Product;

/// A site of the vendor, or a server of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `*.tencentcloudapi.com`
    Mainland,
    /// `*.intl.tencentcloudapi.com`
    International,
    /// One address for every product. See [`Endpoint::custom`].
    Custom(CustomEndpoint),
}

/// An address that was found acceptable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomEndpoint(Url);

/// Why an address is refused as an endpoint: keys would travel to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not a URL.
    #[error("{0:?} is not a URL such as https://redis.example.com")]
    NotUrl(String),
    /// Plain http, or another scheme, to another machine.
    #[error("{0} is refused: only https is accepted, and http on this computer")]
    NotHttps(Url),
    /// User, path, query or fragment.
    #[error("{0} has more than a host and a port")]
    NotOrigin(String),
}

impl Endpoint {
    /// Accepts `https://host[:port]`, and `http://` where the host is loopback.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub fn custom(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text.trim()).map_err(|_| EndpointError::NotUrl(text.to_owned()))?;
        if !url.has_host() {
            return Err(EndpointError::NotUrl(text.to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::NotOrigin(
                url.host_str().unwrap_or_default().to_owned(),
            ));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointError::NotOrigin(url.to_string()));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(EndpointError::NotHttps(url)),
        }
        Ok(Self::Custom(CustomEndpoint(url)))
    }

    /// Whether requests stay on this computer.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        matches!(self, Self::Custom(CustomEndpoint(url)) if is_loopback(url))
    }

    /// Whether requests are encrypted; only a loopback endpoint may do without.
    #[must_use]
    pub fn is_https(&self) -> bool {
        !matches!(self, Self::Custom(CustomEndpoint(url)) if url.scheme() != "https")
    }

    /// The region that calls without a region of their own are sent with.
    #[must_use]
    pub fn default_region(&self) -> &'static str {
        match self {
            Self::Mainland | Self::Custom(_) => "ap-guangzhou",
            Self::International => "ap-singapore",
        }
    }

    /// `scheme://host[:port]` of a product, for calls to a region.
    ///
    /// Financial regions are cut off from the others, on the mainland site only: the domain
    /// without a region does not lead to them, each has its own
    /// (<https://www.tencentcloud.com/document/product/239/32044>).
    pub(crate) fn origin(&self, product: Product, region: Option<&str>) -> String {
        match self {
            Self::Mainland => match region.filter(|region| is_financial(region)) {
                Some(region) => {
                    format!("https://{}.{region}.tencentcloudapi.com", product.service())
                }
                None => format!("https://{}.tencentcloudapi.com", product.service()),
            },
            Self::International => {
                format!("https://{}.intl.tencentcloudapi.com", product.service())
            }
            Self::Custom(CustomEndpoint(url)) => url.origin().ascii_serialization(),
        }
    }
}

/// Such as `ap-shanghai-fsi`. What could not be a part of a domain is no region.
fn is_financial(region: &str) -> bool {
    region.ends_with("-fsi")
        && region
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether a URL stays on this computer.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_https_leaves_this_computer() {
        for good in [
            "https://redis.example.com",
            "https://redis.example.com:8443/",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:8080",
            "http://localhost:1",
            " HTTP://LOCALHOST:1 ",
        ] {
            assert!(Endpoint::custom(good).is_ok(), "{good}");
        }
        for plain in [
            "http://redis.example.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "http://[::2]",
        ] {
            let refused = Endpoint::custom(plain).unwrap_err();
            assert!(
                matches!(refused, EndpointError::NotHttps(_)),
                "{plain}: {refused}"
            );
        }
    }

    #[test]
    fn an_endpoint_is_an_origin() {
        for more in [
            "https://user:secret@redis.example.com",
            "https://redis.example.com/v3",
            "https://redis.example.com?x=1",
            "https://redis.example.com#x",
        ] {
            let refused = Endpoint::custom(more).unwrap_err();
            assert!(
                matches!(refused, EndpointError::NotOrigin(_)),
                "{more}: {refused}"
            );
            assert!(!refused.to_string().contains("secret"));
        }
        for nothing in ["", "redis.example.com", "https://", "data:text/plain,x"] {
            let refused = Endpoint::custom(nothing).unwrap_err();
            assert!(
                matches!(refused, EndpointError::NotUrl(_)),
                "{nothing}: {refused}"
            );
        }
    }

    #[test]
    fn each_product_has_its_domain_and_a_custom_one_serves_all() {
        let origin = |endpoint: Endpoint| endpoint.origin(Product::Region, None);
        assert_eq!(
            origin(Endpoint::Mainland),
            "https://region.tencentcloudapi.com"
        );
        assert_eq!(
            origin(Endpoint::International),
            "https://region.intl.tencentcloudapi.com"
        );
        let custom = Endpoint::custom("http://127.0.0.1:8080").unwrap();
        assert!(custom.is_loopback() && !custom.is_https());
        assert_eq!(origin(custom), "http://127.0.0.1:8080");
    }

    #[test]
    fn a_financial_region_of_the_mainland_has_its_own_domain() {
        let origin = |endpoint: &Endpoint, region| endpoint.origin(Product::Redis, Some(region));
        for region in ["ap-shanghai-fsi", "ap-shenzhen-fsi", "ap-beijing-fsi"] {
            assert_eq!(
                origin(&Endpoint::Mainland, region),
                format!("https://redis.{region}.tencentcloudapi.com")
            );
        }
        let plain = "https://redis.tencentcloudapi.com";
        for region in [
            "ap-shanghai",
            "",
            "evil.example/-fsi",
            "a@b-fsi",
            "ap-fsi-x",
        ] {
            assert_eq!(origin(&Endpoint::Mainland, region), plain, "{region}");
        }
        assert_eq!(
            origin(&Endpoint::International, "ap-shanghai-fsi"),
            "https://redis.intl.tencentcloudapi.com"
        );
        let custom = Endpoint::custom("https://redis.example.com").unwrap();
        assert_eq!(
            origin(&custom, "ap-shanghai-fsi"),
            "https://redis.example.com"
        );
    }
}
