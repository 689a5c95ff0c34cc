//! The processes that `cargo xtask bench probe` measures, and the servers that it measures them
//! on. Each is a process of its own, so that none pays for another.
//!
//! `serve KIND COUNT FOLDER`, `once ADDRESS CA TIMES`, `many TARGETS CA AT_ONCE DEPTH`; each prints one
//! line of JSON.
#![expect(clippy::print_stdout, reason = "a program")]

mod bare;
mod many;
mod once;
mod serve;

use std::path::Path;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let said = match words.as_slice() {
        ["serve", kind, count, folder] => serve::run(kind, count.parse()?, Path::new(folder))?,
        ["once", address, ca, times] => once::run(address.parse()?, Path::new(ca), times.parse()?)?,
        ["many", targets, ca, at_once, depth] => many::run(
            Path::new(targets),
            Path::new(ca),
            at_once.parse()?,
            depth.parse()?,
        )?,
        _ => return Err("serve KIND COUNT FOLDER | once … | many …".into()),
    };
    println!("{said}");
    Ok(())
}
