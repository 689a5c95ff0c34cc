//! hiredis, from the source package of its Python wrapper: Debian 12 has none with TLS.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{packages_folder, python};
use crate::packages::{installed, must};

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// Of its library and of `libhiredis_ssl`.
const PARTS: [&str; 8] = [
    "alloc",
    "async",
    "hiredis",
    "net",
    "read",
    "sds",
    "sockcompat",
    "ssl",
];

/// The folder with `hiredis/hiredis.h` and `libhiredis.a` in it.
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
        let files = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path());
        let archives = files.filter(|path| path.extension().is_some_and(|it| it == "gz"));
        fs::create_dir(folder.join("source")).unwrap();
        must(
            Command::new("tar")
                .args(["--strip-components=1", "--directory=source", "-xzf"])
                .args(archives)
                .current_dir(folder),
            "a source package is unpacked with tar",
        );
        let library = folder.join("source/vendor/hiredis");
        must(
            Command::new("cc")
                .args(["-c", "-std=gnu99", "-O1"])
                .args(PARTS.map(|part| format!("{part}.c")))
                .current_dir(&library),
            "hiredis is compiled with a C compiler and libssl-dev",
        );
        must(
            Command::new("ar")
                .args(["rcs", "../libhiredis.a"])
                .args(PARTS.map(|part| format!("{part}.o")))
                .current_dir(&library),
            "a library is made with ar",
        );
    });
    folder.join("source/vendor")
}
