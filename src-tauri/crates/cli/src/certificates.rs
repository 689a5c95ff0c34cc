//! A certificate as text.

use jiff::{SignedDuration, Timestamp};
use rediseal_certificate::{Facts, NameKind};

use crate::language::{Language, say};
use crate::output::{Output, Tone, plain};
use crate::table::Table;

/// Name first, then what a person compares, one fact a line.
pub(crate) fn text(facts: &Facts, files: &[String], now: Timestamp, output: &Output) -> String {
    let language = output.language;
    let mut table = Table::default();
    let mut row = |english: &str, chinese: &str, value: String| {
        table.row([language.of(english, chinese).to_owned(), plain(&value)]);
    };
    row("issuer", "签发者", issuer(facts, language));
    row("valid", "有效期", validity(facts, now, language));
    row("names", "名称", names(facts, language));
    row("key", "密钥", key(facts, language));
    row("use", "用途", usage(facts, language));
    row("serial", "序列号", facts.serial.clone());
    row("SHA-256", "SHA-256", facts.sha256.clone());
    row("SHA-1", "SHA-1", facts.sha1.clone());
    if !files.is_empty() {
        row("in", "来自", files.join(", "));
    }
    let subject = if facts.subject.is_empty() {
        language.of("(no subject)", "（无主题）").to_owned()
    } else {
        plain(&facts.subject)
    };
    let tone = if facts.not_after < now {
        Tone::Bad
    } else {
        Tone::Good
    };
    format!(
        "{}\n{}\n",
        output.paint(&subject, tone),
        table.lines("  ").join("\n")
    )
}

fn issuer(facts: &Facts, language: Language) -> String {
    if facts.self_issued {
        language.of("itself", "自身").to_owned()
    } else {
        facts.issuer.clone()
    }
}

fn validity(facts: &Facts, now: Timestamp, language: Language) -> String {
    let (from, to) = (date(facts.not_before), date(facts.not_after));
    let days = |duration: SignedDuration| duration.as_hours().abs() / 24;
    let state = if facts.not_before > now {
        say!(language, "not yet valid", "尚未生效")
    } else if facts.not_after < now {
        let days = days(now.duration_since(facts.not_after));
        say!(language, "expired {days} days ago", "已过期 {days} 天")
    } else {
        let days = days(facts.not_after.duration_since(now));
        say!(language, "{days} days left", "剩余 {days} 天")
    };
    say!(
        language,
        "{from} to {to}, {state}",
        "{from} 至 {to}，{state}"
    )
}

/// The day in UTC.
pub(crate) fn date(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%d").to_string()
}

fn names(facts: &Facts, language: Language) -> String {
    if facts.names.is_empty() {
        return if facts.is_ca {
            language.of("none", "无").to_owned()
        } else {
            language
                .of(
                    "none: clients that check the name refuse it",
                    "无：检查名称的客户端会拒绝它",
                )
                .to_owned()
        };
    }
    let names = facts.names.iter().map(|name| match name.kind {
        NameKind::Other => say!(language, "other {}", "其他 {}", name.value),
        _ => name.value.clone(),
    });
    names.collect::<Vec<_>>().join(", ")
}

fn key(facts: &Facts, language: Language) -> String {
    let key = &facts.key;
    let signature = &facts.signature;
    let kind = match &key.curve {
        Some(curve) => format!("{} {curve}", key.algorithm),
        None if key.bits > 0 => format!("{} {}", key.algorithm, key.bits),
        None => key.algorithm.clone(),
    };
    say!(
        language,
        "{kind}, signed with {signature}",
        "{kind}，签名 {signature}"
    )
}

fn usage(facts: &Facts, language: Language) -> String {
    let mut usage = Vec::new();
    if facts.is_ca {
        usage.push("CA".to_owned());
    }
    usage.extend(facts.extended_key_usage.iter().cloned());
    if usage.is_empty() {
        language.of("not restricted", "未限定").to_owned()
    } else {
        usage.join(", ")
    }
}
