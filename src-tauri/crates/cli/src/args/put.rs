//! What `put` takes.

use std::path::PathBuf;

use clap::Args;

use super::NewPassword;
use super::format::FileFormat;

/// Put certificates on servers over SFTP: whole or not at all, and the old file is kept.
///
/// First every server is looked at: whether it is reached and known, what is there, and what would
/// be written. Then the file is written beside its place, brought to the disk, read back and
/// renamed; one that is the same already is left alone. A server that fails holds up no other.
/// Exits with 0 when the file is on all of them, else 1. With --json each server is a line.
#[derive(Args, Debug)]
pub(crate) struct Put {
    /// An instance, whose CA certificates are put; or a file of certificates, of every kind that
    /// `inspect` reads.
    #[arg(value_name = "ID|FILE")]
    pub(crate) what: String,
    /// A server: `[USER@]HOST[:PORT]`, or a name of ~/.ssh/config, whose HostName, Port, User,
    /// IdentityFile, UserKnownHostsFile and ProxyJump hold; may be given several times.
    #[arg(long = "host", value_name = "HOST", required = true)]
    pub(crate) hosts: Vec<String>,
    /// The folder there: absolute, or beginning with ~/. It has to be there.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: String,
    /// The file's name there; without it ID-ca.pem and so on. Where it is a symbolic link, the link
    /// stays and the file that it leads to is replaced.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Whose the file is to be: USER, USER:GROUP or :GROUP, as names or numbers. Without it, whose
    /// the old file is. Only root gives files away, and SFTP has no sudo.
    #[arg(long, value_name = "USER:GROUP")]
    pub(crate) owner: Option<String>,
    /// The file's mode, octal; without it that of the old file, or 0644.
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<String>,
    /// One PEM file of all certificates (pem), PKCS#7 (p7b), or a truststore with a password (p12,
    /// jks); for one certificate also der.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "pem")]
    pub(crate) format: FileFormat,
    /// Show what would be written where, and write nothing.
    #[arg(long)]
    pub(crate) plan: bool,
    /// Afterwards test the instance from each server, through the same SSH session.
    #[arg(long, conflicts_with = "plan")]
    pub(crate) test: bool,
    /// Log in with this private key; without it, with those of ~/.ssh/config or in ~/.ssh, and in
    /// the SSH agent.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The password of the servers' user, or the passphrase of --key, is the next line of stdin;
    /// without it, in REDISEAL_SSH_PASSWORD. It is told to no server that is only on the way.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Accept the key of a server that is not known yet, if this is its fingerprint, and add it to
    /// ~/.ssh/known_hosts; may be given several times. A key that has changed is never accepted.
    #[arg(long = "accept-host-key", value_name = "SHA256:…")]
    pub(crate) accept_host_keys: Vec<String>,
    #[command(flatten)]
    pub(crate) new_password: NewPassword,
}
