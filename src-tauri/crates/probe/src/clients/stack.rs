//! What the TLS libraries under the clients do. What `tests/lab/clients` runs was seen; JSSE
//! and .NET are taken from what their makers publish and were not run.

/// A TLS library as its users get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stack {
    /// OpenSSL with its own defaults: redis-cli.
    OpenSsl,
    /// Python's `ssl`, over OpenSSL: `create_default_context`.
    Python,
    /// Node.js `tls`: OpenSSL, with a name check of its own (`tls.checkServerIdentity`).
    Node,
    /// PHP's `ssl://` streams: OpenSSL, with a name check of its own (`ext/openssl/xp_ssl.c`).
    Php,
    /// Ruby's `openssl`, with a name check of its own (`OpenSSL::SSL.verify_certificate_identity`).
    Ruby,
    /// JSSE of Java 17, also below Netty.
    Jsse,
    /// Go's `crypto/tls` and `crypto/x509`.
    Go,
    /// .NET's `SslStream` with StackExchange.Redis' `TrustIssuer`.
    DotNet,
    /// rustls with webpki.
    Rustls,
}

/// When a common name counts, of a certificate that does not have the name as SAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommonName {
    Never,
    /// For a DNS name, when there is no SAN at all.
    WithoutSan,
    /// For a DNS name, when there is no DNS name among the SANs.
    WithoutDnsSan,
    /// For names and addresses, when there is no SAN at all.
    AnyWithoutSan,
    /// For names and addresses, whatever the SANs are.
    Any,
}

impl Stack {
    pub(crate) const fn common_name(self) -> CommonName {
        match self {
            // OpenSSL X509_check_host(3): the subject counts unless there is a DNS SAN; Python
            // `SSLContext.hostname_checks_common_name` is true by default.
            // Java sun.security.util.HostnameChecker.matchDNS.
            Self::OpenSsl | Self::Python | Self::Jsse => CommonName::WithoutDnsSan,
            // Node.js lib/tls.js checkServerIdentity.
            Self::Node => CommonName::WithoutSan,
            // PHP xp_ssl.c: php_openssl_matches_common_name follows matches_san_list.
            Self::Php => CommonName::Any,
            // .NET X509Certificate2.MatchesHostname, allowCommonName; Ruby
            // OpenSSL::SSL.verify_certificate_identity, should_verify_common_name.
            Self::DotNet | Self::Ruby => CommonName::AnyWithoutSan,
            // Go 1.17 release notes; RFC 9525 in webpki.
            Self::Go | Self::Rustls => CommonName::Never,
        }
    }

    /// An address that stands in the SAN as a DNS name counts.
    pub(crate) const fn takes_address_as_dns_name(self) -> bool {
        // PHP compares every kind of SAN as text, Ruby those of DNS names with whatever the host is.
        matches!(self, Self::Php | Self::Ruby)
    }

    /// A trusted certificate that is no root ends a chain; none when that depends on the build.
    pub(crate) const fn takes_partial_chain(self) -> Option<bool> {
        match self {
            // X509_V_FLAG_PARTIAL_CHAIN is off by default.
            Self::OpenSsl | Self::Php | Self::Ruby => Some(false),
            // Python 3.13 turned the flag on in `create_default_context`.
            Self::Python => None,
            // Node.js has `allowPartialTrustChain`, off by default, since 22.9.
            Self::Node => Some(false),
            // RFC 5280 6.1.1 (d): an anchor is a key and a name.
            Self::Jsse | Self::Go | Self::Rustls => Some(true),
            // TrustIssuer looks for the issuer anywhere in the chain, but X509Chain has to build.
            Self::DotNet => None,
        }
    }

    /// A CA that is out of date is no anchor.
    pub(crate) const fn checks_ca_dates(self) -> bool {
        match self {
            // X509_verify_cert checks every certificate of the chain; crypto/x509 and X509Chain too.
            Self::OpenSsl
            | Self::Python
            | Self::Node
            | Self::Php
            | Self::Ruby
            | Self::Go
            | Self::DotNet => true,
            // An anchor has no dates in PKIX (RFC 5280 6.1.1 d), java.security.cert.TrustAnchor
            // and webpki's TrustAnchor.
            Self::Jsse | Self::Rustls => false,
        }
    }

    /// Takes the operating system's CAs when no other are given.
    pub(crate) const fn trusts_system(self) -> bool {
        // Node.js brings Mozilla's list, Java its `cacerts`.
        !matches!(self, Self::Node | Self::Jsse)
    }

    /// Offers this cipher suite (IANA name) by default; none when that depends on the build.
    pub(crate) fn offers(self, suite: &str) -> Option<bool> {
        let is_ephemeral = suite.starts_with("TLS_ECDHE_") || suite.starts_with("TLS_DHE_");
        match self {
            // ECDHE with AEAD alone.
            Self::Rustls => Some(false),
            // Python 3.10: no RSA key exchange, and no SHA-1.
            Self::Python if !is_ephemeral => Some(false),
            _ => None,
        }
    }
}
