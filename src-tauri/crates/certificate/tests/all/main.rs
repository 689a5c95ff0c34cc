//! Certificates, files of them and archives, good and hostile.

#![expect(clippy::unwrap_used, reason = "tests")]

mod archive;
mod contents;
mod facts;
mod made;
mod oddities;
mod parse;
mod readers;
mod save;
mod truststores;
