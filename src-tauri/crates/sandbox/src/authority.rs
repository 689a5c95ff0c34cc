//! Certificate authorities and the certificates they issue to instances.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_lc_rs::digest;
use jiff::{Timestamp, ToSpan, tz};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, SanType, SerialNumber, date_time_ymd,
};
use rustls::{
    ServerConfig, SupportedProtocolVersion,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use serde::Deserialize;

/// The kind of key an authority and its instances have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyKind {
    /// RSA with 2048 bits.
    Rsa,
    /// ECDSA on P-256.
    Ecdsa,
}

/// The oldest version of TLS that a server accepts; each is the name of `SSLMinVersion`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MinVersion {
    #[default]
    Tls12,
    Tls13,
}

/// A certificate authority; its key and certificate are made when they are first needed.
#[derive(Debug)]
pub(crate) struct Authority {
    common_name: String,
    key: KeyKind,
    since: Timestamp,
    seed: u64,
    made: Mutex<Option<Arc<Ca>>>,
}

/// An authority's key and certificate.
pub(crate) struct Ca {
    issuer: Issuer<'static, KeyPair>,
    /// The self-signed certificate.
    pub(crate) der: CertificateDer<'static>,
    /// The same in PEM.
    pub(crate) pem: String,
    since: Timestamp,
}

/// What a certificate is issued for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) common_name: String,
    /// Empty: no SAN extension at all.
    pub(crate) names: Vec<String>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
}

/// The certificate of a server, made when the first client connects.
#[derive(Debug)]
pub(crate) struct Identity {
    authority: Arc<Authority>,
    subject: Subject,
    oldest: MinVersion,
    config: tokio::sync::OnceCell<Arc<ServerConfig>>,
}

/// Why a server has no certificate.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// Key or certificate could not be made.
    #[error("the certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// What was made does not fit together.
    #[error("the TLS library refuses the certificate: {0}")]
    Tls(#[from] rustls::Error),
    /// The sandbox stopped meanwhile.
    #[error("the certificate was not made: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
}

impl Authority {
    pub(crate) fn new(common_name: String, key: KeyKind, since: Timestamp, seed: u64) -> Self {
        Self {
            common_name,
            key,
            since,
            seed,
            made: Mutex::new(None),
        }
    }

    /// Makes the key on the first call, which takes up to half a second for RSA.
    pub(crate) fn ca(&self) -> Result<Arc<Ca>, rcgen::Error> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ca) = &*made {
            return Ok(ca.clone());
        }
        let key = self.key.generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = distinguished_name(&self.common_name);
        set_validity(&mut params, self.since, years_after(self.since, CA_YEARS));
        params.serial_number = Some(serial(&[&self.common_name], self.seed));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?;
        let ca = Arc::new(Ca {
            der: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
            since: self.since,
        });
        *made = Some(ca.clone());
        Ok(ca)
    }

    /// A server with a new key and a certificate of this authority. Takes as long as
    /// [`ca`](Self::ca).
    pub(crate) fn server(
        &self,
        subject: &Subject,
        oldest: MinVersion,
    ) -> Result<Arc<ServerConfig>, IssueError> {
        let ca = self.ca()?;
        let key = self.key.generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = distinguished_name(&subject.common_name);
        set_validity(&mut params, subject.not_before, subject.not_after);
        let issued = subject.not_before.to_string();
        params.serial_number = Some(serial(&[&subject.common_name, &issued], self.seed));
        params.key_usages = match self.key {
            KeyKind::Rsa => vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyEncipherment,
            ],
            KeyKind::Ecdsa => vec![KeyUsagePurpose::DigitalSignature],
        };
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        for name in &subject.names {
            params.subject_alt_names.push(match name.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(name.as_str().try_into()?),
            });
        }
        let certificate = params.signed_by(&key, &ca.issuer)?;
        let key = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|reason| rustls::Error::General(reason.to_owned()))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(oldest.versions())?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        Ok(Arc::new(config))
    }
}

impl Identity {
    pub(crate) fn new(authority: Arc<Authority>, subject: Subject, oldest: MinVersion) -> Self {
        Self {
            authority,
            subject,
            oldest,
            config: tokio::sync::OnceCell::new(),
        }
    }

    pub(crate) fn oldest(&self) -> MinVersion {
        self.oldest
    }

    /// The TLS configuration. The key is made at the first call, away from the runtime's threads,
    /// and to its end whether or not the caller waits for it.
    pub(crate) async fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, IssueError> {
        if let Some(config) = self.config.get() {
            return Ok(config.clone());
        }
        let identity = Arc::clone(self);
        let making = async move {
            let make = || async {
                let authority = identity.authority.clone();
                let (subject, oldest) = (identity.subject.clone(), identity.oldest);
                tokio::task::spawn_blocking(move || authority.server(&subject, oldest)).await?
            };
            identity.config.get_or_try_init(make).await.cloned()
        };
        tokio::spawn(making).await?
    }
}

impl MinVersion {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "TLSv1.2" => Some(Self::Tls12),
            "TLSv1.3" => Some(Self::Tls13),
            _ => None,
        }
    }

    fn versions(self) -> &'static [&'static SupportedProtocolVersion] {
        static TLS13: [&SupportedProtocolVersion; 1] = [&rustls::version::TLS13];
        match self {
            Self::Tls12 => rustls::ALL_VERSIONS,
            Self::Tls13 => &TLS13,
        }
    }
}

impl Ca {
    /// Start of the validity, which the trust store shows as the date of the entry.
    pub(crate) fn since(&self) -> Timestamp {
        self.since
    }
}

impl std::fmt::Debug for Ca {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ca").finish_non_exhaustive()
    }
}

impl KeyKind {
    fn generate(self) -> Result<KeyPair, rcgen::Error> {
        KeyPair::generate_for(match self {
            Self::Rsa => &PKCS_RSA_SHA256,
            Self::Ecdsa => &PKCS_ECDSA_P256_SHA256,
        })
    }
}

/// Of a CA. The vendor documents none; one that ended first would cut what it signed short.
const CA_YEARS: i64 = 30;

/// The validity that the vendor documents for a certificate.
pub(crate) fn twenty_years_after(since: Timestamp) -> Timestamp {
    years_after(since, 20)
}

/// `years` may be negative.
pub(crate) fn years_after(since: Timestamp, years: i64) -> Timestamp {
    tz::offset(0)
        .to_datetime(since)
        .checked_add(years.years())
        .ok()
        .and_then(|then| tz::offset(0).to_timestamp(then).ok())
        .unwrap_or(since)
}

fn distinguished_name(common_name: &str) -> rcgen::DistinguishedName {
    let mut name = rcgen::DistinguishedName::new();
    name.push(DnType::CountryName, "CN");
    name.push(DnType::OrganizationName, "RediSeal Sandbox");
    name.push(DnType::OrganizationalUnitName, "TencentDB");
    name.push(DnType::CommonName, common_name);
    name
}

/// 127 bits, as RFC 5280 wants them positive and at most 20 octets.
fn serial(parts: &[&str], seed: u64) -> SerialNumber {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(&seed.to_be_bytes());
    for part in parts {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    let mut serial = hash.finish().as_ref()[..16].to_vec();
    serial[0] = serial[0] & 0x7f | 0x40;
    SerialNumber::from(serial)
}

/// Times before 1970 become 1970.
fn set_validity(params: &mut CertificateParams, not_before: Timestamp, not_after: Timestamp) {
    let since_1970 =
        |at: Timestamp| Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0));
    params.not_before = date_time_ymd(1970, 1, 1) + since_1970(not_before);
    params.not_after = date_time_ymd(1970, 1, 1) + since_1970(not_after);
}
