//! What does not get into a program.

use std::net::IpAddr;

use thiserror::Error;

use super::{Connection, Library, Login};

/// What cannot stand in a program, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// Neither an address nor made of the letters of a DNS name.
    #[error("the host is neither an address nor a DNS name")]
    Host,
    /// A field with characters that cannot be seen, or change the direction of the others.
    #[error("it has characters that cannot be seen")]
    Invisible {
        /// `ca` or `account`.
        field: &'static str,
    },
    #[expect(missing_docs, reason = "the message says it")]
    #[error("it is empty")]
    Empty {
        /// `ca` or `account`.
        field: &'static str,
    },
    /// An account of TencentDB ends at the first `@`.
    #[error("the name of an account has no @")]
    Account,
    /// Not letters, digits and underscores, or a digit first.
    #[error("an environment variable has letters, digits and underscores, and no digit first")]
    Variable,
    /// Spring looks for a property of that name, and has no escape for it.
    #[error("Spring would replace what stands behind ${{")]
    Placeholder {
        /// `ca` or `account`.
        field: &'static str,
    },
}

impl Refused {
    /// What it is about: `address`, `ca`, `account` or `password_variable`.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Host => "address",
            Self::Invisible { field } | Self::Empty { field } | Self::Placeholder { field } => {
                field
            }
            Self::Account => "account",
            Self::Variable => "password_variable",
        }
    }

    /// The message in Simplified Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Host => "主机既不是 IP 地址，也不是域名",
            Self::Invisible { .. } => "含有不可见字符",
            Self::Empty { .. } => "为空",
            Self::Account => "账号名中不能有 @",
            Self::Variable => "环境变量名只能由字母、数字与下划线组成，且不能以数字开头",
            Self::Placeholder { .. } => "Spring 会替换 ${ 之后的内容",
        }
    }
}

pub(super) fn check(library: Library, connection: &Connection<'_>) -> Result<(), Refused> {
    if !is_host(connection.host) {
        return Err(Refused::Host);
    }
    if !is_variable(connection.password_variable) {
        return Err(Refused::Variable);
    }
    text("ca", connection.ca, library)?;
    match connection.login {
        Login::Default => Ok(()),
        Login::Account(account) if account.contains('@') => Err(Refused::Account),
        Login::Account(name) | Login::User(name) => text("account", name, library),
    }
}

fn text(field: &'static str, text: &str, library: Library) -> Result<(), Refused> {
    if text.is_empty() {
        return Err(Refused::Empty { field });
    }
    if !text.chars().all(is_visible) {
        return Err(Refused::Invisible { field });
    }
    if library == Library::SpringBoot && text.contains("${") {
        return Err(Refused::Placeholder { field });
    }
    Ok(())
}

fn is_host(host: &str) -> bool {
    let of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_name = host.starts_with(|first: char| first.is_ascii_alphanumeric())
        && host.bytes().all(of_a_name);
    is_name || host.parse::<IpAddr>().is_ok()
}

fn is_variable(name: &str) -> bool {
    let of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(of_a_name)
}

/// Neither a control character, nor one of those that Unicode calls format (Cf), line and
/// paragraph separators, tags and private use: they are not seen, or move what is (CVE-2021-42574).
fn is_visible(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
}
