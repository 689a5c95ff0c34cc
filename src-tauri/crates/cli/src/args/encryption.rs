//! What can be chosen about SSL.

use clap::{Args, ValueEnum};
use rediseal_engine::view;

use super::Change;

/// An address that a certificate is asked to be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CertificateAddress {
    Private,
    PrivateIpv6,
    Public,
}

impl From<CertificateAddress> for view::CertificateAddress {
    fn from(address: CertificateAddress) -> Self {
        match address {
            CertificateAddress::Private => Self::PrivateIpv4,
            CertificateAddress::PrivateIpv6 => Self::PrivateIpv6,
            CertificateAddress::Public => Self::Public,
        }
    }
}

/// Refuse connections without TLS, or take them again; without a mode, try whether they are taken.
#[derive(Args, Debug)]
pub(crate) struct EncryptionMode {
    #[command(flatten)]
    pub(crate) change: Change,
    /// What becomes of connections without TLS. Without it nothing is changed: exits with 0 when
    /// they are refused, 1 when they are taken, 3 when that cannot be seen from here.
    #[arg(value_enum, value_name = "MODE")]
    pub(crate) mode: Option<Mode>,
    /// The instance's id once more, for `required`; without it nothing is changed.
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    Flexible,
    Required,
}

impl From<Mode> for view::EncryptionMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Flexible => Self::Flexible,
            Mode::Required => Self::Required,
        }
    }
}

/// Have the server's certificate renewed, compare it with the old one, and test.
#[derive(Args, Debug)]
pub(crate) struct UpdateCertificate {
    #[command(flatten)]
    pub(crate) change: Change,
    /// Ask for a certificate for this address of the instance.
    #[arg(long, value_enum, value_name = "ADDRESS")]
    pub(crate) address: Option<CertificateAddress>,
    /// The oldest version of TLS that the server takes from then on.
    #[arg(long, value_enum, value_name = "VERSION")]
    pub(crate) min_version: Option<MinVersion>,
    /// Use this certificate of the SSL Certificates service.
    #[arg(long, value_name = "ID")]
    pub(crate) certificate_id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MinVersion {
    #[value(name = "TLSv1.2")]
    Tls12,
    #[value(name = "TLSv1.3")]
    Tls13,
}

impl From<MinVersion> for view::MinVersion {
    fn from(version: MinVersion) -> Self {
        match version {
            MinVersion::Tls12 => Self::Tls12,
            MinVersion::Tls13 => Self::Tls13,
        }
    }
}
