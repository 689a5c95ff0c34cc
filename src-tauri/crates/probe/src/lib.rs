//! A real TLS handshake with a Redis server, reported stage by stage with causes.

mod address;
mod attempt;
mod breakage;
mod catalogue;
mod cause;
mod chain;
mod connect;
mod crypto;
mod error;
mod handshake;
mod links;
mod name;
mod plaintext;
mod plan;
mod recorder;
mod redis;
mod report;
mod request;
mod resolve;
mod resp;
mod session;
mod stage;
mod test;
mod trust;
mod verdict;
mod wire;

pub use address::Address;
pub use catalogue::{Language, Text};
pub use cause::Cause;
pub use error::Error;
pub use report::{
    AddressReport, Link, Report, Role, SCHEMA, Stage, StageId, Status, Target, Verdict,
};
pub use request::{Auth, Dns, Request, Trust};
pub use test::test;
