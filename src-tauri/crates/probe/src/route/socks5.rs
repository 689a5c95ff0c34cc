//! SOCKS5, RFC 1928.

use secrecy::ExposeSecret as _;
use tokio::net::TcpStream;
use tokio_socks::tcp::Socks5Stream;
use tokio_socks::{Error, TargetAddr};

use super::way::Destination;
use super::{Hop, seen_from_hop};
use crate::cause::Cause;
use crate::stage::Finding;

/// Asks for a connection to the server over one to the proxy.
pub(super) async fn pass(
    hop: &Hop,
    socket: TcpStream,
    destination: &Destination,
) -> Result<TcpStream, Finding> {
    let target = match destination {
        Destination::Socket(address) => TargetAddr::Ip(*address),
        Destination::Name(name, port) => TargetAddr::Domain(name.into(), *port),
    };
    let passed = match (&hop.via.user, &hop.password) {
        (Some(user), Some(password)) => {
            let password = password.expose_secret();
            Socks5Stream::connect_with_password_and_socket(socket, target, user, password).await
        }
        _ => Socks5Stream::connect_with_socket(socket, target).await,
    };
    match passed {
        Ok(stream) => Ok(stream.into_inner()),
        Err(error) => Err(meaning(&error).with("error", error.to_string())),
    }
}

/// The reply's code (RFC 1928 6) says whose refusal it is.
fn meaning(error: &Error) -> Finding {
    match error {
        Error::ConnectionRefused => seen_from_hop(Cause::TcpRefused),
        Error::NetworkUnreachable | Error::HostUnreachable => seen_from_hop(Cause::TcpUnreachable),
        Error::TtlExpired => seen_from_hop(Cause::TcpTimeout),
        Error::NoAcceptableAuthMethods
        | Error::UnknownAuthMethod
        | Error::InvalidAuthValues(_)
        | Error::PasswordAuthFailure(_)
        | Error::AuthorizationRequired => Finding::failed(Cause::ProxyAuthRequired),
        Error::Io(_)
        | Error::InvalidResponseVersion
        | Error::InvalidReservedByte
        | Error::UnknownAddressType => {
            Finding::failed(Cause::ProxyUnreachable).with_hint(Some("protocol"))
        }
        _ => Finding::failed(Cause::ProxyRefused),
    }
}
