//! What others publish on PyPI and npm, installed under the target folder once for each version
//! that a test is written for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A virtual environment with these requirements: its interpreter.
pub(crate) fn python(within: &Path, name: &str, requirements: &str) -> PathBuf {
    let folder = installed(within, name, requirements, |folder| {
        let wanted = folder.join("wanted.txt");
        fs::write(&wanted, requirements).unwrap();
        let venv = folder.join("venv");
        must(
            Command::new("python3").args(["-m", "venv"]).arg(&venv),
            "a virtual environment needs python3 and python3-venv",
        );
        let pip = ["-m", "pip", "install", "--quiet"];
        must(
            Command::new(venv.join("bin/python"))
                .args(pip)
                .args(["--disable-pip-version-check", "--requirement"])
                .arg(wanted),
            "the packages come from PyPI: this test needs the network once",
        );
    });
    folder.join("venv/bin/python")
}

/// A folder with these Node.js packages: the `package.json` in it.
pub(crate) fn node(within: &Path, name: &str, packages: &str, lock: &str) -> PathBuf {
    let folder = installed(within, name, lock, |folder| {
        fs::write(folder.join("package.json"), packages).unwrap();
        fs::write(folder.join("package-lock.json"), lock).unwrap();
        must(
            Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .current_dir(folder),
            "the packages come from npm: this test needs the network once",
        );
    });
    folder.join("package.json")
}

/// The folder `name`, which `make` fills unless it did so for the same `wanted`.
pub(crate) fn installed(
    within: &Path,
    name: &str,
    wanted: &str,
    make: impl FnOnce(&Path),
) -> PathBuf {
    fs::create_dir_all(within).unwrap();
    // The tests are threads of one process or processes of their own: one of them makes it.
    let lock = fs::File::create(within.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let folder = within.join(name);
    let done = folder.join("installed");
    if !fs::read_to_string(&done).is_ok_and(|made| made == wanted) {
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir(&folder).unwrap();
        make(&folder);
        fs::write(done, wanted).unwrap();
    }
    folder
}

pub(crate) fn must(command: &mut Command, why: &str) {
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
