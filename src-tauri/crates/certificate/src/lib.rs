//! X.509 facts, the certificate archive read safely, and certificates written to disk.

mod algorithm;
mod archive;
mod bounded;
mod certificate;
mod digest;
mod distinguished_name;
mod error;
mod facts;
mod parse;
mod pem;
mod pkcs7;
mod save;

pub use archive::{Archive, Found, Limits, Unread};
pub use bounded::Bounded;
pub use certificate::{Certificate, pem_block, pem_bundle};
pub use error::{Error, PemProblem};
pub use facts::{Facts, Key, Name, NameKind};
pub use parse::parse_pem_or_der;
pub use save::{Overwrite, Saved, save};
