//! Keys, signatures and forms of certificate that clients refuse or do not know.

use rcgen::CustomExtension;
use rediseal_probe::{Cause, StageId};

use crate::old::{AUTHORITY, ED448, Issued, RSA_1024, Recipe, SECP256K1, SERVER};
use crate::pki::{Authority, Identity, Key};
use crate::scenario::{Case, Make, Scenario};
use crate::scenarios::trust::{chain, presenting};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [weak(), of_no_use(), unsupported()]
        .into_iter()
        .flatten()
        .collect()
}

/// Issued by OpenSSL under a CA of the lab's.
fn old(recipe: &Recipe<'_>) -> Case {
    let ca = Authority::keyed("Lab CA", Key::Rsa2048, |_| {});
    Case {
        identity: Issued::by(&ca, recipe).identity(),
        trusted: ca.der(),
    }
}

/// With an intermediate that OpenSSL issued.
fn below(recipe: &Recipe<'_>) -> Case {
    let root = Authority::keyed("Lab Root", Key::Rsa2048, |_| {});
    let intermediate = Issued::by(&root, recipe);
    let leaf = Issued::below(&intermediate, &SERVER);
    Case {
        identity: leaf.sending(&[&intermediate]),
        trusted: root.der(),
    }
}

fn weak() -> Vec<Scenario> {
    use Cause::{CertificateWeakKey, CertificateWeakSignature};
    vec![
        chain(
            "rsa-1024",
            Make::OpenSsl,
            "An RSA key of 1024 bits",
            CertificateWeakKey,
            || {
                old(&Recipe {
                    key: RSA_1024,
                    ..SERVER
                })
            },
        )
        .fact("bits", 1024),
        chain(
            "intermediate-rsa-1024",
            Make::OpenSsl,
            "An intermediate with an RSA key of 1024 bits",
            CertificateWeakKey,
            || {
                below(&Recipe {
                    key: RSA_1024,
                    ..AUTHORITY
                })
            },
        )
        .fact("depth", 1),
        chain(
            "sha-1",
            Make::OpenSsl,
            "Signed over SHA-1",
            CertificateWeakSignature,
            || {
                old(&Recipe {
                    options: &["-sha1"],
                    ..SERVER
                })
            },
        ),
        chain(
            "md5",
            Make::OpenSsl,
            "Signed over MD5",
            CertificateWeakSignature,
            || {
                old(&Recipe {
                    options: &["-md5"],
                    ..SERVER
                })
            },
        ),
        chain(
            "intermediate-sha-1",
            Make::OpenSsl,
            "An intermediate signed over SHA-1",
            CertificateWeakSignature,
            || {
                below(&Recipe {
                    options: &["-sha1"],
                    ..AUTHORITY
                })
            },
        )
        .fact("depth", 1),
    ]
}

/// The server finds that the client has no use for its key, and ends the handshake.
fn of_no_use() -> Vec<Scenario> {
    [
        ("key-secp256k1", "A key on secp256k1", SECP256K1),
        ("key-ed448", "A key for Ed448", ED448),
    ]
    .map(|(id, about, key)| {
        let cause = Cause::TlsNoCommonCipher;
        Scenario::fails(id, Make::OpenSsl, about, StageId::Tls, cause)
            .fact("alert", "handshake_failure")
            .fact("hint", "key")
            .at(move || presenting(Make::OpenSsl, old(&Recipe { key, ..SERVER })))
    })
    .into()
}

fn unsupported() -> Vec<Scenario> {
    let unsupported =
        |id, make, about, start| chain(id, make, about, Cause::CertificateUnsupported, start);
    vec![
        unsupported("x509-v1", Make::OpenSsl, "X.509 version 1", || {
            old(&Recipe {
                extensions: None,
                ..SERVER
            })
        })
        .fact("version", 1),
        unsupported(
            "critical-extension",
            Make::Rustls,
            "A critical extension that nobody knows",
            || {
                let ca = Authority::new("Lab CA");
                let mut unknown = CustomExtension::from_oid_content(&[1, 3, 9999, 1], vec![5, 0]);
                unknown.set_criticality(true);
                Case {
                    identity: ca.issue_with(|params| params.custom_extensions.push(unknown)),
                    trusted: ca.der(),
                }
            },
        ),
        unsupported(
            "signed-with-ed448",
            Make::OpenSsl,
            "Signed with Ed448, which hardly any client knows",
            || {
                let ca = Issued::root(&Recipe {
                    key: ED448,
                    ..AUTHORITY
                });
                let identity = Issued::below(&ca, &SERVER).identity();
                Case {
                    trusted: Identity::from_pem(&ca.certificate, &ca.key).leaf(),
                    identity,
                }
            },
        ),
    ]
}
