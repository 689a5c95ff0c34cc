//! Tencent Cloud API 3.0 client: TC3 signing, typed actions, paging, retry by meaning.

pub mod kind;
pub mod redis;
pub mod region;
pub mod sts;
pub mod tc3;
