//! A short run of every fuzz target, from the corpus in the repository: the same inputs each time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::process::{cargo, program, run};
use crate::{root, target};

/// Each target and how many inputs it gets: a few seconds.
const RUNS: &[(&str, u32)] = &[
    ("archive", 20_000),
    ("certificate", 20_000),
    ("chain", 10_000),
    ("file", 20_000),
    ("handshake", 10_000),
    ("hello", 100_000),
    ("keystore", 5_000),
    ("proxy", 50_000),
    ("reply", 100_000),
];

/// Longer inputs only take longer, bytes.
const LONGEST: u32 = 8192;

/// What `cargo fuzz` passes too: libFuzzer's view of which code ran. It works with a stable
/// compiler, and needs no more than this one and a C++ compiler.
const INSTRUMENTED: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Builds all and runs one after the other; the input that fails is kept and named.
pub(crate) fn short_run() -> Result<()> {
    let fuzz = root().join("src-tauri/fuzz");
    let target = target().join("fuzz");
    let host = host()?;
    // What is fuzzed is what is shipped: the same version of everything.
    fs::copy(root().join("Cargo.lock"), fuzz.join("Cargo.lock"))?;
    let manifest = fuzz.join("Cargo.toml").display().to_string();
    run(&mut cargo(["fmt", "--check", "--manifest-path", &manifest]))?;
    // With a target, build scripts and macros are not instrumented.
    run(cargo(["build", "--bins", "--manifest-path", &manifest])
        .args(["--target", &host, "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", INSTRUMENTED))?;
    for (name, runs) in RUNS {
        one(&fuzz, &target.join(&host).join("debug"), name, *runs)?;
    }
    Ok(())
}

fn one(fuzz: &Path, programs: &Path, name: &str, runs: u32) -> Result<()> {
    let artifacts = fuzz.join("artifacts").join(name);
    fs::create_dir_all(&artifacts)?;
    // What it finds goes elsewhere: the corpus in the repository is only read.
    run(program(
        programs.join(name),
        ["-seed=1", "-print_funcs=0", "-verbosity=0"],
    )
    .arg(format!("-runs={runs}"))
    .arg(format!("-max_len={LONGEST}"))
    .arg(format!("-artifact_prefix={}/", artifacts.display()))
    .arg(temporary(programs, name)?)
    .arg(fuzz.join("corpus").join(name)))
}

/// Where libFuzzer writes what it finds, empty.
fn temporary(programs: &Path, name: &str) -> Result<PathBuf> {
    let folder = programs.join("found").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn host() -> Result<String> {
    let output = program("rustc", ["--verbose", "--version"]).output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names its host")?.to_owned())
}
