//! `rediseal-cli status`: one instance, and what blocks SSL on it.

use rediseal_engine::view::{Finding, FindingStatus, InstanceDetail, InstanceRow};

use crate::args::{self, Global};
use crate::certificates::date;
use crate::engine::signed_in;
use crate::failure::{self, Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, Tone, plain};
use crate::table::Table;
use crate::words;

pub(crate) async fn run(
    arguments: &args::One,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = signed_in(global, output, None).await?;
    let detail = engine.instance_detail(&arguments.id).await?;
    output.result(&detail, || text(&detail, output));
    // What was known before, or a part, is no answer to what is asked now.
    Ok(match &detail.row.error {
        Some(error) => failure::exit(error),
        None => Exit::Yes,
    })
}

fn text(detail: &InstanceDetail, output: &Output) -> String {
    let language = output.language;
    let row = &detail.row;
    let mut text = format!("{}  {}\n", plain(&row.instance_id), plain(&row.name));
    for line in facts(detail, language).lines("  ") {
        text += &line;
        text.push('\n');
    }
    if let Some(error) = &row.error {
        let why = Failure::from(error.clone()).text(language);
        text += &output.paint(
            &say!(
                language,
                "\nnot read, or not all of it: {why}\n",
                "\n未能读取，或不完整：{why}\n"
            ),
            Tone::Bad,
        );
    }
    text.push('\n');
    text += &checklist(&row.findings, &row.instance_id, output);
    text
}

fn facts(detail: &InstanceDetail, language: Language) -> Table {
    let row = &detail.row;
    let mut table = Table::default();
    let mut add = |english: &str, chinese: &str, value: String| {
        if !value.is_empty() {
            table.row([language.of(english, chinese).to_owned(), plain(&value)]);
        }
    };
    add("region", "地域", row.region.clone());
    add("engine", "引擎", engine(row, language));
    add("address", "地址", row.address.clone());
    add(
        "public address",
        "外网地址",
        row.public_address.clone().unwrap_or_default(),
    );
    add(
        "IPv6 address",
        "IPv6 地址",
        row.ipv6_address.clone().unwrap_or_default(),
    );
    add("proxy", "代理", row.proxy_version.clone());
    add(
        "maintenance",
        "维护时间",
        detail.maintenance_window.clone().unwrap_or_default(),
    );
    add("SSL", "SSL", words::ssl(row.ssl, language).to_owned());
    add(
        "certificate for",
        "证书地址",
        row.encrypt_address.clone().unwrap_or_default(),
    );
    add(
        "encryption mode",
        "加密模式",
        row.encryption_mode.clone().unwrap_or_default(),
    );
    add(
        "certificate until",
        "证书截止",
        row.certificate_ends.map(date).unwrap_or_default(),
    );
    add(
        "readiness",
        "就绪",
        words::readiness(row, language).to_owned(),
    );
    table
}

fn engine(row: &InstanceRow, language: Language) -> String {
    let architecture = words::architecture(&row.architecture, language);
    let parts = [row.engine.as_str(), &row.version, architecture];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// Every check, and under a blocked one why, and what cures it.
pub(crate) fn checklist(findings: &[Finding], instance_id: &str, output: &Output) -> String {
    let language = output.language;
    let mut text = String::new();
    for finding in findings {
        let (mark, tone) = match finding.status {
            FindingStatus::Passed => (language.of("passed ", "通过"), Tone::Good),
            FindingStatus::Blocked => (language.of("blocked", "受阻"), Tone::Bad),
            FindingStatus::Unknown => (language.of("unknown", "未知"), Tone::Careful),
        };
        text += &format!(
            "  {}  {}",
            output.paint(mark, tone),
            words::check(finding.check, language)
        );
        if finding.status == FindingStatus::Blocked {
            text += &format!(
                "{}{}",
                language.of(": ", "："),
                words::blocked(finding, language)
            );
        }
        text.push('\n');
        if finding.status == FindingStatus::Blocked
            && let Some(cure) = words::cure(finding, instance_id)
        {
            text += &format!("           {cure}\n");
        }
    }
    text
}
