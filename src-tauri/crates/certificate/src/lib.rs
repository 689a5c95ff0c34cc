//! X.509 facts, the certificate archive read safely, and certificates written to disk.

mod algorithm;
mod alias;
mod archive;
mod ber;
mod bounded;
mod certificate;
mod chinese;
mod contents;
mod der;
mod digest;
mod distinguished_name;
mod error;
mod facts;
mod jks;
mod limits;
mod oddity;
mod oid;
mod parse;
mod pem;
mod pkcs12;
mod pkcs7;
mod save;
mod signature;
mod truststore;

pub use archive::{Archive, Found, Limits, Unread};
pub use bounded::Bounded;
pub use certificate::{Certificate, pem_block, pem_bundle};
pub use contents::{Contents, Kind};
pub use error::{Error, PemProblem};
pub use facts::{Facts, Key, Name, NameKind};
pub use limits::{CERTIFICATE_LIMIT, FILE_LIMIT};
pub use oddity::{Oddity, OddityText};
pub use parse::parse_pem_or_der;
pub use save::{Overwrite, Saved, save};
pub use signature::{LEAST_RSA_BITS, signature_holds};
pub use truststore::{Format, SHORTEST_PASSWORD, generate_password};
