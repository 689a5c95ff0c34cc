//! `--via`: what stands between this computer and the server.

use std::env;
use std::io::{self, IsTerminal as _};
use std::path::Path;

use rediseal_engine::ACCEPT_HOST_KEY;
use rediseal_engine::view::ViaForm;
use rediseal_probe::{Cause, Error, Key, KeyError, Scheme, Stage, Via};
use secrecy::SecretString;

use crate::args;
use crate::failure::Failure;
use crate::language::{Language, say};
use crate::output::{Output, plain};
use crate::secret;
use crate::test::refused;

/// The password of the user in `--via`, or the passphrase of `--via-key`.
const PASSWORD: &str = "REDISEAL_VIA_PASSWORD";

pub(crate) fn form(
    arguments: &args::Test,
    lines: &mut impl Iterator<Item = SecretString>,
    output: &Output,
) -> Result<Option<ViaForm>, Failure> {
    let Some(url) = &arguments.via else {
        return Ok(None);
    };
    let via: Via = url
        .parse()
        .map_err(|error| refused(&Error::Via(error), output))?;
    let given = match arguments.via_password_stdin {
        true => Some(secret::next(lines, output)?),
        false => env::var(PASSWORD)
            .ok()
            .filter(|value| !value.is_empty())
            .map(Into::into),
    };
    let encrypted = arguments.via_key.as_deref().is_some_and(is_encrypted);
    let (password, passphrase) = match (&via.user, via.scheme, given) {
        (_, Scheme::Ssh, given) if encrypted => {
            (None, Some(or_ask(given, &key(arguments), output)?))
        }
        (_, Scheme::Ssh, given) => (given, None),
        (Some(user), _, given) => (Some(or_ask(given, &at(user, &via), output)?), None),
        (None, _, Some(_)) if arguments.via_password_stdin => return Err(no_user(output)),
        (None, ..) => (None, None),
    };
    Ok(Some(ViaForm {
        // As it was given: it may be a name of ~/.ssh/config.
        url: url.clone(),
        password,
        key_file: arguments.via_key.is_some(),
        passphrase,
        remember: false,
        accept_host_key: arguments.accept_host_key.clone(),
    }))
}

fn is_encrypted(file: &Path) -> bool {
    matches!(Key::read(file, None), Err(KeyError::Encrypted))
}

fn at(user: &str, via: &Via) -> String {
    format!("{} @ {}", plain(user), plain(&via.address.to_string()))
}

fn key(arguments: &args::Test) -> String {
    let file = arguments.via_key.as_deref().unwrap_or(Path::new(""));
    plain(&file.display().to_string())
}

/// A secret of `whose`, from the terminal when it was not given.
fn or_ask(
    given: Option<SecretString>,
    whose: &str,
    output: &Output,
) -> Result<SecretString, Failure> {
    if let Some(given) = given {
        return Ok(given);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no password for --via",
            say!(
                output.language,
                "{whose} needs a password: give it in {PASSWORD}, or with --via-password-stdin",
                "{whose} 需要密码：请用 {PASSWORD} 或 --via-password-stdin 提供"
            ),
        ));
    }
    let prompt = say!(
        output.language,
        "Password for {whose} (hidden): ",
        "{whose} 的密码（不显示）："
    );
    secret::hidden(&prompt, output)
}

/// How a host's key is accepted that is not known yet.
pub(crate) fn advice(stage: &Stage, language: Language) -> String {
    // Where another key was accepted, this one is not to be taken without a thought.
    let other = stage.facts.contains_key("accepted_sha256");
    let unknown = stage.cause == Some(Cause::SshHostKeyUnknown) && !other;
    let shown = stage.facts.get("host_key_sha256").filter(|_| unknown);
    match shown.and_then(|shown| shown.as_str()) {
        Some(shown) => say!(
            language,
            "  To accept the key: --accept-host-key {shown}\n",
            "  接受此密钥：--accept-host-key {shown}\n"
        ),
        None => String::new(),
    }
}

/// What cannot be used of what was given for the way.
pub(crate) fn unusable(error: rediseal_engine::Error, output: &Output) -> Failure {
    match error {
        rediseal_engine::Error::Probe(error) => refused(&error, output),
        rediseal_engine::Error::InvalidInput {
            field: ACCEPT_HOST_KEY,
            ..
        } => Failure::usage(
            "--accept-host-key takes a fingerprint: SHA256: and 43 characters",
            output.language.of(
                "--accept-host-key takes a fingerprint: SHA256: and 43 characters, as ssh-keygen -l shows it",
                "--accept-host-key 的值应为指纹：SHA256: 加 43 个字符，即 ssh-keygen -l 所显示的形式",
            ),
        ),
        other => other.into(),
    }
}

fn no_user(output: &Output) -> Failure {
    Failure::usage(
        "--via-password-stdin needs a user in --via",
        output.language.of(
            "--via-password-stdin needs a user in --via, such as socks5://USER@HOST:PORT",
            "--via-password-stdin 需要在 --via 中指定用户，例如 socks5://USER@HOST:PORT",
        ),
    )
}
