//! Takes out of a text whatever a terminal would obey instead of showing it.

/// `text` without escape sequences, control characters and marks that reverse the reading order. Line breaks and tabs
/// stay; every other kind of line end becomes a line break.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut strings_end = true;
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        match char {
            '\u{1b}' => rest = after_escape(rest, &mut strings_end),
            '\r' => {
                if !rest.starts_with('\n') {
                    out.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\n' | '\t' => out.push(char),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            _ if char.is_control() => {}
            _ => out.push(char),
        }
    }
    out
}

/// [`clean`], on one line.
pub(crate) fn clean_line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

/// What follows the escape sequence whose first character has just been read. `strings_end` turns false once no
/// sequence that needs a terminator can find one, so that a long text is not searched again and again.
fn after_escape<'a>(rest: &'a str, strings_end: &mut bool) -> &'a str {
    let mut chars = rest.chars();
    match chars.next() {
        Some('[') => {
            let body = chars.as_str();
            match body.find(|char: char| !(' '..='?').contains(&char)) {
                Some(end) if body[end..].starts_with(|char: char| ('@'..='~').contains(&char)) => &body[end + 1..],
                Some(end) => &body[end..],
                None => "",
            }
        }
        Some(']' | 'P' | '_' | '^' | 'X') => {
            let body = chars.as_str();
            let end = if *strings_end { string_end(body) } else { None };
            match end {
                Some(end) => &body[end..],
                None => {
                    *strings_end = false;
                    body
                }
            }
        }
        Some('(' | ')' | '*' | '+' | '#' | '%' | ' ') => {
            chars.next();
            chars.as_str()
        }
        Some('0'..='9' | '=' | '>' | '<' | 'A'..='Z' | 'a'..='z' | '|' | '}' | '~' | '\\') => chars.as_str(),
        _ => rest,
    }
}

fn string_end(body: &str) -> Option<usize> {
    let bell = body.find('\u{7}').map(|at| at + 1);
    let terminator = body.find("\u{1b}\\").map(|at| at + 2);
    match (bell, terminator) {
        (Some(bell), Some(terminator)) => Some(bell.min(terminator)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for (raw, shown) in [
            ("plain text\nsecond\tline", "plain text\nsecond\tline"),
            ("red \u{1b}[31malert\u{1b}[0m done", "red alert done"),
            ("\u{1b}]0;a new title\u{7}after", "after"),
            ("\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\", "click"),
            ("clear \u{1b}[2J\u{1b}[Hscreen", "clear screen"),
            ("\u{1b}Pq#0\u{1b}\\sixel", "sixel"),
            ("unended \u{1b}]0;title", "unended 0;title"),
            ("bell\u{7} backspace\u{8} delete\u{7f}", "bell backspace delete"),
            ("c1 \u{9b}31m", "c1 31m"),
            ("over\rwrite\r\nnext", "over\nwrite\nnext"),
            ("user\u{202e}txt.exe", "usertxt.exe"),
            ("\u{1b}", ""),
            ("\u{1b}[", ""),
            ("\u{1b}[31", ""),
            ("\u{1b}(Bx\u{1b}cy", "xy"),
        ] {
            assert_eq!(clean(raw), shown, "{raw:?}");
        }
    }

    #[test]
    fn a_long_run_of_unended_sequences_takes_no_long_time() {
        assert_eq!(clean(&"\u{1b}]".repeat(200_000)), "");
    }
}
