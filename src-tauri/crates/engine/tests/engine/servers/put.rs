//! What is written, kept and left alone.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt};

use rediseal_engine::Code;
use rediseal_engine::view::{PutCode, PutOutcome, PutStep};
use rediseal_probe::{Cause, Verdict};

use super::{Desk, NAME, Server, code, form, mode, names, plan_code};
use crate::support::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_host_gets_the_file_and_one_that_fails_holds_up_nobody() {
    let (one, two, changed) = (Server::start(), Server::start(), Server::start());
    let desk = Desk::knowing(&[&one, &two]).await;
    // The third is known by another key.
    let lies = fs::read_to_string(one.host.known_as(changed.host.program.address, "ed25519"));
    let known = desk.ssh().join("known_hosts");
    let more = fs::read_to_string(&known).unwrap() + &lies.unwrap() + "\n";
    fs::write(&known, more).unwrap();
    let hosts = [
        one.typed(),
        "127.0.0.1:9".to_owned(),
        changed.typed(),
        two.typed(),
    ];
    let form = form(&hosts.each_ref().map(String::as_str));

    let plan = desk.plan(form).await;
    let steps: Vec<_> = plan.hosts.iter().map(|host| host.step).collect();
    let expected = [
        PutStep::Create,
        PutStep::Blocked,
        PutStep::Blocked,
        PutStep::Create,
    ];
    assert_eq!(steps, expected, "{plan:#?}");
    let cause = |at: usize| {
        let problem = plan.hosts[at].problem.as_ref().unwrap();
        assert_eq!(problem.code, PutCode::Ssh);
        problem.stage.as_ref().unwrap().cause
    };
    assert_eq!(cause(1), Some(Cause::TcpRefused));
    assert_eq!(cause(2), Some(Cause::SshHostKeyChanged));
    let seen = plan.hosts[0].seen.as_ref().unwrap();
    assert_eq!(seen.path, one.file().display().to_string());
    assert_eq!((seen.mode.as_str(), &seen.present), ("0644", &None));
    assert!(one.names().is_empty(), "a plan changes nothing");

    let run = desk.put(&plan).await;
    let outcomes: Vec<_> = run.hosts.iter().map(|row| row.outcome.unwrap()).collect();
    let expected = [
        PutOutcome::Created,
        PutOutcome::Failed,
        PutOutcome::Failed,
        PutOutcome::Created,
    ];
    assert_eq!(outcomes, expected, "{run:#?}");
    for server in [&one, &two] {
        let bytes = fs::read(server.file()).unwrap();
        assert_eq!(bytes.len() as u64, plan.file.size);
        assert!(bytes.starts_with(b"-----BEGIN CERTIFICATE-----"));
        assert_eq!(mode(&server.file()), 0o644);
        assert_eq!(server.names(), [NAME]);
    }
    assert!(changed.names().is_empty());
    let mut noted = desk.noted().await;
    noted.sort();
    let mut expected: Vec<_> = hosts
        .iter()
        .zip(["done", "failed", "failed", "done"])
        .map(|(host, result)| (host.clone(), result.to_owned()))
        .collect();
    expected.sort();
    assert_eq!(noted, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_file_is_kept_and_the_same_one_left_alone() {
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    fs::write(server.file(), "old").unwrap();
    fs::set_permissions(server.file(), PermissionsExt::from_mode(0o640)).unwrap();

    let host = server.typed();
    let plan = desk.plan(form(&[&host])).await;
    assert_eq!(plan.hosts[0].step, PutStep::Replace, "{plan:#?}");
    let seen = plan.hosts[0].seen.as_ref().unwrap();
    let present = seen.present.as_ref().unwrap();
    assert_eq!((present.size, present.mode.as_str()), (3, "0640"));
    assert!(present.certificates.is_empty());
    assert_eq!(seen.mode, "0640", "what is not asked for stays");

    let run = desk.put(&plan).await;
    let row = &run.hosts[0];
    assert_eq!(row.outcome, Some(PutOutcome::Replaced), "{row:#?}");
    let backup = row.backup.clone().unwrap();
    assert!(backup.starts_with(&format!("{}.bak-", server.file().display())));
    assert_eq!(fs::read(&backup).unwrap(), b"old");
    assert_eq!(
        (mode(backup.as_ref()), mode(&server.file())),
        (0o640, 0o640)
    );
    assert_eq!(server.names().len(), 2, "{:?}", server.names());
    assert_eq!(row.sha256.as_ref(), Some(&plan.file.sha256));

    // A second time there is nothing to do, and nothing is done.
    let before = fs::metadata(server.file()).unwrap();
    let again = desk.plan(form(&[&host])).await;
    assert_eq!(again.hosts[0].step, PutStep::Same);
    let named = &again.hosts[0].seen.as_ref().unwrap().present;
    assert_eq!(named.as_ref().unwrap().certificates, plan.file.certificates);
    let run = desk.put(&again).await;
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::AlreadyThere));
    let after = fs::metadata(server.file()).unwrap();
    assert_eq!((before.ino(), before.ctime()), (after.ino(), after.ctime()));
    assert_eq!(server.names().len(), 2);
    // A plan is carried out once.
    let error = desk.engine.put(&again.id, |_| {}).await.unwrap_err();
    assert_eq!(error.code(), Code::PlanExpired);

    // Another mode is a change of its own, and the file stays the same.
    let mut other = form(&[&host]);
    other.place.mode = Some("0600".to_owned());
    let plan = desk.plan(other).await;
    assert_eq!(plan.hosts[0].step, PutStep::Adjust);
    let run = desk.put(&plan).await;
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::Adjusted), "{run:#?}");
    let last = fs::metadata(server.file()).unwrap();
    assert_eq!((mode(&server.file()), last.ino()), (0o600, after.ino()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_since_the_plan_is_not_overwritten() {
    let (created, rewritten) = (Server::start(), Server::start());
    let desk = Desk::knowing(&[&created, &rewritten]).await;
    fs::write(rewritten.file(), "old").unwrap();
    let hosts = [created.typed(), rewritten.typed()];
    let plan = desk.plan(form(&hosts.each_ref().map(String::as_str))).await;
    for server in [&created, &rewritten] {
        fs::write(server.file(), "of somebody else").unwrap();
    }
    let run = desk.put(&plan).await;
    for (row, server) in run.hosts.iter().zip([&created, &rewritten]) {
        assert_eq!(code(row), Some(PutCode::ChangedMeanwhile), "{row:#?}");
        assert_eq!(fs::read(server.file()).unwrap(), b"of somebody else");
        assert_eq!(server.names(), [NAME]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_does_not_hold_for_ever() {
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    let plan = desk.plan(form(&[&server.typed()])).await;
    *desk.lab.ahead.lock().unwrap() = jiff::SignedDuration::from_mins(6);
    let error = desk.engine.begin_put(&plan.id).await.unwrap_err();
    assert_eq!(error.code(), Code::PlanExpired);
    assert!(server.names().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_instance_is_tested_from_the_host_that_has_the_file() {
    let reaches = Server::start();
    let cannot = Server::with("", "AllowTcpForwarding no");
    let desk = Desk::knowing(&[&reaches, &cannot]).await;
    let hosts = [reaches.typed(), cannot.typed()];
    let mut form = form(&hosts.each_ref().map(String::as_str));
    form.test = true;
    let plan = desk.plan(form).await;
    let run = desk.engine.begin_put(&plan.id).await.unwrap();
    assert_eq!(run.hosts.len(), 2);
    // The same plan again is the same run.
    desk.engine.begin_put(&plan.id).await.unwrap();
    until("the run ends", || {
        let puts = desk.lab.events.puts.lock().unwrap();
        puts.last().is_some_and(|run| run.ended)
    })
    .await;
    let run = desk.engine.put_run(&plan.id).unwrap();
    for row in &run.hosts {
        assert_eq!(row.outcome, Some(PutOutcome::Created), "{row:#?}");
    }
    let test = |at: usize| run.hosts[at].test.as_ref().unwrap();
    assert_eq!(test(0).verdict, Some(Verdict::Secure), "{run:#?}");
    assert_eq!(test(1).verdict, Some(Verdict::Unreachable));
    assert_eq!(test(1).cause, Some(Cause::SshForwardRefused));
    assert_eq!(test(1).stage.as_ref().unwrap().cause, test(1).cause);
    assert_eq!(desk.noted().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_truststore_is_the_same_file_each_time() {
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    let host = server.typed();
    let truststore = || {
        let mut form = form(&[&host]);
        form.format = rediseal_certificate::Format::P12;
        form.password = Some("store-secret-77".into());
        form.place.name = "trust.p12".to_owned();
        form
    };
    desk.put(&desk.plan(truststore()).await).await;
    let plan = desk.plan(truststore()).await;
    assert_eq!(plan.hosts[0].step, PutStep::Same, "{plan:#?}");
    let seen = plan.hosts[0].seen.as_ref().unwrap();
    assert!(!seen.present.as_ref().unwrap().certificates.is_empty());
    assert!(!desk.lab.is_on_disk("store-secret-77"));
    let mut several = form(&[&host]);
    several.format = rediseal_certificate::Format::Der;
    let many = super::certificates(2);
    let planned = desk.engine.plan_put_of(several, &many, None).await;
    assert_eq!(planned.unwrap_err().code(), Code::InvalidInput);
}

/// Whoever opens the name at any time finds the old file or the new one, whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_is_never_without_a_file() {
    let server = Server::start();
    let desk = Desk::knowing(&[&server]).await;
    let old = "old".repeat(50_000);
    fs::write(server.file(), &old).unwrap();
    let plan = desk.plan_large(form(&[&server.typed()])).await;
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let (file, size) = (server.file(), plan.file.size);
    let watched = std::thread::spawn(move || {
        let mut sizes = std::collections::BTreeSet::new();
        while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            sizes.insert(fs::read(&file).map(|bytes| bytes.len() as u64).unwrap_or(0));
        }
        sizes
    });
    let run = desk.put(&plan).await;
    stop.send(()).unwrap();
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::Replaced), "{run:#?}");
    let sizes = watched.join().unwrap();
    assert!(
        sizes.is_subset(&[old.len() as u64, size].into()),
        "{sizes:?}"
    );
    assert!(
        sizes.contains(&(old.len() as u64)),
        "it was watched: {sizes:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_links_the_old_file_is_copied_and_without_one_step_nothing_is_replaced() {
    let copies = Server::with("-P hardlink", "");
    let cannot = Server::with("-P posix-rename", "");
    let fresh = Server::with("-P posix-rename,fsync,statvfs", "");
    let desk = Desk::knowing(&[&copies, &cannot, &fresh]).await;
    for server in [&copies, &cannot] {
        fs::write(server.file(), "old").unwrap();
        fs::set_permissions(server.file(), PermissionsExt::from_mode(0o604)).unwrap();
    }
    let hosts = [copies.typed(), cannot.typed(), fresh.typed()];
    let plan = desk.plan(form(&hosts.each_ref().map(String::as_str))).await;
    assert_eq!(plan_code(&plan.hosts[1]), Some(PutCode::NoAtomicReplace));
    assert!(!plan.hosts[2].seen.as_ref().unwrap().syncs);
    let run = desk.put(&plan).await;
    assert_eq!(run.hosts[0].outcome, Some(PutOutcome::Replaced), "{run:#?}");
    let backup = run.hosts[0].backup.clone().unwrap();
    assert_eq!(fs::read(&backup).unwrap(), b"old");
    assert_eq!(mode(backup.as_ref()), 0o604);
    assert_eq!(code(&run.hosts[1]), Some(PutCode::NoAtomicReplace));
    assert_eq!(fs::read(cannot.file()).unwrap(), b"old");
    assert_eq!(names(&cannot.tls()), [NAME]);
    assert_eq!(run.hosts[2].outcome, Some(PutOutcome::Created), "{run:#?}");
}
