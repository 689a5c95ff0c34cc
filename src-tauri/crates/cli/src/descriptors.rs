//! How many connections this process may have at once.

/// For everything that is no connection of a test.
#[cfg(unix)]
const OTHERS: u64 = 64;

/// Raises this process's own limit of open files to what so many connections need, as far as the
/// system lets it: many systems begin with 256 or 1024. A connection beyond the limit would look
/// like a server that cannot be reached.
#[cfg(unix)]
pub(crate) fn allow(connections: u64) {
    use rustix::process::{Resource, getrlimit, setrlimit};

    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(connections + OTHERS);
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        // Then it stays as it is.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// Windows has no such limit.
#[cfg(not(unix))]
pub(crate) const fn allow(_connections: u64) {}
