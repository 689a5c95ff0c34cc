//! What can go wrong, and how it looks at the edge.

use serde_json::json;

use crate::Code;
use crate::readiness::facts;
use crate::store::StoreError;
use crate::vault::VaultError;
use crate::view::{EdgeError, FactMap};

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
            Self::InvalidInput { .. } => Code::InvalidInput,
        }
    }

    /// The same call may succeed later.
    #[must_use]
    pub fn retryable(&self) -> bool {
        match self {
            Self::Vault(error) => !matches!(error, VaultError::Unreadable),
            Self::Store(_) => matches!(self.code(), Code::DiskFull | Code::DataFolderUnwritable),
            _ => false,
        }
    }

    fn request_id(&self) -> Option<String> {
        None
    }

    fn details(&self) -> FactMap {
        match self {
            Self::Store(error) => facts([("path", json!(error.path().display().to_string()))]),
            Self::InvalidInput { field, .. } => facts([("field", json!(field))]),
            _ => FactMap::new(),
        }
    }
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
