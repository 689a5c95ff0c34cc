//! Programs that connect to a Redis over TLS, one for each client library: what a user copies.
//!
//! Each is a file in `snippets/`, filled in by a pure function. What is filled in is escaped by
//! the file's language; what cannot be seen on the screen is refused. The chain is verified in
//! all of them; the name is left out only where the certificate has none.

mod comments;
mod library;
mod literal;
mod refused;
mod templates;
#[cfg(test)]
mod tests;

use std::net::Ipv6Addr;

pub use comments::Comments;
pub use library::{Evidence, Library};
pub use refused::Refused;

/// What a program has to know of the server.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'a> {
    /// A DNS name, or an address without brackets.
    pub host: &'a str,
    #[expect(missing_docs, reason = "of TCP")]
    pub port: u16,
    /// Where the program finds the trusted certificates, as [`Library::trust`] says.
    pub ca: &'a str,
    #[expect(missing_docs, reason = "the type says it")]
    pub login: Login<'a>,
    /// The environment variable that has the password of the login.
    pub password_variable: &'a str,
    #[expect(missing_docs, reason = "the type says it")]
    pub name: NameCheck,
}

/// As whom the program logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login<'a> {
    /// The default account: a password and nothing else.
    Default,
    /// A custom account of TencentDB, which takes `account@password` for the password:
    /// <https://www.tencentcloud.com/document/product/239/34590>.
    Account(&'a str),
    /// A user of Redis' ACL, from Redis 6 on.
    User(&'a str),
}

/// What becomes of the name in the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameCheck {
    /// It is compared with the host.
    Full,
    /// The certificate has none: the chain alone is verified.
    ChainOnly,
}

/// A program for one library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// It ends with a line feed.
    pub code: String,
    /// The lines that TLS hangs on, counted from 0.
    pub marked: Vec<usize>,
}

/// The environment variable that has the password of a truststore.
pub const TRUSTSTORE_VARIABLE: &str = "TRUSTSTORE_PASSWORD";

/// The environment variable that has the password of the login, where nobody chose another.
pub const PASSWORD_VARIABLE: &str = "REDIS_PASSWORD";

/// Begins a line of a template that TLS hangs on.
const MARK: char = '▎';

/// The program of this library for this server.
///
/// # Errors
/// [`Refused`] when something in `connection` cannot stand in a program.
pub fn snippet(
    library: Library,
    connection: &Connection<'_>,
    comments: &Comments,
) -> Result<Snippet, Refused> {
    refused::check(library, connection)?;
    let bracketed_host = match connection.host.parse::<Ipv6Addr>() {
        Ok(_) => format!("[{}]", connection.host),
        Err(_) => connection.host.to_owned(),
    };
    let values = templates::Values {
        host: connection.host,
        address: &format!("{bracketed_host}:{}", connection.port),
        bracketed_host: &bracketed_host,
        host_is_address: connection.host.parse::<std::net::IpAddr>().is_ok(),
        port: connection.port,
        ca: connection.ca,
        account: match connection.login {
            Login::Account(account) => Some(account),
            Login::Default | Login::User(_) => None,
        },
        user: match connection.login {
            Login::User(user) => Some(user),
            Login::Default | Login::Account(_) => None,
        },
        variable: connection.password_variable,
        truststore_variable: TRUSTSTORE_VARIABLE,
        chain_only: connection.name == NameCheck::ChainOnly,
        say: comments,
    };
    Ok(without_marks(&templates::render(library, &values)))
}

fn without_marks(text: &str) -> Snippet {
    let mut code = String::new();
    let mut marked = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with(MARK) {
            marked.push(number);
        }
        code += line.strip_prefix(MARK).unwrap_or(line);
        code.push('\n');
    }
    Snippet { code, marked }
}
