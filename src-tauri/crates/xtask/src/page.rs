//! The page: installed and built when something it is made from is newer.

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use crate::process::{program, run};
use crate::root;

/// Everything the page is made from.
const SOURCES: &[&str] = &[
    "ui/src",
    "ui/index.html",
    "ui/package-lock.json",
    "ui/svelte.config.js",
    "ui/tsconfig.json",
    "ui/vite.config.ts",
    "src-tauri/crates/probe/causes",
    "src-tauri/crates/tencent/errors",
];

/// Builds `ui/dist` unless it is newer than its sources.
pub(crate) fn build() -> Result<()> {
    install()?;
    let sources = SOURCES
        .iter()
        .filter_map(|source| newest(&root().join(source)).transpose())
        .collect::<Result<Vec<_>>>()?;
    // Without the assets it is the placeholder of `build.rs`.
    let built = root().join("ui/dist/assets").exists();
    let made = newest(&root().join("ui/dist/index.html"))?;
    if built && made.is_some_and(|made| sources.iter().all(|source| *source <= made)) {
        return Ok(());
    }
    npm(&["run", "build"])
}

/// Installs the packages of `package-lock.json` unless they are.
pub(crate) fn install() -> Result<()> {
    let wanted = newest(&root().join("ui/package-lock.json"))?;
    let installed = newest(&root().join("ui/node_modules/.package-lock.json"))?;
    if installed.is_some() && wanted <= installed {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund"])
}

/// Runs npm in `ui`.
pub(crate) fn npm(arguments: &[&str]) -> Result<()> {
    run(program("npm", arguments).current_dir(root().join("ui")))
}

fn newest(path: &Path) -> Result<Option<SystemTime>> {
    let Ok(metadata) = path.metadata() else {
        return Ok(None);
    };
    let mut newest_time = metadata.modified()?;
    if metadata.is_dir() {
        for entry in path
            .read_dir()
            .with_context(|| path.display().to_string())?
        {
            if let Some(time) = newest(&entry?.path())? {
                newest_time = newest_time.max(time);
            }
        }
    }
    Ok(Some(newest_time))
}
