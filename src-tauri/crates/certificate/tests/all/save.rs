//! Files are written whole or not at all, and never over another one unasked.

use std::fs;
use std::path::Path;

use rediseal_certificate::{Error, Overwrite, save};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn writes_and_says_what() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let saved = save(&path, b"abc", Overwrite::No).unwrap();
    assert_eq!(saved.path, path);
    assert_eq!(saved.size, 3);
    assert_eq!(
        saved.sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(fs::read(&path).unwrap(), b"abc");
    assert_eq!(names(folder.path()), ["ca.pem"]);
}

#[test]
fn replaces_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    fs::write(&path, b"old").unwrap();
    assert_eq!(
        save(&path, b"new", Overwrite::No),
        Err(Error::Exists { path: path.clone() })
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    save(&path, b"new", Overwrite::Yes).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["ca.pem"]);
}

#[test]
fn says_what_is_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("sub");
    fs::create_dir(&inside).unwrap();
    assert_eq!(
        save(&inside, b"x", Overwrite::Yes),
        Err(Error::IsFolder {
            path: inside.clone()
        })
    );
    let missing = folder.path().join("none/ca.pem");
    assert_eq!(
        save(&missing, b"x", Overwrite::No),
        Err(Error::FolderMissing {
            path: missing.clone()
        })
    );
    let file = folder.path().join("file");
    fs::write(&file, b"x").unwrap();
    let under = file.join("ca.pem");
    assert_eq!(
        save(&under, b"x", Overwrite::No),
        Err(Error::FolderMissing {
            path: under.clone()
        })
    );
    assert_eq!(names(folder.path()), ["file", "sub"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("ca.pem");
    std::os::unix::fs::symlink("/nowhere", &link).unwrap();
    assert_eq!(
        save(&link, b"x", Overwrite::No),
        Err(Error::Exists { path: link.clone() })
    );
}

#[cfg(unix)]
#[test]
fn other_users_may_read_it_as_far_as_the_umask_says() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (saved, plain) = (folder.path().join("a"), folder.path().join("b"));
    save(&saved, b"x", Overwrite::No).unwrap();
    fs::write(&plain, b"x").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&saved), mode(&plain));
}
