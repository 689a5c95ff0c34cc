//! What `inspect` takes.

use std::path::PathBuf;

use clap::Args;

/// Show the certificates in files, and what is odd about them.
///
/// Reads zip archives, PEM, DER, PKCS#7, PKCS#12 and JKS, whatever the file is called. A private
/// key is never read. With --json one file is an object, several are an array.
#[derive(Args, Debug)]
pub(crate) struct Inspect {
    /// The files; `-` reads stdin.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Say whether a certificate of the file signed what this server shows; exits with 1 if not.
    #[arg(long, value_name = "HOST:PORT|ID")]
    pub(crate) server: Option<String>,
    /// The passwords are the lines of stdin, one for each file that needs one, the last for the
    /// rest. Without it, the terminal is asked.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}
