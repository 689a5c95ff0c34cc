//! Other programs, run in the repository's root and seen in the terminal.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The cargo that runs this task.
pub(crate) fn cargo<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(arguments: I) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    program_in_root(program, arguments)
}

/// Another program.
pub(crate) fn program<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
    name: impl AsRef<OsStr>,
    arguments: I,
) -> Command {
    program_in_root(name, arguments)
}

/// Shows the command line, runs it, and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    eprintln!("> {}", line(command));
    let status = command
        .status()
        .with_context(|| format!("{} cannot be started", line(command)))?;
    if !status.success() {
        bail!("`{}` failed: {status}", line(command));
    }
    Ok(())
}

/// Whether the program starts and answers `--version`.
pub(crate) fn answers(name: &str, arguments: &[&str]) -> bool {
    program(name, arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn program_in_root<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
    name: impl AsRef<OsStr>,
    arguments: I,
) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(crate::root());
    command
}

fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
