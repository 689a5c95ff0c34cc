//! What the vendor publishes on PyPI and npm, installed under the target folder once for each
//! version of `requirements.txt` and `node/package-lock.json`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const REQUIREMENTS: &str = include_str!("requirements.txt");
const NODE_PACKAGES: &str = include_str!("node/package.json");
const NODE_LOCK: &str = include_str!("node/package-lock.json");

/// The folder that the Python packages are installed in.
pub(crate) fn packages() -> PathBuf {
    python();
    let library = folder().join("python/venv/lib");
    let version = fs::read_dir(library).unwrap().next().unwrap().unwrap();
    version.path().join("site-packages")
}

/// The interpreter of the virtual environment, which is made if it is not there.
pub(crate) fn python() -> PathBuf {
    let folder = installed("python", REQUIREMENTS, |folder| {
        let wanted = folder.join("wanted.txt");
        fs::write(&wanted, REQUIREMENTS).unwrap();
        let venv = folder.join("venv");
        must(
            Command::new("python3").args(["-m", "venv"]).arg(&venv),
            "a virtual environment needs python3 and python3-venv",
        );
        must(
            Command::new(venv.join("bin/python"))
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .arg("--requirement")
                .arg(wanted),
            "the vendor's SDK comes from PyPI: this test needs the network once",
        );
    });
    folder.join("venv/bin/python")
}

/// The `package.json` beside which the Node.js packages are installed.
pub(crate) fn node_packages() -> PathBuf {
    let folder = installed("node", NODE_LOCK, |folder| {
        fs::write(folder.join("package.json"), NODE_PACKAGES).unwrap();
        fs::write(folder.join("package-lock.json"), NODE_LOCK).unwrap();
        must(
            Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .current_dir(folder),
            "the vendor's SDK comes from npm: this test needs the network once",
        );
    });
    folder.join("package.json")
}

/// Where what the tests make is kept.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract")
}

/// The folder `name`, which `make` fills unless it did so for the same `wanted`.
fn installed(name: &str, wanted: &str, make: impl FnOnce(&Path)) -> PathBuf {
    fs::create_dir_all(folder()).unwrap();
    // The tests are threads of one process or processes of their own: one of them makes it.
    let lock = fs::File::create(folder().join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let folder = folder().join(name);
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
