//! The deep report and the cost of TLS as text.

use rediseal_probe::{
    CipherSuite, Cost, Gap, Protocol, Reason, Report, Series, Survey, Verdict, Warning,
};
use serde_json::Value;

use crate::args;
use crate::certificates::date;
use crate::language::{Language, say};
use crate::output::{Output, Tone, milliseconds, plain};
use crate::table::Table;

/// Nothing when it was not asked for.
pub(crate) fn text(report: &Report, output: &Output) -> String {
    let language = output.language;
    let mut text = String::new();
    if let (Some(protocols), Some(ciphers), Some(survey)) =
        (&report.protocols, &report.ciphers, &report.survey)
    {
        text += &versions(protocols, language);
        for protocol in protocols {
            text += &suites(protocol, ciphers, output);
        }
        text += &key_exchange(protocols, language);
        text += &certificates(survey, language);
        text += &effort(survey, language);
        text += &gaps(&survey.gaps, language);
        for warning in &survey.warnings {
            text += &explanation(warning, output);
        }
    }
    if let Some(cost) = &report.cost {
        text += &price(cost, language);
    }
    text
}

/// What was asked for and could not be done, and why.
pub(crate) fn left_out(report: &Report, asked: &args::Test, language: Language) -> String {
    let unreached = report.verdict == Verdict::Unreachable;
    let deep = asked.deep && report.survey.is_none();
    let cost = asked.cost && report.cost.is_none();
    let why = |found: (&'static str, &'static str)| match unreached {
        true => language.of("the server was not reached", "未能到达服务器"),
        false => language.of(found.0, found.1),
    };
    let mut text = String::new();
    if deep {
        let why = why(("no TLS was found on this port", "该端口上没有找到 TLS"));
        text += &say!(
            language,
            "\nThere is no deep report: {why}.\n",
            "\n没有深度报告：{why}。\n"
        );
    }
    if cost {
        let why = why((
            "the server has not proven who it is",
            "服务器的身份未得到证明",
        ));
        text += &say!(
            language,
            "\nWhat TLS costs was not measured: {why}.\n",
            "\n没有测量 TLS 的开销：{why}。\n"
        );
    }
    text
}

fn versions(protocols: &[Protocol], language: Language) -> String {
    let mut table = Table::default();
    for protocol in protocols {
        let remarks = protocol.remarks(language.catalogue());
        table.row([
            protocol.version.clone(),
            protocol.word(language.catalogue()).to_owned(),
            remarks.join(language.of(", ", "、")),
        ]);
    }
    block(
        language.of("\n  protocol versions:\n", "\n  协议版本：\n"),
        &table,
    )
}

fn suites(protocol: &Protocol, ciphers: &[CipherSuite], output: &Output) -> String {
    let language = output.language;
    let mut table = Table::default();
    for cipher in ciphers.iter().filter(|c| c.protocol == protocol.version) {
        let openssl = cipher.openssl_name.as_deref();
        // In TLS 1.3 both names are the same.
        let openssl = openssl.filter(|name| *name != cipher.name);
        let mut remarks = Vec::new();
        if let Some(weakness) = cipher.weakness {
            let weakness = weakness.word(language.catalogue());
            remarks.push(output.paint(
                &say!(language, "WEAK: {weakness}", "弱：{weakness}"),
                Tone::Careful,
            ));
        }
        remarks.extend(cipher.remarks(language.catalogue()));
        let bits = cipher.bits;
        table.row([
            cipher.name.clone(),
            openssl.unwrap_or_default().to_owned(),
            say!(language, "{bits} bits", "{bits} 位"),
            remarks.join(language.of(", ", "、")),
        ]);
    }
    let version = &protocol.version;
    let order = protocol.cipher_order.map_or_else(String::new, |order| {
        let order = order.word(language.catalogue());
        say!(language, "; {order}", "，{order}")
    });
    let title = say!(
        language,
        "\n  {version} cipher suites{order}:\n",
        "\n  {version} 加密套件{order}：\n"
    );
    block(&title, &table)
}

fn key_exchange(protocols: &[Protocol], language: Language) -> String {
    let mut groups = Table::default();
    let mut signatures = Table::default();
    for protocol in protocols {
        let names: Vec<_> = protocol
            .groups
            .iter()
            .map(|group| match group.post_quantum {
                true => say!(language, "{} (post-quantum)", "{}（抗量子）", group.name),
                false => group.name.clone(),
            })
            .collect();
        if !names.is_empty() {
            groups.row([protocol.version.clone(), names.join(", ")]);
        }
        if !protocol.signatures.is_empty() {
            signatures.row([protocol.version.clone(), protocol.signatures.join(", ")]);
        }
    }
    let groups = block(
        language.of("\n  key exchange groups:\n", "\n  密钥交换组：\n"),
        &groups,
    );
    let signatures = block(
        language.of("\n  signature schemes:\n", "\n  签名方案：\n"),
        &signatures,
    );
    groups + &signatures
}

fn certificates(survey: &Survey, language: Language) -> String {
    let mut table = Table::default();
    for presented in &survey.certificates {
        let Some(facts) = &presented.facts else {
            table.row([language.of("cannot be read", "无法解析")]);
            continue;
        };
        let key = match facts.key.bits {
            0 => facts.key.algorithm.clone(),
            bits => format!("{} {bits}", facts.key.algorithm),
        };
        let until = date(facts.not_after);
        table.row([
            key,
            plain(&facts.subject),
            say!(language, "until {until}", "至 {until}"),
            presented.cause.map_or_else(
                || language.of("holds", "有效").to_owned(),
                |cause| cause.id().to_owned(),
            ),
        ]);
    }
    let title = match survey.certificates.len() {
        0 | 1 => language.of(
            "\n  the server has one certificate:\n",
            "\n  服务器有一张证书：\n",
        ),
        _ => language.of(
            "\n  the server has several certificates; which one a client gets depends on what it offers:\n",
            "\n  服务器有多张证书，客户端收到哪一张取决于其支持的算法：\n",
        ),
    };
    block(title, &table)
}

fn effort(survey: &Survey, language: Language) -> String {
    let effort = survey.effort(language.catalogue());
    format!("\n  {effort}\n")
}

fn gaps(gaps: &[Gap], language: Language) -> String {
    let mut table = Table::default();
    for gap in gaps {
        table.row([
            gap.protocol.clone(),
            gap.part.word(language.catalogue()).to_owned(),
            reason(gap.reason, language),
        ]);
    }
    block(
        language.of(
            "\n  not complete, and not guessed:\n",
            "\n  以下未能查清，未作推测：\n",
        ),
        &table,
    )
}

fn reason(reason: Reason, language: Language) -> String {
    let word = reason.word(language.catalogue());
    match reason {
        Reason::Deadline => say!(
            language,
            "{word}: give more with --timeout",
            "{word}：可用 --timeout 延长"
        ),
        _ => word.to_owned(),
    }
}

/// Title and id, what it is about, why, and what to do.
fn explanation(warning: &Warning, output: &Output) -> String {
    let language = output.language;
    let about = warning.cause.text(language.catalogue());
    let names: Vec<_> = ["versions", "ciphers"]
        .iter()
        .filter_map(|fact| warning.facts.get(*fact)?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .map(plain)
        .collect();
    let (title, id) = (
        output.paint(&about.title, Tone::Careful),
        warning.cause.id(),
    );
    let (names, explanation, fix) = (names.join(", "), &about.explanation, &about.fix);
    say!(
        language,
        "\n{title} [{id}]\n  {explanation}\n  Accepted: {names}\n  What to do: {fix}\n",
        "\n{title}（{id}）\n  {explanation}\n  所接受的：{names}\n  处理方法：{fix}\n"
    )
}

fn price(cost: &Cost, language: Language) -> String {
    let mut table = Table::default();
    table.row(["", "p50", "p99", language.of("measured", "次数")]);
    let rows = [
        (language.of("TCP connection", "TCP 连接"), cost.connect),
        (
            language.of("handshake, cold", "握手（首次）"),
            cost.handshake,
        ),
        (
            language.of("handshake, resumed", "握手（恢复会话）"),
            cost.resumed,
        ),
        (language.of("PING with TLS", "PING（TLS）"), cost.ping_tls),
        (
            language.of("PING without TLS", "PING（明文）"),
            cost.ping_plaintext,
        ),
    ];
    for (what, series) in rows {
        let [p50, p99, count] = match series {
            Some(Series {
                count,
                p50_us,
                p99_us,
            }) => [
                milliseconds(p50_us),
                milliseconds(p99_us),
                count.to_string(),
            ],
            None => [
                language.of("not possible", "无法测量").to_owned(),
                String::new(),
                String::new(),
            ],
        };
        table.row([what.to_owned(), p50, p99, count]);
    }
    let connections = cost.connections;
    let title = say!(
        language,
        "\n  what TLS costs from here, by {connections} connections one after another:\n",
        "\n  从本机测得的 TLS 开销（依次建立 {connections} 个连接）：\n"
    );
    block(&title, &table)
}

/// Nothing without rows.
fn block(title: &str, table: &Table) -> String {
    let lines = table.lines("    ");
    if lines.is_empty() {
        return String::new();
    }
    lines
        .into_iter()
        .fold(title.to_owned(), |text, line| text + &line + "\n")
}
