//! Certificates that end soon, told on the desktop.

use notify_rust::Notification;
use rediseal_engine::view::{CertificateEnd, CertificateRole, ExpiryWarning};

use crate::dialogs::Language;

/// More certificates than these are counted and not named: a notification has a few lines.
const NAMED: usize = 3;

/// Shows one notification for all of them. Blocks until the desktop took it; where there is no
/// notification service the window still shows the same.
pub(crate) fn show(warnings: &[ExpiryWarning], language: Language) {
    let (title, body) = text(warnings, language);
    let shown = Notification::new()
        .appname("RediSeal")
        .icon("rediseal")
        .summary(&title)
        .body(&body)
        .show();
    if let Err(error) = shown {
        tracing::warn!(%error, "the desktop shows no notification");
    }
}

fn text(warnings: &[ExpiryWarning], language: Language) -> (String, String) {
    let mut ends: Vec<_> = warnings
        .iter()
        .map(|warning| &warning.certificate)
        .collect();
    ends.sort_by_key(|end| end.not_after);
    let title = match (ends.as_slice(), language) {
        ([one], _) => when(one, language),
        (several, Language::English) => format!("{} certificates end soon", several.len()),
        (several, Language::Chinese) => format!("{} 张证书即将到期", several.len()),
    };
    let mut lines: Vec<_> = ends
        .iter()
        .take(NAMED)
        .map(|end| line(end, language))
        .collect();
    let others = ends.len().saturating_sub(NAMED);
    if others > 0 {
        lines.push(match language {
            Language::English => format!("and {others} more"),
            Language::Chinese => format!("另有 {others} 张"),
        });
    }
    (title, lines.join("\n"))
}

fn when(end: &CertificateEnd, language: Language) -> String {
    match (end.threshold, end.days, language) {
        (Some(0), _, Language::English) => "A certificate has ended".to_owned(),
        (Some(0), _, Language::Chinese) => "有证书已到期".to_owned(),
        (_, 0, Language::English) => "A certificate ends within a day".to_owned(),
        (_, 0, Language::Chinese) => "有证书将在一天内到期".to_owned(),
        (_, 1, Language::English) => "A certificate ends in 1 day".to_owned(),
        (_, days, Language::English) => format!("A certificate ends in {days} days"),
        (_, days, Language::Chinese) => format!("有证书将在 {days} 天后到期"),
    }
}

/// Whose it is, and the day in UTC.
fn line(end: &CertificateEnd, language: Language) -> String {
    let day = end.not_after.strftime("%Y-%m-%d");
    let of = match (end.instances.as_slice(), language) {
        ([one], _) if one.name.is_empty() => one.instance_id.clone(),
        ([one], _) => one.name.clone(),
        (several, Language::English) => format!("{} instances", several.len()),
        (several, Language::Chinese) => format!("{} 个实例", several.len()),
    };
    match (end.role, language) {
        (CertificateRole::Leaf, Language::English) => format!("{of}: server certificate, {day}"),
        (CertificateRole::Leaf, Language::Chinese) => format!("{of}：服务器证书，{day}"),
        (CertificateRole::Ca, Language::English) => format!("{of}: CA {}, {day}", end.name),
        (CertificateRole::Ca, Language::Chinese) => format!("{of}：CA {}，{day}", end.name),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn warning(name: &str, days: i64, threshold: i64) -> ExpiryWarning {
        let now: jiff::Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let ends = now + jiff::SignedDuration::from_hours(24 * days);
        serde_json::from_value(serde_json::json!({
            "account": "prod",
            "certificate": {
                "sha256": name, "role": "leaf", "name": name, "subject": "", "issuer": "",
                "serial": "", "not_after": ends, "days": days, "threshold": threshold,
                "instances": [{
                    "instance_id": "crs-1", "name": name, "region": "", "first": true,
                    "sources": ["live"], "last_seen": now,
                }],
            },
        }))
        .unwrap()
    }

    #[test]
    fn one_is_named_and_many_are_counted_the_next_first() {
        let one = [warning("cart", 20, 30)];
        assert_eq!(
            text(&one, Language::English),
            (
                "A certificate ends in 20 days".to_owned(),
                "cart: server certificate, 2026-12-14".to_owned()
            )
        );
        let many = ["e", "d", "c", "b", "a"].iter().zip([50, 40, 30, 3, -1]);
        let many: Vec<_> = many.map(|(name, days)| warning(name, days, 90)).collect();
        let (title, body) = text(&many, Language::Chinese);
        assert_eq!(title, "5 张证书即将到期");
        assert_eq!(
            body,
            "a：服务器证书，2026-11-23\nb：服务器证书，2026-11-27\nc：服务器证书，2026-12-24\n另有 2 张"
        );
    }
}
