//! What `certificate` and `convert` take.

use std::path::PathBuf;

use clap::Args;

use super::format::{FileFormat, Form};

/// Download the instance's CA certificate, open it, and save it.
#[derive(Args, Debug)]
pub(crate) struct Certificate {
    /// The instance.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// The folder to save in, as ID-ca.pem, ID-crt.zip and so on.
    #[arg(long, value_name = "DIR", required_unless_present = "compare")]
    pub(crate) out: Option<PathBuf>,
    /// Save nothing: download it again, ask the server again, and say what changed since the last
    /// time, and whether the one signed the other; exits with 1 if not, or if something changed.
    #[arg(long, conflicts_with_all = ["out", "force", "format", "new_password_stdin", "generate_password"])]
    pub(crate) compare: bool,
    /// Replace files that are there.
    #[arg(long)]
    pub(crate) force: bool,
    /// What to save: one PEM file of all certificates (pem), the archive as it came (zip), both, a
    /// PEM or DER file for each certificate (pem-each, der), PKCS#7 (p7b), or a truststore (p12,
    /// jks). Several are separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "both")]
    pub(crate) format: Vec<Form>,
    #[command(flatten)]
    pub(crate) password: NewPassword,
}

/// Write the certificates of files as a truststore, or as PEM, DER or PKCS#7.
///
/// Every certificate of every file is written once, in order. The same certificates and the same
/// password give the same bytes.
#[derive(Args, Debug)]
pub(crate) struct Convert {
    /// The files, of every kind that `inspect` reads; `-` reads stdin.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// One PEM file of all certificates (pem), a PEM or DER file for each (pem-each, der), PKCS#7
    /// (p7b), or a truststore with a password (p12, jks).
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: FileFormat,
    /// The file to write. Where each certificate has its own and there are several, they are
    /// numbered: ca-1.der, ca-2.der.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Replace files that are there.
    #[arg(long)]
    pub(crate) force: bool,
    /// The passwords of the files are the lines of stdin, one for each that needs one. Without it,
    /// the terminal is asked.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) password: NewPassword,
}

/// Where the password of a new truststore comes from; without either, the terminal is asked.
#[derive(Args, Debug)]
pub(crate) struct NewPassword {
    /// The password of the truststore is the next line of stdin.
    #[arg(long, conflicts_with = "generate_password")]
    pub(crate) new_password_stdin: bool,
    /// Make a password for the truststore, and show it once, on stderr.
    #[arg(long)]
    pub(crate) generate_password: bool,
}
