//! The vendor's Python packages, of the versions that the contract tests use.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::process::{program, run};

/// An interpreter that has the packages, made once for each version of the list.
pub(crate) fn interpreter(folder: &Path) -> Result<PathBuf> {
    let list = crate::root().join("tests/contract/requirements.txt");
    let wanted = std::fs::read_to_string(&list).context("the list of packages")?;
    let (environment, done) = (folder.join("python"), folder.join("python.txt"));
    let python = environment.join("bin/python");
    if std::fs::read_to_string(&done).is_ok_and(|made| made == wanted) {
        return Ok(python);
    }
    std::fs::create_dir_all(folder)?;
    let made = ["-m", "venv", "--clear"];
    run(program("python3", made).arg(&environment))?;
    let install = ["-m", "pip", "install", "--quiet", "--requirement"];
    run(program(&python, install).arg(&list))?;
    std::fs::write(done, wanted)?;
    Ok(python)
}
