//! From stages to a verdict.

use crate::attempt::Attempt;
use crate::cause::Cause;
use crate::report::{Stage, StageId, Status, Verdict};

/// Nothing is good unless each stage that makes it so says so.
pub(crate) fn of(stages: &[Stage]) -> Verdict {
    let status = |id| {
        let stage = stages.iter().find(|stage| stage.id == id);
        stage.map_or(Status::Skipped, |stage| stage.status)
    };
    let holds = |id| matches!(status(id), Status::Passed | Status::Warning);
    match status(StageId::Name) {
        _ if !holds(StageId::Tcp) || status(StageId::Hop) == Status::Failed => Verdict::Unreachable,
        _ if !(holds(StageId::Tls) && holds(StageId::Chain)) => Verdict::Insecure,
        Status::Passed => Verdict::Secure,
        Status::Warning => Verdict::ChainOnly,
        Status::Failed | Status::Skipped => Verdict::Insecure,
    }
}

pub(crate) fn cause(stages: &[Stage]) -> Option<Cause> {
    if of(stages) == Verdict::ChainOnly {
        return Some(Cause::CertificateNameNotCheckable);
    }
    let failed = stages.iter().find(|stage| stage.status == Status::Failed)?;
    failed.cause
}

/// The attempt that decides: the worst, the first of them.
pub(crate) fn worst(attempts: Vec<Attempt>) -> Option<Attempt> {
    let any_reached = attempts
        .iter()
        .any(|attempt| attempt.report.verdict != Verdict::Unreachable);
    attempts
        .into_iter()
        .filter(|attempt| !(any_reached && says_nothing(attempt)))
        .reduce(
            |worst, next| match next.report.verdict > worst.report.verdict {
                true => next,
                false => worst,
            },
        )
}

/// An address that could not be reached for a reason of this machine's says nothing about the
/// server: no route to addresses of its kind, or one of the two loopback addresses, of which a
/// server usually has one.
fn says_nothing(attempt: &Attempt) -> bool {
    let tcp = attempt.report.stages.iter().find(|s| s.id == StageId::Tcp);
    attempt.report.verdict == Verdict::Unreachable
        && tcp.is_some_and(|tcp| {
            let fact = |name: &str| tcp.facts.get(name) == Some(&true.into());
            fact("no_route") || fact("loopback")
        })
}
