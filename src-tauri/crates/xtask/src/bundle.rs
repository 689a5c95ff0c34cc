//! The packages that users install.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::process::{answers, program, run};
use crate::system::Purpose;
use crate::{page, system, target};

/// The Tauri bundler, as npm ships it built.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

/// The name of the package on Linux, where names are lower case and without blanks.
const LINUX: &str = r#"{"productName":"rediseal"}"#;

/// Builds `.deb` and `.rpm`; the other systems' packages need those systems.
pub(crate) fn packages() -> Result<()> {
    system::prepare(Purpose::Build)?;
    page::build()?;
    let packages = target().join("release/bundle/deb");
    // What an earlier version left there is no package of this one.
    if packages.exists() {
        fs::remove_dir_all(&packages)?;
    }
    run(&mut program(
        "npx",
        [
            "--yes",
            BUNDLER,
            "build",
            "--bundles",
            "deb,rpm",
            "--config",
            LINUX,
            "--",
            "--package",
            "rediseal",
        ],
    ))?;
    if answers("dpkg-deb", &["--version"]) {
        for file in fs::read_dir(packages)? {
            let path = file?.path();
            if path.extension() == Some(OsStr::new("deb")) {
                compress(&path)?;
            }
        }
    }
    Ok(())
}

/// The bundler knows gzip only; xz takes a quarter off what is downloaded.
fn compress(package: &Path) -> Result<()> {
    let unpacked = package.with_extension("unpacked");
    let dpkg = |arguments: &[&OsStr]| run(&mut program("dpkg-deb", arguments));
    dpkg(&[
        "--raw-extract".as_ref(),
        package.as_ref(),
        unpacked.as_ref(),
    ])?;
    dpkg(&[
        "--root-owner-group".as_ref(),
        "-Zxz".as_ref(),
        "-z9".as_ref(),
        "--build".as_ref(),
        unpacked.as_ref(),
        package.as_ref(),
    ])?;
    fs::remove_dir_all(unpacked)?;
    Ok(())
}
