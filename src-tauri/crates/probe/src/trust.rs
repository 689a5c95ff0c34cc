//! The authorities whose signature counts, and the check of a chain against them alone.

use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath, anchor_from_trusted_cert};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::error::Error;
use crate::links::{Rights, weak_rsa_bits};
use crate::request::Trust;

/// Trusted certificates, read.
#[derive(Debug, Default)]
pub struct Authorities {
    /// They are the operating system's.
    of_system: bool,
    given: Vec<CertificateDer<'static>>,
    /// Those in force at the time of the test; `positions` says where they are in `given`. A path
    /// to an authority that has expired is no path: webpki does not look at an anchor's dates.
    in_force: Vec<TrustAnchor<'static>>,
    positions: Vec<usize>,
    /// Of those in force.
    rights: Vec<Rights>,
    /// The time, in seconds since 1970, in which no authority begins or ends to be in force.
    unchanged: Option<RangeInclusive<i64>>,
}

/// A chain that holds.
#[derive(Debug)]
pub(crate) struct Verified {
    /// The position of the authority that it leads to.
    pub(crate) authority: usize,
    /// The certificates between the server's own and the authority, by their place in what was
    /// sent, where the server's own is at 0. Each signature on the way was checked.
    pub(crate) path: Vec<usize>,
}

/// Why a chain was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The server's own certificate cannot be used at all.
    Leaf(webpki::Error),
    /// No valid path.
    Path(webpki::Error),
    /// The server's own RSA key is too short.
    WeakLeafKey,
    /// The key usage of the server's own certificate leaves out everything that TLS needs.
    LeafKeyUsage,
}

impl Authorities {
    /// Those that were read before as they are, unless one of them began or ended since.
    pub(crate) fn of(trust: &Trust, now: Timestamp) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(match trust {
            Trust::Authorities(ders) => Self::given(ders, now)?,
            Trust::Os => Self::os(now)?,
            Trust::Read(read) if read.holds_at(now) => return Ok(Arc::clone(read)),
            Trust::Read(read) => read.at(now),
        }))
    }

    fn given(ders: &[Vec<u8>], now: Timestamp) -> Result<Self, Error> {
        if ders.is_empty() {
            return Err(Error::NoAuthorities);
        }
        let mut authorities = Self::default();
        for (index, der) in ders.iter().enumerate() {
            let der = CertificateDer::from(der.clone());
            authorities
                .add(der, now)
                .ok_or(Error::Authority { index })?;
        }
        Ok(authorities)
    }

    /// A store of the operating system may hold certificates that no one can use; they are
    /// left out.
    fn os(now: Timestamp) -> Result<Self, Error> {
        let found = rustls_native_certs::load_native_certs();
        let mut authorities = Self {
            of_system: true,
            ..Self::default()
        };
        for der in found.certs {
            let _ = authorities.add(der, now);
        }
        if authorities.given.is_empty() {
            let reason = found.errors.first().map_or_else(
                || "it has no certificates".to_owned(),
                |error| error.to_string(),
            );
            return Err(Error::OsStore { reason });
        }
        Ok(authorities)
    }

    fn holds_at(&self, now: Timestamp) -> bool {
        let now = now.as_second();
        self.unchanged.as_ref().is_some_and(|t| t.contains(&now))
    }

    /// The same, as they are at another time.
    fn at(&self, now: Timestamp) -> Self {
        let mut authorities = Self {
            of_system: self.of_system,
            ..Self::default()
        };
        for der in &self.given {
            let _ = authorities.add(der.clone(), now);
        }
        authorities
    }

    /// None, and nothing added, when it cannot be read.
    fn add(&mut self, der: CertificateDer<'static>, now: Timestamp) -> Option<()> {
        let anchor = anchor_from_trusted_cert(&der).ok()?.to_owned();
        let (_, certificate) = X509Certificate::from_der(&der).ok()?;
        let validity = certificate.validity();
        let valid = validity.not_before.timestamp()..=validity.not_after.timestamp();
        let now = now.as_second();
        if valid.contains(&now) {
            self.in_force.push(anchor);
            self.positions.push(self.given.len());
            self.rights.push(Rights::read(&certificate));
        }
        let before = self.unchanged.take().unwrap_or(i64::MIN..=i64::MAX);
        self.unchanged = Some(around(now, &valid, &before));
        self.given.push(der);
        Some(())
    }

    pub(crate) const fn of_system(&self) -> bool {
        self.of_system
    }

    pub(crate) fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.given
    }

    /// The position of the authority that the chain leads to.
    pub(crate) fn verify(
        &self,
        algorithms: &WebPkiSupportedAlgorithms,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        at: UnixTime,
    ) -> Result<Verified, Refused> {
        let leaf = EndEntityCert::try_from(end_entity).map_err(Refused::Leaf)?;
        let path = leaf
            .verify_for_usage(
                algorithms.all,
                &self.in_force,
                intermediates,
                at,
                KeyUsage::server_auth(),
                None,
                Some(&|path: &VerifiedPath<'_>| self.allow(path)),
            )
            .map_err(Refused::Path)?;
        let (_, read) = X509Certificate::from_der(end_entity)
            .map_err(|_| Refused::Leaf(webpki::Error::BadDer))?;
        if weak_rsa_bits(read.public_key()).is_some() {
            return Err(Refused::WeakLeafKey);
        }
        if !Rights::read(&read).serves_tls {
            return Err(Refused::LeafKeyUsage);
        }
        let authority = self
            .in_force_at(&path)
            .and_then(|at| self.positions.get(at).copied())
            .ok_or(Refused::Path(webpki::Error::UnknownIssuer))?;
        let above = path.intermediate_certificates().filter_map(|used| {
            let der = used.der();
            intermediates.iter().position(|sent| *sent == der)
        });
        Ok(Verified {
            authority,
            path: above.map(|at| at + 1).collect(),
        })
    }

    fn in_force_at(&self, path: &VerifiedPath<'_>) -> Option<usize> {
        let mut anchors = self.in_force.iter();
        anchors.position(|anchor| anchor == path.anchor())
    }

    /// What the library leaves open: an authority's own limit of the path's length, and whether
    /// each CA may sign certificates.
    fn allow(&self, path: &VerifiedPath<'_>) -> Result<(), webpki::Error> {
        let at = self.in_force_at(path).ok_or(webpki::Error::UnknownIssuer)?;
        let given = self.positions.get(at).and_then(|&at| self.given.get(at));
        if given == Some(&path.end_entity().der()) {
            // A server's own certificate that is trusted itself needs no CA.
            return Ok(());
        }
        let anchor = self.rights.get(at).ok_or(webpki::Error::UnknownIssuer)?;
        let below = path.intermediate_certificates().count();
        let limit = anchor
            .path_length
            .and_then(|limit| usize::try_from(limit).ok());
        if limit.is_some_and(|limit| below > limit) {
            return Err(webpki::Error::PathLenConstraintViolated);
        }
        let mut signers = path.intermediate_certificates().map(|ca| {
            let der = ca.der();
            let read = X509Certificate::from_der(&der);
            read.is_ok_and(|(_, ca)| Rights::read(&ca).signs_certificates)
        });
        match anchor.signs_certificates && signers.all(|signs| signs) {
            true => Ok(()),
            false => Err(webpki::Error::EndEntityUsedAsCa),
        }
    }
}

/// The part of `before` around `now` in which a certificate that is `valid` then does not change
/// whether it is.
fn around(
    now: i64,
    valid: &RangeInclusive<i64>,
    before: &RangeInclusive<i64>,
) -> RangeInclusive<i64> {
    let (from, to) = if now < *valid.start() {
        (i64::MIN, valid.start() - 1)
    } else if now > *valid.end() {
        (valid.end() + 1, i64::MAX)
    } else {
        (*valid.start(), *valid.end())
    };
    from.max(*before.start())..=to.min(*before.end())
}
