//! What the vendor publishes on PyPI, in a virtual environment under the target folder that is
//! made once for each version of `requirements.txt`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The folder that the packages are installed in.
pub(crate) fn packages() -> PathBuf {
    python();
    let library = folder().join("venv/lib");
    let version = fs::read_dir(library).unwrap().next().unwrap().unwrap();
    version.path().join("site-packages")
}

/// The interpreter of the virtual environment, which is made if it is not there.
pub(crate) fn python() -> PathBuf {
    let folder = folder();
    let venv = folder.join("venv");
    let done = folder.join("requirements.txt");
    let python = venv.join("bin/python");
    fs::create_dir_all(&folder).unwrap();
    // The tests are threads of one process or processes of their own: one of them makes it.
    let lock = fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    if fs::read_to_string(&done).is_ok_and(|made| made == REQUIREMENTS) {
        return python;
    }
    if venv.exists() {
        fs::remove_dir_all(&venv).unwrap();
    }
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, REQUIREMENTS).unwrap();
    must(
        Command::new("python3").args(["-m", "venv"]).arg(&venv),
        "a virtual environment needs python3 and python3-venv",
    );
    must(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(&wanted),
        "the vendor's SDK comes from PyPI: this test needs the network once",
    );
    fs::rename(&wanted, &done).unwrap();
    python
}

/// Where what the tests make is kept.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract")
}

fn must(command: &mut Command, why: &str) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{why}: {command:?}: {error}"));
    assert!(
        output.status.success(),
        "{why}: {command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
