//! What the machine must have: on Debian and Ubuntu it is installed, elsewhere it is named.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{answers, program, run};

/// What is about to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compile and open the window.
    Build,
    /// Also run every test.
    Test,
    /// Compare the lab with what others' tools say.
    Diagnoses,
    /// Redraw the icons.
    Icons,
}

const BUILD: &[&str] = &[
    "build-essential",
    "ca-certificates",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libdbus-1-dev",
];

const TEST: &[&str] = &[
    // The virtual desktop of the window tests.
    "xvfb",
    "openbox",
    "dbus",
    "gnome-keyring",
    "webkit2gtk-driver",
    "xdotool",
    "imagemagick",
    "fonts-noto-cjk",
    // What the product's answers are compared with.
    "openssl",
    "faketime",
    "sslscan",
    "redis-server",
    "redis-tools",
    "gnutls-bin",
    "stunnel4",
    "default-jdk-headless",
    "php-cli",
    "php-redis",
    "golang-go",
    "golang-gopkg-redis.v5-dev",
    "ruby",
    "ruby-redis",
    "libssl-dev",
    // What may stand between this computer and the cloud, or a server.
    "tinyproxy-bin",
    "microsocks",
    "openssh-server",
    "python3-venv",
];

const DIAGNOSES: &[&str] = &[
    "openssl",
    "faketime",
    "redis-server",
    "redis-tools",
    "gnutls-bin",
    "stunnel4",
    "python3-venv",
    "testssl.sh",
];

const ICONS: &[&str] = &["librsvg2-bin"];

/// Whether a window can be shown to somebody.
pub(crate) fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Installs what is missing.
pub(crate) fn prepare(purpose: Purpose) -> Result<()> {
    if matches!(purpose, Purpose::Build | Purpose::Test) {
        node()?;
    }
    if purpose == Purpose::Test {
        components()?;
    }
    let wanted: Vec<&str> = match purpose {
        Purpose::Build => BUILD.to_vec(),
        Purpose::Test => [BUILD, TEST].concat(),
        Purpose::Diagnoses => DIAGNOSES.to_vec(),
        Purpose::Icons => ICONS.to_vec(),
    };
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !answers("dpkg-query", &["--version"]) || !answers("apt-get", &["--version"]) {
        eprintln!(
            "This is not Debian or Ubuntu: what follows needs the equivalents of {}.",
            wanted.join(", ")
        );
        return Ok(());
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Installing {}.", missing.join(", "));
    // A mirror that is being updated fails once and works a moment later.
    install(&missing).or_else(|_| install(&missing))
}

/// The page's tools need this Node.js or a later one; what Debian 12 has is older.
const NODE: (u32, u32) = (20, 19);

fn node() -> Result<()> {
    let (major, minor) = NODE;
    let there = program("node", ["--print", "process.versions.node"])
        .output()
        .ok()
        .and_then(|output| version(&String::from_utf8(output.stdout).ok()?));
    let advice = format!("install Node.js {major}.{minor} or later from https://nodejs.org");
    match there {
        None => bail!("Node.js is not there: {advice}"),
        Some((found, minor)) if (found, minor) < NODE => {
            bail!("Node.js {found}.{minor} is too old: {advice}")
        }
        Some(_) if answers("npm", &["--version"]) => Ok(()),
        Some(_) => bail!("npm is not there: {advice}"),
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// The smallest Rust installation lacks these two.
fn components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !answers("cargo", &[subcommand, "--version"]) {
            run(&mut program("rustup", ["component", "add", component]))?;
        }
    }
    Ok(())
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

fn install(packages: &[&str]) -> Result<()> {
    run(&mut as_root(&["apt-get", "update"])?)?;
    let mut words = vec![
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "--yes",
        "--no-install-recommends",
    ];
    words.extend(packages);
    run(&mut as_root(&words)?)
}

fn as_root(words: &[&str]) -> Result<Command> {
    let id = program("id", ["-u"]).output().context("id -u")?;
    if id.stdout.trim_ascii() == b"0" {
        let (name, arguments) = words.split_first().context("a command line is not empty")?;
        return Ok(program(name, arguments));
    }
    if !answers("sudo", &["--version"]) {
        bail!("sudo is not there: as root, run `{}`", words.join(" "));
    }
    Ok(program("sudo", words))
}

#[cfg(test)]
mod tests {
    use super::{NODE, version};

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(version("20.20.2\n"), Some((20, 20)));
        assert!(version("9.99.0") < Some(NODE));
        assert!(version("18.19.0") < Some(NODE));
        assert!(version("22.1.0") >= Some(NODE));
        assert_eq!(version("none"), None);
    }
}
