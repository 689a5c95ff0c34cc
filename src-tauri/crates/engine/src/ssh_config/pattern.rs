//! Patterns of ssh_config(5): `*` is any number of characters, `?` is one, `!` says no.

/// Whether a list of patterns means this text: one does, and none with `!` before it.
pub(super) fn any(patterns: &[String], text: &str) -> bool {
    let mut meant = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(not) if matches(not, text) => return false,
            Some(_) => {}
            None => meant = meant || matches(pattern, text),
        }
    }
    meant
}

pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?']) || text.starts_with('!')
}

/// In time proportional to both lengths, whatever the pattern.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut reached = vec![false; pattern.len() + 1];
    let skip_stars = |reached: &mut [bool]| {
        for (at, c) in pattern.iter().enumerate() {
            if *c == '*' && reached[at] {
                reached[at + 1] = true;
            }
        }
    };
    reached[0] = true;
    skip_stars(&mut reached);
    for c in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate().filter(|(at, _)| reached[*at]) {
            match wanted {
                '*' => next[at] = true,
                '?' => next[at + 1] = true,
                wanted => next[at + 1] |= *wanted == c,
            }
        }
        skip_stars(&mut next);
        reached = next;
    }
    reached[pattern.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("?b", "ab", true),
            ("?b", "b", false),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("Web", "web", false),
            ("**a**", "bab", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        let patterns = ["*".to_owned(), "!no*".to_owned()];
        assert!(any(&patterns, "yes") && !any(&patterns, "nobody"));
        assert!(!any(&["!no".to_owned()], "yes"));
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        assert!(!matches(&"*a".repeat(200), &"a".repeat(199)));
    }
}
