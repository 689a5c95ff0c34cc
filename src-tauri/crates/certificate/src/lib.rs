//! X.509 facts, the certificate archive read safely, and certificates written to disk.

mod facts;

pub use facts::{Facts, Key, Name, NameKind};
