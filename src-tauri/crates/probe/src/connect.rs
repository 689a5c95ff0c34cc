//! The TCP connection.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::cause::Cause;
use crate::stage::Finding;

pub(crate) async fn connect(
    address: SocketAddr,
    deadline: Instant,
) -> Result<(TcpStream, Finding), Finding> {
    let failed = |cause: Cause| Finding::failed(cause).with_hint(hint(cause, address.ip()));
    let facts = |finding: Finding| {
        finding
            .with("address", address.to_string())
            .with("private_address", is_private(address.ip()))
            .with("loopback", address.ip().is_loopback())
    };
    match timeout_at(deadline, open(address)).await {
        Ok(Ok(socket)) => Ok((socket, facts(Finding::passed()))),
        Ok(Err(error)) => Err(facts(failed(cause(&error)))
            .with("no_route", is_no_route(&error))
            .with("error", error.to_string())),
        Err(_) => Err(facts(failed(Cause::TcpTimeout))),
    }
}

/// A connection with nothing sent over it.
pub(crate) async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(address).await?;
    // Handshake flights and a PING are small: waiting to fill a segment only costs time.
    let _ = socket.set_nodelay(true);
    Ok(socket)
}

fn cause(error: &io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Cause::TcpRefused,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Cause::TcpReset,
        io::ErrorKind::TimedOut => Cause::TcpTimeout,
        _ => Cause::TcpUnreachable,
    }
}

fn hint(cause: Cause, ip: IpAddr) -> Option<&'static str> {
    (cause == Cause::TcpTimeout && is_private(ip)).then_some("private")
}

/// This machine itself has no way to addresses of this kind, which says nothing about the server.
fn is_no_route(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::Unsupported
    )
}

/// Reachable from inside a network only: RFC 1918, RFC 6598 (which Tencent Cloud uses too),
/// RFC 3927, RFC 4193 and RFC 4291 2.5.6.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_private() || ip.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_silence_of_a_private_address_is_blamed_on_the_network() {
        let (private, public) = ("10.0.0.7".parse().unwrap(), "8.8.8.8".parse().unwrap());
        assert_eq!(hint(Cause::TcpTimeout, private), Some("private"));
        assert_eq!(hint(Cause::TcpRefused, private), None);
        assert_eq!(hint(Cause::TcpTimeout, public), None);
    }

    #[test]
    fn errors_of_the_socket_are_told_apart() {
        for (kind, expected) in [
            (io::ErrorKind::ConnectionRefused, Cause::TcpRefused),
            (io::ErrorKind::ConnectionReset, Cause::TcpReset),
            (io::ErrorKind::TimedOut, Cause::TcpTimeout),
            (io::ErrorKind::HostUnreachable, Cause::TcpUnreachable),
            (io::ErrorKind::NetworkUnreachable, Cause::TcpUnreachable),
        ] {
            assert_eq!(cause(&io::Error::from(kind)), expected);
        }
    }

    #[test]
    fn private_addresses_are_known() {
        for ip in [
            "10.0.0.7",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd00::1",
        ] {
            assert!(is_private(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "8.8.8.8",
            "172.32.0.1",
            "127.0.0.1",
            "100.128.0.1",
            "2001:db8::1",
        ] {
            assert!(!is_private(ip.parse().unwrap()), "{ip}");
        }
    }
}
