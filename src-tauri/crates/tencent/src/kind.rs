//! The `Type` code of an instance: engine, version and architecture in one number.

use serde::Serialize;

/// What a `Type` code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Kind {
    /// `Redis`, `Valkey`, `CKV`, `Memcached`.
    pub engine: &'static str,
    /// As the vendor writes it, such as `6.2`.
    pub version: &'static str,
    /// `standard` or `cluster`.
    pub architecture: &'static str,
}

/// Looks a code up; `None` for one that the vendor added later.
/// Source: the `Type` table of `DescribeInstances`.
#[must_use]
pub fn kind(code: i64) -> Option<Kind> {
    let (engine, version, architecture) = match code {
        2 | 5 => ("Redis", "2.8", "standard"),
        3 => ("CKV", "3.2", "standard"),
        4 => ("CKV", "3.2", "cluster"),
        6 => ("Redis", "4.0", "standard"),
        7 => ("Redis", "4.0", "cluster"),
        8 => ("Redis", "5.0", "standard"),
        9 => ("Redis", "5.0", "cluster"),
        15 => ("Redis", "6.2", "standard"),
        16 => ("Redis", "6.2", "cluster"),
        17 => ("Redis", "7.0", "standard"),
        18 => ("Redis", "7.0", "cluster"),
        19 | 21 => ("Valkey", "8.0", "standard"),
        20 | 22 => ("Valkey", "8.0", "cluster"),
        200 => ("Memcached", "1.6", "cluster"),
        _ => return None,
    };
    Some(Kind {
        engine,
        version,
        architecture,
    })
}
