//! A command that ends in the middle: nothing is lost and nothing is done twice.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::run::{Run, Sandbox, eventually, must};

const ID: &str = "crs-d3s0yk6b";

/// A command in the background, which ends with the test at the latest.
struct Running(Option<Child>);

impl Running {
    fn start(mut command: Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self(Some(child))
    }

    fn enable(sandbox: &Sandbox, options: &[&str]) -> Self {
        Self::start(sandbox.command(&[&["enable", ID, "--wait"], options].concat()))
    }

    fn child(&mut self) -> &mut Child {
        self.0.as_mut().unwrap()
    }

    /// Until its progress says so.
    fn until(&mut self, said: &str) {
        let stderr = BufReader::new(self.child().stderr.take().unwrap());
        let mut lines = stderr.lines().map(Result::unwrap);
        assert!(
            lines.any(|line| line.contains(said)),
            "{said:?} was not said"
        );
    }

    fn signal(&mut self, signal: &str) {
        let id = self.child().id().to_string();
        must(Command::new("kill").args([signal, &id]));
    }

    fn kill(mut self) {
        self.child().kill().unwrap();
        self.child().wait().unwrap();
    }

    fn end(mut self) -> Run {
        Run::new(self.0.take().unwrap().wait_with_output().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn killed_between_the_intent_and_the_answer_it_goes_on_and_sends_nothing_again() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("hold:OpenSSL");
    let command = Running::enable(&sandbox, &[]);
    eventually("the request", || sandbox.count(ID, "OpenSSL") == 1);
    command.kill();
    sandbox.clear_faults();
    let jobs = sandbox.json(&["jobs", "--wait"]);
    assert_eq!(jobs[0]["phase"], "succeeded", "{jobs}");
    let events = jobs[0]["events"].as_array().unwrap();
    assert!(
        events
            .iter()
            .any(|event| event["code"] == "resumed_after_restart")
    );
    assert_eq!(sandbox.count(ID, "OpenSSL"), 1);
    assert_eq!(sandbox.json(&["status", ID])["row"]["ssl"], "on");
}

#[test]
fn killed_while_the_cloud_works_the_same_command_follows_it_to_the_end() {
    let sandbox = Sandbox::with(&["--speed", "20"]);
    let mut command = Running::enable(&sandbox, &[]);
    command.until("the task is running");
    command.kill();
    let again = sandbox.run(&["--json", "enable", ID, "--wait"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stderr.contains("nothing is sent again"), "{again:?}");
    assert_eq!(again.json()["phase"], "succeeded");
    assert_eq!(again.json()["test"]["verdict"], "chain_only");
    assert_eq!(sandbox.count(ID, "OpenSSL"), 1);
    assert_eq!(sandbox.json(&["jobs"]).as_array().unwrap().len(), 1);
}

#[test]
fn two_commands_at_once_send_one_request() {
    let sandbox = Sandbox::with(&["--speed", "20"]);
    let mut command = Running::enable(&sandbox, &[]);
    command.until("the cloud accepted it");
    let second = sandbox.run(&["--json", "enable", ID, "--wait"]);
    assert_eq!(second.code, 0, "{second:?}");
    assert_eq!(second.json()["phase"], "succeeded");
    assert_eq!(command.end().code, 0);
    assert_eq!(sandbox.count(ID, "OpenSSL"), 1);
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_watching_and_says_that_the_cloud_goes_on() {
    let sandbox = Sandbox::with(&["--speed", "10"]);
    let mut command = Running::enable(&sandbox, &[]);
    command.until("the task is running");
    command.signal("-INT");
    let run = command.end();
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("no longer watched"), "{run:?}");
    assert!(run.stdout.contains("goes on"), "{run:?}");
    eventually("SSL", || {
        sandbox.json(&["status", ID])["row"]["ssl"] == "on"
    });
    assert_eq!(sandbox.count(ID, "OpenSSL"), 1);
}

#[cfg(unix)]
#[test]
fn what_is_no_longer_watched_is_followed_again_to_its_end() {
    for again in [&["enable", ID, "--wait"][..], &["jobs", "--wait"]] {
        let sandbox = Sandbox::with(&["--speed", "20"]);
        let mut command = Running::enable(&sandbox, &[]);
        command.until("the task is running");
        command.signal("-INT");
        assert_eq!(command.end().code, 1);
        let run = sandbox.run(again);
        assert_eq!(run.code, 0, "{run:?}");
        let jobs = sandbox.json(&["jobs"]);
        assert_eq!(jobs.as_array().unwrap().len(), 1, "{jobs}");
        assert_eq!(jobs[0]["phase"], "succeeded");
        assert_eq!(jobs[0]["test"]["verdict"], "chain_only");
        assert_eq!(sandbox.count(ID, "OpenSSL"), 1);
    }
}

#[test]
fn commands_that_start_at_once_send_one_request() {
    let sandbox = Sandbox::with(&["--speed", "20"]);
    let commands: Vec<_> = (0..3).map(|_| Running::enable(&sandbox, &[])).collect();
    let runs: Vec<_> = commands.into_iter().map(Running::end).collect();
    assert!(runs.iter().any(|run| run.code == 0), "{runs:?}");
    // Who comes between two steps of another is told so, and blames nobody.
    assert!(runs.iter().all(|run| matches!(run.code, 0 | 1)), "{runs:?}");
    assert_eq!(sandbox.count(ID, "OpenSSL"), 1);
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_does_not_wait_for_an_answer_and_loses_nothing() {
    let sandbox = Sandbox::start();
    sandbox.set_fault("hold:OpenSSL");
    let mut command = Running::enable(&sandbox, &["--json"]);
    eventually("the request", || sandbox.count(ID, "OpenSSL") == 1);
    // A signal that comes while the first is looked at counts with it, so there are several.
    eventually("the end", || {
        command.signal("-INT");
        std::thread::sleep(Duration::from_millis(100));
        command.child().try_wait().unwrap().is_some()
    });
    let run = command.end();
    assert_eq!((run.code, run.error().as_str()), (1, "cancelled"));
    let left = sandbox.json(&["jobs"]);
    let last = left[0]["events"].as_array().unwrap().last();
    assert_eq!(last.unwrap()["code"], "sending", "{left}");
    sandbox.clear_faults();
    let jobs = sandbox.json(&["jobs", "--wait"]);
    assert_eq!(jobs[0]["phase"], "succeeded", "{jobs}");
    assert_eq!(sandbox.count(ID, "OpenSSL"), 1);
}

#[cfg(unix)]
#[test]
fn the_sandbox_ends_when_it_is_asked_to() {
    for signal in ["-INT", "-TERM"] {
        let mut binary = Command::new(env!("CARGO_BIN_EXE_rediseal-cli"));
        binary.arg("sandbox");
        let mut command = Running::start(binary);
        let stdout = command.child().stdout.take().unwrap();
        let mut stdout = BufReader::new(stdout).lines();
        let ready = stdout.next().unwrap().unwrap();
        assert!(
            ready.starts_with("{\"endpoint\":\"http://127.0.0.1:"),
            "{ready}"
        );
        command.signal(signal);
        assert_eq!(command.end().code, 0);
        assert!(stdout.next().is_none());
    }
}

#[test]
fn jobs_of_several_accounts_say_whose_they_are() {
    let (mut one, mut other) = (Sandbox::start(), Sandbox::start());
    let whose = |sandbox: &Sandbox| -> Vec<String> {
        let table = sandbox.run(&["jobs"]).stdout;
        let between =
            |line: &str| Some(line.split_once("Z  ")?.1.split_once("  crs-")?.0.to_owned());
        table.lines().filter_map(between).collect()
    };
    one.json(&["enable", ID]);
    assert_eq!(whose(&one), [""], "there is only one");
    // The other sandbox's commands use the first one's data folder from here on.
    std::mem::swap(&mut one.folder, &mut other.folder);
    other.json(&["enable", ID]);
    let whose = whose(&other);
    assert_eq!(whose.len(), 2);
    assert_ne!(
        whose[0], whose[1],
        "both have the name of the same Tencent Cloud account"
    );
}
