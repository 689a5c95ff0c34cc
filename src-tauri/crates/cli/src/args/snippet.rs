//! What `snippet` takes.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rediseal_certificate::snippet::Library;

/// Print a program that connects to a server over TLS, to copy.
///
/// Every program verifies the chain. It leaves out the name only where the server's certificate
/// has none, which the last test of an instance tells, or a test made now. The program goes to
/// stdout, and what there is to know about it to stderr.
#[derive(Args, Debug)]
pub(crate) struct Snippet {
    /// An instance, or HOST:PORT with brackets around an IPv6 address
    #[arg(value_name = "ID|HOST:PORT", required_unless_present = "list")]
    pub(crate) target: Option<String>,
    /// The client library.
    #[arg(long = "for", value_name = "LIBRARY", default_value = "redis-cli", value_parser = library())]
    pub(crate) library: Library,
    /// Where the program finds the CA. An instance needs none: its own is taken from where it was
    /// saved last. That of a HOST:PORT is also what the test trusts.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Another account than the default one: of an instance a custom account, which TencentDB
    /// takes as ACCOUNT@PASSWORD, of a HOST:PORT a user of the ACL.
    #[arg(long, value_name = "U")]
    pub(crate) user: Option<String>,
    /// The environment variable that the program takes the password from.
    #[arg(long, value_name = "NAME", default_value = rediseal_certificate::snippet::PASSWORD_VARIABLE)]
    pub(crate) password_variable: String,
    /// Write the program to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replace a file that is there.
    #[arg(long)]
    pub(crate) force: bool,
    /// List the libraries, and what each program was run with.
    #[arg(long, conflicts_with_all = ["target", "out"])]
    pub(crate) list: bool,
}

fn library() -> impl TypedValueParser<Value = Library> {
    let ids = Library::ALL.iter().map(|library| library.id());
    PossibleValuesParser::new(ids).try_map(|id| {
        let mut all = Library::ALL.iter().copied();
        all.find(|library| library.id() == id)
            .ok_or("there is no snippet for it")
    })
}
