//! `rediseal-cli test --targets`: many targets, a bounded number at once, each told as it ends.

mod lines;
mod summary;

use std::path::Path;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use rediseal_engine::view::EdgeError;
use rediseal_engine::{Code, Engine};
use rediseal_probe::{Address, Report, Trust};
use serde::Serialize;
use serde_json::json;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::args::{self, Global};
use crate::descriptors;
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, Tone, plain};
use crate::report;
use crate::test::{self, Given, Kind, Target};

use lines::{Bad, Line};
use summary::Summary;

/// A test takes up to three connections to each address at once, and a deep one four.
const CONNECTIONS: u64 = 4;

pub(crate) async fn run(
    arguments: &args::Test,
    file: &Path,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let began = Instant::now();
    if file.as_os_str() == "-" && arguments.via_password_stdin {
        return Err(twice(output));
    }
    let given = Given::read(arguments, output).await?;
    let mut lines = lines::read(file).map_err(|error| unreadable(file, &error, output))?;
    let at_once = usize::from(arguments.concurrency);
    descriptors::allow(u64::from(arguments.concurrency) * CONNECTIONS);
    let run = Run {
        arguments,
        given,
        global,
        output,
        trust: OnceCell::new(),
        engine: OnceCell::new(),
    };
    let mut summary = Summary::default();
    let mut running = FuturesUnordered::new();
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    let mut more = true;
    while (more || !running.is_empty()) && output.lost().is_none() {
        tokio::select! {
            biased;
            _ = &mut interrupted => {
                summary.stopped = true;
                break;
            }
            Some(done) = running.next() => {
                let done: Done = done;
                summary.take(&done);
                run.tell(&done);
            }
            line = lines.recv(), if more && running.len() < at_once => match line {
                Some(Ok(line)) => running.push(run.test(line)),
                Some(Err(error)) => return Err(unreadable(file, &error, output)),
                None => more = false,
            },
        }
    }
    summary.unfinished = running.len();
    // Those that still run end here.
    drop(running);
    if summary.stopped {
        summary.not_begun = count(lines).await;
    }
    if summary.targets == 0 && !summary.stopped {
        return Err(none(file, output));
    }
    summary.elapsed_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    output.missing(&json!({ "summary": summary }), || summary.text(output));
    Ok(match summary.is_proven() {
        true => Exit::Yes,
        false => Exit::No,
    })
}

/// What came of a line.
struct Done {
    number: usize,
    /// The target as it stands there; empty where it may have a password in it.
    given: String,
    outcome: Result<Report, Failure>,
}

/// The JSON form of [`Done`].
#[derive(Serialize)]
struct Told<'a> {
    line: usize,
    given: &'a str,
    #[serde(flatten)]
    report: Option<&'a Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a EdgeError>,
}

struct Run<'a> {
    arguments: &'a args::Test,
    given: Given,
    global: &'a Global,
    output: &'a Output,
    /// Of addresses; read when the first is tested.
    trust: OnceCell<Trust>,
    /// For instances; opened when the first is tested.
    engine: OnceCell<Result<Engine, Failure>>,
}

impl Run<'_> {
    async fn test(&self, line: Line) -> Done {
        let target = line
            .target
            .and_then(|target| match target.kind(self.output) {
                Ok(kind) => Ok((target, kind)),
                Err(_) if target.is_url() => Err(Bad::Url),
                Err(_) => Err(Bad::NoTarget),
            });
        let given = match &target {
            Ok((target, _)) => target.text.clone(),
            Err(_) => String::new(),
        };
        let outcome = match target {
            Ok((target, kind)) => self.outcome(target, kind, line.number).await,
            Err(bad) => Err(bad.failure(self.output)),
        };
        Done {
            number: line.number,
            given,
            outcome,
        }
    }

    async fn outcome(&self, target: Target, kind: Kind, number: usize) -> Result<Report, Failure> {
        let target = Target {
            name: target.name.or_else(|| self.arguments.name.clone()),
            sni: target.sni.or_else(|| self.arguments.sni.clone()),
            ..target
        };
        match kind {
            Kind::Address(address) => {
                let trust = self.trust.get_or_try_init(|| self.read_trust()).await?;
                let (trust, given) = (trust.clone(), self.given.clone());
                let request = target.request(self.arguments, address, trust, given);
                on_any_core(rediseal_probe::test(request, |_| {}))
                    .await?
                    .map_err(|error| test::refused(&error, self.output))
            }
            Kind::Instance => {
                let signed_in = || signed_in(self.global, self.output, Some(self.arguments.time()));
                let engine = self.engine.get_or_init(signed_in).await.clone()?;
                let id = format!("line {number}");
                let form = target.form(self.arguments, &id, self.given.clone());
                let (ca, route) = (self.arguments.ca.clone(), self.given.route.clone());
                let tested = async move { engine.test_along(&form, ca.as_deref(), route).await };
                Ok(on_any_core(tested).await??)
            }
        }
    }

    /// Once for all, since an operating system has many authorities.
    async fn read_trust(&self) -> Result<Trust, Failure> {
        let trust = test::trust(self.arguments, self.output)?;
        let read = trust.read(Timestamp::now()).await;
        read.map_err(|error| test::refused(&error, self.output))
    }

    fn tell(&self, done: &Done) {
        let told = Told {
            line: done.number,
            given: &done.given,
            report: done.outcome.as_ref().ok(),
            error: done.outcome.as_ref().err().map(|failure| &failure.error),
        };
        self.output.result(&told, || self.text(done));
    }

    fn text(&self, done: &Done) -> String {
        let (language, number) = (self.output.language, done.number);
        let given = plain(&done.given);
        match &done.outcome {
            Ok(report) => {
                let headline = report::headline(report, self.output);
                let given = (report.target.address != done.given).then_some(given);
                let about: Vec<_> = given.into_iter().chain(other_name(report)).collect();
                match about.join(", ") {
                    about if about.is_empty() => format!("{headline}\n"),
                    about => say!(
                        language,
                        "{headline} ({about})\n",
                        "{headline}（{about}）\n"
                    ),
                }
            }
            Err(failure) => {
                let why = failure.happened(language);
                let text = say!(
                    language,
                    "NOT TESTED  line {number} {given}: {why}",
                    "未测试  第 {number} 行 {given}：{why}"
                );
                self.output.paint(&text, Tone::Bad) + "\n"
            }
        }
    }
}

/// The name that was checked, where it is not the host's.
fn other_name(report: &Report) -> Option<String> {
    let name = &report.target.name;
    let host = Address::parse(&report.target.address).ok()?.host();
    (host != *name).then(|| format!("name={}", plain(name)))
}

/// How many lines are left. A terminal or a pipe may have no end: what is there counts.
async fn count(mut lines: Receiver<std::io::Result<Line>>) -> usize {
    const LONG_ENOUGH: Duration = Duration::from_secs(1);
    let mut left = 0;
    let counted = async {
        while let Some(Ok(_)) = lines.recv().await {
            left += 1;
        }
    };
    let _ = timeout(LONG_ENOUGH, counted).await;
    left
}

/// Ends when it is not waited for any more.
async fn on_any_core<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Failure> {
    let mut task = JoinSet::new();
    task.spawn(work);
    let ended = task.join_next().await.transpose();
    ended.ok().flatten().ok_or_else(|| {
        let why = "a test ended before its time";
        Failure::own(Exit::No, Code::Internal, why, why)
    })
}

fn unreadable(file: &Path, error: &std::io::Error, output: &Output) -> Failure {
    let file = plain(&file.display().to_string());
    Failure::usage(
        format!("{file}: {error}"),
        say!(
            output.language,
            "{file} cannot be read: {error}",
            "无法读取 {file}：{error}"
        ),
    )
}

fn twice(output: &Output) -> Failure {
    Failure::usage(
        "stdin has the targets, and cannot have a password too",
        output.language.of(
            "stdin has the targets: give the password in REDISEAL_VIA_PASSWORD",
            "标准输入为目标列表：请用 REDISEAL_VIA_PASSWORD 提供密码",
        ),
    )
}

fn none(file: &Path, output: &Output) -> Failure {
    let file = match file.as_os_str() == "-" {
        true => output.language.of("stdin", "标准输入").to_owned(),
        false => plain(&file.display().to_string()),
    };
    Failure::usage(
        format!("{file} has no target"),
        say!(
            output.language,
            "{file} has no target: write one a line, as HOST:PORT or an instance ID",
            "{file} 中没有目标：请每行写一个 HOST:PORT 或实例 ID"
        ),
    )
}
