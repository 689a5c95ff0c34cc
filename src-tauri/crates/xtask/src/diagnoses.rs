//! `docs/DIAGNOSES.md`: the lab's servers, and what others' tools say about them.

use anyhow::Result;

use crate::process::{cargo, program, run};
use crate::system::{self, Purpose};

/// From PyPI; Debian has none.
const SSLYZE: &str = "sslyze==6.3.1";

/// Asks the tools that can be had, and writes the document.
pub(crate) fn write() -> Result<()> {
    system::prepare(Purpose::Diagnoses)?;
    let mut lab = cargo([
        "test",
        "--package",
        "rediseal-probe",
        "--test",
        "lab",
        "the_document_is_fresh",
    ]);
    lab.env("REDISEAL_WRITE_DIAGNOSES", "1");
    match sslyze() {
        Ok(path) => {
            lab.env("REDISEAL_SSLYZE", path);
        }
        Err(error) => eprintln!("Without sslyze: {error:#}"),
    }
    run(&mut lab)
}

/// Where it is installed.
pub(crate) fn sslyze() -> Result<std::path::PathBuf> {
    let folder = crate::root().join("target/sslyze");
    let environment = folder.to_string_lossy();
    run(&mut program("python3", ["-m", "venv", &environment]))?;
    let pip = folder.join("bin/pip");
    let quiet = ["--quiet", "--disable-pip-version-check"];
    run(program(&pip, ["install"]).args(quiet).arg(SSLYZE))?;
    Ok(folder.join("bin/sslyze"))
}
