//! Certificates as links of a chain: who signed whom, really checked.

use jiff::Timestamp;
use rediseal_certificate::{Facts, LEAST_RSA_BITS, pem_block, signature_holds};
use rustls::pki_types::CertificateDer;
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::report::{Link, Role};

/// A certificate that could be read.
#[derive(Clone, Debug)]
pub(crate) struct Certificate<'a> {
    der: &'a [u8],
    x509: X509Certificate<'a>,
    pub(crate) facts: Facts,
}

impl PartialEq for Certificate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl<'a> Certificate<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Option<Self> {
        let (rest, x509) = X509Certificate::from_der(der).ok()?;
        let facts = Facts::of(&x509, der).ok().filter(|_| rest.is_empty())?;
        Some(Self { der, x509, facts })
    }

    /// Issuer and subject are the same name, byte for byte as path building compares them
    /// (RFC 5280 7.1 allows more; clients do not).
    pub(crate) fn is_named_by(&self, issuer: &Certificate<'_>) -> bool {
        self.x509.issuer().as_raw() == issuer.x509.subject().as_raw()
    }

    /// By name, and by signature as far as that can be checked.
    pub(crate) fn is_issued_by(&self, issuer: &Certificate<'_>) -> bool {
        self.is_named_by(issuer) && self.is_signed_by(issuer) != Some(false)
    }

    /// The identifier that it gives its issuer's key is that of this certificate's key (RFC 5280
    /// 4.2.1.1): it was made with this key, whether or not the signature still holds.
    pub(crate) fn names_key_of(&self, issuer: &Certificate<'_>) -> bool {
        let named = self.x509.extensions().iter().find_map(|extension| {
            match extension.parsed_extension() {
                ParsedExtension::AuthorityKeyIdentifier(key) => key.key_identifier.as_ref(),
                _ => None,
            }
        });
        let own = issuer.x509.extensions().iter().find_map(|extension| {
            match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(key) => Some(key),
                _ => None,
            }
        });
        named.is_some_and(|named| Some(named) == own)
    }

    pub(crate) fn is_self_signed(&self) -> bool {
        self.is_issued_by(self)
    }

    /// As [`signature_holds`] has it.
    pub(crate) fn is_signed_by(&self, issuer: &Certificate<'_>) -> Option<bool> {
        signature_holds(self.der, &self.x509, &issuer.x509)
    }

    pub(crate) fn is_weak_key(&self) -> bool {
        self.weak_bits().is_some()
    }

    /// The length of an RSA key that is too short.
    pub(crate) fn weak_bits(&self) -> Option<u32> {
        weak_rsa_bits(self.x509.public_key())
    }

    /// Signed over a digest for which collisions can be made.
    pub(crate) fn is_weak_signature(&self) -> bool {
        let name = self.facts.signature.to_ascii_lowercase();
        ["md2", "md4", "md5", "sha1"]
            .iter()
            .any(|digest| name.contains(digest))
    }

    /// It says where its issuer's certificate is to be had (RFC 5280 4.2.2.1): roots are not
    /// announced like this.
    pub(crate) fn names_issuer_location(&self) -> bool {
        self.x509.extensions().iter().any(|extension| {
            matches!(
                extension.parsed_extension(),
                ParsedExtension::AuthorityInfoAccess(access)
                    if access.accessdescs.iter().any(|description| {
                        description.access_method == OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS
                    })
            )
        })
    }

    pub(crate) fn covers(&self, time: Timestamp) -> bool {
        (self.facts.not_before..=self.facts.not_after).contains(&time)
    }
}

/// What a certificate may be used for, by its key usage (RFC 5280 4.2.1.3) and basic constraints
/// (4.2.1.9). Path building does not look at all of it; OpenSSL and with it most clients do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rights {
    pub(crate) signs_certificates: bool,
    /// For the key exchange of any version of TLS.
    pub(crate) serves_tls: bool,
    /// How many CAs may stand below it.
    pub(crate) path_length: Option<u32>,
}

impl Rights {
    pub(crate) fn read(certificate: &X509Certificate<'_>) -> Self {
        let usage = certificate
            .key_usage()
            .ok()
            .flatten()
            .map(|usage| usage.value);
        let constraints = certificate.basic_constraints().ok().flatten();
        Self {
            signs_certificates: usage.is_none_or(|usage| usage.key_cert_sign()),
            serves_tls: usage.is_none_or(|usage| {
                usage.digital_signature() || usage.key_encipherment() || usage.key_agreement()
            }),
            path_length: constraints.and_then(|c| c.value.path_len_constraint),
        }
    }
}

/// The length of an RSA key that is too short.
pub(crate) fn weak_rsa_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<u32> {
    let Ok(PublicKey::RSA(key)) = key.parsed() else {
        return None;
    };
    let bits = u32::try_from(key.key_size()).unwrap_or(u32::MAX);
    (bits < LEAST_RSA_BITS).then_some(bits)
}

/// The chain as it was sent, then the authority that it leads to, unless that was sent too.
pub(crate) struct Links<'a> {
    links: Vec<(Role, &'a CertificateDer<'a>, Option<Certificate<'a>>)>,
    /// Of the links, by place, those whose signature by the next is known to hold.
    checked: Vec<usize>,
}

impl<'a> Links<'a> {
    pub(crate) fn read(
        presented: &'a [CertificateDer<'a>],
        authority: Option<&'a CertificateDer<'a>>,
    ) -> Self {
        let sent = presented.iter().enumerate().map(|(position, der)| {
            let role = match position {
                0 => Role::Leaf,
                _ if Some(der) == authority => Role::Trusted,
                _ => Role::Sent,
            };
            (role, der)
        });
        let added = authority.filter(|authority| !presented.contains(authority));
        let all = sent.chain(added.map(|der| (Role::Trusted, der)));
        Self {
            links: all
                .map(|(role, der)| (role, der, Certificate::read(der)))
                .collect(),
            checked: Vec::new(),
        }
    }

    /// The same of a chain that holds: the signatures on the way to the authority need not be
    /// checked again.
    pub(crate) fn of_path(
        presented: &'a [CertificateDer<'a>],
        authority: &'a CertificateDer<'a>,
        path: &[usize],
    ) -> Self {
        let mut links = Self::read(presented, Some(authority));
        let sent = presented.iter().position(|der| der == authority);
        let end = sent.unwrap_or(presented.len());
        let steps = || path.iter().copied();
        let from = std::iter::once(0).chain(steps());
        let to = steps().chain(std::iter::once(end));
        links.checked = from
            .zip(to)
            .filter(|(from, to)| from + 1 == *to)
            .map(|(from, _)| from)
            .collect();
        links
    }

    pub(crate) fn certificates(&self) -> impl Iterator<Item = &Certificate<'a>> {
        self.links.iter().filter_map(|(_, _, read)| read.as_ref())
    }

    pub(crate) fn leaf(&self) -> Option<&Facts> {
        let (_, _, read) = self.links.first()?;
        read.as_ref().map(|certificate| &certificate.facts)
    }

    /// For the report, with every signature checked.
    pub(crate) fn check(self) -> Vec<Link> {
        let signed: Vec<_> = (0..self.links.len())
            .map(|at| {
                let (_, _, certificate) = self.links.get(at)?;
                let (_, _, next) = self.links.get(at + 1)?;
                match (certificate, next) {
                    (Some(_), Some(_)) if self.checked.contains(&at) => Some(true),
                    (Some(certificate), Some(next)) => certificate.is_signed_by(next),
                    _ => None,
                }
            })
            .collect();
        self.links
            .into_iter()
            .zip(signed)
            .map(|((role, der, read), signed_by_next)| Link {
                role,
                facts: read.map(|certificate| certificate.facts),
                signed_by_next,
                pem: pem_block(der),
            })
            .collect()
    }
}
