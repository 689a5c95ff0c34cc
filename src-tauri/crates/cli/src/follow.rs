//! A job, followed to its end or as far as is asked.

use std::time::Duration;

use rediseal_engine::view::{Action, EdgeError, EventCode, JobSnapshot, LastTest, Phase};
use rediseal_engine::{Code, Engine};
use rediseal_probe::{Cause, Verdict};
use serde::Deserialize as _;

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
        (Phase::Detached, _) if scheduled(job) => Exit::Yes,
        (Phase::Failed | Phase::Interrupted | Phase::Detached, _) => Exit::No,
        (Phase::Succeeded, _) if unproven(job) || unseen(job) => Exit::No,
        _ => Exit::Yes,
    }
}

/// The cloud carries it out in the maintenance window, and nobody watches until then.
fn scheduled(job: &JobSnapshot) -> bool {
    let mut events = job.events.iter().rev();
    let last = events.find(|event| !finished(event.phase));
    last.is_some_and(|event| event.code == EventCode::ScheduledForWindow)
}

/// SSL is on, and no handshake shows that it works.
fn unproven(job: &JobSnapshot) -> bool {
    let proven = |test: &LastTest| matches!(test.verdict, Verdict::Secure | Verdict::ChainOnly);
    job.phase == Phase::Succeeded
        && matches!(
            job.action,
            Action::EnableSsl { .. } | Action::UpdateCertificate { .. }
        )
        && !job.test.as_ref().is_some_and(proven)
}

/// The cloud is done, and nobody saw what the server makes of it.
fn unseen(job: &JobSnapshot) -> bool {
    let mut events = job.events.iter();
    job.phase == Phase::Succeeded
        && events.any(|event| event.code == EventCode::EffectNotSeen)
        && matches!(job.action, Action::SetEncryptionMode { .. })
}

pub(crate) fn text(job: &JobSnapshot, output: &Output) -> String {
    let language = output.language;
    if unproven(job) {
        return not_proven(job, language);
    }
    let id = plain(&job.instance_id);
    let mut text = headline(job, language);
    if let Some(error) = &job.error {
        text += &format!("  {}\n", Failure::from(error.clone()).text(language));
    }
    if let Some(test) = &job.test {
        text += &tested(test, language);
        if matches!(job.action, Action::DisableSsl { .. })
            && test.cause == Some(Cause::TlsPlaintextServer)
        {
            text += language.of(
                "  that is what SSL off means: whoever is on the way can read along\n",
                "  关闭 SSL 后即是如此：途经者可读取全部内容\n",
            );
        }
    }
    if unseen(job) {
        text += &say!(
            language,
            "  not seen: the server cannot be reached from here; `rediseal-cli encryption-mode {id}` looks again\n",
            "  未能观察：从本机无法访问服务器；`rediseal-cli encryption-mode {id}` 可再次查看\n"
        );
    }
    for event in &job.events {
        if matches!(
            event.code,
            EventCode::TriedWithoutTls | EventCode::CertificateCompared
        ) {
            text += &format!("  {}\n", words::event(event, language));
        }
    }
    if job.phase == Phase::Succeeded && matches!(job.action, Action::EnableSsl { .. }) {
        text += &say!(
            language,
            "  next: rediseal-cli certificate {id} --out DIR\n",
            "  下一步：rediseal-cli certificate {id} --out DIR\n"
        );
    }
    text
}

fn headline(job: &JobSnapshot, language: Language) -> String {
    let id = plain(&job.instance_id);
    let what = words::action(&job.action, language);
    match job.phase {
        Phase::Succeeded => say!(language, "{id}: done: {what}\n", "{id}：已完成：{what}\n"),
        Phase::Failed => say!(language, "{id}: failed: {what}\n", "{id}：失败：{what}\n"),
        Phase::Interrupted => say!(
            language,
            "{id}: the cloud did not accept it, nothing runs there: {what}\n",
            "{id}：云端没有受理，也没有任务在执行：{what}\n"
        ),
        Phase::Detached if scheduled(job) => say!(
            language,
            "{id}: accepted; `rediseal-cli jobs --wait` looks whether it is done: {what}\n",
            "{id}：已受理；`rediseal-cli jobs --wait` 可查看是否完成：{what}\n"
        ),
        Phase::Detached => say!(
            language,
            "{id}: no longer watched. The task in the cloud goes on and cannot be cancelled; `rediseal-cli jobs --wait` follows it again: {what}\n",
            "{id}：已停止跟踪。云端任务仍在继续且无法取消，`rediseal-cli jobs --wait` 可继续跟踪：{what}\n"
        ),
        _ => say!(
            language,
            "{id}: the cloud carries it out; `rediseal-cli jobs --wait` follows it to its end: {what}\n",
            "{id}：云端正在执行，`rediseal-cli jobs --wait` 可跟踪到结束：{what}\n"
        ),
    }
}

fn tested(test: &LastTest, language: Language) -> String {
    let verdict = test.verdict.word(language.catalogue());
    let cause = test.cause.map_or_else(String::new, |cause| {
        format!("{}{}", language.of(", ", "，"), cause.id())
    });
    let time = milliseconds(test.elapsed_us);
    say!(
        language,
        "  tested with a real handshake: {verdict}{cause} ({time})\n",
        "  真实握手测试：{verdict}{cause}（{time}）\n"
    )
}

/// The cause first, then a way on that is not the step that just failed.
fn not_proven(job: &JobSnapshot, language: Language) -> String {
    let id = plain(&job.instance_id);
    let because = |cause: &str| {
        say!(
            language,
            "{id}: SSL is on, not proven: {cause}\n",
            "{id}：SSL 已开启，但未得到证明：{cause}\n"
        )
    };
    if let Some(test) = &job.test {
        let words = test.cause.map(|cause| cause.text(language.catalogue()));
        let verdict = test.verdict.word(language.catalogue());
        let mut text = because(words.map_or(verdict, |words| &words.title));
        text += &tested(test, language);
        if let Some(words) = words {
            text += &say!(
                language,
                "  What to do: {}\n",
                "  处理方法：{}\n",
                words.fix
            );
        }
        if test.verdict == Verdict::Unreachable {
            text += &say!(
                language,
                "  This computer may not be in its network: `rediseal-cli certificate {id} --out DIR` saves the CA; on a server that is, `rediseal-cli test HOST:PORT --ca FILE` proves it.\n",
                "  本机可能不在其网络中：`rediseal-cli certificate {id} --out DIR` 可保存 CA；再到能访问它的服务器上用 `rediseal-cli test HOST:PORT --ca FILE` 证明。\n"
            );
        }
        return text;
    }
    let mut events = job.events.iter().rev();
    let failed = events.find(|event| {
        matches!(
            event.code,
            EventCode::CertificateFailed | EventCode::TestFailed
        )
    });
    let Some(event) = failed else {
        return because(language.of("it was not tested", "未做测试"));
    };
    let failure = Failure::from(EdgeError {
        code: event
            .facts
            .get("code")
            .and_then(|code| Code::deserialize(code).ok())
            .unwrap_or(Code::Internal),
        message: words::fact(&event.facts, "message"),
        retryable: false,
        request_id: None,
        details: event.facts.clone(),
    });
    let what = words::event(event, language);
    let mut text = because(&what);
    text += &format!("  {}\n", failure.text(language));
    text += &say!(
        language,
        "  The CA can also be had in the console, under SSL encryption; then `rediseal-cli test {id} --ca FILE` proves it.\n",
        "  也可在控制台的「SSL 加密」中下载 CA，再用 `rediseal-cli test {id} --ca FILE` 证明。\n"
    );
    text
}
