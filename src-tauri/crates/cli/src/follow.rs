//! A job, followed to its end or as far as is asked.

use std::time::Duration;

use rediseal_engine::view::{Action, JobSnapshot, Phase};
use rediseal_engine::{Code, Engine};
use rediseal_probe::Cause;

use crate::failure::{self, Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, milliseconds, plain};
use crate::words;

/// How often the journal is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// No more happens to it by itself.
pub(crate) const fn finished(phase: Phase) -> bool {
    matches!(
        phase,
        Phase::Succeeded | Phase::Failed | Phase::Interrupted | Phase::Detached
    )
}

/// Tells on stderr what happens, until the job ended or, without `wait`, the cloud has accepted
/// it. Ctrl+C stops watching.
pub(crate) async fn until(
    engine: &Engine,
    mut job: JobSnapshot,
    wait: bool,
    output: &Output,
) -> Result<JobSnapshot, Failure> {
    let mut told = 0;
    let mut detaching = false;
    loop {
        for event in job.events.iter().skip(told) {
            output.note(&line(event, output.language));
        }
        told = job.events.len();
        let accepted = !matches!(job.phase, Phase::Queued | Phase::Submitting);
        if finished(job.phase) || (accepted && !wait) {
            return Ok(job);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            interrupted = tokio::signal::ctrl_c() => {
                // The second time, and for a job of another process, there is no waiting until
                // the journal says that it is watched no more.
                if interrupted.is_err() || detaching || engine.detach(&job.id).await.is_err() {
                    return Err(left(&job, output));
                }
                detaching = true;
            }
        }
        job = engine.job(&job.id).await?;
    }
}

fn left(job: &JobSnapshot, output: &Output) -> Failure {
    let id = plain(&job.instance_id);
    Failure::own(
        Exit::No,
        Code::Cancelled,
        format!("no longer watched: job {}", job.id),
        say!(
            output.language,
            "{id}: no longer watched; what the cloud accepted goes on, and `rediseal-cli jobs --wait` follows it",
            "{id}：已停止跟踪；云端已受理的任务仍在继续，`rediseal-cli jobs --wait` 可跟踪"
        ),
    )
}

fn line(event: &rediseal_engine::view::JobEvent, language: Language) -> String {
    let time = event
        .at
        .to_zoned_datetime(jiff::tz::TimeZone::system())
        .strftime("%H:%M:%S")
        .to_string();
    let phase = words::phase(event.phase, language);
    // The last event is the end itself.
    if finished(event.phase) {
        return format!("{time}  {phase}");
    }
    let happened = words::event(event, language);
    say!(
        language,
        "{time}  {phase}: {happened}",
        "{time}  {phase}：{happened}"
    )
}

pub(crate) fn exit(job: &JobSnapshot) -> Exit {
    match (job.phase, &job.error) {
        (Phase::Failed, Some(error)) => failure::exit(error),
        (Phase::Failed | Phase::Interrupted | Phase::Detached, _) => Exit::No,
        _ => Exit::Yes,
    }
}

pub(crate) fn text(job: &JobSnapshot, output: &Output) -> String {
    let language = output.language;
    let id = plain(&job.instance_id);
    let what = words::action(&job.action, language);
    let mut text = match job.phase {
        Phase::Succeeded => say!(language, "{id}: done: {what}\n", "{id}：已完成：{what}\n"),
        Phase::Failed => say!(language, "{id}: failed: {what}\n", "{id}：失败：{what}\n"),
        Phase::Interrupted => say!(
            language,
            "{id}: the cloud did not accept it, nothing runs there: {what}\n",
            "{id}：云端没有受理，也没有任务在执行：{what}\n"
        ),
        Phase::Detached => say!(
            language,
            "{id}: no longer watched. The task in the cloud goes on and cannot be cancelled; `rediseal-cli status {id}` shows it: {what}\n",
            "{id}：已停止跟踪。云端任务仍在继续且无法取消，`rediseal-cli status {id}` 可查看：{what}\n"
        ),
        _ => say!(
            language,
            "{id}: the cloud carries it out; `rediseal-cli jobs --wait` follows it to its end: {what}\n",
            "{id}：云端正在执行，`rediseal-cli jobs --wait` 可跟踪到结束：{what}\n"
        ),
    };
    if let Some(error) = &job.error {
        text += &format!("  {}\n", Failure::from(error.clone()).text(language));
    }
    if let Some(test) = &job.test {
        let verdict = words::verdict(test.verdict, language);
        let cause = test.cause.map_or_else(String::new, |cause| {
            format!("{}{}", language.of(", ", "，"), cause.id())
        });
        let time = milliseconds(test.elapsed_us);
        text += &say!(
            language,
            "  tested with a real handshake: {verdict}{cause} ({time})\n",
            "  真实握手测试：{verdict}{cause}（{time}）\n"
        );
        if job.action == Action::DisableSsl && test.cause == Some(Cause::TlsPlaintextServer) {
            text += language.of(
                "  that is what SSL off means: whoever is on the way can read along\n",
                "  关闭 SSL 后即是如此：途经者可读取全部内容\n",
            );
        }
    }
    if job.phase == Phase::Succeeded && job.action == Action::EnableSsl {
        text += &say!(
            language,
            "  next: rediseal-cli certificate {id} --out DIR\n",
            "  下一步：rediseal-cli certificate {id} --out DIR\n"
        );
    }
    text
}
