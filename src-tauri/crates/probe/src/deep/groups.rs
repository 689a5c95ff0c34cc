//! Key exchange groups (IANA, TLS Supported Groups).

use super::report::Group;
use crate::wire::Version;

/// By number: the name in the registry, the versions that have it.
const GROUPS: &[(u16, &str, Kind)] = &[
    (0x11ec, "X25519MLKEM768", Kind::PostQuantum),
    (0x11eb, "SecP256r1MLKEM768", Kind::PostQuantum),
    (0x11ed, "SecP384r1MLKEM1024", Kind::PostQuantum),
    (0x0201, "MLKEM768", Kind::PostQuantum),
    (0x0202, "MLKEM1024", Kind::PostQuantum),
    (0x0200, "MLKEM512", Kind::PostQuantum),
    (0x6399, "X25519Kyber768Draft00", Kind::PostQuantum),
    (29, "x25519", Kind::Curve),
    (23, "secp256r1", Kind::Curve),
    (24, "secp384r1", Kind::Curve),
    (25, "secp521r1", Kind::Curve),
    (30, "x448", Kind::Curve),
    (26, "brainpoolP256r1", Kind::OldCurve),
    (27, "brainpoolP384r1", Kind::OldCurve),
    (28, "brainpoolP512r1", Kind::OldCurve),
    (22, "secp256k1", Kind::OldCurve),
    (21, "secp224r1", Kind::OldCurve),
    (19, "secp192r1", Kind::OldCurve),
    (31, "brainpoolP256r1tls13", Kind::Tls13),
    (32, "brainpoolP384r1tls13", Kind::Tls13),
    (33, "brainpoolP512r1tls13", Kind::Tls13),
    (41, "curveSM2", Kind::Tls13),
    (0x0100, "ffdhe2048", Kind::Tls13),
    (0x0101, "ffdhe3072", Kind::Tls13),
    (0x0102, "ffdhe4096", Kind::Tls13),
    (0x0103, "ffdhe6144", Kind::Tls13),
    (0x0104, "ffdhe8192", Kind::Tls13),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// TLS 1.3 only.
    PostQuantum,
    /// RFC 8422: every version.
    Curve,
    /// Up to TLS 1.2 (RFC 8446 B.3.1.4).
    OldCurve,
    /// TLS 1.3. The finite fields exist below it too (RFC 7919), but a client that names them
    /// there is refused every other prime.
    Tls13,
}

/// All that this version has.
pub(super) fn of(version: Version) -> Vec<u16> {
    GROUPS
        .iter()
        .filter(|(_, _, kind)| match version {
            Version::TLS1_3 => *kind != Kind::OldCurve,
            _ => matches!(kind, Kind::Curve | Kind::OldCurve),
        })
        .map(|(id, _, _)| *id)
        .collect()
}

/// For the report.
pub(super) fn describe(id: u16) -> Group {
    Group {
        id: format!("0x{id:04x}"),
        name: name(id),
        post_quantum: known(id).is_some_and(|(_, _, kind)| *kind == Kind::PostQuantum),
    }
}

/// In the registry; its number when it is not known.
pub(crate) fn name(id: u16) -> String {
    known(id).map_or_else(|| format!("0x{id:04x}"), |(_, name, _)| (*name).to_owned())
}

fn known(id: u16) -> Option<&'static (u16, &'static str, Kind)> {
    GROUPS.iter().find(|(known, _, _)| *known == id)
}
