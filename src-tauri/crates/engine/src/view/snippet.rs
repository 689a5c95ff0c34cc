//! Programs to copy, one for each client library.

use jiff::Timestamp;
use rediseal_certificate::Format;
use rediseal_certificate::snippet::{Evidence, Library};
use rediseal_probe::{Cause, Language, Naming};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A library that there is a snippet for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LibraryView {
    #[expect(missing_docs, reason = "the type says it")]
    pub id: Library,
    /// What it calls itself.
    pub name: String,
    /// Of the program, such as `Python`.
    pub language: String,
    /// How a file with the program is called.
    pub file_name: String,
    /// What it takes the trusted certificates as.
    pub trust: Format,
    /// Whether it can compare names at all.
    pub can_check_name: bool,
    /// What its snippet rests on.
    pub evidence: Evidence,
}

/// What is to be written for the programs that trust an instance.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct TruststoreForm {
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_id: String,
    /// One that is a single file.
    pub format: Format,
    /// Where the format has one.
    #[ts(type = "string | null")]
    pub password: Option<secrecy::SecretString>,
}

/// What a user chooses of a snippet.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct SnippetChoice {
    #[expect(missing_docs, reason = "the type says it")]
    pub library: Library,
    /// Another account than the default one: a custom account of an instance, or a user of the
    /// ACL of any other server.
    pub account: Option<String>,
    /// Where the program will find the trusted certificates, as it stands in the program; none
    /// for the place where they were saved last.
    pub ca: Option<String>,
    /// The environment variable with the password; none for the usual one.
    pub password_variable: Option<String>,
    /// Of the comments.
    pub language: Language,
}

/// What the page asks for.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct SnippetForm {
    #[expect(missing_docs, reason = "as in the row")]
    pub instance_id: String,
    /// One of the instance's addresses, `host:port`; none for the private one.
    pub address: Option<String>,
    /// Make a test when no certificate of the instance was seen yet.
    pub look: bool,
    #[expect(missing_docs, reason = "the type says it")]
    pub choice: SnippetChoice,
}

/// A program, and what it was made from.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SnippetView {
    #[expect(missing_docs, reason = "the type says it")]
    pub library: LibraryView,
    #[expect(missing_docs, reason = "the type says it")]
    pub code: String,
    /// The lines that TLS hangs on, counted from 0.
    pub marked: Vec<usize>,
    /// `host:port`.
    pub address: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub ca: CaFile,
    /// The environment variables that the program reads.
    pub variables: Vec<String>,
    /// Whether the program compares the certificate's name with the host.
    pub checks_name: bool,
    /// What the certificate says of the host; none when it was not seen.
    pub naming: Option<Naming>,
    /// How the certificate was seen; none when it was not.
    pub seen: Option<Seen>,
    /// Why the server was refused when it was seen, other than for its name.
    pub problem: Option<Cause>,
}

/// The file of trusted certificates in a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CaFile {
    #[expect(missing_docs, reason = "as it stands in the program")]
    pub path: String,
    #[expect(missing_docs, reason = "the type says it")]
    pub origin: CaOrigin,
}

/// Where the path of a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaOrigin {
    /// The user named it.
    Given,
    /// It was saved there, and is there.
    Saved,
    /// It was not saved yet in the form that the library takes: this is how it would be called.
    NotSaved,
}

/// How a certificate was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Seen {
    #[expect(missing_docs, reason = "the type says it")]
    pub by: SeenBy,
    #[expect(missing_docs, reason = "the type says it")]
    #[ts(type = "string")]
    pub at: Timestamp,
}

/// What showed a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SeenBy {
    /// The last test that was made.
    LastTest,
    /// A test for this snippet.
    ThisTest,
}
