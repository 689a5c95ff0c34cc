//! The closed list of causes. Ids are stable; title, explanation and fix stand once per language
//! in `causes/en.json` and `causes/zh-CN.json`, embedded here and imported by the UI.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a stage did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "each is explained in the catalogue")]
pub enum Cause {
    #[serde(rename = "dns.not_found")]
    DnsNotFound,
    #[serde(rename = "dns.timeout")]
    DnsTimeout,
    #[serde(rename = "dns.failed")]
    DnsFailed,
    #[serde(rename = "tcp.refused")]
    TcpRefused,
    #[serde(rename = "tcp.timeout")]
    TcpTimeout,
    #[serde(rename = "tcp.unreachable")]
    TcpUnreachable,
    #[serde(rename = "tcp.reset")]
    TcpReset,
    #[serde(rename = "proxy.unreachable")]
    ProxyUnreachable,
    #[serde(rename = "proxy.auth_required")]
    ProxyAuthRequired,
    #[serde(rename = "proxy.refused")]
    ProxyRefused,
    #[serde(rename = "ssh.unreachable")]
    SshUnreachable,
    #[serde(rename = "ssh.host_key_unknown")]
    SshHostKeyUnknown,
    #[serde(rename = "ssh.host_key_changed")]
    SshHostKeyChanged,
    #[serde(rename = "ssh.auth_failed")]
    SshAuthFailed,
    #[serde(rename = "ssh.forward_refused")]
    SshForwardRefused,
    #[serde(rename = "tls.plaintext_server")]
    TlsPlaintextServer,
    #[serde(rename = "tls.not_tls")]
    TlsNotTls,
    #[serde(rename = "tls.closed")]
    TlsClosed,
    #[serde(rename = "tls.reset")]
    TlsReset,
    #[serde(rename = "tls.timeout")]
    TlsTimeout,
    #[serde(rename = "tls.no_common_version")]
    TlsNoCommonVersion,
    #[serde(rename = "tls.no_common_cipher")]
    TlsNoCommonCipher,
    #[serde(rename = "tls.name_required")]
    TlsNameRequired,
    #[serde(rename = "tls.client_certificate_required")]
    TlsClientCertificateRequired,
    #[serde(rename = "tls.alert")]
    TlsAlert,
    #[serde(rename = "tls.broken")]
    TlsBroken,
    #[serde(rename = "certificate.wrong_ca")]
    CertificateWrongCa,
    #[serde(rename = "certificate.ca_replaced")]
    CertificateCaReplaced,
    #[serde(rename = "certificate.missing_intermediate")]
    CertificateMissingIntermediate,
    #[serde(rename = "certificate.self_signed")]
    CertificateSelfSigned,
    #[serde(rename = "certificate.expired")]
    CertificateExpired,
    #[serde(rename = "certificate.not_yet_valid")]
    CertificateNotYetValid,
    #[serde(rename = "certificate.ca_expired")]
    CertificateCaExpired,
    #[serde(rename = "certificate.name_mismatch")]
    CertificateNameMismatch,
    #[serde(rename = "certificate.name_not_checkable")]
    CertificateNameNotCheckable,
    #[serde(rename = "certificate.weak_key")]
    CertificateWeakKey,
    #[serde(rename = "certificate.weak_signature")]
    CertificateWeakSignature,
    #[serde(rename = "certificate.not_for_server")]
    CertificateNotForServer,
    #[serde(rename = "certificate.ca_as_leaf")]
    CertificateCaAsLeaf,
    #[serde(rename = "certificate.unsupported")]
    CertificateUnsupported,
    #[serde(rename = "certificate.malformed")]
    CertificateMalformed,
    #[serde(rename = "redis.auth_required")]
    RedisAuthRequired,
    #[serde(rename = "redis.wrong_password")]
    RedisWrongPassword,
    #[serde(rename = "redis.no_permission")]
    RedisNoPermission,
    #[serde(rename = "redis.max_clients")]
    RedisMaxClients,
    #[serde(rename = "redis.loading")]
    RedisLoading,
    #[serde(rename = "redis.protected_mode")]
    RedisProtectedMode,
    #[serde(rename = "redis.not_redis")]
    RedisNotRedis,
    #[serde(rename = "redis.timeout")]
    RedisTimeout,
    #[serde(rename = "redis.closed")]
    RedisClosed,
    #[serde(rename = "policy.plaintext_accepted")]
    PolicyPlaintextAccepted,
    #[serde(rename = "policy.old_protocol")]
    PolicyOldProtocol,
    #[serde(rename = "policy.weak_cipher")]
    PolicyWeakCipher,
    #[serde(rename = "policy.expires_soon")]
    PolicyExpiresSoon,
}

impl Cause {
    /// Every cause, in the order of the layers.
    pub const ALL: &[Self] = &[
        Self::DnsNotFound,
        Self::DnsTimeout,
        Self::DnsFailed,
        Self::TcpRefused,
        Self::TcpTimeout,
        Self::TcpUnreachable,
        Self::TcpReset,
        Self::ProxyUnreachable,
        Self::ProxyAuthRequired,
        Self::ProxyRefused,
        Self::SshUnreachable,
        Self::SshHostKeyUnknown,
        Self::SshHostKeyChanged,
        Self::SshAuthFailed,
        Self::SshForwardRefused,
        Self::TlsPlaintextServer,
        Self::TlsNotTls,
        Self::TlsClosed,
        Self::TlsReset,
        Self::TlsTimeout,
        Self::TlsNoCommonVersion,
        Self::TlsNoCommonCipher,
        Self::TlsNameRequired,
        Self::TlsClientCertificateRequired,
        Self::TlsAlert,
        Self::TlsBroken,
        Self::CertificateWrongCa,
        Self::CertificateCaReplaced,
        Self::CertificateMissingIntermediate,
        Self::CertificateSelfSigned,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::CertificateCaExpired,
        Self::CertificateNameMismatch,
        Self::CertificateNameNotCheckable,
        Self::CertificateWeakKey,
        Self::CertificateWeakSignature,
        Self::CertificateNotForServer,
        Self::CertificateCaAsLeaf,
        Self::CertificateUnsupported,
        Self::CertificateMalformed,
        Self::RedisAuthRequired,
        Self::RedisWrongPassword,
        Self::RedisNoPermission,
        Self::RedisMaxClients,
        Self::RedisLoading,
        Self::RedisProtectedMode,
        Self::RedisNotRedis,
        Self::RedisTimeout,
        Self::RedisClosed,
        Self::PolicyPlaintextAccepted,
        Self::PolicyOldProtocol,
        Self::PolicyWeakCipher,
        Self::PolicyExpiresSoon,
    ];

    /// The stable id, such as `tls.plaintext_server`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::DnsNotFound => "dns.not_found",
            Self::DnsTimeout => "dns.timeout",
            Self::DnsFailed => "dns.failed",
            Self::TcpRefused => "tcp.refused",
            Self::TcpTimeout => "tcp.timeout",
            Self::TcpUnreachable => "tcp.unreachable",
            Self::TcpReset => "tcp.reset",
            Self::ProxyUnreachable => "proxy.unreachable",
            Self::ProxyAuthRequired => "proxy.auth_required",
            Self::ProxyRefused => "proxy.refused",
            Self::SshUnreachable => "ssh.unreachable",
            Self::SshHostKeyUnknown => "ssh.host_key_unknown",
            Self::SshHostKeyChanged => "ssh.host_key_changed",
            Self::SshAuthFailed => "ssh.auth_failed",
            Self::SshForwardRefused => "ssh.forward_refused",
            Self::TlsPlaintextServer => "tls.plaintext_server",
            Self::TlsNotTls => "tls.not_tls",
            Self::TlsClosed => "tls.closed",
            Self::TlsReset => "tls.reset",
            Self::TlsTimeout => "tls.timeout",
            Self::TlsNoCommonVersion => "tls.no_common_version",
            Self::TlsNoCommonCipher => "tls.no_common_cipher",
            Self::TlsNameRequired => "tls.name_required",
            Self::TlsClientCertificateRequired => "tls.client_certificate_required",
            Self::TlsAlert => "tls.alert",
            Self::TlsBroken => "tls.broken",
            Self::CertificateWrongCa => "certificate.wrong_ca",
            Self::CertificateCaReplaced => "certificate.ca_replaced",
            Self::CertificateMissingIntermediate => "certificate.missing_intermediate",
            Self::CertificateSelfSigned => "certificate.self_signed",
            Self::CertificateExpired => "certificate.expired",
            Self::CertificateNotYetValid => "certificate.not_yet_valid",
            Self::CertificateCaExpired => "certificate.ca_expired",
            Self::CertificateNameMismatch => "certificate.name_mismatch",
            Self::CertificateNameNotCheckable => "certificate.name_not_checkable",
            Self::CertificateWeakKey => "certificate.weak_key",
            Self::CertificateWeakSignature => "certificate.weak_signature",
            Self::CertificateNotForServer => "certificate.not_for_server",
            Self::CertificateCaAsLeaf => "certificate.ca_as_leaf",
            Self::CertificateUnsupported => "certificate.unsupported",
            Self::CertificateMalformed => "certificate.malformed",
            Self::RedisAuthRequired => "redis.auth_required",
            Self::RedisWrongPassword => "redis.wrong_password",
            Self::RedisNoPermission => "redis.no_permission",
            Self::RedisMaxClients => "redis.max_clients",
            Self::RedisLoading => "redis.loading",
            Self::RedisProtectedMode => "redis.protected_mode",
            Self::RedisNotRedis => "redis.not_redis",
            Self::RedisTimeout => "redis.timeout",
            Self::RedisClosed => "redis.closed",
            Self::PolicyPlaintextAccepted => "policy.plaintext_accepted",
            Self::PolicyOldProtocol => "policy.old_protocol",
            Self::PolicyWeakCipher => "policy.weak_cipher",
            Self::PolicyExpiresSoon => "policy.expires_soon",
        }
    }
}
