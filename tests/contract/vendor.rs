//! What the vendor publishes on PyPI and npm, installed under the target folder once for each
//! version of `requirements.txt` and `node/package-lock.json`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::packages;

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
    packages::python(&folder(), "python", REQUIREMENTS)
}

/// The `package.json` beside which the Node.js packages are installed.
pub(crate) fn node_packages() -> PathBuf {
    packages::node(&folder(), "node", NODE_PACKAGES, NODE_LOCK)
}

/// Where what the tests make is kept.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract")
}
