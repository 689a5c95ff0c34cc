//! Values as text.

use jiff::Timestamp;
use serde_json::Value;

use crate::catalogue::Language;
use crate::evidence::fact_value;
use crate::report::Report;

/// Of a list that a server chose.
pub(super) const MOST_SHOWN: usize = 16;

/// Of a text that a server chose, characters. A DNS name has less.
const LONGEST_SHOWN: usize = 300;

/// A character that steers a terminal, takes no room or turns the text around it (Unicode UAX #9).
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Text that came from a peer or a file, in one line: what steers is U+FFFD.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .collect()
}

/// The same JSON value, with what steers written as its escape: such a character can only be in a
/// string.
pub(super) fn json(report: &Report) -> String {
    #[expect(
        clippy::expect_used,
        reason = "plain fields under text keys have a JSON form"
    )]
    let text = serde_json::to_string_pretty(report).expect("a report is JSON");
    text.chars().fold(String::new(), |mut json, c| {
        match steers(c) && c != '\n' {
            true => json += &format!("\\u{:04x}", u32::from(c)),
            false => json.push(c),
        }
        json
    })
}

/// A duration in microseconds, with as many digits as matter.
#[must_use]
pub fn milliseconds(microseconds: u64) -> String {
    let milliseconds = microseconds as f64 / 1000.0;
    if milliseconds < 1.0 {
        format!("{milliseconds:.2} ms")
    } else if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}

pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Hexadecimal in groups of four, which lines can break between.
pub(super) fn grouped(hexadecimal: &str) -> String {
    let digits: Vec<char> = plain(hexadecimal).to_uppercase().chars().collect();
    let groups = digits.chunks(4).map(String::from_iter);
    groups.collect::<Vec<_>>().join(" ")
}

/// How many are left out of a list of so many.
pub(super) fn more(all: usize, language: Language) -> Option<String> {
    let left = all.checked_sub(MOST_SHOWN).filter(|left| *left > 0)?;
    Some(match language {
        Language::En => format!("… {left} more"),
        Language::ZhCn => format!("… 另有 {left} 个"),
    })
}

/// No more of a text than helps a reader; the report's JSON has all of it.
pub(super) fn cut(text: &str, language: Language) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST_SHOWN) else {
        return text.to_owned();
    };
    let left = text.chars().count() - LONGEST_SHOWN;
    let shown = text.get(..end).unwrap_or(text);
    match language {
        Language::En => format!("{shown}… ({left} more characters)"),
        Language::ZhCn => format!("{shown}…（另有 {left} 个字符）"),
    }
}

/// A fact for people; none when it says nothing to them.
pub(super) fn fact(key: &str, value: &Value, language: Language) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(true) => Some(language.of("yes", "是").to_owned()),
        Value::Bool(false) => Some(language.of("no", "否").to_owned()),
        Value::String(text) => Some(cut(&plain(fact_value(key, text, language)), language)),
        Value::Array(values) => {
            let shown = values.iter().take(MOST_SHOWN);
            let mut shown: Vec<_> = shown.filter_map(|v| fact(key, v, language)).collect();
            shown.extend(more(values.len(), language));
            (!shown.is_empty()).then(|| shown.join(", "))
        }
        other => Some(plain(&other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_cannot_steer_the_reader() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}"), "a\u{fffd}[2Jb\u{fffd}");
        assert_eq!(plain("腾讯云 redis"), "腾讯云 redis");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(milliseconds(123), "0.12 ms");
        assert_eq!(milliseconds(1_234_567), "1235 ms");
    }

    #[test]
    fn fingerprints_can_be_read_aloud() {
        assert_eq!(grouped("2fa19c0477"), "2FA1 9C04 77");
    }
}
