//! Certificates, files of them and archives, good and hostile.

#![expect(clippy::unwrap_used, reason = "tests")]

mod archive;
mod facts;
mod made;
mod parse;
mod save;
