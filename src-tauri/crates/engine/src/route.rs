//! The way of a test to its server: what the form says, and what this computer has for it.

use std::path::Path;

use rediseal_probe::{Hop, Route, Scheme, SharedSession, Ssh, ViaError};

use crate::detect::Environment;
use crate::error::Error;
use crate::ssh_config::SshConfig;
use crate::ssh_host::{Named, invalid};
use crate::view::ViaForm;

/// The form's field with the fingerprint of a host's key.
pub const ACCEPT_HOST_KEY: &str = "accept_host_key";

/// What the probe is told. Sends nothing; a key that is encrypted takes a moment to open.
///
/// # Errors
///
/// When the form is not complete, the key file cannot be used, or the SSH host is one that
/// `~/.ssh/config` reaches through something else.
pub async fn route(
    form: Option<&ViaForm>,
    key_file: Option<&Path>,
    environment: &Environment,
) -> Result<Route, Error> {
    let Some(form) = form else {
        return Ok(Route::Direct);
    };
    let via: rediseal_probe::Via = form.url.parse().map_err(|error| unusable(&error))?;
    let (via, ssh) = match via.scheme {
        Scheme::Ssh => {
            let named = Named::parse(&form.url).map_err(|error| unusable(&error))?;
            let config = SshConfig::read(environment).await;
            let reached = named
                .reached(&config, environment)
                .map_err(|error| unusable(&error))?;
            if reached.by_command || !reached.jumps.is_empty() {
                let problem = "~/.ssh/config reaches this host through another (ProxyJump or \
                               ProxyCommand); only one hop can stand between";
                return Err(invalid("via", &problem));
            }
            let key_file = match (form.key_file, key_file) {
                (true, None) => return Err(invalid("key_file", &"no file was chosen")),
                (true, file) => file,
                (false, _) => None,
            };
            let (passphrase, accept) = (form.passphrase.clone(), form.accept_host_key.as_deref());
            let ssh = reached.ssh(key_file, passphrase, accept, environment);
            let ssh = ssh.await?;
            (reached.via, ssh)
        }
        Scheme::Socks5 | Scheme::Http => (via, Ssh::default()),
    };
    Ok(Route::Through(Box::new(Hop {
        via,
        password: form.password.clone(),
        ssh,
        shared: SharedSession::default(),
    })))
}

fn unusable(error: &ViaError) -> Error {
    invalid("via", error)
}
