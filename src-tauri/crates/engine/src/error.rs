//! What can go wrong, and how it looks at the edge.

use std::time::Duration;

use rediseal_certificate::snippet::Refused;
use rediseal_tencent::http::ClientError;
use rediseal_tencent::{Class, ConnectionFailure, Distrust, Hop, LoginTrouble, Policy, Trouble};
use serde_json::json;

use crate::Code;
use crate::readiness::facts;
use crate::store::StoreError;
use crate::vault::VaultError;
use crate::view::{EdgeError, FactMap, Finding};

/// Why a use case failed. Carries no secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no account in use.
    #[error("no account is signed in: sign in with a Tencent Cloud key, or explore the sandbox")]
    NotSignedIn,
    /// The account is known, its secret is not.
    #[error("the key of account {account} is not there any more: sign in with it again")]
    KeyLost {
        #[expect(missing_docs, reason = "its name")]
        account: String,
    },
    #[expect(missing_docs, reason = "its message says it")]
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[expect(missing_docs, reason = "its message says it")]
    #[error(transparent)]
    Store(#[from] StoreError),
    #[expect(missing_docs, reason = "its message says it")]
    #[error(transparent)]
    Cloud(#[from] rediseal_tencent::Error),
    /// No HTTP client can be made.
    #[error("the cloud cannot be reached: {0}")]
    Http(#[from] ClientError),
    /// No region has it.
    #[error("{instance_id} was found in no region of this account")]
    NoSuchInstance {
        #[expect(missing_docs, reason = "as it was asked for")]
        instance_id: String,
    },
    /// The certificate archive could not be downloaded.
    #[error("the certificate archive could not be downloaded: {0}")]
    Download(DownloadFailure),
    #[expect(missing_docs, reason = "its message says it")]
    #[error(transparent)]
    Certificate(#[from] rediseal_certificate::Error),
    #[expect(missing_docs, reason = "its message says it")]
    #[error(transparent)]
    Probe(#[from] rediseal_probe::Error),
    /// The plan is over, was applied, or its facts changed.
    #[error("the plan does not hold any more: {reason}; make a new one")]
    PlanExpired {
        #[expect(missing_docs, reason = "the name says it")]
        reason: &'static str,
    },
    /// The instance is not in a state that allows the action.
    #[error("{instance_id} does not allow this now")]
    PreconditionFailed {
        #[expect(missing_docs, reason = "as in the plan")]
        instance_id: String,
        /// Every check, passed ones too.
        findings: Vec<Finding>,
    },
    /// What was typed is not what was asked for.
    #[error("type {expected} to confirm")]
    ConfirmationMismatch {
        #[expect(missing_docs, reason = "the name says it")]
        expected: String,
    },
    /// A job of this application runs on the instance.
    #[error("a job of this application runs on {instance_id}")]
    InstanceBusy {
        #[expect(missing_docs, reason = "as in the plan")]
        instance_id: String,
    },
    /// The remote task failed.
    #[error("the cloud's task failed: {message}")]
    TaskFailed {
        #[expect(missing_docs, reason = "the vendor's; none for an order")]
        task_id: Option<i64>,
        /// In the vendor's words.
        message: String,
    },
    /// The remote state did not become what the job wanted in time.
    #[error(
        "the cloud did not finish within {} seconds; the task may still run there",
        after.as_secs()
    )]
    NotFinished {
        #[expect(missing_docs, reason = "the name says it")]
        after: Duration,
    },
    /// A value has no JSON form.
    #[error("the data cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The caller cancelled.
    #[error("cancelled")]
    Cancelled,
    /// What cannot stand in a snippet.
    #[error("{} is not acceptable: {}", .0.field(), .0)]
    Snippet(#[from] Refused),
    /// An error that was recorded before.
    #[error("{}", .0.message)]
    Edge(Box<EdgeError>),
    /// A field does not have the right form.
    #[error("{field} is not acceptable: {problem}")]
    InvalidInput {
        #[expect(missing_docs, reason = "its name in the JSON contract")]
        field: &'static str,
        #[expect(missing_docs, reason = "what is wrong with it")]
        problem: String,
    },
}

impl Error {
    /// What the user can do about it.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotSignedIn | Self::KeyLost { .. } => Code::CredentialsMissing,
            Self::Vault(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Cloud(error) => cloud_code(error.class()),
            Self::Http(ClientError::Proxy { .. } | ClientError::ExtraCa) => Code::InvalidInput,
            Self::Http(_) => Code::NetworkUnreachable,
            Self::NoSuchInstance { .. } => Code::InstanceNotFound,
            Self::Download(DownloadFailure::Connection { trouble }) => match trouble.class() {
                Class::Network => Code::CertificateDownloadFailed,
                class => cloud_code(class),
            },
            Self::Download(_) => Code::CertificateDownloadFailed,
            Self::Certificate(error) => certificate_code(error),
            Self::Probe(rediseal_probe::Error::OsStore { .. }) => Code::Internal,
            Self::Probe(_) | Self::Snippet(_) | Self::InvalidInput { .. } => Code::InvalidInput,
            Self::PlanExpired { .. } => Code::PlanExpired,
            Self::PreconditionFailed { .. } => Code::PreconditionFailed,
            Self::ConfirmationMismatch { .. } => Code::ConfirmationMismatch,
            Self::InstanceBusy { .. } => Code::InstanceBusy,
            Self::TaskFailed { .. } => Code::TaskFailed,
            Self::NotFinished { .. } => Code::Timeout,
            Self::Json(_) => Code::Internal,
            Self::Cancelled => Code::Cancelled,
            Self::Edge(error) => error.code,
        }
    }

    /// The same call may succeed later.
    #[must_use]
    pub fn retryable(&self) -> bool {
        match self {
            Self::Vault(error) => !matches!(error, VaultError::Unreadable),
            Self::Cloud(error) => error.is_retryable(),
            Self::Edge(error) => error.retryable,
            Self::Download(DownloadFailure::Connection { trouble }) => trouble.is_retryable(),
            Self::Download(_) | Self::InstanceBusy { .. } | Self::NotFinished { .. } => true,
            Self::Store(_) => matches!(self.code(), Code::DiskFull | Code::DataFolderUnwritable),
            _ => false,
        }
    }

    fn request_id(&self) -> Option<String> {
        match self {
            Self::Cloud(error) => error.request_id().map(str::to_owned),
            Self::Edge(error) => error.request_id.clone(),
            _ => None,
        }
    }

    fn details(&self) -> FactMap {
        match self {
            Self::Cloud(error) => cloud_facts(error),
            Self::Edge(error) => error.details.clone(),
            Self::Download(failure) => match failure {
                DownloadFailure::Status { status } => facts([("http_status", json!(status))]),
                DownloadFailure::Connection { trouble } => trouble_facts(trouble),
                _ => FactMap::new(),
            },
            Self::Certificate(error) => file_facts(error),
            Self::Probe(error) => facts([("field", json!(probe_field(error)))]),
            Self::PlanExpired { reason } => facts([("reason", json!(reason))]),
            Self::PreconditionFailed {
                instance_id,
                findings,
            } => facts([
                ("instance_id", json!(instance_id)),
                ("findings", json!(findings)),
            ]),
            Self::ConfirmationMismatch { expected } => facts([("expected", json!(expected))]),
            Self::TaskFailed { task_id, message } => facts([
                ("task_id", json!(task_id)),
                ("task_message", json!(message)),
            ]),
            Self::NotFinished { after } => facts([("after_seconds", json!(after.as_secs()))]),
            Self::InstanceBusy { instance_id } | Self::NoSuchInstance { instance_id } => {
                facts([("instance_id", json!(instance_id))])
            }
            Self::Store(error) => facts([("path", json!(error.path().display().to_string()))]),
            Self::InvalidInput { field, .. } => facts([("field", json!(field))]),
            Self::Snippet(refused) => facts([("field", json!(refused.field()))]),
            Self::Http(ClientError::Proxy { .. }) => facts([("field", json!("proxy"))]),
            Self::Http(ClientError::ExtraCa) => facts([("field", json!("api_ca"))]),
            _ => FactMap::new(),
        }
    }
}

/// Why an archive could not be downloaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownloadFailure {
    /// The cloud names no link.
    #[error("the cloud does not say where it is")]
    NoLink,
    /// The link leads where no archive is taken from.
    #[error("the link is not https")]
    LinkRefused,
    /// Another answer than 200; redirects are not followed.
    #[error("it was answered with HTTP status {status}")]
    Status {
        #[expect(missing_docs, reason = "the type says it")]
        status: u16,
    },
    /// No connection, or it broke.
    #[error("{trouble}")]
    Connection {
        #[expect(missing_docs, reason = "the type says it")]
        trouble: Box<Trouble>,
    },
    /// It took too long.
    #[error("it took too long")]
    Timeout,
}

fn certificate_code(error: &rediseal_certificate::Error) -> Code {
    use rediseal_certificate::Error as Certificate;
    match error {
        Certificate::Exists { .. } => Code::FileExists,
        Certificate::DiskFull { .. } => Code::DiskFull,
        Certificate::IsFolder { .. }
        | Certificate::FolderMissing { .. }
        | Certificate::NotWritable { .. }
        | Certificate::Write { .. } => Code::SaveFailed,
        _ => Code::CertificateInvalid,
    }
}

fn file_facts(error: &rediseal_certificate::Error) -> FactMap {
    use rediseal_certificate::Error as Certificate;
    let mut facts = facts([("detail", json!(error.to_string()))]);
    // The user chose the place in a dialog of the system, so naming it tells nobody anything new.
    if let Some(path) = error.path() {
        facts.insert("path".to_owned(), json!(path.display().to_string()));
    }
    let problem = match error {
        Certificate::IsFolder { .. } => Some("is_folder"),
        Certificate::FolderMissing { .. } => Some("folder_missing"),
        Certificate::NotWritable { .. } => Some("not_writable"),
        _ => None,
    };
    if let Some(problem) = problem {
        facts.insert("problem".to_owned(), json!(problem));
    }
    facts
}

const fn probe_field(error: &rediseal_probe::Error) -> &'static str {
    use rediseal_probe::Error as Probe;
    match error {
        Probe::Address { .. } => "address",
        Probe::Name { .. } => "name",
        Probe::Sni { .. } => "sni",
        Probe::Via(_) => "via",
        Probe::Key(_) => "key_file",
        Probe::NoAuthorities | Probe::Authority { .. } | Probe::OsStore { .. } => "trust",
    }
}

const fn cloud_code(class: Class) -> Code {
    match class {
        Class::Credentials => Code::CredentialsRejected,
        Class::Token => Code::TokenExpired,
        Class::Permission => Code::PermissionDenied,
        Class::Clock => Code::ClockSkewed,
        Class::Throttled => Code::Throttled,
        Class::Busy => Code::InstanceBusy,
        Class::Unsupported => Code::Unsupported,
        Class::NotYet => Code::NotAvailableYet,
        Class::NotFound => Code::InstanceNotFound,
        Class::Refused => Code::PreconditionFailed,
        Class::Service | Class::Unknown => Code::ServiceFailed,
        Class::Network => Code::NetworkUnreachable,
        Class::Proxy => Code::ProxyRefused,
        Class::ProxyLogin => Code::ProxyLogin,
        Class::Untrusted => Code::CertificateUntrusted,
        Class::Inspected => Code::ConnectionInspected,
        Class::Timeout => Code::Timeout,
        Class::Protocol => Code::BadAnswer,
        Class::Endpoint => Code::EndpointRefused,
    }
}

fn cloud_facts(error: &rediseal_tencent::Error) -> FactMap {
    use rediseal_tencent::Error as Cloud;
    match error {
        Cloud::Api(refusal) => {
            let mut facts = facts([
                ("action", json!(refusal.action)),
                ("cloud_code", json!(refusal.code)),
                ("cloud_message", json!(refusal.message)),
            ]);
            if let Some(region) = &refusal.region {
                facts.insert("region".to_owned(), json!(region));
            }
            if let Some(action) = error.missing_permission() {
                facts.insert("cam_action".to_owned(), json!(action.cam_name()));
                facts.insert("cam_policy".to_owned(), json!(Policy::of([action])));
            }
            if error.class() == Class::Clock {
                facts.insert("offset_seconds".to_owned(), json!(refusal.clock_offset));
            }
            facts
        }
        Cloud::Http {
            action,
            status,
            excerpt,
            ..
        } => facts([
            ("action", json!(action)),
            ("http_status", json!(status)),
            ("excerpt", json!(excerpt)),
        ]),
        Cloud::NotJson {
            action, excerpt, ..
        } => facts([("action", json!(action)), ("excerpt", json!(excerpt))]),
        Cloud::Connection { action, trouble } => {
            let mut facts = trouble_facts(trouble);
            facts.insert("action".to_owned(), json!(action));
            facts
        }
        Cloud::Timeout {
            action,
            after,
            proxy,
            ..
        } => {
            let mut facts = facts([
                ("action", json!(action)),
                ("after_seconds", json!(after.as_secs())),
            ]);
            if let Some(proxy) = proxy {
                facts.insert("proxy".to_owned(), json!(proxy));
            }
            facts
        }
        Cloud::TooLarge { action, .. } | Cloud::Header { action, .. } => {
            facts([("action", json!(action))])
        }
        Cloud::Endpoint(_) => FactMap::new(),
    }
}

/// Where the way to the cloud broke, and who was met there.
fn trouble_facts(trouble: &Trouble) -> FactMap {
    let (failure, peer) = match &trouble.failure {
        ConnectionFailure::Dns => ("dns", None),
        ConnectionFailure::Refused => ("refused", None),
        ConnectionFailure::Unreachable => ("unreachable", None),
        ConnectionFailure::NotSocks => ("not_socks", None),
        ConnectionFailure::ProxyLogin(LoginTrouble::Missing) => ("login_missing", None),
        ConnectionFailure::ProxyLogin(LoginTrouble::Refused) => ("login_refused", None),
        ConnectionFailure::ProxyLogin(LoginTrouble::Unwanted) => ("login_unwanted", None),
        ConnectionFailure::ProxyLogin(LoginTrouble::Kind(_)) => ("login_kind", None),
        ConnectionFailure::ProxyDenied { .. } => ("proxy_denied", None),
        ConnectionFailure::Untrusted { peer, reason } => {
            let failure = match reason {
                Distrust::Issuer => "untrusted_issuer",
                Distrust::Expired => "expired",
                Distrust::NotYetValid => "not_yet_valid",
                Distrust::Name => "other_name",
                Distrust::Other => "untrusted",
            };
            (failure, Some(peer))
        }
        ConnectionFailure::Inspected(peer) => ("inspected", Some(peer)),
        ConnectionFailure::Tls => ("tls", None),
        ConnectionFailure::Cut => ("cut", None),
        ConnectionFailure::Other => ("other", None),
    };
    let (hop, proxy) = match &trouble.hop {
        Hop::Cloud => ("cloud", None),
        Hop::Behind(proxy) => ("behind_proxy", Some(proxy)),
        Hop::Proxy(proxy) => ("proxy", Some(proxy)),
    };
    let mut facts = facts([
        ("failure", json!(failure)),
        ("hop", json!(hop)),
        ("detail", json!(trouble.detail)),
    ]);
    if let Some(proxy) = proxy {
        facts.insert("proxy".to_owned(), json!(proxy));
    }
    if let Some(peer) = peer {
        facts.insert("peer".to_owned(), json!(peer));
    }
    match &trouble.failure {
        ConnectionFailure::ProxyDenied {
            status: Some(status),
        } => {
            facts.insert("http_status".to_owned(), json!(status));
        }
        ConnectionFailure::ProxyLogin(LoginTrouble::Kind(schemes)) => {
            facts.insert("schemes".to_owned(), json!(schemes.join(", ")));
        }
        _ => {}
    }
    facts
}

impl From<&Error> for EdgeError {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            retryable: error.retryable(),
            request_id: error.request_id(),
            details: error.details(),
        }
    }
}

impl From<Error> for EdgeError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}
