//! Other programs: OpenSSL, Java with its keytool, and Python.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs it in this folder; it has to succeed. What it printed.
pub(crate) fn run(command: &mut Command, folder: &Path) -> String {
    let output = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/all/readers")
        .join(name)
}

/// `Read.java` on these files, compiled as it runs.
pub(crate) fn java() -> Command {
    let mut command = Command::new("java");
    command.arg(here("Read.java"));
    command
}

/// `read.py` on these files, with the packages of `requirements.txt`.
pub(crate) fn python() -> Command {
    let mut command = Command::new(interpreter());
    command.arg(here("read.py"));
    command
}

/// Of a virtual environment that is made once for each version of the list.
fn interpreter() -> PathBuf {
    let list = here("requirements.txt");
    let wanted = fs::read_to_string(&list).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readers");
    fs::create_dir_all(&folder).unwrap();
    // The tests may be processes of their own: one of them makes it.
    let lock = fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let (environment, done) = (folder.join("python"), folder.join("installed"));
    let python = environment.join("bin/python");
    if !fs::read_to_string(&done).is_ok_and(|made| made == wanted) {
        let venv = ["-m", "venv", "--clear"];
        run(
            Command::new("python3").args(venv).arg(&environment),
            &folder,
        );
        let install = ["-m", "pip", "install", "--quiet", "--requirement"];
        run(Command::new(&python).args(install).arg(&list), &folder);
        fs::write(done, wanted).unwrap();
    }
    python
}
