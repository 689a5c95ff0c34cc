//! A test report as text: the verdict, what was reached, and what to do.

use jiff::Timestamp;
use rediseal_probe::{Cause, Report, Stage, StageId, Status, Text, Verdict, fact_value, fact_word};
use serde_json::Value;

use crate::certificates::date;
use crate::clients;
use crate::deep;
use crate::language::{Language, say};
use crate::output::{Output, Tone, milliseconds, plain};
use crate::table::Table;
use crate::via;

pub(crate) fn text(report: &Report, output: &Output) -> String {
    let language = output.language;
    let mut text = verdict(report, output);
    text.push('\n');
    for line in stages(&report.stages, language).lines("  ") {
        text += &line;
        text.push('\n');
    }
    text += &chain(report, language);
    text += &addresses(report, language);
    // The cause of the verdict first, with its evidence; then what else was seen.
    let (causes, others): (Vec<_>, Vec<_>) = report
        .stages
        .iter()
        .filter(|stage| stage.cause.is_some())
        .partition(|stage| stage.cause == report.cause);
    for stage in causes {
        text += &explanation(stage, output);
        text += &evidence(stage, language);
        text += &via::advice(stage, language);
    }
    for stage in others {
        text += &explanation(stage, output);
    }
    text += &clients::text(report, language);
    text + &deep::text(report, output)
}

/// Of a connection that is proven: the password was tried and did not do, or no Redis answers.
pub(crate) fn fails_behind_tls(report: &Report) -> bool {
    let causes = [
        Cause::RedisWrongPassword,
        Cause::RedisNotRedis,
        Cause::RedisTimeout,
        Cause::RedisClosed,
    ];
    has_cause(report, &causes)
}

fn login_failed(report: &Report) -> bool {
    has_cause(report, &[Cause::RedisWrongPassword])
}

fn has_cause(report: &Report, causes: &[Cause]) -> bool {
    let mut found = report.stages.iter().filter_map(|stage| stage.cause);
    found.any(|cause| causes.contains(&cause))
}

/// Title and id, why, and what to do.
fn explanation(stage: &Stage, output: &Output) -> String {
    let Some(Text {
        title,
        explanation,
        fix,
    }) = stage.text(output.language.catalogue())
    else {
        return String::new();
    };
    let id = stage.cause.map_or("", Cause::id);
    let tone = match stage.status {
        Status::Failed => Tone::Bad,
        _ => Tone::Careful,
    };
    let title = output.paint(title, tone);
    say!(
        output.language,
        "\n{title} [{id}]\n  {explanation}\n  What to do: {fix}\n",
        "\n{title}（{id}）\n  {explanation}\n  处理方法：{fix}\n"
    )
}

/// The verdict in a line: what was found, and where.
pub(crate) fn headline(report: &Report, output: &Output) -> String {
    let address = plain(&report.target.address);
    let language = output.language;
    let tone = match report.verdict {
        Verdict::Secure | Verdict::ChainOnly if fails_behind_tls(report) => Tone::Bad,
        Verdict::Secure => Tone::Good,
        Verdict::ChainOnly => Tone::Careful,
        Verdict::Insecure | Verdict::Unreachable => Tone::Bad,
    };
    let word = report.verdict.word(language.catalogue()).to_uppercase();
    // What was found says more than the class it falls into.
    let found = report
        .stages
        .iter()
        .find(|stage| stage.cause.is_some() && stage.cause == report.cause)
        .and_then(|stage| stage.text(language.catalogue()));
    let title = &found
        .unwrap_or_else(|| report.verdict.text(language.catalogue()))
        .title;
    let login = match (report.verdict, login_failed(report)) {
        (Verdict::Secure | Verdict::ChainOnly, true) => language.of(
            "TLS is proven, but the login failed. ",
            "TLS 已得到证明，但登录失败。",
        ),
        _ => "",
    };
    let behind = behind(report, language);
    output.paint(
        &say!(
            language,
            "{word}  {address}: {login}{title}{behind}",
            "{word}  {address}：{login}{title}{behind}"
        ),
        tone,
    )
}

/// What is the matter with Redis, where the verdict has a word for something else.
fn behind(report: &Report, language: Language) -> String {
    let mut failed = report.stages.iter().filter(|stage| {
        stage.id == StageId::Redis && stage.status == Status::Failed && stage.cause != report.cause
    });
    let text = failed.find_map(|stage| stage.text(language.catalogue()));
    text.map_or_else(String::new, |text| {
        let title = &text.title;
        say!(language, ". {title}", "。{title}")
    })
}

fn verdict(report: &Report, output: &Output) -> String {
    let name = plain(&report.target.name);
    let language = output.language;
    let mut text = headline(report, output);
    text.push('\n');
    let facts = [&report.protocol, &report.cipher, &report.group];
    let facts: Vec<_> = facts
        .into_iter()
        .flatten()
        .map(|fact| plain(fact))
        .collect();
    let trust = match report.target.trust.as_str() {
        "ca" => language.of("only the CA given for it", "仅为其指定的 CA"),
        _ => language.of("the CAs of the operating system", "操作系统的 CA"),
    };
    if report.route != "direct" {
        let hop = plain(&report.route);
        text += &say!(language, "  through: {hop}\n", "  经由：{hop}\n");
    }
    text += &say!(
        language,
        "  trust: {trust}; checked name: {name}; SNI: {}\n",
        "  信任：{trust}；检查的名称：{name}；SNI：{}\n",
        report
            .target
            .sni
            .as_deref()
            .map_or_else(|| language.of("none", "无").to_owned(), plain),
    );
    if !facts.is_empty() {
        text += &format!("  {}\n", facts.join(", "));
    }
    text
}

fn stages(stages: &[Stage], language: Language) -> Table {
    let mut table = Table::default();
    for stage in stages {
        table.row([
            stage.id.word(language.catalogue()).to_owned(),
            stage.status.word(language.catalogue()).to_owned(),
            match stage.status {
                Status::Skipped => String::new(),
                _ => milliseconds(stage.elapsed_us),
            },
            match stage.cause {
                Some(cause) => cause.id().to_owned(),
                None => objection(stage),
            },
        ]);
    }
    table
}

/// What a Redis answered that passed for one and would not PING.
fn objection(stage: &Stage) -> String {
    let reply = stage.facts.get("reply").and_then(Value::as_str);
    let reply = reply.filter(|reply| stage.id == StageId::Redis && *reply != "PONG");
    reply.map(plain).unwrap_or_default()
}

/// Leaf first; which links hold.
fn chain(report: &Report, language: Language) -> String {
    let mut text = String::new();
    for (position, link) in report.chain.iter().enumerate() {
        let about = match &link.facts {
            Some(facts) => {
                let (subject, until) = (plain(&facts.subject), until(facts.not_after));
                say!(
                    language,
                    "{subject}, until {until}",
                    "{subject}，至 {until}"
                )
            }
            None => language.of("cannot be read", "无法解析").to_owned(),
        };
        let role = link.role.word(language.catalogue());
        if position == 0 {
            text += language.of("\n  certificates:\n", "\n  证书：\n");
        }
        text += &say!(language, "    {role}: {about}\n", "    {role}：{about}\n");
        match link.signed_by_next {
            Some(true) => {
                text += language.of("      signed by the next\n", "      由下一张签发\n");
            }
            Some(false) => {
                text += language.of("      NOT signed by the next\n", "      并非由下一张签发\n");
            }
            None => {}
        }
    }
    text
}

fn until(timestamp: Timestamp) -> String {
    date(timestamp)
}

/// Only when a name has several.
fn addresses(report: &Report, language: Language) -> String {
    if report.addresses.len() < 2 {
        return String::new();
    }
    let mut text = language
        .of("\n  every address was tested:\n", "\n  已测试所有地址：\n")
        .to_owned();
    let mut table = Table::default();
    for address in &report.addresses {
        table.row([
            plain(&address.address),
            address.verdict.word(language.catalogue()).to_owned(),
            address
                .cause
                .map_or_else(String::new, |cause| cause.id().to_owned()),
        ]);
    }
    for line in table.lines("    ") {
        text += &line;
        text.push('\n');
    }
    text
}

/// What the stage saw.
fn evidence(stage: &Stage, language: Language) -> String {
    let mut table = Table::default();
    // The bytes are there as text too, and the hint has picked the text.
    let shown = |key: &str| key != "bytes" && key != "hint";
    let facts = stage.facts.iter().filter(|(key, _)| shown(key));
    for (key, value) in facts {
        if let Some(value) = fact(key, value, language) {
            let key = fact_word(key, language.catalogue());
            table.row([say!(language, "{key}:", "{key}："), plain(&value)]);
        }
    }
    let lines = table.lines("    ").into_iter();
    lines.map(|line| line + "\n").collect()
}

/// None when it says nothing to a person.
fn fact(key: &str, value: &Value, language: Language) -> Option<String> {
    const SHOWN: usize = 3;
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some(language.of("yes", "是").to_owned()),
        Value::String(text) => Some(fact_value(key, text, language.catalogue()).to_owned()),
        Value::Array(values) => {
            let shown = values.iter().take(SHOWN);
            let mut shown: Vec<_> = shown.filter_map(|v| fact(key, v, language)).collect();
            if values.len() > SHOWN {
                shown.push(format!("… ({})", values.len()));
            }
            (!shown.is_empty()).then(|| shown.join("; "))
        }
        other => Some(other.to_string()),
    }
}
