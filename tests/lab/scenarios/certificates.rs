//! Certificates that are wrong themselves, on a chain that is whole.

use jiff::SignedDuration;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose,
    date_time_ymd,
};
use rediseal_probe::{Cause, StageId};

use crate::pki::{Authority, Identity, Key};
use crate::scenario::{Case, Make, Scenario, Site};
use crate::scenarios::trust::{chain, presenting};
use crate::servers::tls;

pub(crate) fn scenarios() -> Vec<Scenario> {
    [dates(), clocks(), purposes(), malformed(), soon()]
        .into_iter()
        .flatten()
        .collect()
}

fn issued(ca: &Authority, change: impl FnOnce(&mut CertificateParams)) -> Case {
    Case {
        identity: ca.issue_for(Key::Rsa2048, change),
        trusted: ca.der(),
    }
}

fn dates() -> Vec<Scenario> {
    vec![
        chain(
            "expired",
            Make::Redis,
            "Its certificate has expired",
            Cause::CertificateExpired,
            || {
                issued(&Authority::new("Lab CA"), |p| {
                    p.not_after = date_time_ymd(2026, 1, 1)
                })
            },
        )
        .fact("depth", 0)
        .fact("not_after", "2026-01-01T00:00:00Z"),
        chain(
            "expired-gnutls",
            Make::GnuTls,
            "Its certificate has expired",
            Cause::CertificateExpired,
            || {
                issued(&Authority::new("Lab CA"), |p| {
                    p.not_after = date_time_ymd(2026, 1, 1)
                })
            },
        ),
        chain(
            "not-yet-valid",
            Make::Redis,
            "Its certificate begins next year",
            Cause::CertificateNotYetValid,
            || {
                issued(&Authority::new("Lab CA"), |p| {
                    p.not_before = date_time_ymd(2027, 1, 1)
                })
            },
        )
        .fact("not_before", "2027-01-01T00:00:00Z"),
        chain(
            "ca-expired",
            Make::Redis,
            "The trusted CA has expired",
            Cause::CertificateCaExpired,
            || {
                let ca = Authority::with("Lab CA", |p| p.not_after = date_time_ymd(2026, 1, 1));
                issued(&ca, |_| {})
            },
        )
        .fact("certificate", "CN=Lab CA"),
        chain(
            "intermediate-expired",
            Make::OpenSsl,
            "Its intermediate has expired",
            Cause::CertificateCaExpired,
            || {
                let root = Authority::new("Lab Root");
                let below =
                    root.intermediate("Lab Two", |p| p.not_after = date_time_ymd(2026, 1, 1));
                Case {
                    identity: below.issue_rsa().sending(below.der()),
                    trusted: root.der(),
                }
            },
        )
        .fact("certificate", "CN=Lab Two"),
        chain(
            "ca-not-yet-valid",
            Make::OpenSsl,
            "The trusted CA begins next year",
            Cause::CertificateNotYetValid,
            || {
                let ca = Authority::with("Lab CA", |p| p.not_before = date_time_ymd(2027, 1, 1));
                issued(&ca, |_| {})
            },
        )
        .fact("certificate", "CN=Lab CA"),
    ]
}

/// Good certificates on a machine whose clock is off.
fn clocks() -> Vec<Scenario> {
    let off = |id, about, cause, now: &'static str| {
        Scenario::fails(id, Make::Rustls, about, StageId::Chain, cause)
            .fact("hint", "clock")
            .fact("valid_by_cloud_clock", true)
            .at(move || async move {
                let ca = Authority::with("Lab CA", |p| {
                    p.not_before = date_time_ymd(1990, 1, 1);
                    p.not_after = date_time_ymd(2090, 1, 1);
                });
                Site::of(tls(&ca.issue()).await, &ca).with(|request| {
                    let true_now = request.now;
                    request.now = now.parse().unwrap();
                    let offset: SignedDuration = true_now.duration_since(request.now);
                    request.cloud_clock_offset = Some(offset);
                })
            })
    };
    vec![
        off(
            "clock-ahead",
            "A good certificate, and this machine's clock twenty years ahead",
            Cause::CertificateExpired,
            "2046-01-01T00:00:00Z",
        ),
        off(
            "clock-behind",
            "A good certificate, and this machine's clock at its first day",
            Cause::CertificateNotYetValid,
            "2000-01-01T00:00:00Z",
        ),
    ]
}

fn purposes() -> Vec<Scenario> {
    vec![
        chain(
            "client-certificate-in-its-place",
            Make::Redis,
            "Its certificate is for clients",
            Cause::CertificateNotForServer,
            || {
                issued(&Authority::new("Lab CA"), |p| {
                    p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
                })
            },
        ),
        chain(
            "key-usage-for-signing-certificates",
            Make::Rustls,
            "The key usage of its certificate allows no TLS",
            Cause::CertificateNotForServer,
            || {
                issued(&Authority::new("Lab CA"), |p| {
                    p.key_usages = vec![KeyUsagePurpose::CrlSign];
                })
            },
        ),
        chain(
            "ca-as-server",
            Make::Redis,
            "Its certificate is marked as a CA's",
            Cause::CertificateCaAsLeaf,
            || {
                issued(&Authority::new("Lab CA"), |p| {
                    p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                })
            },
        ),
        chain(
            "root-as-server",
            Make::GnuTls,
            "It presents the trusted CA itself",
            Cause::CertificateCaAsLeaf,
            || {
                let identity = Identity::self_signed_ca();
                Case {
                    trusted: identity.leaf(),
                    identity,
                }
            },
        ),
        chain(
            "intermediate-first",
            Make::Rustls,
            "Sends its intermediate before its own certificate",
            Cause::CertificateCaAsLeaf,
            || {
                let root = Authority::new("Lab Root");
                let below = root.intermediate("Lab Intermediate", |_| {});
                let mut identity = below.issue().sending(below.der());
                identity.chain.reverse();
                Case {
                    identity,
                    trusted: root.der(),
                }
            },
        )
        .fact("hint", "order"),
    ]
}

fn malformed() -> Vec<Scenario> {
    let bytes = |id, about, leaf: fn(Vec<u8>) -> Vec<u8>| {
        Scenario::fails(
            id,
            Make::Rustls,
            about,
            StageId::Chain,
            Cause::CertificateMalformed,
        )
        .at(move || {
            let ca = Authority::new("Lab CA");
            let identity = ca.issue();
            let leaf = leaf(identity.leaf());
            let case = Case {
                identity: identity.presenting(leaf),
                trusted: ca.der(),
            };
            presenting(Make::Rustls, case)
        })
    };
    vec![
        bytes(
            "certificate-of-noise",
            "Sends noise as its certificate",
            |_| b"garbage".to_vec(),
        ),
        bytes(
            "certificate-of-nothing",
            "Sends no byte as its certificate",
            |_| Vec::new(),
        ),
        bytes(
            "certificate-cut-off",
            "Sends half of its certificate",
            |mut leaf| {
                leaf.truncate(leaf.len() / 2);
                leaf
            },
        ),
        chain(
            "certificate-altered",
            Make::Rustls,
            "Its certificate was altered after it was signed",
            Cause::CertificateMalformed,
            || {
                let ca = Authority::new("Lab CA");
                let identity = ca.issue_with(|p| p.use_authority_key_identifier_extension = true);
                let mut leaf = identity.leaf();
                let name = leaf.windows(10).position(|w| w == b"Lab Server").unwrap();
                leaf[name] = b'l';
                Case {
                    identity: identity.presenting(leaf),
                    trusted: ca.der(),
                }
            },
        )
        .fact("hint", "altered"),
        chain(
            "intermediate-of-noise",
            Make::Rustls,
            "Sends noise as its intermediate",
            Cause::CertificateMalformed,
            || {
                let root = Authority::new("Lab Root");
                let below = root.intermediate("Lab Two", |_| {});
                Case {
                    identity: below.issue().sending(b"garbage".to_vec()),
                    trusted: root.der(),
                }
            },
        )
        .fact("depth", 1),
    ]
}

fn soon() -> Vec<Scenario> {
    vec![
        Scenario::warns(
            "expires-soon",
            Make::Rustls,
            "Its certificate ends within a week",
            StageId::Chain,
            Cause::PolicyExpiresSoon,
        )
        .fact("days_left", 6)
        .at(|| {
            let ca = Authority::new("Lab CA");
            let case = issued(&ca, |p| p.not_after = date_time_ymd(2026, 12, 1));
            presenting(Make::Rustls, case)
        }),
    ]
}
