//! Chains that do not lead to a trusted CA, and why not.

use rcgen::{
    BasicConstraints, CustomExtension, GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints,
};
use rediseal_probe::{Cause, StageId, Trust};

use crate::children::{gnutls_server_for, openssl_server_for, redis_with_tls};
use crate::pki::{Authority, Identity, Key};
use crate::scenario::{Case, Make, Scenario, Site};
use crate::servers::tls;

pub(crate) fn scenarios() -> Vec<Scenario> {
    [wrong(), replaced(), missing(), self_signed(), not_allowed()]
        .into_iter()
        .flatten()
        .collect()
}

/// A server of this make with the case's certificate, asked with the case's CA.
pub(crate) async fn presenting(make: Make, case: Case) -> Site {
    let identity = &case.identity;
    let program = match make {
        Make::OpenSsl => openssl_server_for(identity, &["-cipher", "DEFAULT@SECLEVEL=0"]),
        Make::GnuTls => gnutls_server_for(identity, &["--disable-client-cert"]),
        Make::Redis => redis_with_tls(
            identity,
            &Authority::new("Clients").pem(),
            &["tls-auth-clients no", "tls-ciphers DEFAULT@SECLEVEL=0"],
        ),
        _ => {
            let server = tls(identity).await;
            let request = case.request(server.address);
            return Site::trusting(server, request);
        }
    };
    let request = case.request(program.address);
    Site::new(request, program)
}

/// A server that [`presenting`] starts.
pub(crate) fn chain(
    id: &'static str,
    make: Make,
    about: &'static str,
    cause: Cause,
    case: fn() -> Case,
) -> Scenario {
    Scenario::fails(id, make, about, StageId::Chain, cause).at(move || presenting(make, case()))
}

fn case(identity: Identity, trusted: &Authority) -> Case {
    Case {
        identity,
        trusted: trusted.der(),
    }
}

fn wrong() -> Vec<Scenario> {
    let alone = || {
        case(
            Authority::new("Other CA").issue_rsa(),
            &Authority::new("Lab CA"),
        )
    };
    let with_root = || {
        let other = Authority::new("Other CA");
        case(
            other.issue().sending(other.der()),
            &Authority::new("Lab CA"),
        )
    };
    let wrong = |id, make, about, start| {
        chain(id, make, about, Cause::CertificateWrongCa, start)
            .fact("issuer", "CN=Other CA")
            .fact("trusted", ["CN=Lab CA"].map(str::to_owned).to_vec())
    };
    vec![
        // It may as well be an intermediate of the trusted CA that is not sent.
        wrong("other-ca", Make::Redis, "Signed by another CA", alone).fact("hint", "open"),
        wrong(
            "other-ca-openssl",
            Make::OpenSsl,
            "Signed by another CA",
            alone,
        )
        .fact("hint", "open"),
        wrong(
            "other-ca-gnutls",
            Make::GnuTls,
            "Signed by another CA",
            alone,
        )
        .fact("hint", "open"),
        wrong(
            "other-ca-sent",
            Make::Rustls,
            "Signed by another CA, which is sent too",
            with_root,
        )
        .fact("hint", serde_json::Value::Null),
        chain(
            "intermediate-unnamed",
            Make::Redis,
            "Does not send its intermediate, which nothing tells from another CA",
            Cause::CertificateWrongCa,
            || {
                let root = Authority::new("Lab Root");
                let below = root.intermediate("Lab Two", |_| {});
                case(below.issue(), &root)
            },
        )
        .fact("hint", "open"),
        chain(
            "upper-intermediate-not-sent",
            Make::OpenSsl,
            "Sends the lower of two intermediates only",
            Cause::CertificateWrongCa,
            || {
                let root = Authority::new("Lab Root");
                let lower = root
                    .intermediate("Lab Upper", |_| {})
                    .intermediate("Lab Lower", |_| {});
                case(lower.issue_rsa().sending(lower.der()), &root)
            },
        )
        .fact("hint", "open")
        .fact("issuer", "CN=Lab Upper")
        .fact("depth", 1),
        chain(
            "other-ca-long",
            Make::Redis,
            "A whole chain of another CA",
            Cause::CertificateWrongCa,
            || {
                let other = Authority::new("Other Root");
                let below = other.intermediate("Other Intermediate", |_| {});
                let identity = below.issue().sending(below.der()).sending(other.der());
                case(identity, &Authority::new("Lab CA"))
            },
        )
        .fact("issuer", "CN=Other Root"),
        chain(
            "leaf-as-ca",
            Make::Redis,
            "The CA file holds the server's own certificate",
            Cause::CertificateWrongCa,
            || {
                let identity = Authority::new("Lab CA").issue();
                Case {
                    trusted: identity.leaf(),
                    identity,
                }
            },
        )
        .fact("hint", "leaf_as_ca"),
        Scenario::fails(
            "system-store",
            Make::Rustls,
            "Signed by a CA of its own, and tested with the system's",
            StageId::Chain,
            Cause::CertificateWrongCa,
        )
        .fact("hint", "os")
        .at(|| async {
            let ca = Authority::new("Lab CA");
            Site::of(tls(&ca.issue()).await, &ca).with(|request| request.trust = Trust::Os)
        }),
    ]
}

fn replaced() -> Vec<Scenario> {
    let replaced =
        |id, make, about, start| chain(id, make, about, Cause::CertificateCaReplaced, start);
    vec![
        replaced(
            "ca-renewed",
            Make::Redis,
            "Signed by a CA of the same name with a new key",
            || case(Authority::new("Lab CA").issue(), &Authority::new("Lab CA")),
        ),
        replaced(
            "ca-renewed-sent",
            Make::OpenSsl,
            "Signed by a CA of the same name with a new key, which is sent too",
            || {
                let renewed = Authority::new("Lab CA");
                let identity = renewed.issue_rsa().sending(renewed.der());
                case(identity, &Authority::new("Lab CA"))
            },
        ),
        replaced(
            "root-renewed",
            Make::GnuTls,
            "Its intermediate is signed by a root of the same name with a new key",
            || {
                let renewed = Authority::new("Lab Root");
                let below = renewed.intermediate("Lab Intermediate", |_| {});
                case(
                    below.issue().sending(below.der()),
                    &Authority::new("Lab Root"),
                )
            },
        )
        .fact("depth", 1),
        replaced(
            "ca-renewed-rsa",
            Make::Rustls,
            "Signed by a CA of the same name that went from RSA to ECDSA",
            || {
                let old = Authority::keyed("Lab CA", Key::Rsa2048, |_| {});
                case(Authority::new("Lab CA").issue(), &old)
            },
        ),
    ]
}

fn missing() -> Vec<Scenario> {
    let missing = |id, make, about, evidence: &'static str, start| {
        chain(
            id,
            make,
            about,
            Cause::CertificateMissingIntermediate,
            start,
        )
        .fact("evidence", evidence)
    };
    vec![
        missing(
            "intermediate-not-sent",
            Make::Redis,
            "Does not send its intermediate, of which the name says what it is",
            "issuer_name",
            || {
                let root = Authority::new("Lab Root");
                let below = root.intermediate("Lab Intermediate", |_| {});
                case(below.issue(), &root)
            },
        ),
        missing(
            "root-instead-of-intermediate",
            Make::OpenSsl,
            "Sends the root instead of the intermediate",
            "sent_certificate_reaches_trusted_ca",
            || {
                let root = Authority::new("Lab Root");
                let below = root.intermediate("Lab Two", |_| {});
                case(below.issue_rsa().sending(root.der()), &root)
            },
        ),
        missing(
            "lower-intermediate-not-sent",
            Make::OpenSsl,
            "Sends the upper of two intermediates only",
            "sent_certificate_reaches_trusted_ca",
            || {
                let root = Authority::new("Lab Root");
                let upper = root.intermediate("Lab Upper", |_| {});
                let lower = upper.intermediate("Lab Lower", |_| {});
                case(lower.issue_rsa().sending(upper.der()), &root)
            },
        ),
        missing(
            "intermediate-announced",
            Make::Rustls,
            "Does not send its intermediate, and says where it is to be had",
            "issuer_location",
            || {
                let root = Authority::new("Lab Root");
                let below = root.intermediate("Lab Two", |_| {});
                let identity = below.issue_with(|p| p.custom_extensions.push(ca_issuers()));
                case(identity, &root)
            },
        ),
    ]
}

/// Authority information access with caIssuers (RFC 5280 4.2.2.1).
fn ca_issuers() -> CustomExtension {
    const URL: &[u8] = b"http://lab.invalid/";
    const CA_ISSUERS: &[u8] = &[6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2];
    let length = |content: &[u8]| u8::try_from(content.len()).unwrap();
    let location = [&[0x86, length(URL)][..], URL].concat();
    let description = [CA_ISSUERS, &location].concat();
    let description = [&[0x30, length(&description)][..], &description].concat();
    let access = [&[0x30, length(&description)][..], &description].concat();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], access)
}

fn self_signed() -> Vec<Scenario> {
    let itself =
        |id, make, about, start| chain(id, make, about, Cause::CertificateSelfSigned, start);
    vec![
        itself(
            "self-signed",
            Make::Redis,
            "Signed its certificate itself",
            || case(Identity::self_signed(), &Authority::new("Lab CA")),
        ),
        itself(
            "self-signed-ca",
            Make::OpenSsl,
            "Signed its certificate itself, which is a CA's",
            || case(Identity::self_signed_ca(), &Authority::new("Lab CA")),
        )
        .fact("hint", "ca"),
    ]
}

/// The path is whole, but somebody on it had no right to sign.
fn not_allowed() -> Vec<Scenario> {
    let not_allowed = |id, about, start| {
        chain(id, Make::Rustls, about, Cause::CertificateWrongCa, start).fact("hint", "not_allowed")
    };
    vec![
        not_allowed(
            "ca-constrained-to-other-names",
            "Signed by a CA that may sign for other names only",
            || {
                let ca = Authority::with("Lab CA", |params| {
                    params.name_constraints = Some(NameConstraints {
                        permitted_subtrees: vec![GeneralSubtree::DnsName("example.com".into())],
                        excluded_subtrees: Vec::new(),
                    });
                });
                case(ca.issue(), &ca)
            },
        ),
        not_allowed(
            "path-too-long",
            "An intermediate more than the CA allows",
            || {
                let ca = Authority::with("Lab CA", |params| {
                    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
                });
                let below = ca.intermediate("Lab Intermediate", |_| {});
                case(below.issue().sending(below.der()), &ca)
            },
        ),
        not_allowed(
            "ca-without-key-usage",
            "An intermediate whose key usage leaves out signing certificates",
            || {
                let ca = Authority::new("Lab CA");
                let below = ca.intermediate("Lab Two", |params| {
                    params.key_usages = vec![KeyUsagePurpose::CrlSign];
                });
                case(below.issue().sending(below.der()), &ca)
            },
        ),
        not_allowed(
            "signed-by-a-server",
            "Signed by another server's certificate, which is no CA",
            || {
                let ca = Authority::new("Lab CA");
                let server = ca.intermediate("Lab Server", |params| {
                    params.is_ca = IsCa::ExplicitNoCa;
                    params.key_usages.clear();
                });
                case(server.issue().sending(server.der()), &ca)
            },
        ),
    ]
}
