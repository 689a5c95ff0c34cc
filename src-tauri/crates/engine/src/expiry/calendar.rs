//! The ends as a calendar, RFC 5545.

use jiff::Timestamp;
use rediseal_probe::Language;

use super::THRESHOLDS;
use crate::view::{CertificateEnd, CertificateRole, Expiry};

/// Lines are folded after so many octets (RFC 5545 3.1), without the line break.
const LINE: usize = 75;

/// More instances than these are counted and not named.
const NAMED: usize = 20;

/// The last moment that four digits of a year can name in the file.
const LAST_YEAR: i16 = 9998;

impl Expiry {
    /// One event for each certificate, at its end, with an alarm at each threshold. The event of a
    /// certificate has the same id in every file, so that a calendar replaces it. Certificates
    /// without a well-defined end (RFC 5280 4.1.2.5) are left out.
    #[must_use]
    pub fn calendar(&self, language: Language) -> String {
        let mut text = String::new();
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            concat!(
                "PRODID:-//RediSeal//RediSeal ",
                env!("CARGO_PKG_VERSION"),
                "//EN"
            ),
            "CALSCALE:GREGORIAN",
        ] {
            add(&mut text, line);
        }
        for end in &self.certificates {
            if stamp(end.not_after).1 <= LAST_YEAR {
                event(&mut text, end, self.now, language);
            }
        }
        add(&mut text, "END:VCALENDAR");
        text
    }
}

fn event(text: &mut String, end: &CertificateEnd, now: Timestamp, language: Language) {
    let summary = escaped(&summary(end, language));
    for line in [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@rediseal", end.sha256),
        format!("DTSTAMP:{}", stamp(now).0),
        format!("DTSTART:{}", stamp(end.not_after).0),
        format!("SUMMARY:{summary}"),
        format!("DESCRIPTION:{}", escaped(&description(end, language))),
        "TRANSP:TRANSPARENT".to_owned(),
    ] {
        add(text, &line);
    }
    for days in THRESHOLDS {
        for line in [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            &format!("DESCRIPTION:{summary}"),
            &format!("TRIGGER:-P{days}D"),
            "END:VALARM",
        ] {
            add(text, line);
        }
    }
    add(text, "END:VEVENT");
}

fn summary(end: &CertificateEnd, language: Language) -> String {
    let names: Vec<_> = end
        .instances
        .iter()
        .map(|one| label(&one.name, &one.instance_id))
        .collect();
    let of = match (names.as_slice(), language) {
        ([one], _) => (*one).to_owned(),
        (several, Language::En) => format!("{} instances", several.len()),
        (several, Language::ZhCn) => format!("{} 个实例", several.len()),
    };
    let name = &end.name;
    match (end.role, language) {
        (CertificateRole::Leaf, Language::En) => format!("The certificate of {of} ends"),
        (CertificateRole::Leaf, Language::ZhCn) => format!("{of} 的证书到期"),
        (CertificateRole::Ca, Language::En) => format!("The CA {name} of {of} ends"),
        (CertificateRole::Ca, Language::ZhCn) => format!("{of} 的 CA {name} 到期"),
    }
}

fn description(end: &CertificateEnd, language: Language) -> String {
    let [subject, issuer, serial, instances] = match language {
        Language::En => ["Subject", "Issuer", "Serial", "Instances"],
        Language::ZhCn => ["主题", "签发者", "序列号", "实例"],
    };
    let named = end.instances.iter().take(NAMED).map(|one| {
        let name = label(&one.name, &one.instance_id);
        format!("{name} ({}, {})", one.instance_id, one.region)
    });
    let mut named: Vec<_> = named.collect();
    let others = end.instances.len().saturating_sub(NAMED);
    if others > 0 {
        named.push(match language {
            Language::En => format!("and {others} others"),
            Language::ZhCn => format!("以及另外 {others} 个"),
        });
    }
    format!(
        "{subject}: {}\n{issuer}: {}\n{serial}: {}\nSHA-256: {}\n{instances}:\n{}",
        end.subject,
        end.issuer,
        end.serial,
        end.sha256,
        named.join("\n"),
    )
}

fn label<'a>(name: &'a str, id: &'a str) -> &'a str {
    match name {
        "" => id,
        name => name,
    }
}

/// In UTC, and the year.
fn stamp(at: Timestamp) -> (String, i16) {
    let utc = jiff::tz::offset(0).to_datetime(at);
    (format!("{}", utc.strftime("%Y%m%dT%H%M%SZ")), utc.year())
}

/// A text value, RFC 5545 3.3.11. Other control characters have no place in one.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A content line, folded between characters.
fn add(text: &mut String, line: &str) {
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > LINE {
            text.push_str("\r\n ");
            used = 1;
        }
        text.push(c);
        used += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters() {
        let line = format!("SUMMARY:{}", "证书".repeat(60));
        let mut text = String::new();
        add(&mut text, &line);
        let lines: Vec<_> = text.split_terminator("\r\n").collect();
        assert!(lines.len() > 4);
        assert!(lines.iter().all(|line| line.len() <= LINE));
        assert!(lines.iter().skip(1).all(|line| line.starts_with(' ')));
        assert_eq!(text.replace("\r\n ", ""), format!("{line}\r\n"));
    }

    #[test]
    fn a_value_cannot_begin_a_line_of_its_own() {
        assert_eq!(
            escaped("a,b;c\\d\nBEGIN:VALARM\r\u{7}"),
            "a\\,b\\;c\\\\d\\nBEGIN:VALARM  "
        );
    }
}
