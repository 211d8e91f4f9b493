//! Lengths of work as people write them: `1h30m`, `2d 3h 30m`, `90m`, `1.5h`.
//!
//! A day is 8 hours and a week 5 days, as Jira has them unless its administrator changed that.

use crate::error::Error;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 8 * HOUR;
const WEEK: u64 = 5 * DAY;
/// More than that in one entry is a slip of the finger.
const MOST: u64 = 10_000 * HOUR;

/// A text that is no length of work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).")]
pub struct NotADuration {
    text: String,
}

impl From<NotADuration> for Error {
    fn from(error: NotADuration) -> Self {
        Self::user_hint(
            format!("`{}` is not a length of time.", error.text),
            "Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).",
        )
    }
}

/// Seconds, always a whole number of minutes and never none.
pub fn parse(text: &str) -> Result<u64, NotADuration> {
    match leading(text) {
        Ok((seconds, "")) => Ok(seconds),
        _ => Err(refuse(text)),
    }
}

/// Seconds, and what follows the length: `1h 30m fixing focus` gives 5400 and `fixing focus`.
pub fn leading(text: &str) -> Result<(u64, &str), NotADuration> {
    let mut rest = text.trim();
    let mut seconds = 0_f64;
    let mut smallest = u64::MAX;
    while let Some((amount, unit, after)) = part(rest, smallest) {
        if unit >= smallest {
            return Err(refuse(text));
        }
        seconds += amount * unit as f64;
        smallest = unit;
        rest = after;
    }
    let minutes = (seconds / MINUTE as f64).round();
    if smallest == u64::MAX || minutes < 1.0 || minutes * MINUTE as f64 > MOST as f64 {
        return Err(refuse(text));
    }
    Ok((minutes as u64 * MINUTE, rest))
}

/// As Jira shows it: `1w 2d 3h 4m`.
pub fn format(seconds: u64) -> String {
    let mut left = seconds;
    let mut parts = Vec::new();
    for (unit, letter) in [(WEEK, 'w'), (DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm')] {
        if left >= unit {
            parts.push(format!("{}{letter}", left / unit));
            left %= unit;
        }
    }
    if parts.is_empty() { "0m".into() } else { parts.join(" ") }
}

/// One amount with its unit at the start. After hours, a bare number at the end means minutes: `1h30`.
fn part(text: &str, smallest: u64) -> Option<(f64, u64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (number, rest) = text.split_at(digits);
    if number.is_empty() || number.len() > 8 || !number.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let amount: f64 = number.replace(',', ".").parse().ok()?;
    if smallest == HOUR && rest.is_empty() {
        return Some((amount, MINUTE, rest));
    }
    let rest = rest.trim_start();
    let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let unit = match rest[..letters].to_ascii_lowercase().as_str() {
        "w" | "week" | "weeks" => WEEK,
        "d" | "day" | "days" => DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        _ => return None,
    };
    Some((amount, unit, rest[letters..].trim_start()))
}

fn refuse(text: &str) -> NotADuration {
    NotADuration { text: text.trim().chars().take(40).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("1h30m", 5400),
            ("1h 30m", 5400),
            ("1h30", 5400),
            ("90m", 5400),
            ("1.5h", 5400),
            ("1,5h", 5400),
            ("1d", 8 * 3600),
            ("2d 3h 30m", 2 * 28800 + 3 * 3600 + 1800),
            ("1w", 5 * 28800),
            ("2 hours 5 min", 7500),
            ("0.33h", 20 * 60),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_examples() {
        for bad in ["", "90", "1h1h", "30m 1h", "h", "-1h", "0m", "1s", "1.5.5h", "99999999h", "1h x", "soon", "1e9h"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            parse("soon").unwrap_err().to_string(),
            "`soon` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours)."
        );
    }

    #[test]
    fn the_words_after_a_length_are_kept() {
        assert_eq!(leading("1h30m fixing focus"), Ok((5400, "fixing focus")));
        assert_eq!(leading("1h 30 tests fixed"), Ok((3600, "30 tests fixed")));
        assert_eq!(leading("2h  "), Ok((7200, "")));
    }

    #[test]
    fn lengths_are_shown_as_jira_shows_them() {
        assert_eq!(format(5400), "1h 30m");
        assert_eq!(format(28800), "1d");
        assert_eq!(format(0), "0m");
        assert_eq!(format(WEEK + DAY + HOUR + MINUTE), "1w 1d 1h 1m");
    }
}
