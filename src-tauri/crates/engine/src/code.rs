//! The closed list of error codes; one exists only if a consumer acts on it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, as far as it changes what the user should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No account is signed in.
    CredentialsMissing,
    /// The SecretId is unknown or the signature does not fit.
    CredentialsRejected,
    /// The temporary token is wrong or over.
    TokenExpired,
    /// The key may not do this; the details name the CAM action.
    PermissionDenied,
    /// This computer's clock is off by more than five minutes; the details say how much.
    ClockSkewed,
    /// Too many requests.
    Throttled,
    /// Another task holds the instance.
    InstanceBusy,
    /// No such instance in this region.
    InstanceNotFound,
    /// The instance cannot have this.
    Unsupported,
    /// This part of the cloud does not know the action or the parameter yet; nothing was changed.
    NotAvailableYet,
    /// The cloud's own fault.
    ServiceFailed,
    /// The answer is not what the protocol says.
    BadAnswer,
    /// No connection, or it broke.
    NetworkUnreachable,
    /// A proxy does not connect to the cloud; the details name it.
    ProxyRefused,
    /// A proxy wants a login, another one, or another kind; the details name it.
    ProxyLogin,
    /// The certificate of the API is not trusted; the details have it.
    CertificateUntrusted,
    /// Somebody other than a public authority vouches for the API, and so reads along: nothing was
    /// sent, and the user decides. The details have the certificate and its root.
    ConnectionInspected,
    /// No answer in time.
    Timeout,
    /// The endpoint is not acceptable: not https and not loopback.
    EndpointRefused,
    /// A check of the plan does not hold.
    PreconditionFailed,
    /// The plan is over or its facts changed: make a new one.
    PlanExpired,
    /// The typed text is not the one that is asked for.
    ConfirmationMismatch,
    /// The remote task failed; the details have its message.
    TaskFailed,
    /// The certificate archive could not be had.
    CertificateDownloadFailed,
    /// The certificate archive is not acceptable.
    CertificateInvalid,
    /// The file exists, and nobody said to replace it.
    FileExists,
    /// Writing failed: the details say why.
    SaveFailed,
    /// The user closed the dialog.
    Cancelled,
    /// See `VaultState`.
    KeychainUnavailable,
    /// See `VaultState`.
    KeychainNoCollection,
    /// See `VaultState`.
    KeychainLocked,
    /// The data folder cannot be written.
    DataFolderUnwritable,
    /// The disk is full.
    DiskFull,
    /// The input does not have the right form; the details name the field.
    InvalidInput,
    /// A fault of this application.
    Internal,
}
