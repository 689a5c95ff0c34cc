//! The cipher suites that are asked about: those of the IANA registry that need nothing but a
//! certificate, or not even that. PSK, SRP, Kerberos and password suites need a secret that no
//! Redis client has.

use std::cmp::Reverse;
use std::sync::LazyLock;

use tls_parser::{
    CIPHERS, TlsCipherAu, TlsCipherEnc, TlsCipherEncMode, TlsCipherKx, TlsCipherMac, TlsCipherSuite,
};

use super::openssl_names::openssl_name;
use super::report::{CipherSuite, Weakness};
use crate::cause::Cause;
use crate::wire::Version;

/// Below this a Diffie-Hellman prime is within reach (RFC 9325 4.2.1).
pub(super) const LEAST_DH_BITS: u32 = 2048;

static TLS1_3: LazyLock<Vec<u16>> = LazyLock::new(|| offer(|suite| suite.kx == TlsCipherKx::Tls13));
static TLS1_2: LazyLock<Vec<u16>> = LazyLock::new(|| offer(is_certificate_suite));
static BEFORE_TLS1_2: LazyLock<Vec<u16>> =
    LazyLock::new(|| offer(|suite| is_certificate_suite(suite) && !needs_tls1_2(suite)));

/// All that can be negotiated in this version, those that servers prefer first.
pub(super) fn of(version: Version) -> &'static [u16] {
    match version {
        Version::TLS1_3 => &TLS1_3,
        Version::TLS1_2 => &TLS1_2,
        _ => &BEFORE_TLS1_2,
    }
}

/// Those of this version with an ephemeral key exchange, in which the server shows a group or
/// prime, and signs it.
pub(super) fn ephemeral(version: Version) -> Vec<u16> {
    let suites = of(version).iter().copied();
    suites
        .filter(|id| matches!(key_exchange(*id), Exchange::Ecdhe | Exchange::Dhe))
        .collect()
}

/// Those of this version whose key exchange is on an elliptic curve.
pub(super) fn elliptic(version: Version) -> Vec<u16> {
    let suites = of(version).iter().copied();
    suites
        .filter(|id| {
            matches!(
                key_exchange(*id),
                Exchange::Ecdhe | Exchange::AnonymousEcdhe
            )
        })
        .collect()
}

/// How the two sides come to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exchange {
    Ecdhe,
    Dhe,
    /// Ephemeral, but nobody signs for it.
    AnonymousEcdhe,
    AnonymousDhe,
    /// By TLS 1.3, with any group.
    Tls13,
    /// With the key of the certificate, or unknown.
    Static,
}

pub(crate) fn key_exchange(id: u16) -> Exchange {
    let Some(suite) = TlsCipherSuite::from_id(id) else {
        return Exchange::Static;
    };
    match (suite.kx, suite.au) {
        (TlsCipherKx::Tls13, _) => Exchange::Tls13,
        (TlsCipherKx::Ecdhe, _) => Exchange::Ecdhe,
        (TlsCipherKx::Dhe, _) => Exchange::Dhe,
        (TlsCipherKx::Ecdh, TlsCipherAu::Null) => Exchange::AnonymousEcdhe,
        (TlsCipherKx::Dh, TlsCipherAu::Null) => Exchange::AnonymousDhe,
        _ => Exchange::Static,
    }
}

/// How the keys are exchanged and by what kind of key the server proves itself, by name.
pub(super) fn kind(id: u16) -> Option<&'static str> {
    let name = TlsCipherSuite::from_id(id)?.name;
    Some(name.split_once("_WITH_").map_or("", |(kind, _)| kind))
}

/// By the name in the IANA registry.
pub(crate) fn name(id: u16) -> String {
    TlsCipherSuite::from_id(id).map_or_else(|| format!("0x{id:04x}"), |suite| suite.name.to_owned())
}

/// For the report.
pub(super) fn describe(version: Version, id: u16, dh_bits: Option<u32>) -> CipherSuite {
    let suite = TlsCipherSuite::from_id(id);
    let weakness = suite.and_then(weakness).or(dh_bits
        .filter(|bits| *bits < LEAST_DH_BITS)
        .map(|_| Weakness::ShortDh));
    CipherSuite {
        protocol: version.name(),
        id: format!("0x{id:04x}"),
        name: name(id),
        openssl_name: openssl_name(id).map(str::to_owned),
        bits: suite.map_or(0, bits),
        forward_secrecy: !matches!(key_exchange(id), Exchange::Static),
        dh_bits,
        weakness,
        cause: weakness.map(|_| Cause::PolicyWeakCipher),
    }
}

fn offer(wanted: impl Fn(&TlsCipherSuite) -> bool) -> Vec<u16> {
    let mut found: Vec<_> = CIPHERS.values().filter(|suite| wanted(suite)).collect();
    found.sort_by_key(|suite| Reverse((rank(suite), Reverse(suite.id.0))));
    found.iter().map(|suite| suite.id.0).collect()
}

/// Some servers read only the first part of a long list: what is common goes first.
fn rank(suite: &TlsCipherSuite) -> (bool, bool, bool, bool, u16) {
    (
        weakness(suite).is_none(),
        matches!(
            suite.enc,
            TlsCipherEnc::Aes | TlsCipherEnc::Chacha20_Poly1305
        ),
        matches!(suite.kx, TlsCipherKx::Ecdhe | TlsCipherKx::Tls13),
        suite.mac == TlsCipherMac::Aead,
        bits(suite),
    )
}

fn is_certificate_suite(suite: &TlsCipherSuite) -> bool {
    let by_certificate = matches!(
        suite.au,
        TlsCipherAu::Rsa | TlsCipherAu::Dss | TlsCipherAu::Ecdsa
    ) && matches!(
        suite.kx,
        TlsCipherKx::Rsa
            | TlsCipherKx::Dh
            | TlsCipherKx::Dhe
            | TlsCipherKx::Ecdh
            | TlsCipherKx::Ecdhe
    );
    let anonymous = suite.au == TlsCipherAu::Null
        && matches!(
            suite.kx,
            TlsCipherKx::Dh | TlsCipherKx::Ecdh | TlsCipherKx::Aecdh
        );
    by_certificate || anonymous
}

/// RFC 5246 5 and RFC 5288: AEAD and the longer digests came with TLS 1.2.
fn needs_tls1_2(suite: &TlsCipherSuite) -> bool {
    matches!(
        suite.enc_mode,
        TlsCipherEncMode::Gcm | TlsCipherEncMode::Ccm
    ) || suite.enc == TlsCipherEnc::Chacha20_Poly1305
        || !matches!(suite.mac, TlsCipherMac::HmacMd5 | TlsCipherMac::HmacSha1)
}

fn weakness(suite: &TlsCipherSuite) -> Option<Weakness> {
    Some(match suite.enc {
        _ if suite.name.contains("_EXPORT_") => Weakness::Export,
        TlsCipherEnc::Null => Weakness::Null,
        _ if suite.au == TlsCipherAu::Null => Weakness::Anonymous,
        TlsCipherEnc::Rc4 => Weakness::Rc4,
        TlsCipherEnc::Rc2 => Weakness::Rc2,
        TlsCipherEnc::Des => Weakness::Des,
        TlsCipherEnc::TripleDes => Weakness::TripleDes,
        TlsCipherEnc::Idea => Weakness::Idea,
        _ => return None,
    })
}

/// What an attacker has to try, in bits.
fn bits(suite: &TlsCipherSuite) -> u16 {
    match suite.enc {
        // RFC 7539: the registry's file in the parser says 128.
        TlsCipherEnc::Chacha20_Poly1305 => 256,
        // NIST SP 800-57: meeting in the middle.
        TlsCipherEnc::TripleDes => 112,
        _ => suite.enc_size,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offers_are_what_a_server_reads_whole() {
        // GnuTLS, for one, looks at no more than 256.
        assert!(of(Version::TLS1_2).len() < 256);
        assert!(of(Version::TLS1_2).len() > 200);
        for version in Version::ALL {
            let mut ids = of(version).to_vec();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), of(version).len(), "each once");
            // Signalling values and the suite that means "none" are not suites to pick.
            for not_one in [0x0000, 0x00ff, 0x5600] {
                assert!(!ids.contains(&not_one));
            }
        }
        assert!(of(Version::TLS1_0).contains(&0x0035));
        assert!(!of(Version::TLS1_0).contains(&0xc02f));
        assert_eq!(of(Version::TLS1_2).first(), Some(&0xc02c));
    }

    #[test]
    fn weakness_has_a_name() {
        for (id, expected) in [
            (0x0005, Some(Weakness::Rc4)),
            (0x000a, Some(Weakness::TripleDes)),
            (0x0008, Some(Weakness::Export)),
            (0x0018, Some(Weakness::Anonymous)),
            (0x003b, Some(Weakness::Null)),
            (0xc0b4, Some(Weakness::Null)),
            (0x0009, Some(Weakness::Des)),
            (0xc02f, None),
            (0x1303, None),
        ] {
            let suite = describe(Version::TLS1_2, id, None);
            assert_eq!(suite.weakness, expected, "{}", suite.name);
            assert_eq!(suite.cause.is_some(), expected.is_some());
        }
        let short = describe(Version::TLS1_2, 0x009e, Some(1024));
        assert_eq!(short.weakness, Some(Weakness::ShortDh));
        assert_eq!(describe(Version::TLS1_2, 0x009e, Some(2048)).weakness, None);
    }
}
