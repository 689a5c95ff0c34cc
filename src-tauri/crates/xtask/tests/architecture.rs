//! The direction of dependencies, as the tree promises it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Who may name whom outside tests; a package that is not here may name nothing of ours.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "rediseal",
        &[
            "rediseal-engine",
            "rediseal-probe",
            "rediseal-certificate",
            "rediseal-tencent",
            "rediseal-sandbox",
        ],
    ),
    (
        "rediseal-cli",
        &[
            "rediseal-engine",
            "rediseal-probe",
            "rediseal-certificate",
            "rediseal-tencent",
            "rediseal-sandbox",
        ],
    ),
    (
        "rediseal-engine",
        &["rediseal-tencent", "rediseal-probe", "rediseal-certificate"],
    ),
    ("rediseal-probe", &["rediseal-certificate"]),
    (
        "rediseal-sandbox",
        &["rediseal-tencent", "rediseal-certificate"],
    ),
    ("rediseal-tencent", &[]),
    ("rediseal-certificate", &[]),
    ("rediseal-xtask", &[]),
];

#[test]
fn dependencies_point_one_way() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = ALLOWED
        .iter()
        .map(|(name, targets)| (*name, targets.iter().copied().collect()))
        .collect();
    let packages = packages();
    let names: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    assert_eq!(
        names,
        allowed.keys().copied().collect(),
        "a package came or went: say in this table what it may name"
    );
    for package in &packages {
        for dependency in normal(package) {
            if !names.contains(dependency) {
                continue;
            }
            assert!(
                allowed[package.name.as_str()].contains(dependency),
                "{} must not depend on {dependency}",
                package.name
            );
        }
    }
}

#[test]
fn only_the_shell_names_tauri() {
    for package in packages() {
        for dependency in &package.dependencies {
            assert!(
                package.name.as_str() == "rediseal" || !dependency.name.starts_with("tauri"),
                "{} must not depend on {}",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn only_the_host_folder_imports_tauri() {
    let mut seen = 0;
    each_file(&root().join("ui/src"), &mut |path| {
        seen += 1;
        if path.starts_with(root().join("ui/src/host")) {
            return;
        }
        let text = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            !text.contains("@tauri-apps"),
            "{} must use ui/src/host instead of @tauri-apps",
            path.display()
        );
    });
    assert!(seen > 0, "ui/src is empty");
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(3)
        .unwrap()
        .to_owned()
}

fn packages() -> Vec<Package> {
    MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap()
        .packages
}

fn normal(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.as_str())
}

fn each_file(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, visit);
        } else {
            visit(&path);
        }
    }
}
