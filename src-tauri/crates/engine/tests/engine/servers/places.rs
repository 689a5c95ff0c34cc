//! Folders, links, owners and file systems that are in the way.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, symlink};

use rediseal_engine::Code;
use rediseal_engine::view::{PutCode, PutOutcome, PutStep};

use super::{Desk, NAME, Server, code, form, mode, names, plan_code, user};
use crate::storage::Mount;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_the_way_is_named_before_anything_is_written() {
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    let tls = server.tls();
    fs::create_dir(tls.join("folder")).unwrap();
    symlink("nothing", tls.join("dangling")).unwrap();
    symlink("loop", tls.join("loop")).unwrap();
    symlink("folder", tls.join("to-folder")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(tls.join("fifo"))
        .status();
    assert!(made.unwrap().success());
    let large = fs::File::create(tls.join("large")).unwrap();
    large.set_len(5 << 20).unwrap();
    let host = server.typed();
    let at = |folder: &str, name: &str| {
        let mut form = form(&[&host]);
        form.place.folder = folder.to_owned();
        form.place.name = name.to_owned();
        form
    };
    for (folder, name, expected) in [
        ("~/none", NAME, PutCode::FolderMissing),
        ("~/none/none", NAME, PutCode::FolderMissing),
        ("~/tls/large", NAME, PutCode::FolderIsFile),
        ("~/tls", "folder", PutCode::IsFolder),
        ("~/tls", "to-folder", PutCode::IsFolder),
        ("~/tls", "dangling", PutCode::LinkLeadsNowhere),
        ("~/tls", "loop", PutCode::LinkLeadsNowhere),
        ("~/tls", "fifo", PutCode::NotAFile),
        ("~/tls", "large", PutCode::TooLarge),
    ] {
        let plan = desk.plan(at(folder, name)).await;
        assert_eq!(plan.hosts[0].step, PutStep::Blocked);
        let found = plan_code(&plan.hosts[0]);
        assert_eq!(found, Some(expected), "{folder} {name} {plan:#?}");
    }
    let mut unknown = form(&[&host]);
    unknown.place.owner = Some("no-such-user".to_owned());
    let plan = desk.plan(unknown).await;
    assert_eq!(plan_code(&plan.hosts[0]), Some(PutCode::OwnerUnknown));
    for change in [
        (|form| form.place.folder = "tls".to_owned()) as fn(&mut rediseal_engine::view::PutForm),
        |form| form.place.name = "a/b".to_owned(),
        |form| form.place.mode = Some("0666".to_owned()),
        |form| form.hosts.clear(),
    ] {
        let mut form = form(&[&host]);
        change(&mut form);
        let error = desk.engine.plan_put(form, None).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_symbolic_link_stays_and_what_it_leads_to_is_replaced() {
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    let real = server.home.path().join("real");
    fs::create_dir(&real).unwrap();
    fs::write(real.join("bundle.pem"), "old").unwrap();
    symlink("../real/bundle.pem", server.file()).unwrap();
    let plan = desk.plan(form(&[&server.typed()])).await;
    let seen = plan.hosts[0].seen.as_ref().unwrap();
    assert_eq!(seen.path, real.join("bundle.pem").display().to_string());
    assert_eq!(seen.link, Some(server.file().display().to_string()));
    let run = desk.put(&plan).await;
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::Replaced), "{run:#?}");
    assert!(fs::symlink_metadata(server.file()).unwrap().is_symlink());
    assert_eq!(
        fs::read(server.file()).unwrap().len() as u64,
        plan.file.size
    );
    assert_eq!(server.names(), [NAME], "the old file is where it was");
    assert_eq!(names(&real).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn root_gives_the_file_to_whom_it_should_belong() {
    if user() != "root" {
        eprintln!("not run: only root gives files away");
        return;
    }
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    let host = server.typed();
    let mut owned = form(&[&host]);
    owned.place.owner = Some("nobody:0".to_owned());
    owned.place.mode = Some("0440".to_owned());
    let run = desk.put(&desk.plan(owned).await).await;
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::Created), "{run:#?}");
    let about = fs::metadata(server.file()).unwrap();
    let nobody = 65534;
    assert_eq!(
        (about.uid(), about.gid(), mode(&server.file())),
        (nobody, 0, 0o440)
    );

    // What replaces it belongs to the same.
    fs::write(server.file(), "old").unwrap();
    let run = desk.put(&desk.plan(form(&[&host])).await).await;
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::Replaced), "{run:#?}");
    let about = fs::metadata(server.file()).unwrap();
    assert_eq!(
        (about.uid(), about.gid(), mode(&server.file())),
        (nobody, 0, 0o440)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_without_the_right_changes_nothing() {
    if user() != "root" {
        eprintln!("not run: only root lets another user in");
        return;
    }
    let server = Server::start();
    // Who is let in is read by sshd as the user who logs in.
    let key = server.host.key();
    for folder in [key.parent().unwrap(), server.home.path()] {
        fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let desk = Desk::knowing(&[&server]).await;
    let host = format!("nobody@{}", server.host.program.address);

    let run = desk.put(&desk.plan(form(&[&host])).await).await;
    assert_eq!(
        code(&run.hosts[0]),
        Some(PutCode::PermissionDenied),
        "{run:#?}"
    );
    assert!(server.names().is_empty());

    // May write there, and may not give away.
    fs::set_permissions(server.tls(), PermissionsExt::from_mode(0o777)).unwrap();
    fs::write(server.file(), "old").unwrap();
    let before = fs::metadata(server.file()).unwrap().ino();
    let mut owned = form(&[&host]);
    owned.place.owner = Some("root".to_owned());
    for form in [owned, form(&[&host])] {
        let run = desk.put(&desk.plan(form).await).await;
        let row = &run.hosts[0];
        assert_eq!(code(row), Some(PutCode::OwnerRefused), "{row:#?}");
        assert_eq!((&row.left, &row.backup), (&None, &None));
        assert_eq!(fs::metadata(server.file()).unwrap().ino(), before);
        assert_eq!(server.names(), [NAME], "the temporary file is gone");
    }
    let mut own = form(&[&host]);
    own.place.owner = Some("nobody:nogroup".to_owned());
    let run = desk.put(&desk.plan(own).await).await;
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::Replaced), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_and_one_that_takes_no_changes_are_told_apart() {
    let (Some(full), Some(fixed)) = (Mount::new("size=64k"), Mount::new("size=64k")) else {
        eprintln!("not run: no file system can be mounted");
        return;
    };
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    let host = server.typed();
    let at = |mount: &Mount| {
        let mut form = form(&[&host]);
        form.place.folder = mount.path().display().to_string();
        form
    };
    fs::write(full.path().join(NAME), "old").unwrap();
    // Both are there when the plan is made.
    let (first, second) = (desk.plan(at(&full)).await, desk.plan(at(&fixed)).await);
    let _ = fs::write(full.path().join("other"), vec![0; 1 << 20]);
    fixed.remount("ro");
    let run = desk.put(&first).await;
    assert_eq!(code(&run.hosts[0]), Some(PutCode::DiskFull), "{run:#?}");
    assert_eq!(fs::read(full.path().join(NAME)).unwrap(), b"old");
    assert_eq!(names(full.path()), [NAME, "other"]);
    let run = desk.put(&second).await;
    assert_eq!(code(&run.hosts[0]), Some(PutCode::ReadOnly), "{run:#?}");
    // And when it is made now, it says so.
    for (mount, expected) in [(&full, PutCode::DiskFull), (&fixed, PutCode::ReadOnly)] {
        let plan = desk.plan(at(mount)).await;
        assert_eq!(plan_code(&plan.hosts[0]), Some(expected), "{plan:#?}");
    }
}
