//! A cause as people read it.

use rediseal_probe::Cause;

use crate::output::{Output, Tone};

/// Title and id, why, and what to do.
pub(crate) fn text(cause: Cause, output: &Output) -> String {
    format!("{}\n", output.paint(cause.id(), Tone::Careful))
}
