//! hiredis, from the source package of its Python wrapper: Debian 12 has none with TLS.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{packages_folder, python};
use crate::packages::{installed, must};

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The folder with `hiredis/hiredis.h` in it.
pub(super) fn hiredis() -> PathBuf {
    let folder = installed(&packages_folder(), "hiredis", REQUIREMENTS, |folder| {
        let wanted = folder.join("wanted.txt");
        fs::write(&wanted, REQUIREMENTS).unwrap();
        must(
            Command::new(python())
                .args(["-m", "pip", "download", "--quiet", "--no-deps"])
                .args(["--no-binary", ":all:", "--requirement"])
                .arg(wanted)
                .current_dir(folder),
            "the packages come from PyPI: this test needs the network once",
        );
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let archives = files.filter(|path| path.extension().is_some_and(|it| it == "gz"));
        fs::create_dir(folder.join("source")).unwrap();
        must(
            Command::new("tar")
                .args(["--strip-components=1", "--directory=source", "-xzf"])
                .args(archives)
                .current_dir(folder),
            "a source package is unpacked with tar",
        );
    });
    folder.join("source/vendor")
}
