//! A real TLS handshake with a Redis server, reported stage by stage with causes.
//!
//! ```no_run
//! # async fn example(ca: Vec<u8>, now: jiff::Timestamp) -> Result<(), rediseal_probe::Error> {
//! use rediseal_probe::{Address, Language, Request, Trust, Verdict, test};
//!
//! let address = Address::parse("10.0.0.7:6379")?;
//! let request = Request::new(address, Trust::Authorities(vec![ca]), now);
//! let report = test(request, |_stage| {}).await?;
//! if report.verdict != Verdict::Secure {
//!     let why = report.cause.map(|cause| &cause.text(Language::En).title);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A test runs down the layers: `resolve`, `connect`, `route` where something stands between,
//! `handshake` (whose `recorder` keeps the
//! chain and refuses what does not hold), `chain`, `name`, `redis`. What goes wrong is explained
//! where it is known best: `breakage` for the handshake, `chain` for certificates, `plaintext`
//! for ports without TLS. `verdict` sums up. On demand `deep` finds out everything that the server
//! accepts, and `cost` what TLS costs. `clients` says what client libraries make of it all.
//! [`Report::document`] writes the report for people.

mod address;
mod attempt;
mod breakage;
mod catalogue;
mod cause;
mod chain;
mod clients;
mod connect;
mod cost;
mod crypto;
mod deep;
mod document;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod handshake;
mod links;
mod login;
mod name;
mod naming;
mod opened;
mod plaintext;
mod plan;
mod recorder;
mod redis;
mod report;
mod request;
mod resolve;
mod resp;
mod route;
mod session;
mod stage;
mod test;
mod trust;
mod verdict;
mod wire;
mod without_tls;
mod words;

pub use address::Address;
pub use catalogue::{Language, Text};
pub use cause::Cause;
pub use clients::{ClientVerdict, Note, Outcome};
pub use cost::{Cost, Series};
pub use deep::{
    CipherSuite, Gap, Group, HelloFacts, Order, Part, Presentation, Protocol, Reason, Survey,
    Warning, Weakness,
};
pub use document::{Format, milliseconds, plain};
pub use error::Error;
pub use naming::Naming;
pub use report::{
    AddressReport, Link, Report, Role, SCHEMA, Stage, StageId, Status, Target, Verdict,
};
pub use request::{Auth, Dns, Request, Trust};
pub use route::{
    Fingerprint, Hop, Key, KeyError, NoFingerprint, Route, Scheme, Ssh, SshHost, Via, ViaError,
};
pub use test::test;
pub use trust::Authorities;
pub use without_tls::{WithoutTls, without_tls};
pub use words::fact_word;
