//! A hop as people write it: `ssh://user@host:port`.

use std::fmt;
use std::str::FromStr;

use crate::address::Address;
use crate::cause::Cause;

/// Which hop, and as whom. A password is never part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    #[expect(missing_docs, reason = "the type says it")]
    pub scheme: Scheme,
    /// Whom to log in as; a proxy may want nobody, an SSH host always wants somebody.
    pub user: Option<String>,
    /// Of the hop.
    pub address: Address,
}

/// What is spoken to the hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RFC 1928, with user and password of RFC 1929.
    Socks5,
    /// CONNECT of RFC 9110 9.3.6, with the Basic login of RFC 7617.
    Http,
    /// A jump host: RFC 4251 to 4254.
    Ssh,
}

/// Why a text names no hop. It is not repeated: it may have a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViaError {
    /// Nothing before `://`, or something that is not spoken here.
    #[error("it begins with none of socks5://, http:// and ssh://")]
    Scheme,
    /// Neither a DNS name nor an IP address, or no port number.
    #[error("it names no host; write scheme://[user@]host[:port], with brackets around IPv6")]
    Host,
    /// `user:password@`.
    #[error("it has a password in it, which others could read; leave it out and give it apart")]
    Password,
    /// An SSH host lets in nobody without a name.
    #[error("an SSH host needs a user: ssh://user@host")]
    User,
}

impl Scheme {
    const ALL: [Self; 3] = [Self::Socks5, Self::Http, Self::Ssh];

    const fn name(self) -> &'static str {
        match self {
            Self::Socks5 => "socks5",
            Self::Http => "http",
            Self::Ssh => "ssh",
        }
    }

    /// The registered one; proxies have others as well.
    const fn port(self) -> u16 {
        match self {
            Self::Socks5 => 1080,
            Self::Http => 80,
            Self::Ssh => 22,
        }
    }

    pub(super) const fn unreachable(self) -> Cause {
        match self {
            Self::Socks5 | Self::Http => Cause::ProxyUnreachable,
            Self::Ssh => Cause::SshUnreachable,
        }
    }
}

impl FromStr for Via {
    type Err = ViaError;

    fn from_str(text: &str) -> Result<Self, ViaError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(ViaError::Scheme)?;
        // Others write `socks5h` where the name is resolved at the far end, as it is here.
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "socks5h" => Scheme::Socks5,
            name => Scheme::ALL
                .into_iter()
                .find(|scheme| scheme.name() == name)
                .ok_or(ViaError::Scheme)?,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, host) = match rest.rsplit_once('@') {
            Some((user, _)) if user.contains(':') => return Err(ViaError::Password),
            Some((user, host)) => (Some(user), host),
            None => (None, rest),
        };
        let with_port = || Address::parse(&format!("{host}:{}", scheme.port()));
        let address = Address::parse(host).or_else(|_| with_port());
        if user.is_some_and(|user| user.contains(char::is_control)) {
            return Err(ViaError::Host);
        }
        Ok(Self {
            scheme,
            user: user.filter(|user| !user.is_empty()).map(str::to_owned),
            address: address.map_err(|_| ViaError::Host)?,
        })
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme.name())?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        self.address.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_write_is_read() {
        for (text, read) in [
            ("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
            ("socks5h://proxy", "socks5://proxy:1080"),
            ("HTTP://proxy.example.com/", "http://proxy.example.com:80"),
            (" http://me@corp@proxy:3128 ", "http://me@corp@proxy:3128"),
            ("socks5://[::1]", "socks5://[::1]:1080"),
            ("ssh://ops@jump", "ssh://ops@jump:22"),
            ("socks5://@[::1]:9", "socks5://[::1]:9"),
        ] {
            assert_eq!(text.parse::<Via>().unwrap().to_string(), read, "{text}");
        }
    }

    #[test]
    fn what_names_no_hop_is_refused() {
        for (text, error) in [
            ("", ViaError::Scheme),
            ("proxy:3128", ViaError::Scheme),
            ("https://proxy", ViaError::Scheme),
            ("socks4://proxy", ViaError::Scheme),
            ("http://", ViaError::Host),
            ("http://proxy/path", ViaError::Host),
            ("http://proxy:0", ViaError::Host),
            ("http://::1", ViaError::Host),
            ("http://me:secret@proxy", ViaError::Password),
            ("http://me:@proxy", ViaError::Password),
        ] {
            assert_eq!(text.parse::<Via>(), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            if let Ok(via) = format!("http://{text}").parse::<Via>() {
                let again = via.to_string().parse::<Via>();
                prop_assert_eq!(again, Ok(via));
            }
        }
    }
}
