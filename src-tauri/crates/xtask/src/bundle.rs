//! The packages that users install.

use anyhow::Result;

use crate::process::{program, run};
use crate::system::Purpose;
use crate::{page, system};

/// The Tauri bundler, as npm ships it built.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

/// Builds `.deb` and `.rpm`; the other systems' packages need those systems.
pub(crate) fn packages() -> Result<()> {
    system::prepare(Purpose::Build)?;
    page::build()?;
    run(&mut program(
        "npx",
        [
            "--yes",
            BUNDLER,
            "build",
            "--bundles",
            "deb,rpm",
            "--",
            "--package",
            "rediseal",
        ],
    ))
}
