//! go-redis of Debian, compiled with the settings as the report shows them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clients::programs::Target;

const MAIN: &str = include_str!("go_redis/main.go");

/// The program, which has a function for each setting of these targets. Debian's libraries are
/// found in the old way, by their folders, and nothing is asked of the network.
pub(crate) fn program(cache: &Path, folder: &Path, targets: &[Target]) -> PathBuf {
    fs::write(folder.join("main.go"), MAIN).unwrap();
    fs::write(folder.join("settings.go"), settings(targets)).unwrap();
    let output = Command::new("go")
        .args(["build", "-o", "ask", "main.go", "settings.go"])
        .current_dir(folder)
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOPROXY", "off")
        .env("GOCACHE", cache)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    folder.join("ask")
}

fn settings(targets: &[Target]) -> String {
    let distinct: BTreeSet<&str> = targets.iter().map(|t| t.setting.as_str()).collect();
    let mut source = "package main\n\nimport (\n\t\"crypto/tls\"\n\t\"crypto/x509\"\n\n\
                      \t\"gopkg.in/redis.v5\"\n)\n\nvar settings = map[string]setting{\n"
        .to_owned();
    for setting in distinct {
        // Both languages write such a string alike.
        writeln!(
            source,
            "\t{setting:?}: func(host string, pool *x509.CertPool, client tls.Certificate) \
             *redis.Options {{\n\t\treturn &redis.Options{{{setting}}}\n\t}},"
        )
        .unwrap();
    }
    source + "}\n"
}
