//! Plans and rows for people.

use rediseal_engine::view::{
    HostPlan, HostProblem, HostRow, HostTest, PutCode, PutOutcome, PutPlan, PutStep, Seen,
};
use rediseal_probe::Verdict;

use super::Summary;
use crate::failure::Failure;
use crate::language::{Language, say};
use crate::output::{Output, Tone, plain};
use crate::words::fact;

pub(super) fn plan(plan: &PutPlan, output: &Output) -> String {
    let language = output.language;
    let (size, sha256) = (plan.file.size, &plan.file.sha256);
    let name = plain(&plan.place.name);
    let mut text = say!(
        language,
        "{name}, {size} bytes, SHA-256 {sha256}\n",
        "{name}，{size} 字节，SHA-256 {sha256}\n"
    );
    for facts in &plan.file.certificates {
        text += &format!("  {}\n", certificate(facts, language));
    }
    for host in &plan.hosts {
        text += &host_plan(host, output);
    }
    text
}

fn certificate(facts: &rediseal_certificate::Facts, language: Language) -> String {
    let subject = match facts.subject.as_str() {
        "" => language.of("(no subject)", "（无主题）").to_owned(),
        subject => plain(subject),
    };
    let until = facts.not_after.strftime("%Y-%m-%d");
    let print = facts.sha256.get(..16).unwrap_or_default();
    say!(
        language,
        "{subject}, until {until}, {print}…",
        "{subject}，有效期至 {until}，{print}…"
    )
}

fn host_plan(host: &HostPlan, output: &Output) -> String {
    let language = output.language;
    let name = plain(&host.host);
    let word = |english, chinese, tone| output.paint(language.of(english, chinese), tone);
    let word = match host.step {
        PutStep::Create => word("CREATE", "新建", Tone::Good),
        PutStep::Replace => word("REPLACE", "替换", Tone::Careful),
        PutStep::Adjust => word("ADJUST", "调整属主或权限", Tone::Careful),
        PutStep::Same => word("ALREADY THERE", "已存在", Tone::Good),
        PutStep::Blocked => word("BLOCKED", "受阻", Tone::Bad),
    };
    let mut text = format!("{word}  {name}");
    let reached: Vec<_> = host
        .jumps
        .iter()
        .chain(&host.address)
        .map(|one| plain(one))
        .collect();
    if reached.len() > 1 || reached.first().is_some_and(|address| *address != name) {
        text += &format!("  ({})", reached.join(" → "));
    }
    text.push('\n');
    if let Some(seen) = &host.seen {
        text += &lines_of(seen, host.step, language);
    }
    if host.host_key_added {
        let key = host.host_key.as_deref().unwrap_or_default();
        text += &say!(
            language,
            "  its key {key} is known from now on\n",
            "  已登记其密钥 {key}\n"
        );
    }
    if let Some(found) = &host.problem {
        text += &format!("  {}\n", problem(found, language));
    }
    text
}

fn lines_of(seen: &Seen, step: PutStep, language: Language) -> String {
    let (path, mode) = (plain(&seen.path), &seen.mode);
    let owner = seen.owner.as_deref().unwrap_or_default();
    let mut text = format!("  {path}  {mode} {owner}").trim_end().to_owned() + "\n";
    if let Some(link) = &seen.link {
        let link = plain(link);
        text += &say!(
            language,
            "  the symbolic link {link} stays\n",
            "  符号链接 {link} 保持不变\n"
        );
    }
    let Some(present) = seen.present.as_ref().filter(|_| step != PutStep::Same) else {
        return text;
    };
    let (size, mode) = (present.size, &present.mode);
    let owner = present.owner.as_deref().unwrap_or_default();
    text += &say!(
        language,
        "  there now: {size} bytes, {mode} {owner}\n",
        "  现有：{size} 字节，{mode} {owner}\n"
    );
    if step == PutStep::Replace {
        for facts in &present.certificates {
            text += &format!("    {}\n", certificate(facts, language));
        }
        if present.certificates.is_empty() {
            text += language.of(
                "    no certificate that can be read\n",
                "    其中没有可读取的证书\n",
            );
        }
    }
    text
}

/// One line: what happened, and what to do.
fn problem(found: &HostProblem, language: Language) -> String {
    let text = match language {
        Language::English => found.code.english(),
        Language::Chinese => found.code.chinese(),
    };
    if let (PutCode::Ssh, Some(stage)) = (found.code, &found.stage) {
        let known = stage.text(language.catalogue());
        let (title, fix) = known.map_or((&text.title, &text.fix), |it| (&it.title, &it.fix));
        let id = stage.cause.map(|cause| cause.id()).unwrap_or_default();
        let accept = crate::via::advice(stage, language);
        let accept = accept.trim_end();
        return match accept.is_empty() {
            true => format!("{title} [{id}]\n  {fix}"),
            false => format!("{title} [{id}]\n  {fix}\n{accept}"),
        };
    }
    let evidence = ["path", "name", "owner", "mode", "said"]
        .map(|name| plain(&fact(&found.facts, name)))
        .into_iter()
        .filter(|value| !value.is_empty());
    let evidence: Vec<_> = evidence.collect();
    let (title, fix) = (&text.title, &text.fix);
    match evidence.is_empty() {
        true => format!("{title}\n  {fix}"),
        false => say!(
            language,
            "{title}: {}\n  {fix}",
            "{title}：{}\n  {fix}",
            evidence.join(", ")
        ),
    }
}

pub(super) fn row(row: &HostRow, output: &Output) -> String {
    let language = output.language;
    let word = |english, chinese, tone| output.paint(language.of(english, chinese), tone);
    let word = match row.outcome {
        Some(PutOutcome::Created) => word("CREATED", "已新建", Tone::Good),
        Some(PutOutcome::Replaced) => word("REPLACED", "已替换", Tone::Good),
        Some(PutOutcome::Adjusted) => word("ADJUSTED", "已调整", Tone::Good),
        Some(PutOutcome::AlreadyThere) => word("ALREADY THERE", "已存在", Tone::Good),
        Some(PutOutcome::Cancelled) => word("CANCELLED", "已取消", Tone::Careful),
        Some(PutOutcome::Failed) | None => word("FAILED", "失败", Tone::Bad),
    };
    let mut text = format!("{word}  {}", plain(&row.host));
    if let Some(path) = &row.path {
        text += &format!("  {}", plain(path));
    }
    text.push('\n');
    if let Some(found) = &row.problem {
        text += &format!("  {}\n", problem(found, language));
    }
    if let Some(backup) = &row.backup {
        let backup = plain(backup);
        text += &say!(
            language,
            "  the old file: {backup}\n",
            "  旧文件：{backup}\n"
        );
    }
    if let Some(left) = &row.left {
        let left = plain(left);
        text += &say!(
            language,
            "  a temporary file may be left: {left}\n",
            "  可能留有临时文件：{left}\n"
        );
    }
    if let Some(tested) = &row.test {
        text += &test(tested, output);
    }
    text
}

fn test(test: &HostTest, output: &Output) -> String {
    let language = output.language;
    let (title, tone) = match (test.verdict, &test.error) {
        (Some(verdict), _) => {
            let found = test.stage.as_ref();
            let found = found.and_then(|stage| stage.text(language.catalogue()));
            let text = found.unwrap_or_else(|| verdict.text(language.catalogue()));
            let tone = match verdict {
                Verdict::Secure => Tone::Good,
                Verdict::ChainOnly => Tone::Careful,
                Verdict::Insecure | Verdict::Unreachable => Tone::Bad,
            };
            (text.title.clone(), tone)
        }
        (None, Some(error)) => {
            let failure = Failure::from(error.clone());
            (failure.happened(language), Tone::Bad)
        }
        (None, None) => return String::new(),
    };
    let title = output.paint(&title, tone);
    say!(
        language,
        "  tested from there: {title}\n",
        "  从该主机测试：{title}\n"
    )
}

pub(super) fn summary(summary: &Summary, output: &Output) -> String {
    let Summary {
        hosts,
        there,
        unproven,
        failed,
        cancelled,
    } = summary;
    let language = output.language;
    let mut text = say!(
        language,
        "{hosts} servers: the file is on {there}, {failed} failed, {cancelled} cancelled",
        "{hosts} 台服务器：{there} 台已有该文件，{failed} 台失败，{cancelled} 台已取消"
    );
    if *unproven > 0 {
        text += &say!(
            language,
            "; from {unproven} the instance is not proven",
            "；从其中 {unproven} 台测试未通过"
        );
    }
    text
}
