//! `--via`: what stands between this computer and the server.

use std::env;
use std::io::{self, IsTerminal as _};

use rediseal_engine::view::ViaForm;
use rediseal_probe::{Error, Hop, Route, Via};
use secrecy::SecretString;

use crate::args;
use crate::failure::Failure;
use crate::language::say;
use crate::output::{Output, plain};
use crate::secret;
use crate::test::refused;

/// The password of the user in `--via`.
const PASSWORD: &str = "REDISEAL_VIA_PASSWORD";

pub(crate) fn route(hop: Option<Hop>) -> Route {
    hop.map_or(Route::Direct, |hop| Route::Through(Box::new(hop)))
}

/// The same for the engine.
pub(crate) fn form(hop: &Hop) -> ViaForm {
    ViaForm {
        url: hop.via.to_string(),
        password: hop.password.clone(),
    }
}

pub(crate) fn hop(
    arguments: &args::Test,
    lines: &mut impl Iterator<Item = SecretString>,
    output: &Output,
) -> Result<Option<Hop>, Failure> {
    let Some(url) = &arguments.via else {
        return Ok(None);
    };
    let via: Via = url
        .parse()
        .map_err(|error| refused(&Error::Via(error), output))?;
    let password = match (arguments.via_password_stdin, &via.user) {
        (true, Some(_)) => Some(secret::next(lines, output)?),
        (false, Some(user)) => Some(password(user, &via, output)?),
        (false, None) => None,
        (true, None) => {
            return Err(Failure::usage(
                "--via-password-stdin needs a user in --via",
                output.language.of(
                    "--via-password-stdin needs a user in --via, such as socks5://USER@HOST:PORT",
                    "--via-password-stdin 需要在 --via 中指定用户，例如 socks5://USER@HOST:PORT",
                ),
            ));
        }
    };
    Ok(Some(Hop { via, password }))
}

fn password(user: &str, via: &Via, output: &Output) -> Result<SecretString, Failure> {
    if let Some(password) = env::var(PASSWORD).ok().filter(|value| !value.is_empty()) {
        return Ok(password.into());
    }
    let (user, host) = (plain(user), plain(&via.address.to_string()));
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no password for --via",
            say!(
                output.language,
                "{user} at {host} needs a password: give it in {PASSWORD}, or with --via-password-stdin",
                "{host} 的用户 {user} 需要密码：请用 {PASSWORD} 或 --via-password-stdin 提供"
            ),
        ));
    }
    let prompt = say!(
        output.language,
        "Password of {user} at {host} (hidden): ",
        "{host} 的用户 {user} 的密码（不显示）："
    );
    secret::hidden(&prompt, output)
}
