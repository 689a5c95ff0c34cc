//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use rediseal_probe::Request;
use rediseal_sandbox::Fault;

use crate::help;
use crate::language::Language;
use crate::usage::Unread;

mod certificate;
mod document;
mod encryption;
mod format;
mod inspect;
mod snippet;

pub(crate) use certificate::{Certificate, Convert, NewPassword};
pub(crate) use document::Documents;
pub(crate) use encryption::{CertificateAddress, EncryptionMode, UpdateCertificate};
pub(crate) use format::Form;
pub(crate) use inspect::Inspect;
pub(crate) use snippet::Snippet;

/// Takes TencentDB for Redis instances from plaintext to proven TLS.
///
/// Exit codes: 0 yes, 1 no (the cause is printed), 2 usage, 3 unreachable, 4 refused by the cloud.
///
/// With --json the result is one line of JSON on stdout. A failure leaves stdout empty, and the last
/// line of stderr is {"error":{"code":…,"message":…}}.
#[derive(Debug, Parser)]
#[command(
    name = "rediseal-cli",
    version,
    max_term_width = 100,
    args_override_self = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Reads the command line; without `--language`, texts are in `locale`'s language.
    pub(crate) fn read(arguments: &[OsString], locale: Language) -> Result<Self, Unread> {
        let language = wanted(arguments).unwrap_or(locale);
        let command = help::with_faults(Self::command(), language);
        let command = match language {
            Language::English => command,
            Language::Chinese => help::chinese(command),
        };
        let read = command
            .clone()
            .try_get_matches_from(arguments)
            .and_then(|matches| match help::asked_for(&matches) {
                Some(help) => command.try_get_matches_from(help),
                None => Ok(matches),
            })
            .and_then(|matches| Self::from_arg_matches(&matches));
        let mut read = read.map_err(|error| Unread {
            error,
            language,
            json: arguments.iter().any(|argument| argument == "--json"),
        })?;
        read.global.language.get_or_insert(language);
        Ok(read)
    }
}

/// The help is shown before the arguments are read as a whole, so its language is looked for
/// first.
fn wanted(arguments: &[OsString]) -> Option<Language> {
    let arguments = || arguments.iter().filter_map(|argument| argument.to_str());
    let value = arguments()
        .find_map(|argument| argument.strip_prefix("--language="))
        .or_else(|| {
            arguments()
                .skip_while(|argument| *argument != "--language")
                .nth(1)
        })?;
    Language::from_str(value, true).ok()
}

/// What every subcommand takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Where the cloud is: mainland, international, or a URL such as a sandbox's. Anything but
    /// https is accepted on loopback only.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Use this account of the keychain. Without it: the key in TENCENTCLOUD_SECRET_ID,
    /// TENCENTCLOUD_SECRET_KEY and TENCENTCLOUD_TOKEN, else the account used last.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// How the cloud is reached: `system`, `none`, or the URL of a proxy (http, https, socks5;
    /// it looks names up itself). Its login comes from REDISEAL_PROXY_LOGIN as USER:PASSWORD. Without it, as the
    /// system and HTTPS_PROXY, ALL_PROXY and NO_PROXY say.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Trust the CAs in this file too, for the API alone: PEM or DER; `none` forgets them.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) api_ca: Option<PathBuf>,
    /// Accept that the authority with this key opens and reads the connection to the cloud; may be
    /// given several times.
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) trust_inspection: Vec<String>,
    /// Print the result as JSON on stdout, and a failure as JSON on stderr.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where the journal and the cache are kept.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// How often the cloud is asked while it works; 3 without it.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) poll: Option<Duration>,
    /// For how long a question is asked again that the cloud refuses for the moment or that breaks
    /// on the way; 40 without it.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) retry: Option<Duration>,
    /// The language of texts; without it, that of the locale.
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(crate) language: Option<Language>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Instances(Instances),
    Status(One),
    Enable(Enable),
    Disable(Disable),
    Certificate(Certificate),
    Test(Test),
    Inspect(Inspect),
    Convert(Convert),
    Snippet(Snippet),
    UpgradeProxy(UpgradeProxy),
    UpgradeVersion(UpgradeVersion),
    RequirePassword(RequirePassword),
    EncryptionMode(EncryptionMode),
    UpdateCertificate(UpdateCertificate),
    Explain(Explain),
    Jobs(Jobs),
    /// Keys in the keychain of the operating system.
    #[command(subcommand)]
    Accounts(Accounts),
    Policy(Policy),
    Sandbox(Sandbox),
}

/// Print the CAM policy that a key needs, to copy into the console.
#[derive(Args, Debug)]
pub(crate) struct Policy {
    /// Only what looking and testing take.
    #[arg(long)]
    pub(crate) read_only: bool,
}

/// Serve a TencentDB for Redis of your own on loopback, until it is stopped.
///
/// Prints one line of JSON with the endpoint and a key for it. Every instance of its fleet listens
/// on a loopback port of its own.
#[derive(Args, Debug)]
pub(crate) struct Sandbox {
    /// Where the control plane listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Generate instances until the fleet has this many.
    #[arg(long, value_name = "N")]
    pub(crate) fleet: Option<usize>,
    /// Fixes everything that is random but keys.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Simulated seconds a second.
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// What goes wrong, such as `hold:OpenSSL` or `zip_truncated`; may be given several times.
    #[arg(long = "fault", value_name = "FAULT", value_parser = fault)]
    pub(crate) faults: Vec<Fault>,
    /// Also listen with TLS, for clients that speak https only.
    #[arg(long)]
    pub(crate) https: bool,
    /// Run this redis-server behind every instance.
    #[arg(long, value_name = "PATH")]
    pub(crate) redis_server: Option<PathBuf>,
}

/// Test a server with a real handshake: name, connection, TLS, certificates, Redis.
///
/// An instance is tested against its own CA, which is downloaded when needed. An address is tested
/// against --ca, or else the CAs of the operating system, and needs no account.
#[derive(Args, Debug)]
pub(crate) struct Test {
    /// An instance, or HOST:PORT with brackets around an IPv6 address
    #[arg(value_name = "ID|HOST:PORT", required_unless_present = "targets")]
    pub(crate) target: Option<String>,
    /// Test every target in this file; `-` reads stdin. One a line, as ID or HOST:PORT, then
    /// name=N and sni=N where they differ; # begins a comment. Results come as they are there,
    /// with --json one report a line. Exits with 0 when all are proven, else 1.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["target", "user", "password_stdin", "cost", "html", "markdown"])]
    pub(crate) targets: Option<PathBuf>,
    /// With --targets: how many are tested at once.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) concurrency: u16,
    /// Trust the CAs in this file alone: PEM, DER, PKCS#7, PKCS#12, JKS or the downloaded archive.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The name or address that the certificate must have; without it, the host.
    #[arg(long, value_name = "N")]
    pub(crate) name: Option<String>,
    /// The server name to send; without it, the checked name when that is a DNS name.
    #[arg(long, value_name = "N")]
    pub(crate) sni: Option<String>,
    /// Log in as this user; without it, as the default user.
    #[arg(long, value_name = "U")]
    pub(crate) user: Option<String>,
    /// Log in with the password in the first line of stdin.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// For the whole test; without it 10, with --deep or --cost 60.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Also list what the server accepts: versions, cipher suites, groups, certificates. Makes some
    /// 20 to 150 connections, at most 4 at once.
    #[arg(long)]
    pub(crate) deep: bool,
    /// Also measure what TLS costs: some 200 handshakes and 2000 PINGs, one after another.
    #[arg(long)]
    pub(crate) cost: bool,
    /// Through a proxy or an SSH host, which looks up the name itself: socks5://HOST:PORT,
    /// http://HOST:PORT, both with USER@ where they want a login, or ssh://USER@HOST with :PORT
    /// where it is not 22. Every connection of the test goes this way. A password comes from
    /// REDISEAL_VIA_PASSWORD or stdin; that of a proxy is asked for otherwise.
    #[arg(long, value_name = "URL")]
    pub(crate) via: Option<String>,
    /// The password for --via, or the passphrase of --via-key, is the first line of stdin, after
    /// that of --password-stdin.
    #[arg(long, requires = "via")]
    pub(crate) via_password_stdin: bool,
    /// Log in to the SSH host with this private key; without it, with those in ~/.ssh and in the
    /// SSH agent.
    #[arg(long, value_name = "FILE", requires = "via")]
    pub(crate) via_key: Option<PathBuf>,
    /// Accept the key of an SSH host that is not known yet, if this is its fingerprint, and add it
    /// to ~/.ssh/known_hosts. A key that has changed is never accepted.
    #[arg(long, value_name = "SHA256:…", requires = "via")]
    pub(crate) accept_host_key: Option<String>,
    #[command(flatten)]
    pub(crate) documents: Documents,
}

impl Test {
    /// For the whole test.
    pub(crate) fn time(&self) -> Duration {
        const LONG: Duration = Duration::from_secs(60);
        self.timeout.unwrap_or(match self.deep || self.cost {
            true => LONG,
            false => Request::DEFAULT_TIMEOUT,
        })
    }
}

/// List every instance of every region, and what blocks SSL on it.
#[derive(Args, Debug)]
pub(crate) struct Instances {
    /// Print each instance as soon as its SSL state is known: one JSON object a line.
    #[arg(long)]
    pub(crate) stream: bool,
    /// Ask nothing: print what an account of the keychain showed last, and how old that is.
    #[arg(long, conflicts_with = "stream")]
    pub(crate) cached: bool,
}

/// Show one instance: its SSL state, and every check of its readiness.
#[derive(Args, Debug)]
pub(crate) struct One {
    /// The instance.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// The instance that is changed, and whether the end is waited for.
#[derive(Args, Debug)]
pub(crate) struct Change {
    /// The instance.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Wait until it is done and proven; Ctrl+C stops watching, the cloud goes on.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Only show what would happen: nothing is sent; exits with 0 when it can be done now, else 1.
    #[arg(long, conflicts_with = "wait")]
    pub(crate) plan: bool,
}

/// Turn SSL on, get the certificate, and test with a real handshake.
#[derive(Args, Debug)]
pub(crate) struct Enable {
    #[command(flatten)]
    pub(crate) change: Change,
    /// Ask for a certificate for this address of the instance, so that clients can check the name.
    /// Without it none is asked for, as every region knows it.
    #[arg(long, value_enum, value_name = "ADDRESS")]
    pub(crate) address: Option<CertificateAddress>,
}

/// Turn SSL off: clients using TLS are cut off.
#[derive(Args, Debug)]
pub(crate) struct Disable {
    #[command(flatten)]
    pub(crate) change: Change,
    /// The instance's id once more; without it nothing is changed.
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: Option<String>,
    /// Send this address with the request; what it does is not documented.
    #[arg(long, value_enum, value_name = "ADDRESS")]
    pub(crate) address: Option<CertificateAddress>,
}

/// Explain an error code of Tencent Cloud or a cause of a test, or find those with a word in them.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// A code, such as ResourceUnavailable.InstanceLockedError, a part of one, or a word.
    #[arg(value_name = "CODE|WORD")]
    pub(crate) what: String,
}

/// Upgrade the proxy to the version that the cloud offers.
#[derive(Args, Debug)]
pub(crate) struct UpgradeProxy {
    #[command(flatten)]
    pub(crate) upgrade: Upgrade,
}

/// What every upgrade takes.
#[derive(Args, Debug)]
pub(crate) struct Upgrade {
    #[command(flatten)]
    pub(crate) change: Change,
    /// In the maintenance window, not now.
    #[arg(long)]
    pub(crate) window: bool,
}

/// Upgrade Redis 2.8 to a version with SSL. There is no way back.
#[derive(Args, Debug)]
pub(crate) struct UpgradeVersion {
    #[command(flatten)]
    pub(crate) upgrade: Upgrade,
    /// The version to end at, such as 5.0; without it, the one that the readiness check offers.
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<String>,
    /// The instance's id once more; without it nothing is changed.
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: Option<String>,
}

/// Turn password-free access off, which SSL excludes: clients without the password are refused.
#[derive(Args, Debug)]
pub(crate) struct RequirePassword {
    #[command(flatten)]
    pub(crate) change: Change,
    /// The new password is the first line of stdin.
    #[arg(long, required_unless_present = "plan")]
    pub(crate) password_stdin: bool,
}

/// List what was started, and how it went.
#[derive(Args, Debug)]
pub(crate) struct Jobs {
    /// Go on with jobs whose command was ended, and follow all to their end.
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// List the accounts.
    List,
    /// Check a key with the cloud and keep it. The key comes from TENCENTCLOUD_SECRET_ID,
    /// TENCENTCLOUD_SECRET_KEY and TENCENTCLOUD_TOKEN, else from stdin, a line each; a terminal is
    /// asked, and shows nothing secret. A new key of the same user takes the old one's place.
    Add {
        /// What to call it.
        #[arg(value_name = "NAME")]
        name: String,
        /// When the token ends, such as 2026-11-24T18:00:00Z.
        #[arg(long, value_name = "TIME")]
        expires: Option<Timestamp>,
    },
    /// List the keys of other tools on this computer: variables, ~/.tccli and
    /// ~/.tencentcloud/credentials. Nothing is copied.
    Detected,
    /// Check a key that was found and keep it.
    Import {
        /// As `accounts detected` lists it.
        #[arg(value_name = "ID")]
        id: String,
        /// What to call it.
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Show how an account reaches the cloud and who may read along, and change it with --proxy,
    /// --api-ca, --trust-inspection and --refuse-inspection; the key need not be given again.
    Network {
        /// Its name.
        #[arg(value_name = "NAME")]
        name: String,
        /// Accept the authority with this key no longer; may be given several times.
        #[arg(long, value_name = "KEY")]
        refuse_inspection: Vec<String>,
    },
    /// Forget an account and delete its key.
    Remove {
        /// Its name.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// Whole or broken seconds, more than none.
fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero() && *duration <= Duration::from_secs(3600))
        .ok_or_else(|| "give seconds, more than 0 and at most 3600".to_owned())
}

/// Time goes on in the sandbox, and forwards.
fn speed(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|speed: &f64| speed.is_finite() && *speed > 0.0)
        .ok_or_else(|| "give a number more than 0, such as 60".to_owned())
}

/// With the faults that there are, since no one knows them by heart.
fn fault(text: &str) -> Result<Fault, String> {
    let forms: Vec<_> = Fault::FORMS.iter().map(|form| form.form).collect();
    let forms = forms.join(", ");
    text.parse()
        .map_err(|error| format!("{error}; the faults are {forms}, and @COUNT may follow"))
}
