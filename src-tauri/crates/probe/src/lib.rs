//! A real TLS handshake with a Redis server, reported stage by stage with causes.

mod cause;
mod report;

pub use cause::Cause;
pub use report::{
    AddressReport, Link, Report, Role, SCHEMA, Stage, StageId, Status, Target, Verdict,
};
